/** Lines of which only the times are read: which these are, and what is read of them. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DatedLines } from '../../../src/ingest/dmesg/dated.js';
import { Passing } from '../../../src/ingest/dmesg/passing.js';
import { StampedLines } from '../../../src/ingest/dmesg/stamped.js';

function stamped(text: string): string[] {
  const lines = new StampedLines(text);
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
    'user  :info  : [    1.234567] a program\n',
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

test('a stamp that falls by more than CPUs and late readers explain is not passed over', () => {
  let highest: number | null = null;
  const passing = new Passing(10_000_000, (micros) => {
    highest = micros;
  });
  expect(passing.over(4_999_999)).toBe(false);
  expect(passing.over(5_000_000)).toBe(true);
  expect(passing.over(20_000_000)).toBe(true);
  expect(passing.over(14_999_999)).toBe(false);
  passing.end();
  expect(highest).toBe(20_000_000);
});

/** Where passing ends and the last record begins, with the highest stamp; null where the program is not sure. */
function passedSome(form: 'stamped' | 'json', text: string, highest = -1): [number, number, number] | null {
  let top = -1;
  const passing = new Passing(highest, (micros) => {
    top = micros;
  });
  // What is behind the end is of no account.
  const bytes = Buffer.from(`x${text}[    1.000000] kernel: "x\n`, 'latin1');
  const passed = passing.overSome(form, bytes, 1, 1 + text.length);
  passing.end();
  return passed && [passed.last - 1, passed.to - 1, top];
}

const STAMPED_PIECES = [
  '[    1.234567]',
  '[12345.000001]',
  '[    0.000000]',
  '[007.123456]',
  '[    1.23456]',
  '[999999999.999999]',
  '[1234567890.123456]',
  '<6>',
  '<8>',
  'kern  :info  : ',
  '[    T1]',
  '[C12]',
  '[',
  ']',
  ']:',
  ':',
  ' ',
  'kernel:',
  'snd_hda_intel: ',
  'lab ',
  'systemd[1]:',
  '(udev-worker)[123]: ',
  `${'p'.repeat(41)}[1]:`,
  '[1022:1480]',
  '[mem 0x1-0x2]',
  '[ 1.5',
  'usb 1-1: new device',
  'some more words to go on with',
  '\r',
  '\n',
];

describe('the program', () => {
  test('passes over no line that JavaScript would not, with the same stamps', () => {
    const line = fc
      .tuple(
        fc.constantFrom(
          '[    1.234567] ',
          '[    2.000000] ',
          '<6>[    1.000000] ',
          '[    1.234567][  T12] ',
          '',
        ),
        fc.array(fc.constantFrom(...STAMPED_PIECES), { maxLength: 8 }),
      )
      .map(([front, pieces]) => `${front}${pieces.join('')}\n`);
    let passedOver = 0;
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 12 }), (some) => {
        const text = some.join('');
        const passed = passedSome('stamped', text);
        if (passed === null) return;
        const [last, to, top] = passed;
        const lines = new StampedLines(text);
        let highest = -1;
        do {
          expect(lines.next()).toBe(true);
          if (lines.kernel) highest = Math.max(highest, lines.micros);
        } while (lines.end < to);
        expect([lines.start, lines.end, highest]).toEqual([last, to, top]);
        passedOver += to;
      }),
      { numRuns: 5000 },
    );
    expect(passedOver).toBeGreaterThan(10_000);
  });

  test.each([
    '[    1.234567] usb 1-1: new device\n',
    '<6>[    1.234567] usb 1-1: new device\r\n',
    '[    1.234567][  T123] usb 1-1: new device\n',
    '[    1.234567] [drm] Initialized [mem 0x1-0x2] [1022:1480]\n',
    '[    1.234567] snd_hda_intel: no host\n',
    '[    1.234567] \n',
    `[    1.234567] ${'x'.repeat(2000)}\n`,
  ])('is sure of %j', (line) => {
    expect(passedSome('stamped', line)).toEqual([0, line.length, 1_234_567]);
    expect(passedSome('stamped', line.repeat(3))).toEqual([line.length * 2, line.length * 3, 1_234_567]);
  });

  test.each([1, 5, 14, 15, 16, 17, 31, 32, 33])('knows a program and a second stamp %i bytes on', (at) => {
    const name = 'p'.repeat(at);
    const line = `[    1.234567] ${name}[1]: says\n`;
    expect(passedSome('stamped', line)).toEqual([0, line.length, -1]);
    expect(passedSome('stamped', `[    1.234567] ${name}[    1.234568] glued\n`)).toBeNull();
    expect(passedSome('stamped', `[    1.234567] ${name} kernel: by a host\n`)).toBeNull();
  });

  test('stops where a line is not whole, and where stamps fall', () => {
    const line = '[    1.234567] usb 1-1: new device\n';
    expect(passedSome('stamped', `${line}[    2.000000] cut`)).toEqual([0, line.length, 1_234_567]);
    expect(passedSome('stamped', line, 6_234_567)).toEqual([0, line.length, 1_234_567]);
    expect(passedSome('stamped', line, 6_234_568)).toBeNull();
    expect(passedSome('stamped', `[    9.000000] x\n${line}`)).toEqual([0, 17, 9_000_000]);
  });
});

