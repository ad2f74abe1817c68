// SPDX-License-Identifier: Apache-2.0
/** Whole files: every version, byte order and compression says the same of the same recording. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { headOf } from '../../../src/ingest/head.js';
import { readHead } from '../../../src/ingest/tracedat/head.js';
import { traceDat } from '../../../src/ingest/tracedat/index.js';
import { readVersion6 } from '../../../src/ingest/tracedat/v6.js';
import { build, type Contents, Out, Page, SHAPE, type Shape } from './build.js';
import { access, comparable, ingestBytes, ingestText } from './harness.js';

const fixture = (name: string): Buffer => readFileSync(new URL(`fixtures/${name}`, import.meta.url));
const STORM = fixture('storm.v6.dat');

describe('a storm of duplicate loads', () => {
  const said = ingestBytes(STORM);

  test('says what trace-cmd report prints of it, to the nanosecond', () => {
    const printed = ingestText(fixture('storm.report-t.txt').toString());
    expect(said.diagnostics).toEqual([]);
    expect(comparable(said, 1n)).toEqual(comparable(printed, 1n));
    expect(said.events.filter((event) => event.kind === 'probe')).toHaveLength(184);
  });

  test('version 7 with zstd, as trace-cmd converts it, is the same', () => {
    expect(ingestBytes(fixture('storm.v7-zstd.dat'))).toEqual(said);
  });

  test.each(['none', 'zlib'] as const)('version 7, compression %s, is the same', (compression) => {
    expect(ingestBytes(build({ ...SHAPE, version: 7, compression }, contentsOf(STORM)))).toEqual(said);
  });

  test('the head tells the kernel, the number of CPUs and what was kept of what was written', () => {
    expect(said.events.slice(0, 2)).toEqual([
      {
        kind: 'trace-header',
        line: 1,
        t: null,
        tracer: null,
        entriesInBuffer: 2629,
        entriesWritten: 2629,
        cpus: 8,
        kernel: '6.12.117-lab',
      },
      {
        kind: 'kernel-version',
        line: 1,
        t: null,
        release: '6.12.117-lab',
        machine: 'x86_64',
        banner: 'Linux lab 6.12.117-lab x86_64',
      },
    ]);
    expect(said.clock).toEqual({ unit: 'ns', zero: 'boot' });
  });

  test('a cut file gives what comes before the cut, and says so', () => {
    const cut = ingestBytes(STORM.subarray(0, STORM.length - 8192));
    expect(cut.events.length).toBeGreaterThan(100);
    expect(cut.events.length).toBeLessThan(said.events.length);
    expect(cut.diagnostics.map(({ code }) => code)).toContain('archive-damaged');
  });

  test('a damaged chunk of compressed data costs that chunk alone', () => {
    const bytes = build({ ...SHAPE, version: 7, compression: 'zlib' }, contentsOf(STORM));
    const whole = ingestBytes(bytes).events.length;
    // The last chunk of the file is that of the last CPU; behind it are two options sections.
    const chunk = Buffer.from(bytes).lastIndexOf(Buffer.from([0x78, 0x9c]));
    bytes.fill(0xff, chunk + 10, chunk + 20);
    const said = ingestBytes(bytes);
    expect(said.events.length).toBeGreaterThan(whole / 2);
    expect(said.diagnostics).toMatchObject([{ code: 'archive-damaged', count: 1 }]);
  });

  test('an unknown algorithm is reported', () => {
    const bytes = Buffer.from(build({ ...SHAPE, version: 7, compression: 'zlib' }, contentsOf(STORM)));
    bytes.write('lzma', bytes.indexOf('zlib'));
    expect(ingestBytes(bytes).diagnostics[0]).toMatchObject({
      code: 'archive-damaged',
      detail: 'unknown compression "lzma"',
    });
  });
});

/** The parts of a version 6 file, to be written in another way. */
function contentsOf(bytes: Uint8Array): Contents {
  const source = access(bytes);
  const recording = readVersion6(source, readHead(source), (what) => {
    throw new Error(what);
  });
  const formats: Record<string, string[]> = {};
  for (const { system, text } of recording.formats) {
    formats[system] ??= [];
    formats[system].push(text);
  }
  const start = STORM.indexOf('options  \0') + 10;
  const options: { id: number; data: Uint8Array }[] = [];
  for (let at = start; STORM.readUInt16LE(at) !== 0; ) {
    const size = STORM.readUInt32LE(at + 2);
    options.push({ id: STORM.readUInt16LE(at), data: STORM.subarray(at + 6, at + 6 + size) });
    at += 6 + size;
  }
  return {
    formats,
    options,
    kallsyms: new TextDecoder().decode(recording.kallsyms()),
    comms: [...recording.comms].map(([pid, comm]) => `${pid} ${comm}\n`).join(''),
    buffers: recording.buffers.map(({ name, cpus }) => ({
      name,
      cpus: cpus.map(({ pages }) => Buffer.concat([...pages()])),
    })),
  };
}

