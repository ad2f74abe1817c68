// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { readBytes } from '../../forms/read.js';

async function loads(lines: readonly string[]): Promise<unknown[]> {
  const { events, sources } = await readBytes({ bytes: Buffer.from(`${lines.join('\n')}\n`) });
  expect(sources[0]?.format).toBe('strace');
  return [...events.values()]
    .flat()
    .map((event) =>
      event.kind === 'load-call' ? [event.line, event.call, event.module, event.ret, event.pid] : event,
    );
}

const FILE = '/lib/modules/6.12.117/kernel/fs/minix/minix.ko';

test.each([
  ['plain', '', null],
  ['-f', '[pid  1234] ', 1234],
  ['-f -o', '1234  ', 1234],
  ['-f -o -tt', '1234  12:34:56.789012 ', 1234],
  ['-ttt', '1700000000.123456 ', null],
  ['-f -tt', '[pid  1234] 12:34:56.789012 ', 1234],
])('strace %s', async (_name, front, pid) => {
  const lines = [
    `openat(AT_FDCWD, "${FILE}", O_RDONLY|O_CLOEXEC) = 3`,
    'finit_module(3, "", 0)                  = -1 EEXIST (File exists) <0.000123>',
    'close(3)                                = 0',
    'open("/lib/modules/6.12.117/a-b.ko.xz", O_RDONLY) = 4',
    'read(4, "\\3757zXZ"..., 4096)           = 4096',
    'init_module(0x7f0102030405, 31855, "")  = -1 ENOEXEC (Exec format error)',
    'finit_module(4, "", MODULE_INIT_COMPRESSED_FILE) = 0',
  ];
  expect(await loads(lines.map((line) => front + line))).toEqual([
    [2, 'finit_module', 'minix', -17, pid],
    [6, 'init_module', 'a_b', -8, pid],
    [7, 'finit_module', 'a_b', 0, pid],
  ]);
});

describe('a result', () => {
  const opened = `100 openat(AT_FDCWD, "${FILE}", O_RDONLY|O_CLOEXEC) = 3`;
  const read = async (result: string, call = '100 finit_module(3, "", 0)') => {
    const bytes = Buffer.from(`${opened}\n${call}${result}\n100 close(3) = 0\n`);
    const { events, diagnostics } = await readBytes({ bytes });
    const found = [...events.values()].flat().filter(({ kind }) => kind === 'load-call');
    return {
      found: found.map((event) => (event.kind === 'load-call' ? event.ret : null)),
      told: diagnostics.map(({ code, detail }) => `${code}: ${detail}`),
    };
  };

  test.each<[string, number]>([
    [' = 0', 0],
    [' = -1 ENOTCONN (Transport endpoint is not connected)', -107],
    [' = -1 EPROBE_DEFER (Driver requests probe retry)', -517],
    [' = -1 (errno 524)', -524],
    [' = -1 EEXIST (File exists) (INJECTED)', -17],
    [' = -17', -17],
    ['        = -1 EBUSY (Device or resource busy) <0.000123>', -16],
  ])('%s', async (result, ret) => {
    expect(await read(result)).toEqual({ found: [ret], told: [] });
  });

  test.each<[string, string]>([
    [' = -1 EXYZZY (What)', 'trace-line-unread: a load that failed with EXYZZY'],
    [' = -1 EEX', 'trace-line-unread: a load that failed with EEX'],
    [' = -1', 'trace-line-unread: a load that failed with -1'],
    [' = 5', 'number-out-of-range: ret 5'],
    [' = -4096', 'number-out-of-range: ret -4096'],
    [' = 99999999999999999999999', 'number-out-of-range: ret of 2^53 or more'],
    [' = 0xffffffffffffffffffff', 'number-out-of-range: ret of 2^53 or more'],
    [' = ?', 'trace-ended-early: a load of minix that did not return'],
    [' <unfinished ...>', 'trace-ended-early: a load of minix that did not return'],
  ])('%s is told, and is no other one', async (result, told) => {
    const call = result.startsWith(' <') ? '100 finit_module(3, "", 0' : undefined;
    expect(await read(result, call)).toEqual({ found: [], told: [told] });
  });

  test('is the last one of the line: arguments may look like it', async () => {
    const call = '100 finit_module(3, "a) = 0 b) = -1 EPERM (x)", 0)';
    expect((await read(' = -1 EEXIST (File exists)', call)).found).toEqual([-17]);
  });

  test('that a signal interrupted counts once it came', async () => {
    const again = ' = ? ERESTARTNOINTR (To be restarted)\n100 finit_module(3, "", 0) = 0';
    expect(await read(again)).toEqual({ found: [0], told: [] });
  });
});

