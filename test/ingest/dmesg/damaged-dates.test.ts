// SPDX-License-Identifier: Apache-2.0
/** Messages behind a timestamp or date that is damaged are told. */
import { describe, expect, test } from 'vitest';
import { readBytes } from '../../forms/read.js';

const FAILURES = [
  'a: Unknown symbol x (err -2)',
  'b: Unknown symbol x (err -2)',
  'c: Unknown symbol x (err -2)',
];
/** A log of three failures in each form, the second with `front` in place of its own. */
const FORMS: Readonly<Record<string, (second: number) => string>> = {
  dmesg: (n) => `[   15.18128${n}] `,
  'dmesg -T': (n) => `[Sun Nov 22 10:26:0${n} 2026] `,
  'dmesg --time-format iso': (n) => `2026-11-22T10:26:0${n},022200+00:00 `,
  syslog: (n) => `Nov 22 10:26:0${n} lab kernel: `,
  'journalctl -o short-iso': (n) => `2026-11-22T10:26:0${n}+0000 lab kernel: `,
};

async function read(text: string) {
  const { events, diagnostics } = await readBytes({ bytes: Buffer.from(text) });
  const failures = [...events.values()].flat().filter(({ kind }) => kind === 'load-failure');
  const unread = diagnostics.filter(({ code }) => code === 'log-unreadable');
  return { failures: failures.length, unread: unread.map(({ line, count }) => [line, count]) };
}

describe.each(Object.entries(FORMS))('%s', (_, front) => {
  const fronts = [1, 2, 3].map(front);
  const logOf = (own: readonly string[]): string =>
    FAILURES.map((text, index) => `${own[index]}${text}\n`).join('');

  test('whole', async () => {
    expect(await read(logOf(fronts))).toEqual({ failures: 3, unread: [] });
  });

  test('with a letter for any digit of the second line', async () => {
    const second = fronts[1] ?? '';
    for (const { index } of second.matchAll(/\d/g)) {
      const damaged = `${second.slice(0, index)}x${second.slice(index + 1)}`;
      const { failures, unread } = await read(logOf([fronts[0] ?? '', damaged, fronts[2] ?? '']));
      expect([damaged, failures + unread.length]).toEqual([damaged, 3]);
    }
  });
});

test('what a program prints, with a number before it, hides none', async () => {
  const log = FAILURES.map((text, index) => `[   15.18128${index}] ${text}\n`).join('');
  const printed =
    'test 1234567 of 1234568: loaded a\nUnpacking kmod (30+20221128-1) over (30+20220905-1) ...\n';
  expect(await read(log + printed)).toEqual({ failures: 3, unread: [] });
});
