// SPDX-License-Identifier: Apache-2.0
/** VMware's script, which tells by description which of its modules it could not start. */
import { describe, expect, test } from 'vitest';
import { caseOf } from '../../../src/case.js';
import { readBytes } from '../../forms/read.js';

async function told(text: string): Promise<string[]> {
  const { model } = caseOf(await readBytes({ bytes: Buffer.from(text) }));
  return [
    ...model.failures.map(({ reason, module }) => `${reason} ${module}`),
    ...model.problems.map(({ kind, who, times }) => `${kind} ${who} ${times}`),
  ];
}

const SYSLOG = [
  'vmware[6917]: Starting VMware services:',
  'vmware[6917]:    Virtual machine monitor - failed',
  'vmware[6917]:    Virtual machine communication interface - done',
  'vmware[6917]:    Virtual ethernet - failed',
];
const TERMINAL = [
  'Starting VMware services:',
  '   Virtual machine monitor                                            failed',
  '   Virtual machine communication interface                             done',
  '   Virtual ethernet                                                   failed',
  '   VMware Authentication Daemon                                        done',
];
const FAILED = ['failed-unit vmware (vmmon) 1', 'failed-unit vmware (vmnet) 1'];

describe('a module that did not start', () => {
  test.each([
    ['in syslog', SYSLOG.map((line) => `Mar  3 12:00:01 host ${line}`)],
    ['without a date', SYSLOG],
    ['on a terminal', TERMINAL],
    ['in a post', ['Since the update it does not start:', '', ...TERMINAL, '', 'What can I do?']],
  ])('%s', async (_, lines) => {
    expect(await told(`${lines.join('\n')}\n`)).toEqual(FAILED);
  });

  test.each([
    'other[17]:    Virtual ethernet - failed',
    'Virtual ethernet failed',
    '   VMware Authentication Daemon                                      failed',
    '   Virtual ethernet                                                   failed to say why',
  ])('is not told by: %s', async (line) => {
    expect(await told(`Mar  3 12:00:01 host vmware[6917]: Starting\nMar  3 12:00:01 host ${line}\n`)).toEqual(
      [],
    );
    expect(await told(`${line}\n`)).toEqual([]);
  });
});
