// SPDX-License-Identifier: Apache-2.0
/**
 * Time is linear in the input, for each form and each countable thing: so much of each that what is linear takes a
 * second, and what is quadratic many minutes. All are cases of one batch, whose worker is ended where one takes too long.
 * Members of archives are fewer: formats.test.ts counts what our code does for each.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PATIENCE_MS } from '../batch/built.js';
import { cli, type Ran } from '../cli/harness.js';
import { tar, tarHeader, zip } from '../input/helpers.js';
import { removeAll, temporary } from '../temporary.js';

afterAll(removeAll);

const traced = (line: string): string => `# tracer: nop\n#\n${line}\n${line}\n`;

const LINES: Readonly<Record<string, (count: number) => string>> = {
  'blanks before a word': (n) => `${' '.repeat(n)}x\n`,
  'carriage returns': (n) => `[    1.000000] a${'\r'.repeat(n)}b\n`,
  'digits in a trace': (n) => ` a-1 [000] ${'1'.repeat(n)}\n`,
  'digits of a pid': (n) => ` a-${'1'.repeat(n)} [000]\n`,
  'quotes before nothing': (n) => `${'> '.repeat(n / 2)}x\n`,
  'Linux version': (n) => `Linux version 6.1.0 ${'#'.repeat(n)}\n`,
  uname: (n) => `Linux box 6.${'1'.repeat(n)} x\n`,
  'uname with marks': (n) => `Linux box 6.1 ${'#1 '.repeat(n / 3)}\u0001\n`,
  'a command line': (n) => `${'a '.repeat(n / 2)}root\n`,
  'modules.dep': (n) => `a.ko:${' a.ko.ko'.repeat(n / 8)}!\n`,
  'modules.builtin': (n) => `${'/a.ko'.repeat(n / 5)}!\n`,
  'a critical chain': (n) => `${'|'.repeat(n / 2)}${'a.b'.repeat(n / 6)}\n`,
  'startup finished': (n) => `Startup finished in ${'1s '.repeat(n / 3)}(kernel\n`,
  'a directory of a listing': (n) => `/${'/'.repeat(n)}: x\nx.ko 5000\n`,
  'a row of ls': (n) => `-rw-r--r-- ${'/'.repeat(n)} ${':'.repeat(900)} x.ko\n`,
  'a heading of Android': (n) => `------ A${'('.repeat(n)} ---\n`,
  'a heading of rules': (n) => `=== ${'= '.repeat(n / 2)}\n`,
  'a row of the list': (n) => `Duplicate failed modules:\n${'a'.repeat(n)}${' '.repeat(n)}!\n`,
  'two sides': (n) => `Mods ever loaded 1 ${' '.repeat(n)}<x\n`,
  'a path of a module': (n) => `[    1.000000] ${'a'.repeat(n)}.ko: x\n`,
  'brackets of a module list': (n) => `[    1.000000] Modules linked in: ${'a('.repeat(n / 2)}\n`,
  'a syslog line': (n) => `Nov 22 10:45:49 ${'a'.repeat(n)} kernel: x\n`,
  'JSON braces': (n) => `${'{"a":'.repeat(n / 5)}\n`,
  'JSON brackets': (n) => `[${'['.repeat(n)}\n`,
  'blanks in a trace': (n) => traced(`a${' '.repeat(n)}b`),
  'brackets in a trace': (n) => traced(')[1]'.repeat(n / 4)),
  'dashes in a trace': (n) => traced('-1 1'.repeat(n / 4)),
  'blanks of a function graph': (n) => traced(`1) |${' '.repeat(n)}x`),
  'arguments without an end': (n) =>
    traced(`a-1 [000] 1.0: x: (load_module+0x0/0x1) ${'a="b '.repeat(n / 5)}`),
  'quotes in a trace': (n) => traced(`a-1 [000] 1.0: x: (load_module+0x0/0x1) a=${'"'.repeat(n)}`),
  escapes: (n) => `[    1.000000] ${'\u001b['.repeat(n / 2)}\n`,
};

/** A quarter of the longest line that is read whole. */
const LINE_LENGTH = 250_000;

const HEADER = 'From: a@b\nTo: c@d\nMIME-Version: 1.0\n';

/** A byte of data after a byte of hole, `count` times, as GNU tar writes the map of pax 0.1 and of 1.0. */
function sparseFile(count: number, version: '0.1' | '1.0'): Buffer {
  const pairs = Array.from({ length: count }, (_, i) => [i * 2, 1]).flat();
  const [major, map] = version === '1.0' ? ['1', `${[count, ...pairs].join('\n')}\n`] : ['0', ''];
  const fields = [
    `GNU.sparse.major=${major}`,
    `GNU.sparse.realsize=${count * 2}`,
    `GNU.sparse.size=${count * 2}`,
    ...(version === '0.1' ? [`GNU.sparse.numblocks=${count}`, `GNU.sparse.map=${pairs.join(',')}`] : []),
  ];
  const records = Buffer.from(fields.map(paxRecord).join(''));
  const data = Buffer.concat([inBlocks(Buffer.from(map)), Buffer.alloc(count, 'x')]);
  return Buffer.concat([
    ...[tarHeader('x', records.length, 'x'), inBlocks(records)],
    ...[tarHeader('f', data.length), inBlocks(data), Buffer.alloc(1024)],
  ]);
}

const inBlocks = (bytes: Buffer): Buffer =>
  Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);

/** Its length counts its own digits. */
function paxRecord(field: string): string {
  const rest = field.length + 2;
  const digits = String(rest + String(rest).length).length;
  return `${rest + digits} ${field}\n`;
}