// ---- files that no recording at hand shows ------------------------------------------------------------------

function format(name: string, id: number, longSize: 4 | 8, fields: string, print = ''): string {
  return (
    `name: ${name}\nID: ${id}\nformat:\n` +
    '\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n' +
    '\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n' +
    '\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n' +
    '\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n' +
    `${fields.replaceAll('LONG', String(longSize))}\nprint fmt: ${print}\n`
  );
}

function formats(longSize: 4 | 8): Contents['formats'] {
  return {
    ftrace: [
      format(
        'funcgraph_exit',
        11,
        longSize,
        '\tfield:unsigned long func;\toffset:8;\tsize:LONG;\tsigned:0;\n' +
          '\tfield:unsigned long long calltime;\toffset:16;\tsize:8;\tsigned:0;\n' +
          '\tfield:unsigned long long rettime;\toffset:24;\tsize:8;\tsigned:0;\n',
      ),
    ],
    module: [
      format(
        'module_load',
        400,
        longSize,
        '\tfield:unsigned int taints;\toffset:8;\tsize:4;\tsigned:0;\n' +
          '\tfield:__data_loc char[] name;\toffset:12;\tsize:4;\tsigned:1;\n',
      ),
      format(
        'module_request',
        401,
        longSize,
        '\tfield:unsigned long ip;\toffset:8;\tsize:LONG;\tsigned:0;\n' +
          '\tfield:bool wait;\toffset:16;\tsize:1;\tsigned:0;\n' +
          '\tfield:__rel_loc char[] name;\toffset:20;\tsize:4;\tsigned:1;\n',
      ),
    ],
    raw_syscalls: [
      format(
        'sys_enter',
        402,
        longSize,
        '\tfield:long id;\toffset:8;\tsize:LONG;\tsigned:1;\n' +
          '\tfield:unsigned long args[6];\toffset:16;\tsize:24;\tsigned:0;\n',
      ),
      format(
        'sys_exit',
        403,
        longSize,
        '\tfield:long id;\toffset:8;\tsize:LONG;\tsigned:1;\n' +
          '\tfield:long ret;\toffset:16;\tsize:LONG;\tsigned:1;\n',
      ),
    ],
  };
}

const load = (shape: Shape, pid: number, name: string, taints = 0): Uint8Array =>
  new Out(shape.littleEndian)
    .int(400, 2)
    .int(0, 2)
    .int(pid, 4)
    .int(taints, 4)
    .int(16 + (name.length + 1) * 2 ** 16, 4)
    .raw(`${name}\0`)
    .bytes();

const request = (shape: Shape, pid: number, ip: bigint, name: string): Uint8Array =>
  new Out(shape.littleEndian)
    .int(401, 2)
    .int(0, 2)
    .int(pid, 4)
    .int(ip, shape.longSize)
    .align(8)
    .int(1, 1)
    .align(4)
    .int((name.length + 1) * 2 ** 16, 4)
    .raw(`${name}\0`)
    .bytes();

const SHAPES: Shape[] = ([6, 7] as const).flatMap((version) =>
  [true, false].flatMap((littleEndian) =>
    ([4, 8] as const).map((longSize) => ({
      ...SHAPE,
      version,
      littleEndian,
      longSize,
      pageSize: 1024,
      compression: version === 7 ? 'zlib' : 'none',
    })),
  ),
);

const text = (id: number, value: string) => ({ id, data: Buffer.from(`${value}\0`) });