test('numbers that no kernel prints are told, and the calls count', async () => {
  const lines = [
    `[pid 99999999999999999999] openat(AT_FDCWD, "${FILE}", O_RDONLY|O_CLOEXEC) = 3`,
    '[pid 99999999999999999999] fstat(3, {st_mode=S_IFREG|0644, st_size=99999999999999999999, ...}) = 0',
    '[pid 99999999999999999999] init_module(0x7f00, 99999999999999999999, "") = -1 EEXIST (File exists)',
  ];
  const { events, diagnostics } = await readBytes({ bytes: Buffer.from(`${lines.join('\n')}\n`) });
  expect([...events.values()].flat()).toMatchObject([
    { kind: 'load-call', module: 'minix', ret: -17, pid: null, len: null },
  ]);
  expect(diagnostics).toMatchObject([{ code: 'number-out-of-range', count: 2 }]);
});

test('calls interrupted by other tasks', async () => {
  expect(
    await loads([
      `[pid 11] openat(AT_FDCWD, "${FILE}", O_RDONLY|O_CLOEXEC) = 3`,
      '[pid 12] openat(AT_FDCWD, "/lib/modules/x/fat.ko", O_RDONLY|O_CLOEXEC) = 3',
      '[pid 11] finit_module(3, "", 0 <unfinished ...>',
      '[pid 12] finit_module(3, "", 0 <unfinished ...>',
      '[pid 11] <... finit_module resumed>)  = -1 EBUSY (Device or resource busy)',
      '[pid 12] <... finit_module resumed>)  = 0',
    ]),
  ).toEqual([
    [5, 'finit_module', 'minix', -16, 11],
    [6, 'finit_module', 'fat', 0, 12],
  ]);
});

test('perf trace and strace -y name the file in the call', async () => {
  expect(
    await loads([
      `     0.000 ( 0.045 ms): modprobe/1234 finit_module(fd: 3<${FILE}>, uargs: 0x55, flags: 0) = -1 EEXIST (File exists)`,
      `     1.000 ( 2.045 ms): insmod/1235 finit_module(fd: 3<${FILE}>, uargs: 0x55, flags: 0) = 0`,
      `finit_module(3<${FILE}>, "", 0) = -1 ENOKEY (Required key not available)`,
    ]),
  ).toEqual([
    [1, 'finit_module', 'minix', -17, 1234],
    [2, 'finit_module', 'minix', 0, 1235],
    [3, 'finit_module', 'minix', -126, null],
  ]);
});

test('a load of an unknown file is reported', async () => {
  const { events, diagnostics } = await readBytes({
    bytes: Buffer.from('finit_module(3, "", 0) = 0\nclose(3) = 0\n'),
  });
  expect([...events.values()].flat()).toMatchObject([{ kind: 'load-call', module: null, ret: 0 }]);
  expect(diagnostics.map(({ code }) => code)).toEqual(['trace-line-unread']);
});

describe('times', () => {
  const shown = async (...lines: string[]): Promise<unknown[]> => {
    const { events, sources } = await readBytes({ bytes: Buffer.from(`${lines.join('\n')}\n`) });
    return [
      sources[0]?.clock.zero,
      ...[...events.values()]
        .flat()
        .flatMap((event) => (event.kind === 'load-call' ? [[event.t, event.durationNs]] : [])),
    ];
  };
  const LOAD = 'finit_module(3, "", 0) = 0';
  const second = 1_000_000_000n;

  test.each([
    ['-t', '23:59:58 close(4) = 0', `00:00:01 ${LOAD}`, [3n * second, null]],
    [
      '-tt -T',
      '10:00:00.500000 close(4) = 0',
      `10:00:01.750000 ${LOAD} <0.250000>`,
      [1_250_000_000n, 250_000_000n],
    ],
    ['-r', '     0.000000 close(4) = 0', `     0.000123 ${LOAD}`, [123_000n, null]],
    [
      '-f -r',
      '[pid    12]      0.000000 close(4) = 0',
      `[pid    12]      0.000123 ${LOAD}`,
      [123_000n, null],
    ],
    [
      '-r -tt',
      '10:00:00.500000 (+     0.000000) close(4) = 0',
      `10:00:00.600000 (+     0.100000) ${LOAD}`,
      [100_000_000n, null],
    ],
    [
      'perf trace',
      '   100.000 ( 0.010 ms): modprobe/12 close(fd: 4) = 0',
      '   101.500 ( 2.000 ms): modprobe/12 finit_module(fd: 3, uargs: 0x5, flags: 0) = 0',
      [1_500_000n, 2_000_000n],
    ],
    [
      'perf trace of a call that was interrupted',
      '   100.000 (         ): modprobe/12 finit_module(fd: 3, uargs: 0x5, flags: 0) ...',
      '   107.000 ( 7.000 ms): modprobe/12  ... [continued]: finit_module()) = 0',
      [0n, 7_000_000n],
    ],
  ])('%s: since the first line', async (_form, first, load, expected) => {
    expect(await shown(first, load)).toEqual(['relative', expected]);
  });

  test('-ttt: since 1970, and the end of a call that was resumed', async () => {
    expect(
      await shown(
        '[pid 1] 1700000000.000001 finit_module(3, "", 0 <unfinished ...>',
        '[pid 2] 1700000000.100000 close(3) = 0',
        '[pid 1] 1700000000.500000 <... finit_module resumed>) = -1 EBUSY (Device or resource busy)',
      ),
    ).toEqual(['epoch', [1_700_000_000_000_001_000n, 499_999_000n]]);
  });
});

