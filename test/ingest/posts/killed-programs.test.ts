// SPDX-License-Identifier: Apache-2.0
/** What udev before systemd says of programs that it killed or that failed, in logs and posts. */
import { describe, expect, test } from 'vitest';
import { caseOf } from '../../../src/case.js';
import { readBytes } from '../../forms/read.js';

async function told(text: string): Promise<string[]> {
  const { model } = caseOf(await readBytes({ bytes: Buffer.from(text) }));
  return [
    ...model.failures.map(({ reason, module, times }) => `${reason} ${module} ${times}`),
    ...model.problems.map(({ kind, module, who, times }) => `${kind} ${module} ${who} ${times}`),
  ];
}

const ALIAS = 'pci:v000010DEd00000A65sv00001043sd000083A2bc03sc00i00';

describe('a wait status', () => {
  test.each([
    [`'/sbin/modprobe -bv ${ALIAS}' unexpected exit with status 0x0009`, ['killed-worker null modprobe 1']],
    ["'/sbin/modprobe -bv foo' unexpected exit with status 0x0009", ['killed-worker foo modprobe 1']],
    ["'/sbin/modprobe -bv foo' unexpected exit with status 0x0100", ['other foo 1']],
    ["'/sbin/modprobe -bv foo' unexpected exit with status 0xff00", ['other foo 1']],
    [`'/sbin/modprobe -bv ${ALIAS}' unexpected exit with status 0x0100`, []],
    ["'/sbin/modprobe -bv foo' unexpected exit with status 0x0000", []],
    ["'/sbin/blkid -o udev' unexpected exit with status 0x0100", []],
  ])('%s', async (message, expected) => {
    expect(await told(`Mar  3 12:00:01 host udevd-work[90]: ${message}\n`)).toEqual(expected);
    expect(await told(`udevd-work[90]: ${message}\n`)).toEqual(expected);
    expect(await told(`${message}\n`)).toEqual(expected);
  });

  test('of a program other than a loader is none of a load', async () => {
    const message = "'/sbin/blkid -o udev' unexpected exit with status 0x0009";
    expect(await told(`Mar  3 12:00:01 host udevd-work[90]: ${message}\n`)).toEqual([]);
  });
});

describe('a program that udev kills', () => {
  const SAID = `udevd[142]: timeout: killing '/sbin/modprobe -bv ${ALIAS}' [610]`;
  const KILLED = ['killed-worker null modprobe:610 1'];

  test.each([
    ['alone', SAID],
    ['behind a host', `SERVER ${SAID}`],
    ['in front of a tag', `${SAID}[/FONT]`],
    ['in tags', `[FONT=Courier New]${SAID}[/FONT]`],
    ['behind words', `Then the screen shows a ${SAID}`],
    ['again and again', `SERVER ${SAID}\nSERVER ${SAID}\n${SAID}`],
  ])('%s', async (_, text) => {
    expect(await told(`${text}\n`)).toEqual(KILLED);
    expect(await told(`My server does not boot any more.\n\n${text}\n\nWhat can I do?\n`)).toEqual(KILLED);
  });

  test('is none in what only looks alike', async () => {
    expect(await told(`Then mydevd[142]: ${SAID.slice(12)}\n`)).toEqual([]);
  });
});