describe.each(SHAPES)('version $version, littleEndian $littleEndian, long $longSize', (shape) => {
  const contents: Contents = {
    formats: formats(shape.longSize),
    kallsyms:
      'c0100000 T _text\nc0100400 T crypto_alg_mod_lookup\nc0100900 t load_module\nc0101000 T other\n',
    comms: '1 systemd\n902 (udev worker): a-b\n',
    options: [text(4, 'local [global] counter'), text(5, 'Linux host 6.1.0 ppc')],
    buffers: [
      {
        name: '',
        clock: 'global',
        cpus: [
          new Page(shape, 100n).record(0, load(shape, 902, 'usb-common', 0x2001)).bytes(),
          new Page(shape, 50n).record(0, request(shape, 1, 0xc0100410n, 'net-pf-10')).bytes(),
        ],
      },
      { name: 'boot', cpus: [new Page(shape, 70n).record(0, load(shape, 7, 'e1000')).bytes()] },
    ],
  };
  const said = ingestBytes(build(shape, contents));

  test('records of all CPUs and instances are read, in order of time', () => {
    expect(said.diagnostics).toEqual([]);
    expect(said.events.slice(2)).toEqual([
      {
        kind: 'module-request',
        line: 1,
        t: 50n,
        pid: 1,
        comm: 'systemd',
        cpu: 1,
        requested: 'net-pf-10',
        wait: true,
        callSite: 'crypto_alg_mod_lookup',
      },
      { kind: 'module-load', line: 2, t: 70n, pid: 7, comm: null, cpu: 0, module: 'e1000', taints: '' },
      {
        kind: 'module-load',
        line: 3,
        t: 100n,
        pid: 902,
        comm: '(udev worker): a-b',
        cpu: 0,
        module: 'usb-common',
        taints: 'PE',
      },
    ]);
  });

  test('the clock is that of the recording', () => {
    expect(said.clock).toEqual({ unit: 'ns', zero: 'boot' });
  });
});

describe('what the options say', () => {
  const page = (stored?: number) =>
    new Page(SHAPE, 1000n).record(0, load(SHAPE, 1, 'a')).bytes(stored === undefined ? null : { stored });
  const ingest = (options: Contents['options'], cpus = [page()]) =>
    ingestBytes(build(SHAPE, { formats: formats(8), options: options ?? [], buffers: [{ name: '', cpus }] }));
  const stats = (cpu: number, entries: number, overrun: number, dropped: number) =>
    text(
      2,
      `CPU: ${cpu}\nentries: ${entries}\noverrun: ${overrun}\ncommit overrun: 0\nbytes: 1\n` +
        `oldest event ts:    41.3\nnow ts:    71.4\ndropped events: ${dropped}\nread events: 2\n`,
    );
  const time = (said: ReturnType<typeof ingest>) => said.events.find(({ kind }) => kind === 'module-load')?.t;

  test('an offset is added; the wall clock is a mark of the boot, and times stay those of the boot', () => {
    expect(time(ingest([text(7, '0x10')]))).toBe(1016n);
    expect(time(ingest([text(7, '-900')]))).toBe(100n);
    const dated = ingest([text(1, '0x5f5e100')]);
    expect(time(dated)).toBe(1000n);
    expect(dated.events[1]).toEqual({
      kind: 'boot-mark',
      line: 1,
      t: null,
      what: 'wall-offset',
      value: '100000000000',
    });
  });

  test('cycles become nanoseconds where the file says how', () => {
    const tsc = new Out(true).int(3, 4).int(1, 4).int(0, 8).bytes();
    const said = ingest([text(4, 'local [x86-tsc]'), { id: 14, data: tsc }]);
    expect(time(said)).toBe(1500n);
    expect(said.clock).toEqual({ unit: 'ns', zero: 'relative' });
    expect(ingest([text(4, 'local [x86-tsc]')]).clock).toEqual({ unit: 'ticks', zero: 'relative' });
    expect(ingest([text(4, 'local [tai]')]).clock).toEqual({ unit: 'ns', zero: 'epoch' });
  });

  test('records that a CPU lost are told once, by the page where it knows, by the counters otherwise', () => {
    const said = ingest([stats(0, 10, 4, 3), stats(1, 20, 0, 5)], [page(4), page()]);
    expect(said.events[0]).toMatchObject({ entriesInBuffer: 34, entriesWritten: 46 });
    expect(said.events.filter(({ kind }) => kind === 'lost-events')).toEqual([
      { kind: 'lost-events', line: 1, t: null, cpu: 0, count: 4 },
      { kind: 'lost-events', line: 1, t: null, cpu: 0, count: 3 },
      { kind: 'lost-events', line: 1, t: null, cpu: 1, count: 5 },
    ]);
    expect(said.diagnostics.reduce((sum, { count }) => sum + count, 0)).toBe(12);
  });
});