const record = (message: string, time = '    1.234567', more = '', pri = '6'): string =>
  `         "pri": ${pri},\n         "time": ${time},\n${more}         "msg": "${message}"\n      },{\n`;

describe('the program, of JSON', () => {
  test.each([
    record('usb 1-1: new device'),
    record('says \\"yes\\"'),
    record(`${'x'.repeat(15)}\\"${'x'.repeat(14)}\\"`),
    record(''),
    record('usb').replaceAll('\n', '\r\n'),
    record('usb').replace('},{', '}, {'),
  ])('is sure of %j', (text) => {
    expect(passedSome('json', text)).toEqual([0, text.length, 1_234_567]);
    expect(passedSome('json', text + text)).toEqual([text.length, text.length * 2, 1_234_567]);
  });

  test('knows a program', () => {
    const text = record('(udev-worker)[12]: Starting');
    expect(passedSome('json', text)).toEqual([0, text.length, -1]);
  });

  test.each([
    record('a tab\\t'),
    record('a backslash\\\\'),
    record('ends in a quote\\'),
    record('ends "early'),
    record('two\nlines'),
    record('no zero', '01.234567'),
    record('six digits', '1.2345678'),
    record('no time', '.234567'),
    record('text', '"1.234567"'),
    record('one zero', '1.234567', '', '06'),
    record('another field', '1.234567', '         "caller": "T1",\n'),
    record('the last').replace('},{', '}'),
    record('not whole').slice(0, -2),
    record('no place').replace('"pri"', '"fac"'),
  ])('is not sure of %j', (text) => {
    expect(passedSome('json', text)).toBeNull();
    expect(passedSome('json', record('before') + text)?.[1]).toBe(record('before').length);
  });
});

/** Where the program comes to in lines with dates, the highest stamp, the last time, and the tie, of the first's minute. */
function passedDated(text: string): readonly [to: number, top: number, time: number, tied: unknown] | null {
  const first = new DatedLines(text);
  first.next();
  const { front } = first;
  if (!front) return null;
  let top = -1;
  const passing = new Passing(-1, (micros) => {
    top = micros;
  });
  const passed = passing.overDated(front, Buffer.from(text, 'latin1'), 0, text.length);
  passing.end();
  return passed && [passed.to, top, passed.time, passed.tied];
}

describe('the program, of lines with dates', () => {
  const tied = (time: number, micros: number) => ({ time, micros });

  test('is sure of lines of one minute', () => {
    const text = [
      '2026-11-22T10:45:49.000005+05:30 lab kernel: [    1.000000] usb 1-1: new device',
      '2026-11-22T10:45:50.000004+05:30 lab kernel: [    3.000000] usb 1-2: new device',
      '2026-11-22T10:45:51.000000+05:30 lab systemd[1]: Starting ...',
      '2026-11-22T10:45:08.000000+05:30 lab kernel: usb 1-3: new device',
      '',
    ].join('\n');
    expect(passedDated(text)).toEqual([text.length, 3_000_000, 8_000_000, tied(50_000_004, 3_000_000)]);
    expect(passedDated('Nov 22 09:00:59 lab kernel: usb\n')).toEqual([32, -1, 59_000_000, null]);
    expect(passedDated('Nov 22 09:00:59.000001 lab (udev-worker)[3]: x\n')).toEqual([
      47,
      -1,
      59_000_001,
      null,
    ]);
  });

  test('takes a program in the log of the kernel for one', () => {
    const text = 'Nov 22 09:00:07 lab kernel: [    1.000000] systemd[1]: Starting ...\n';
    expect(passedDated(text)).toEqual([text.length, -1, 7_000_000, tied(7_000_000, 1_000_000)]);
  });

  const line = 'Nov 22 09:00:01 lab kernel: usb 1-1: new device\n';
  test.each([
    'Nov 22 09:01:01 lab kernel: another minute\n',
    'Nov 22 09:00:01 Lab kernel: another host\n',
    'Nov 22 09:00:01 lab sudo: no number\n',
    'Nov 22 09:00:01.00001 lab kernel: five digits\n',
    'Nov 22 09:00:1 lab kernel: one digit\n',
    'Nov 22 09:00:01 lab kernel: [    1.234567] two [    1.234568] stamps\n',
    'Nov 22 09:00:01 lab kernel: [    1.234567890] another stamp\n',
    'Nov 22 09:00:01 lab kernel: [  +0.000002] another stamp\n',
    'Nov 22 09:00:01 lab (udev-worker)[33]: [    1.234567] said by a program\n',
    'Nov 22 09:00:01 lab (udev-worker)[33]:no blank\n',
    'Nov 22 09:00:01 lab kernel: the text ends here',
  ])('is not sure of %j', (other) => {
    expect(passedDated(line + other)?.[0]).toBe(line.length);
  });
});
