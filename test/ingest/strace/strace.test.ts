// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { readBytes } from '../../forms/read.js';

async function loads(lines: readonly string[]): Promise<unknown[]> {
  const { events, sources } = await readBytes({ bytes: Buffer.from(`${lines.join('\n')}\n`) });
  expect(sources[0]?.format).toBe('strace');
  return [...events.values()]
    .flat()
    .map((event) =>
      event.kind === 'user-load' ? [event.line, event.what, event.module, event.errno, event.pid] : event,
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
    [2, 'already', 'minix', 17, pid],
    [6, 'failed', 'a_b', 8, pid],
    [7, 'inserted', 'a_b', null, pid],
  ]);
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
    [5, 'failed', 'minix', 16, 11],
    [6, 'inserted', 'fat', null, 12],
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
    [1, 'already', 'minix', 17, 1234],
    [2, 'inserted', 'minix', null, 1235],
    [3, 'failed', 'minix', 126, null],
  ]);
});

test('a load of an unknown file is reported', async () => {
  const { events, diagnostics } = await readBytes({
    bytes: Buffer.from('finit_module(3, "", 0) = 0\nclose(3) = 0\n'),
  });
  expect([...events.values()].flat()).toEqual([]);
  expect(diagnostics.map(({ code }) => code)).toEqual(['trace-line-unread']);
});