test('raw system calls are read by their numbers', () => {
  const raw = (id: number, ...words: number[]) => {
    const out = new Out(true).int(id, 2).int(0, 2).int(7, 4);
    for (const word of words) out.int(word, 4);
    return out.bytes();
  };
  const shape: Shape = { ...SHAPE, longSize: 4 };
  const page = new Page(shape, 0n)
    .record(1, raw(402, 350, 0, 3, 0xdead, 4, 0, 0, 0))
    .record(1, raw(403, 350, 0, -17))
    .bytes();
  const options = [text(5, 'Linux host 6.1.0 i686')];
  const said = ingestBytes(
    build(shape, { formats: formats(4), options, buffers: [{ name: '', cpus: [page] }] }),
  );
  expect(said.events.slice(2)).toEqual([
    {
      kind: 'syscall-enter',
      line: 1,
      t: 1n,
      pid: 7,
      comm: null,
      cpu: 0,
      call: 'finit_module',
      len: null,
      flags: 4,
    },
    {
      kind: 'syscall-exit',
      line: 2,
      t: 2n,
      pid: 7,
      comm: null,
      cpu: 0,
      call: 'finit_module',
      ret: -17,
      wordBits: 32,
    },
  ]);
});

test('function_graph: a call of the loader, when it returns, with its duration', () => {
  const exit = new Out(true)
    .int(11, 2)
    .int(0, 2)
    .int(7, 4)
    .int(0xc0100904n, 8)
    .int(100, 8)
    .int(350, 8)
    .bytes();
  const page = new Page(SHAPE, 400n).record(0, exit).bytes();
  const kallsyms = 'c0100900 t load_module\nc0101000 T other\n';
  const said = ingestBytes(
    build(SHAPE, { formats: formats(8), kallsyms, buffers: [{ name: '', cpus: [page] }] }),
  );
  expect(said.events.slice(1)).toEqual([
    {
      kind: 'function-call',
      line: 1,
      t: 400n,
      pid: 7,
      comm: null,
      cpu: 0,
      func: 'load_module',
      durationNs: 250n,
    },
  ]);
});

test.each([6, 7] as const)('version %i: a recording kept as text is read as a section', (version) => {
  const shape: Shape = { ...SHAPE, version, compression: version === 7 ? 'zlib' : 'none' };
  const said = ingestBytes(
    build(shape, { formats: formats(8), buffers: [], text: '# tracer: wakeup\n#\nx' }),
  );
  expect(said.sections).toEqual([{ name: 'trace', lines: ['# tracer: wakeup', '#', 'x'] }]);
});

describe('sniff', () => {
  test('the magic is enough; the version is the form', () => {
    const verdict = traceDat.sniff(headOf(STORM.subarray(0, 64), false, ''));
    expect(verdict).toMatchObject({ form: 'trace.dat version 6', confidence: 100 });
  });

  test('a text that mentions tracing is not one', () => {
    expect(traceDat.sniff(headOf(Buffer.from('\x17\x08tracing6\0'), true, 'trace.dat'))).toBeNull();
    expect(traceDat.sniff(headOf(Buffer.from('tracing'), true, 'trace.dat'))).toBeNull();
  });
});

describe('what is lost is told', () => {
  const details = (contents: Contents, shape: Shape = SHAPE): string[] =>
    ingestBytes(build(shape, contents)).diagnostics.map(({ code, detail }) => `${code}: ${detail}`);
  const page = (...types: number[]): Uint8Array => {
    const written = new Page(SHAPE, 1000n);
    for (const type of types) {
      const record = load(SHAPE, 7, 'fuse');
      new DataView(record.buffer, record.byteOffset).setUint16(0, type, true);
      written.record(1, record);
    }
    return written.bytes();
  };
  const of = (pages: Uint8Array, own = formats(8)): Contents => ({
    formats: own,
    buffers: [{ name: '', cpus: [pages] }],
  });

  test('records of a type that no format describes', () => {
    expect(details(of(page(400, 400)))).toEqual([]);
    expect(details(of(page(400, 999, 998)))).toEqual([
      'archive-damaged: records of types that no format in the file describes: 2',
    ]);
  });

  test('a format that cannot be read, whose records are then of no known type', () => {
    const own = formats(8);
    const [first = '', ...others] = own.module ?? [];
    const damaged = { ...own, module: [first.replace('ID: 400', 'ID: x'), ...others] };
    expect(details(of(page(400), damaged))).toEqual([
      'archive-damaged: a format file of module cannot be read',
      'archive-damaged: records of types that no format in the file describes: 1',
    ]);
  });

  test('the rest of a compressed chunk that is no whole page', () => {
    const shape: Shape = { ...SHAPE, version: 7, compression: 'zlib' };
    const pages = Buffer.concat([page(400), page(400).subarray(0, 100)]);
    expect(details(of(pages), shape).join()).toMatch(/a chunk ends with 100 bytes of a page/);
  });
});
