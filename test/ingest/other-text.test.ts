// SPDX-License-Identifier: Apache-2.0
/** What a command printed behind another one's log or trace, further down than the head by which a file is recognised. */
import { describe, expect, test } from 'vitest';
import { caseOf } from '../../src/case-of.js';
import { HEAD_BYTES } from '../../src/ingest/ingester.js';
import { readBytes } from '../forms/read.js';
import { type Both, readBoth } from '../prefilter/both.js';

const BANNER = '[    0.000000] Linux version 6.12.1 (build@host) (gcc 14.2.0) #1 SMP\n';
const LOG = `${BANNER}${many((n) => `[${String(n + 1).padStart(5)}.000000] usb 1-1: new device ${n}\n`)}`;
const TRACE = `# tracer: nop\n#\n# entries-in-buffer/entries-written: 9000/9000   #P:8\n#\n${many(
  (n) => `          <idle>-0       [003] d..2. ${n + 1}.321026: sched_wakeup: comm=x pid=${n} prio=120\n`,
)}`;
const LOAD = [
  '   (udev-worker)-514     [006] ..... 99999.321026: sys_finit_module(fd: 5, uargs: 4b2f3d, flags: 0)\n',
  '   (udev-worker)-514     [006] ..... 99999.421026: sys_finit_module -> 0xfffffffffffffff8\n',
].join('');
const STATS = '         Mods ever loaded\t27\n     Mods failed on kread\t3\n      Failed kread bytes\t6000\n';
const LSMOD = 'Module                  Size  Used by\nnls_cp1251             16384  0\n';
const PROC = 'nls_cp1251 16384 0 - Live 0xffffffffa0558000\n';
const REFUSED = '[99999.345678] foo: Unknown symbol bar (err -2)\n';

function many(line: (n: number) => string): string {
  let text = '';
  for (let n = 0; text.length < 3 * HEAD_BYTES; n++) text += line(n);
  return text;
}

/** The formats of the sources, and what they say, with the prefilter and without it alike. */
async function read(text: string) {
  const { filtered, unfiltered }: Both = await readBoth(Buffer.from(text));
  expect(filtered).toEqual(unfiltered);
  const { sources, events, diagnostics } = filtered;
  return {
    formats: sources.map(({ format, events: count }) => `${format}: ${count}`),
    kinds: [...new Set([...events.values()].flat().map(({ kind }) => kind))],
    refused: [...events.values()].flat().filter(({ kind }) => kind === 'load-failure').length,
    codes: diagnostics.map(({ code }) => code),
  };
}

describe('behind a log', () => {
  test.each([
    ['the counters', STATS, 'debugfs-stats: ', 'counter'],
    [
      'the counters as grep shows them',
      STATS.replace(/^ */gm, '/sys/kernel/debug/modules/stats:'),
      'debugfs-stats: ',
      'counter',
    ],
    ['lsmod', LSMOD, 'loaded-modules: 2', 'module-size'],
    ['/proc/modules', PROC, 'loaded-modules: 2', 'module-size'],
    ['a trace', TRACE + LOAD, 'ftrace: 3', 'syscall-enter'],
  ])('%s', async (_, text, format, kind) => {
    const got = await read(LOG + text);
    expect(got.formats).toEqual([expect.stringMatching(/^dmesg: /), expect.stringContaining(format)]);
    expect(got.kinds).toContain(kind);
    expect(got.codes).not.toContain('loading-not-understood');
  });

  test('the log goes on behind them', async () => {
    const got = await read(LOG + STATS + REFUSED + TRACE + LOAD + REFUSED);
    expect(got.formats).toEqual([expect.stringMatching(/^dmesg: /), 'debugfs-stats: 3', 'ftrace: 3']);
    expect(got.refused).toBe(2);
  });
});

