// SPDX-License-Identifier: Apache-2.0
/** Messages with what posts and init systems put around them: prose, line breaks, names. */
import { describe, expect, it } from 'vitest';
import { caseOf } from '../../../src/case.js';
import { readBytes } from '../../forms/read.js';

async function told(text: string): Promise<string[]> {
  const { model } = caseOf(await readBytes({ bytes: Buffer.from(text) }));
  return [
    ...model.failures.map(({ reason, module, errno, times }) => `${reason} ${module} ${errno} ${times}`),
    ...model.problems.map(({ kind, module, who, times }) => `${kind} ${module ?? who} ${times}`),
  ].sort();
}

describe('prose right behind a message takes nothing of its reason', () => {
  const LATER: readonly (readonly [front: string, back: string])[] = [
    ['', '". Then, the device crashes.'],
    ['It says "on start: ', '". Then, the device crashes.'],
    ['', '." I want to know what to do.'],
    ['', '. Then, the device crashes.'],
    ['', ', and nothing more'],
    ['', '” in the log'],
  ];
  it.each<[string, string]>([
    ["modprobe: ERROR: could not insert 'foo': No such device", 'init foo 19 1'],
    ["modprobe: ERROR: could not insert 'foo': No such device or address", 'other foo 6 1'],
    ['insmod: ERROR: could not insert module ./foo.ko: Invalid module format', 'other foo 8 1'],
    ["insmod: can't insert 'foo.ko': invalid module format", 'other foo 8 1'],
    ["systemd-modules-load[123]: Failed to insert module 'foo': Exec format error", 'other foo 8 1'],
  ])('%s', async (message, expected) => {
    for (const [front, back] of LATER.filter(([text]) => text === '' || !message.startsWith('systemd')))
      expect(await told(`${front}${message}${back}\n`), back).toEqual([expected]);
  });

  it('unless it goes on with the word', async () => {
    expect(await told("modprobe: ERROR: could not insert 'foo': No such device-mapper\n")).toEqual([
      'other foo null 1',
    ]);
  });
});
