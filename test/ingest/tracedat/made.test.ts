// SPDX-License-Identifier: Apache-2.0
/** Files that no recording at hand shows: every version, byte order and word size. */
import { describe, expect, test } from 'vitest';
import { build, type Contents, Out, Page, SHAPE, type Shape } from './build.js';
import { ingestBytes } from './harness.js';

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

  test('bytes that are no UTF-8, in names of modules and tasks', () => {
    const written = new Page(SHAPE, 1000n)
      .record(1, load(SHAPE, 7, 'fuse'))
      .record(1, load(SHAPE, 7, 'ext4'));
    const file = build(SHAPE, { ...of(written.bytes()), comms: '7 modprobe\n8 insmod\n' });
    const bytes = Buffer.from(file);
    const invalid = (): unknown =>
      ingestBytes(bytes).diagnostics.filter(({ code }) => code === 'text-invalid-utf8');
    expect(invalid()).toEqual([]);
    bytes[bytes.indexOf('fuse') + 1] = 0xff;
    bytes[bytes.indexOf('insmod')] = 0xfc;
    expect(invalid()).toMatchObject([{ count: 1 }, { count: 1 }]);
  });

  test('bytes that are no UTF-8, and the end of a line without end, in a recording kept as text', () => {
    const text = `# tracer: irqsoff\n a-1 [000] .... 1.0: x\n${'y'.repeat(2 ** 20 + 2 ** 18)}\n`;
    const bytes = Buffer.from(build(SHAPE, { formats: {}, buffers: [], text }));
    bytes[bytes.indexOf('irqsoff')] = 0xff;
    const { diagnostics, sections } = ingestBytes(bytes);
    expect(diagnostics).toMatchObject([
      { code: 'trace-unusable-form' },
      { code: 'line-too-long', line: 3 },
      { code: 'text-invalid-utf8', count: 1 },
    ]);
    expect(sections[0]?.lines.slice(0, 2)).toEqual(['# tracer: \ufffdrqsoff', ' a-1 [000] .... 1.0: x']);
  });

  test('the rest of a compressed chunk that is no whole page', () => {
    const shape: Shape = { ...SHAPE, version: 7, compression: 'zlib' };
    const pages = Buffer.concat([page(400), page(400).subarray(0, 100)]);
    expect(details(of(pages), shape).join()).toMatch(/a chunk ends with 100 bytes of a page/);
  });
});