describe('a log goes on behind the counters, as printed by', () => {
  const second = (n: number): string => String(n % 60).padStart(2, '0');
  const minute = (n: number): string => second(Math.floor(n / 60));
  test.each<[string, (n: number) => string]>([
    ['dmesg -t', () => ''],
    ['dmesg -T', (n) => `[Sun Nov 22 10:${minute(n)}:${second(n)} 2026] `],
    ['dmesg -H', () => '[  +0.500000] '],
    ['dmesg -x', (n) => `kern  :info  : [${String(n).padStart(5)}.000000] `],
    ['syslog', (n) => `Nov 22 10:${minute(n)}:${second(n)} lab kernel: `],
    ['logcat', (n) => `01-31 00:${minute(n)}:${second(n)}.345     0     0 I         : `],
  ])('%s', async (_, front) => {
    let n = 0;
    const line = (message: string): string => `${front(n++)}${message}\n`;
    const first =
      line('Linux version 6.12.1 (build@host) (gcc 14.2.0) #1 SMP') +
      many(() => line(`usb 1-1: new device ${n}`));
    const { filtered } = await readBoth(
      Buffer.from(first + STATS + line('usb 1-2: new device') + line('foo: Unknown symbol bar (err -2)')),
    );
    expect(filtered.sources.map(({ format, lines }) => [format, lines])).toEqual([
      ['dmesg', n + 3],
      ['debugfs-stats', 3],
    ]);
    expect(filtered.events.get(1)?.map(({ kind }) => kind)).toContain('load-failure');
  });
});

test('each boot of a log has the counters that stand behind it', async () => {
  const stats = (failed: number): string => STATS.replace('kread\t3', `kread\t${failed}`);
  const { model } = caseOf(
    await readBytes({ bytes: Buffer.from([1, 2, 3].map((failed) => LOG + stats(failed)).join('')) }),
  );
  expect(model.boots.map(({ failures }) => failures)).toEqual([1n, 2n, 3n]);
});

describe('behind a trace', () => {
  test.each([
    ['a log', LOG + REFUSED, /^dmesg: /, 'load-failure'],
    ['the end of a log', REFUSED, /^dmesg: /, 'load-failure'],
    [
      "a loader's message",
      "modprobe: ERROR: could not insert '8852au': Exec format error\n",
      /^loader-output: 1/,
      'user-load',
    ],
    ['the counters', STATS, /^debugfs-stats: 3/, 'counter'],
  ])('%s', async (_, text, format, kind) => {
    const got = await read(TRACE + LOAD + text);
    expect(got.formats[0]).toBe('ftrace: 3');
    expect(got.formats.slice(1)).toEqual([expect.stringMatching(format)]);
    expect(got.kinds).toContain(kind);
  });

  test('the trace goes on behind them', async () => {
    const got = await read(TRACE + LOG + TRACE.replace(/^#.*\n/gm, '') + LOAD);
    expect(got.formats).toHaveLength(2);
    expect(got.formats[0]).toBe('ftrace: 3');
  });
});

describe('beside the calls that strace shows', () => {
  const CALLS =
    'openat(AT_FDCWD, "/lib/modules/6.12.1/kernel/foo.ko", O_RDONLY|O_CLOEXEC) = 3\n' +
    'finit_module(3, "", 0)                  = 0\nclose(3)                                = 0\n';
  const SAID = "modprobe: ERROR: could not insert '8852au': Exec format error\n";

  test.each([
    ['behind them', CALLS + SAID],
    ['in front of them', SAID + CALLS],
    ['between them', CALLS + SAID + CALLS],
  ])("a loader's message %s", async (_, text) => {
    const got = await read(text);
    expect(got.formats).toEqual([expect.stringMatching(/^strace: [12]$/), 'loader-output: 1']);
  });
});

test('a log in front of a trace, both in the head', async () => {
  const got = await read(`${BANNER}${REFUSED}${TRACE}${LOAD}`);
  expect(got.formats[0]).toBe('ftrace: 3');
  expect(got.kinds).toContain('load-failure');
});