test('who loads, how long the image is, and how large the files are', async () => {
  const { events } = await readBytes({
    bytes: Buffer.from(
      [
        '10 execve("/usr/sbin/modprobe", ["modprobe", "fat"], 0x7ff) = 0',
        '10 clone(child_stack=NULL, flags=CLONE_CHILD_SETTID) = 11',
        '11 execve("/sbin/insmod", ["insmod", "fat.ko"], 0x7ff) = 0',
        '11 openat(AT_FDCWD, "fat.ko", O_RDONLY|O_CLOEXEC) = 3',
        '11 newfstatat(3, "", {st_mode=S_IFREG|0644, st_size=31855, ...}, AT_EMPTY_PATH) = 0',
        '11 init_module(0x7f00, 31855, "")  = -1 EEXIST (File exists)',
        '10 openat(AT_FDCWD, "/lib/modules/x/vfat.ko.zst", O_RDONLY|O_CLOEXEC) = 3',
        '10 fstat(3, {st_mode=S_IFREG|0644, st_size=9000, ...}) = 0',
        '10 finit_module(3, "", MODULE_INIT_IGNORE_VERMAGIC|MODULE_INIT_COMPRESSED_FILE) = 0',
      ].join('\n'),
    ),
  });
  expect([...events.values()].flat()).toMatchObject([
    { kind: 'module-size', module: 'fat', of: 'file', bytes: 31855 },
    { kind: 'load-call', comm: 'insmod', pid: 11, module: 'fat', len: 31855, flags: null },
    { kind: 'module-size', module: 'vfat', of: 'compressed-file', bytes: 9000 },
    { kind: 'load-call', comm: 'modprobe', pid: 10, module: 'vfat', len: null, flags: 6 },
  ]);
});

describe('a load that cannot be read is told:', () => {
  const CALLS = [
    '9  12:00:00.000001 openat(AT_FDCWD, "/lib/modules/m.ko", O_RDONLY|O_CLOEXEC) = 3',
    '9  12:00:00.000002 finit_module(3, "", 0) = 0',
    '9  12:00:00.000003 finit_module(3, "", 0) = -1 EEXIST (File exists)',
    '9  12:00:00.000004 write(2, "finit_module(3) failed", 22) = 22',
  ];
  const said = async (lines: readonly string[]): Promise<string[]> =>
    (await readBytes({ bytes: Buffer.from(`${lines.join('\n')}\n`) })).diagnostics.map(
      ({ code, line, count }) => `${code} ${line} ${count}`,
    );
  const damaged = (from: string | RegExp, to: string): Promise<string[]> =>
    said(CALLS.join('\n').replace(from, to).split('\n'));

  test.each<[string, string | RegExp, string, string[]]>([
    ['none', '', '', []],
    ['its time', '00.000002', '00.00x002', ['trace-line-unread 2 1']],
    ['no line end before it', '= 3\n', '= 3', ['trace-line-unread 1 2']],
    ['a line end within', '= -1', '\n= -1', ['trace-ended-early 3 1']],
    ['a line end within one that another follows', ', 0) = 0', '\n, 0) = 0', ['trace-ended-early 2 1']],
  ])('%s', async (_, from, to, expected) => {
    expect(await damaged(from, to)).toEqual(expected);
  });
});
