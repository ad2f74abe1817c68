// SPDX-License-Identifier: Apache-2.0
/** Marks by which logs of one boot find each other: the same in every form of a log, different for other boots. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { marksOf } from '../../src/marks.js';

const folder = mkdtempSync(join(tmpdir(), 'marks-'));
afterAll(() => rmSync(folder, { recursive: true }));

const marks = (text: string): Promise<number[]> => {
  const path = join(folder, 'a.log');
  writeFileSync(path, text);
  return marksOf(path);
};

const lines = (count: number, micros = 123): string[] =>
  Array.from({ length: count }, (_, at) => {
    const stamp = `${at}.${String(micros + at).padStart(6, '0')}`.padStart(12);
    return `[${stamp}] usb 1-${at}: new high-speed USB device number ${at}`;
  });
const text = (all: readonly string[]): string => `${all.join('\n')}\n`;

test.each([
  ['CRLF', (line: string) => `${line}\r`],
  ['blanks at the end', (line: string) => `${line}  `],
  ['a prefix of syslog', (line: string) => `Jan  2 03:04:05 box [k]kernel: ${line}`],
  ['levels', (line: string) => `<6>${line}`],
  ['less before the stamp', (line: string) => line.replace(/^\[ */, '[')],
])('a log with %s has the same marks', async (_, change) => {
  const all = lines(40);
  const found = await marks(text(all));
  expect(found.length).toBeGreaterThan(0);
  expect(await marks(text(all.map(change)))).toEqual(found);
});

test('two pieces of a log share marks, as long as they share lines', async () => {
  const all = lines(1200);
  const whole = new Set(await marks(text(all.slice(0, 400))));
  expect((await marks(text(all.slice(0, 380)))).some((mark) => whole.has(mark))).toBe(true);
  expect((await marks(text(all.slice(500, 900)))).some((mark) => whole.has(mark))).toBe(false);
});

test.each([
  ['at other times', lines(40, 124)],
  ['with other messages', lines(40).map((line) => line.replace('usb', 'pci'))],
  ['with lines between', lines(40).flatMap((line, at) => [line, `[    7.${100001 + at}] noise`])],
])('a log %s shares none', async (_, other) => {
  const found = new Set(await marks(text(lines(40))));
  expect((await marks(text(other))).filter((mark) => found.has(mark))).toEqual([]);
});

test.each([
  ['stamps of jiffies', text(Array.from({ length: 9 }, (_, at) => `[    ${at}.004000] line ${at}`))],
  ['five or seven digits', text(['[    1.12345] a', '[    1.1234567] b', '[    1.123456 c', '[.123456] d'])],
  ['nothing', ''],
  ['brackets without end', '['.repeat(5000)],
])('%s give none', async (_, said) => {
  expect(await marks(said)).toEqual([]);
});

test('one line alone is a mark', async () => {
  expect(await marks('[    1.123456] only')).toHaveLength(1);
});

test('the id of a boot and the times of its clocks are marks, behind whatever', async () => {
  const id = '0123456789abcdef0123456789abcdef';
  const [json, text] = [await marks(`{"_BOOT_ID":"${id}"}\n`), await marks(`x _BOOT_ID=${id}\n`)];
  expect(json).toHaveLength(1);
  expect(text).toEqual(json);
  expect(await marks('audit(1600000000.123:1): initialized\n')).toHaveLength(1);
});
