// SPDX-License-Identifier: Apache-2.0
/** Each thing counts once, and each boot is one: lines that a text holds twice, several boots in one log. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { fileOf, folderOf, query, select } from './read.js';

const post = (name: string): string => fileURLToPath(new URL(`posts/${name}.txt`, import.meta.url));
const text = (name: string): string => readFileSync(post(name), 'utf8');
const log = (...lines: string[]): string => fileOf('log.txt', `${lines.join('\n')}\n`);

const BANNER = '[    0.000000] Linux version 6.1.0 (user@host) (gcc) #1 SMP';

async function failures(...inputs: string[]): Promise<string[]> {
  const rows = await query('failures', ...inputs);
  return rows.map(({ boot, module, times }) => `${boot} ${module} ${times}`).sort();
}

async function durations(...inputs: string[]): Promise<unknown[]> {
  return (await query('boots', ...inputs)).map(({ duration_s }) => duration_s);
}

describe('a line that a text holds twice counts once:', () => {
  const TWICE = ['1 crc32c_generic 1', '1 libcrc32c 1'];
  it.each([
    ['as posted', text('quoted-twice')],
    ['with CRLF', text('quoted-twice').replaceAll('\n', '\r\n')],
    ['quoted once more', text('quoted-twice').replaceAll(/^/gm, '> ')],
    ['behind much prose', text('quoted-twice').replace('The problematic', `${'Words.\n> '.repeat(40)}The`)],
  ])('%s', async (_, content) => {
    expect(await failures(fileOf('mail.txt', content))).toEqual(TWICE);
  });

  it('a log and its own grep', async () => {
    const input = post('same-lines-twice-in-one-text');
    expect(await failures(input)).toEqual(['1 i2c_piix4 1', '1 scsi_mod 3']);
    expect(await query('boots', input)).toHaveLength(1);
  });

  it('a log and its own grep long after it', async () => {
    const line = (t: string): string => `[  ${t}] foo: Unknown symbol bar (err -2)`;
    const lines = [line('100.000001'), line('100.000002'), line('101.000000'), line('101.500000')];
    const input = log(BANNER, ...lines, '[  900.000000] last', '', '$ dmesg | grep foo', ...lines);
    expect(await failures(input)).toEqual(['1 foo 4']);
    expect(await query('boots', input)).toHaveLength(1);
  });

  it('syslog without stamps, by its seconds', async () => {
    const lines = [5, 5, 9].map((s) => `Nov 22 10:45:0${s} lab kernel: foo: Unknown symbol bar (err -2)`);
    const input = log('Nov 22 10:45:00 lab kernel: Linux version 6.1.0 (u@h) (gcc) #1', ...lines, ...lines);
    expect(await failures(input)).toEqual(['1 foo 3']);
  });

  it('a WARN of several lines', async () => {
    const warn = [
      '[    5.000001] module-autoload: duplicate request for module net-pf-3',
      '[    5.000002] WARNING: CPU: 7 PID: 179 at kernel/module/dups.c:174 kmod_dup_request_exists_wait+0x1/0x2',
      '[    5.000003] CPU: 7 UID: 0 PID: 179 Comm: snmpd Not tainted 6.12.1 #1',
      '[    5.000004] Call Trace:',
      '[    5.000005]  __request_module+0x10b/0x2b0',
      '[    5.000006]  __sock_create+0x12b/0x190',
      '[    5.000007]  </TASK>',
    ];
    const input = log(BANNER, ...warn, '[    6.000000] x', 'As I said:', ...warn);
    expect(await query('autoload', input)).toMatchObject([{ requested: 'net-pf-3', comm: 'snmpd' }]);
    expect(await query('autoload', input)).toHaveLength(1);
  });

  it('but not the same words at one tick of a slow clock, or at another time', async () => {
    const line = '[   12.340000] foo: Unknown symbol bar (err -2)';
    expect(await failures(log(BANNER, line, line))).toEqual(['1 foo 2']);
    expect(await failures(log(BANNER, line, line, '[   13.000000] x', 'Words.', line))).toEqual(['1 foo 2']);
    expect(await failures(log(BANNER, line, line.replace('12.', '13.')))).toEqual(['1 foo 2']);
  });
});

describe('a boot lasts until its last record:', () => {
  it.each([
    ['duration', 500],
    ['duration-is-last-event', 43.442324],
    ['selftest-quoted-dmesg', 240],
    ['pstore-two-dumps-interleaved', 907.9439],
  ])('%s', async (name, seconds) => {
    expect(await durations(post(name))).toEqual([seconds]);
  });

  it('by its date where that has a place in the boot', async () => {
    const input = log(
      'Nov 22 10:45:00 lab kernel: [    0.000000] Linux version 6.1.0 (u@h) (gcc) #1',
      'Nov 22 10:45:09 lab kernel: [    9.000000] foo: Unknown symbol bar (err -2)',
      'Nov 22 10:47:00 lab systemd[1]: Reached target Multi-User System.',
    );
    expect(await durations(input)).toEqual([120]);
  });

  it('each of several', async () => {
    const input = log(BANNER, '[    7.000000] a', BANNER, '[   30.000000] b', '[   29.999999] late');
    expect(await durations(input)).toEqual([7, 30]);
  });
});

describe('wall clock and stamp tell the boots of a filtered syslog apart:', () => {
  const line = (date: string, stamp: string): string =>
    `${date} lab kernel: [${stamp.padStart(12)}] foo: Unknown symbol bar (err -2)`;

  it.each([
    ['stamps that rise', ['12.300000', '13.400000', '14.500000']],
    ['stamps that fall a little', ['14.300000', '13.400000', '12.500000']],
    ['stamps that fall far', ['900.300000', '13.400000', '12.500000']],
  ])('%s', async (_, [a = '', b = '', c = '']) => {
    const input = log(line('Jan  9 02:04:02', a), line('Jan 10 08:00:10', b), line('Jan 11 09:00:10', c));
    expect(await failures(input)).toEqual(['1 foo 1', '2 foo 1', '3 foo 1']);
  });

  it('ISO dates, several lines a boot', async () => {
    const at = (date: string, stamp: string): string => line(`2026-${date}.500000+01:00`, stamp);
    const input = log(
      at('01-09T02:04:02', '12.300000'),
      at('01-09T02:04:03', '13.300000'),
      at('01-09T02:44:03', '2413.300000'),
      at('01-09T03:44:03', '11.300000'),
      at('01-09T03:44:04', '12.300000'),
    );
    expect(await failures(input)).toEqual(['1 foo 3', '2 foo 2']);
  });

  it('but sleep, a clock that is set and late lines are no other boot', async () => {
    const slept = log(
      line('Jan  9 02:04:02', '12.300000'),
      'Jan  9 02:04:05 lab kernel: [   15.300000] Freezing user space processes ... (elapsed 0.001 seconds) done.',
      line('Jan  9 12:04:02', '16.300000'),
    );
    expect(await failures(slept)).toEqual(['1 foo 2']);
    const set = log(
      'Jan  1 00:00:02 lab kernel: [    0.000000] Linux version 6.1.0 (u@h) (gcc) #1',
      line('Jan  1 00:00:14', '12.300000'),
      line('Nov 22 10:45:09', '22.300000'),
    );
    expect(await failures(set)).toEqual(['1 foo 2']);
    const late = log(line('Jan  9 02:04:02', '12.300000'), line('Jan  9 02:04:50', '13.300000'));
    expect(await failures(late)).toEqual(['1 foo 2']);
  });
});

describe('pstore', () => {
  const oops = (number: string, part: number, ...lines: string[]): string[] => [
    `${number} Part${part}`,
    ...lines.map((line) => `<4>${line}`),
  ];
  const first = '[   10.000000] foo: Unknown symbol bar (err -2)';
  const last = '[   90.000000] baz: Unknown symbol bar (err -2)';

  it('holds a crash once, however its parts are ordered', async () => {
    const parts = [
      oops('Oops#1', 2, first),
      oops('Oops#1', 1, '[   50.000000] Oops: 0000'),
      oops('Panic#2', 1, first, last),
    ];
    for (const order of [parts, parts.toReversed(), [...parts.slice(1), ...parts.slice(0, 1)]])
      expect(await failures(log(...order.flat()))).toEqual(['1 baz 1', '1 foo 1']);
  });

  it('tells two crashes apart by the kernel’s count of dumps', async () => {
    const input = log(
      ...oops('Panic#1', 1, last),
      ...oops('Panic#1', 1, first, '[   11.000000] a', '[   12.000000] b', '[   13.000000] c'),
    );
    expect(await query('boots', input)).toHaveLength(2);
  });
});

describe('loads', () => {
  it('start where their init was called, a row each', async () => {
    expect(await query('loads', post('loads-t-initcall'))).toMatchObject([
      { module: 'ucsi_acpi', t: 2.733138, init_us: 58_690_601, load_us: null },
      { module: 'scsi_debug', t: 74.897541, init_us: 33_880 },
      { module: 'scsi_debug', t: 76.513352, init_us: 54_052 },
    ]);
  });

  it('that failed between two that succeeded take no time from them', async () => {
    const input = log(
      BANNER,
      '[    2.000000] calling  a_init+0x0/0x1000 [a] @ 470',
      '[    2.500000] initcall a_init+0x0/0x1000 [a] returned 0 after 500000 usecs',
      '[    3.000000] calling  a_init+0x0/0x1000 [a] @ 471',
      '[    3.100000] initcall a_init+0x0/0x1000 [a] returned -19 after 100000 usecs',
      '[    4.100000] initcall a_init+0x0/0x1000 [a] returned 0 after 50000 usecs',
    );
    expect((await query('loads', input)).map(({ t, init_us }) => [t, init_us])).toEqual([
      [2, 500_000],
      [4.05, 50_000],
    ]);
  });

  it('of a trace without their calls took nobody knows how long, and hide failures', async () => {
    const input = post('trace-module-load-only');
    expect(await query('loads', input)).toMatchObject([{ module: 'sysimgblt', load_us: null }]);
    expect(await query('boots', input)).toMatchObject([
      { modules_loaded: 1, failures: null, wasted_bytes: null },
    ]);
  });
});

describe('two that say the same thing:', () => {
  it('the allocator and its caller', async () => {
    expect(await select('SELECT bytes, module FROM allocation_failures', post('percpu-twice'))).toEqual([
      { bytes: 912, module: 'snd_usb_audio' },
    ]);
  });

  it('but not of another size, or long after', async () => {
    const percpu = (t: string, size: number): string =>
      `[ ${t}] percpu: allocation failed, size=${size} align=16 atomic=0, alloc from reserved chunk failed`;
    const caller = (t: string, size: number): string =>
      `[ ${t}] snd_usb_audio: Could not allocate ${size} bytes percpu data`;
    const count = async (...lines: string[]): Promise<number> =>
      (await select('SELECT * FROM allocation_failures', log(BANNER, ...lines))).length;
    expect(await count(percpu('6.000000', 912), caller('6.100000', 96))).toBe(2);
    expect(await count(percpu('6.000000', 912), caller('99.100000', 912))).toBe(2);
    expect(
      await count(
        percpu('6.000000', 912),
        caller('6.100000', 912),
        percpu('7.000000', 912),
        caller('7.100000', 912),
      ),
    ).toBe(2);
  });

  it('the kernel that names no module, and the program that does', async () => {
    expect(await failures(post('unsigned-twice'))).toEqual(['1 null 1', '1 usbserial 1']);
    const input = log(
      BANNER,
      '[    5.000000] Invalid ELF header magic: != \x7fELF',
      "[    5.000100] modprobe[77]: ERROR: could not insert 'foo': Exec format error",
      "[    6.000000] modprobe[78]: ERROR: could not insert 'bar': Exec format error",
    );
    expect(await failures(input)).toEqual(['1 bar 1', '1 foo 1']);
  });
});

describe('logs of one boot or of two:', () => {
  const [a, b] = [text('two-boots-taken-as-one-A'), text('two-boots-taken-as-one-B')];
  const total = async (...inputs: string[]): Promise<unknown[]> => {
    const rows = await query('failures', ...inputs);
    const boots = (await query('boots', ...inputs)).length;
    return [boots, rows.reduce((sum, { times }) => sum + Number(times), 0)];
  };

  it('two, where the same is said at other times', async () => {
    expect(await total(post('two-boots-taken-as-one-A'), post('two-boots-taken-as-one-B'))).toEqual([2, 6]);
    expect(await total(folderOf({ 'z.txt': a, 'a.txt': b }))).toEqual([2, 6]);
    expect(await total(folderOf({ 'z.txt': a, 'a.txt': b, 'again.txt': a, 'b.txt': b }))).toEqual([2, 6]);
  });

  it('one, where a line is said at the same time', async () => {
    const lines = a.split('\n');
    expect(await total(folderOf({ 'a.txt': a, 'b.txt': lines.slice(1).join('\n') }))).toEqual([1, 3]);
    expect(
      await total(folderOf({ 'a.txt': lines.slice(0, 2).join('\n'), 'b.txt': lines.slice(1).join('\n') })),
    ).toEqual([1, 3]);
  });

  it('one, where greps of a log have nothing in common', async () => {
    const lines = a.split('\n');
    const grep = (word: string): string => lines.filter((line) => line.includes(word)).join('\n');
    expect(await total(folderOf({ 'a.txt': grep('state'), 'b.txt': grep('callbacks') }))).toEqual([1, 3]);
  });

  it('one, where a banner has the same date', async () => {
    const [mail, dmesg] = [
      post('excerpt-of-an-attached-boot-1-mail'),
      post('excerpt-of-an-attached-boot-2-dmesg'),
    ];
    expect(await total(mail, dmesg)).toEqual([1, 1]);
    expect(await total(dmesg, mail)).toEqual([1, 1]);
  });

  it('two, where it has another', async () => {
    const later = text('excerpt-of-an-attached-boot-2-dmesg')
      .replaceAll('jan 09 02', 'jan 09 05')
      .replace('1704762230', '1704773030');
    expect(
      await total(folderOf({ 'a.txt': text('excerpt-of-an-attached-boot-1-mail'), 'b.txt': later })),
    ).toEqual([2, 2]);
  });
});