const THINGS: Readonly<
  Record<string, readonly [make: (count: number) => string | Uint8Array, count: number]>
> = {
  'lines of a log': [(n) => '[    1.000000] usb 1-1: new device\n'.repeat(n), 80_000],
  'failures of a log': [
    (n) =>
      Array.from(
        { length: n },
        (_, i) => `[    1.${String(i).padStart(6, '0')}] m${i}: Unknown symbol x (err -2)\n`,
      ).join(''),
    8_000,
  ],
  'rows of the list': [
    (n) =>
      `Duplicate failed modules:\n  Module-name  How-many-times  Reason\n${Array.from({ length: n }, (_, i) => `   m${i}   2   Becoming\n`).join('')}`,
    12_000,
  ],
  'quoted lines': [(n) => '> > [    1.000000] x: Unknown symbol y (err -2)\n'.repeat(n), 16_000],
  'tiny members of a tar': [
    (n) => tar(Object.fromEntries(Array.from({ length: n }, (_, i) => [`f${i}`, 'x\n']))),
    2_000,
  ],
  'reports in a tar': [
    (n) =>
      tar(
        Object.fromEntries(
          Array.from({ length: n }, (_, i) => [`h${i}/sos_commands/kernel/dmesg`, '[    1.000000] a: b\n']),
        ),
      ),
    1_500,
  ],
  'global headers of a tar': [
    (n) => {
      const record = `18 path=${'x'.repeat(9)}\n`;
      const content = Buffer.concat([
        Buffer.from(record.repeat(20)),
        Buffer.alloc(512 - ((record.length * 20) % 512)),
      ]);
      const global = Buffer.concat([tarHeader('g', record.length * 20, 'g'), content, tarHeader('f', 0)]);
      return Buffer.concat([...Array.from({ length: n }, () => global), Buffer.alloc(1024)]);
    },
    2_000,
  ],
  'extents of a sparse file, in its header': [(n) => sparseFile(n, '0.1'), 30_000],
  'extents of a sparse file, before its data': [(n) => sparseFile(n, '1.0'), 30_000],
  'members of a zip': [
    (n) => zip(Object.fromEntries(Array.from({ length: n }, (_, i) => [`f${i}`, 'x\n']))),
    1_000,
  ],
  'members of a gzip': [
    (n) => Buffer.concat(Array.from({ length: n }, () => gzipSync('[    1.000000] usb 1-1: new device\n'))),
    8_000,
  ],
  'parts of a mail': [
    (n) =>
      `${HEADER}Content-Type: multipart/mixed; boundary=b\n\n${'--b\nContent-Type: text/plain; name=a\n\nx\n'.repeat(n)}--b--\n`,
    2_000,
  ],
  'parts of a mail without bodies': [
    (n) => `${HEADER}Content-Type: multipart/mixed; boundary=b\n\n${'--b\n'.repeat(n)}--b--\n`,
    4_000,
  ],
  'folds of a header': [
    (n) =>
      `${HEADER}Content-Type: multipart/mixed;\n boundary=b\n\n--b\nContent-Type: text/plain;\n${' a=b;\n'.repeat(n)}\nx\n--b--\n`,
    40_000,
  ],
  'lines of a mail': [
    (n) => `${HEADER}Content-Type: multipart/mixed; boundary=b\n\n--b\n\n${'x\n'.repeat(n)}\n--b--\n`,
    200_000,
  ],
  'mails of an mbox': [(n) => `From a@b Thu Jan  1 00:00:00 1970\n${HEADER}\nx\n\n`.repeat(n), 2_000],
};

/** The case with a file for each kind of line. */
const LONG_LINES = 'one line, n characters, of each kind';

describe('in a time that a worker has', () => {
  let ran: Ran;
  let cases: readonly Record<string, string>[];
  let sources: readonly Record<string, string>[];

  beforeAll(async () => {
    const folder = temporary('growth');
    const inputs = join(folder, 'inputs');
    mkdirSync(join(inputs, LONG_LINES), { recursive: true });
    for (const [name, make] of Object.entries(LINES))
      writeFileSync(join(inputs, LONG_LINES, name), make(LINE_LENGTH));
    for (const [name, [make, count]] of Object.entries(THINGS))
      writeFileSync(join(inputs, name), make(count));
    const paths = [LONG_LINES, ...Object.keys(THINGS)].map((name) => join(inputs, name));
    const out = join(folder, 'out');
    const how = [
      '--case',
      'input',
      '--query',
      'sources',
      '--jobs',
      '1',
      '--timeout',
      `${PATIENCE_MS / 1000}`,
    ];
    ran = await cli(['batch', ...paths, ...how, '--out', out]);
    const rows = (file: string): Record<string, string>[] =>
      parse(readFileSync(join(out, file)), { columns: true });
    cases = rows('cases.csv');
    sources = rows('sources.csv');
  }, 20 * PATIENCE_MS);

  it.each([LONG_LINES, ...Object.keys(THINGS)])('%s', (name) => {
    const [row, ...more] = cases.filter(({ path }) => path?.endsWith(`/${name}`));
    expect(more).toEqual([]);
    // Limits may end it before: it is not read whole, but it ends.
    expect(`${row?.status} ${row?.error}`).toMatch(
      /^(?:ok|incomplete|unrecognised|failed .*: input-limit: )/,
    );
    expect(ran.stderr).not.toContain('internal error');
  });

  it.each(Object.keys(LINES))('a line of %s', (name) => {
    expect(sources.some(({ path }) => path?.endsWith(`/${LONG_LINES}/${name}`))).toBe(true);
  });
});
