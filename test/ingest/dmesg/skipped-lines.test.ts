// SPDX-License-Identifier: Apache-2.0
/** Lines of which only the times are read: which these are, and what is read of them. */
import { describe, expect, test } from 'vitest';
import { openCase } from '../../../src/case.js';
import { DatedLines } from '../../../src/ingest/dmesg/dated.js';
import { SkippedStamps } from '../../../src/ingest/dmesg/skipping.js';
import { StampedLines } from '../../../src/ingest/dmesg/stamped.js';

function stamped(text: string): string[] {
  const bytes = Buffer.from(text, 'latin1');
  const lines = new StampedLines(bytes, 0, bytes.lastIndexOf('\n') + 1);
  const said: string[] = [];
  while (lines.next()) said.push(`${lines.start} ${lines.micros} ${lines.kernel ? 'kernel' : 'program'}`);
  return said;
}

function dated(text: string): string[] {
  const lines = new DatedLines(text);
  const said: string[] = [];
  while (lines.next()) {
    said.push(`${lines.wall?.ns} ${lines.micros} ${lines.kernel ? 'kernel' : 'program'}`);
  }
  return said;
}

describe('with a stamp', () => {
  test.each([
    ['[    1.234567] usb 1-1: new device\n', 1_234_567, 'kernel'],
    ['<6>[    1.234567] usb 1-1: new device\n', 1_234_567, 'kernel'],
    ['kern  :info  : [12345.000001] usb 1-1: new device\n', 12_345_000_001, 'kernel'],
    ['[    1.234567][  T123] usb 1-1: new device\n', 1_234_567, 'kernel'],
    ['[    1.234567] [drm] Initialized [mem 0x1]\n', 1_234_567, 'kernel'],
    ['[    5.345678] systemd[1]: Starting ...\n', 5_345_678, 'program'],
    ['[    5.345678][    T1] systemd[1]: Starting ...\n', 5_345_678, 'program'],
    ['[999999999.999999] \n', 999_999_999_999_999, 'kernel'],
    ['user  :info  : [    1.234567] a program\n', 1_234_567, 'program'],
    ['daemon:notice: [    1.234567] a program\n', 1_234_567, 'program'],
    ['<30>[    1.234567] systemd[1]: Starting ...\n', 1_234_567, 'program'],
    ['<7>[    1.234567] usb 1-1: new device\n', 1_234_567, 'kernel'],
  ])('%j', (line, micros, by) => {
    expect(stamped(line)).toEqual([`0 ${micros} ${by}`]);
    expect(stamped(line + line)).toEqual([`0 ${micros} ${by}`, `${line.length} ${micros} ${by}`]);
  });

  test.each([
    '[    1.234567] lab kernel: usb 1-1: new device\n',
    '[    1.234567] kernel: usb 1-1: new device\n',
    '[    1.234567] lab systemd[1]: Starting ...\n',
    '[    1.234567] usb 1-1: new[    1.234568] device\n',
    '[    1.234567] [    1.234568] device\n',
    '[    1.234567] the text ends here',
    '[    1.23456] five digits\n',
    '[    1.234567890] nine digits\n',
    '[ .234567] none\n',
    '[Mon Nov 17 06:11:16 2025] a date\n',
    'user  :info    [    1.234567] no colon\n',
    'some  :info  : [    1.234567] no facility\n',
    ' [    1.234567] indented\n',
    '\n',
  ])('none is %j', (line) => {
    expect(stamped(line)).toEqual([]);
    expect(stamped(`[    1.000000] before\n${line}`)).toEqual(['0 1000000 kernel']);
  });
});

describe('with a date', () => {
  const NOV_22 = 91_270_800_000_000_000n;
  const seconds = (count: number): bigint => NOV_22 + BigInt(count) * 1_000_000_000n;

  test('of syslog, with stamps and without', () => {
    const text = [
      'Nov 22 09:00:00 lab kernel: [    1.234567] usb 1-1: new device',
      'Nov 22 09:00:01 lab kernel: usb 1-1: new device',
      'Nov 22 09:00:01 lab kernel: [drm] Initialized',
      'Nov 22 09:00:02 lab systemd[1]: Starting ...',
      'Nov 22 09:00:02 lab kernel: systemd[1]: Starting ...',
      'Nov 22 09:00:03 lab kernel: [    2.000000][  T12] usb 1-1: new device',
      '',
    ].join('\n');
    expect(dated(text)).toEqual([
      `${seconds(0)} 1234567 kernel`,
      `${seconds(1)} null kernel`,
      `${seconds(1)} null kernel`,
      `${seconds(2)} null program`,
      `${seconds(2)} null program`,
      `${seconds(3)} 2000000 kernel`,
    ]);
  });

  test('of ISO 8601', () => {
    const date = BigInt(Date.parse('2026-11-22T10:45:49Z')) * 1_000_000n;
    expect(dated('2026-11-22T11:45:49.000002+01:00 lab kernel: [    1.234567] usb\n')).toEqual([
      `${date + 2000n} 1234567 kernel`,
    ]);
    expect(dated('2026-11-22T10:45:49Z lab kernel: usb\n')).toEqual([`${date} null kernel`]);
  });

  test.each([
    'Foo 22 09:00:00 lab kernel: no month\n',
    'Nov 22 09:00:00 lab sudo: no number\n',
    'Nov 22 09:00:00 kernel: no host\n',
    'Nov 22 09:00:00 lab kernel: [    1.234567] two [    1.234568] stamps\n',
    'Nov 22 09:00:00 lab kernel: [    1.234567890] another stamp\n',
    'Nov 22 09:00:00 lab kernel: [  +0.000002] another stamp\n',
    'Nov 22 09:00:00 lab kernel: [Nov22 09:00] another stamp\n',
    'Nov 22 09:00:00 lab (udev-worker)[33]: [    1.234567] said by a program\n',
    '2026-11-22T10:45:49,000002+00:00 lab kernel: made by dmesg\n',
    '2026-11-22T10:45:49 lab kernel: no zone\n',
    'Nov 22 09:00:00 lab kernel: the text ends here',
  ])('none is %j', (line) => {
    expect(dated(line)).toEqual([]);
  });
});

test('a timestamp that falls by more than CPUs and late readers explain is not skipped', () => {
  let highest: number | null = null;
  const skips = new SkippedStamps(10_000_000, (micros) => {
    highest = micros;
  });
  expect(skips.skip(4_999_999)).toBe(false);
  expect(skips.skip(5_000_000)).toBe(true);
  expect(skips.skip(20_000_000)).toBe(true);
  expect(skips.skip(14_999_999)).toBe(false);
  skips.end();
  expect(highest).toBe(20_000_000);
});

test('skipped or read, the latest stamps of a second tie the clocks', async () => {
  const lines = [
    'Nov 22 09:00:00 lab kernel: [    0.000000] Linux version 6.12.0 (build@host) (gcc 14) #1 SMP',
  ];
  for (let n = 1; n < 400; n++) {
    // Three lines a second, of which the second is the latest.
    const stamp = (Math.floor(n / 3) + ([0.1, 0.9, 0.4][n % 3] ?? 0)).toFixed(6).padStart(12);
    const second = String(Math.floor(n / 3) % 60).padStart(2, '0');
    lines.push(`Nov 22 09:0${Math.floor(n / 180)}:${second} lab kernel: [${stamp}] usb 1-${n}: new device`);
  }
  lines.push("Nov 22 09:02:30 lab systemd-udevd[9]: Failed to insert module 'foo': Device or resource busy");
  const bytes = Buffer.from(`${lines.join('\n')}\n`);
  const read = async (prefilter: boolean): Promise<string> => {
    const opened = await openCase({ inputs: [{ name: 'syslog', bytes }], prefilter });
    const { failures, boots, problems } = opened.model;
    return JSON.stringify({ failures, boots, problems }, (_, value) =>
      typeof value === 'bigint' ? `${value}` : value,
    );
  };
  const whole = await read(false);
  expect(await read(true)).toBe(whole);
  // 09:02:12 is 132.9 s after the start: the failure came 18 s later.
  expect(whole).toContain('150900000000');
});
