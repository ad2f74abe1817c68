// SPDX-License-Identifier: Apache-2.0
/** Files made to cost much: parts that overlap or are named again and again, tables and names without end. */
import { deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { openCase } from '../../../src/index.js';
import { traceDat } from '../../../src/ingest/tracedat/index.js';
import { Symbols } from '../../../src/ingest/tracedat/symbols.js';
import { build, type Contents, Out, Page, SHAPE } from './build.js';
import { access, ingestBytes } from './harness.js';

const COMMON =
  'format:\n\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n' +
  '\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n';
const LOAD_FIELDS =
  '\tfield:unsigned int taints;\toffset:8;\tsize:4;\tsigned:0;\n' +
  '\tfield:__data_loc char[] name;\toffset:12;\tsize:4;\tsigned:1;\n';
const LOAD = `name: module_load\nID: 326\n${COMMON}${LOAD_FIELDS}\nprint fmt: "%s"\n`;

const load = (pid: number, name: string): Uint8Array =>
  new Out(true)
    .int(326, 4)
    .int(pid, 4)
    .int(0, 4)
    .int(16 + (name.length + 1) * 2 ** 16, 4)
    .raw(`${name}\0`)
    .align(4)
    .bytes();
const page = (at = 1000n): Uint8Array => new Page(SHAPE, at).record(10, load(1, 'usbcore')).bytes();
const with6 = (contents: Partial<Contents>): Buffer =>
  Buffer.from(
    build(SHAPE, { formats: { module: [LOAD] }, buffers: [{ name: '', cpus: [page()] }], ...contents }),
  );
const loads = (bytes: Uint8Array) => ingestBytes(bytes).events.filter(({ kind }) => kind === 'module-load');

/** Ingests; gives how often each byte was read on average, and the details of the damage. */
function cost(bytes: Uint8Array): { times: number; damage: string[]; lines: number } {
  let [read, lines] = [0, 0];
  const damage: string[] = [];
  const { size, read: readAt } = access(bytes);
  const counted = (offset: number, length: number): Uint8Array => {
    const part = readAt(offset, length);
    read += part.length;
    return part;
  };
  void traceDat.ingest(
    { size, read: counted },
    {
      form: '',
      path: '',
      emit: () => undefined,
      diagnose: (_, __, detail = '') => damage.push(detail),
      clock: () => undefined,
      isFull: () => false,
      recognised: () => null,
      nothingFound: () => undefined,
      section: () => ({ line: () => lines++, end: () => undefined }),
    },
  );
  return { times: read / size, damage, lines };
}

/** Version 7 with the sections and options that `write` makes. */
function version7(
  write: (out: Out) => (readonly [id: number, data: Uint8Array])[],
  packing = 'none',
): Buffer {
  const at = (first: number): [bytes: Uint8Array, first: number] => {
    const out = new Out(true).raw(Buffer.from([0x17, 0x08, 0x44])).raw('tracing7\0');
    out.int(0, 1).int(8, 1).int(4096, 4).raw(`${packing}\0\0`).int(first, 8);
    const options = new Out(true);
    for (const [id, data] of write(out)) options.int(id, 2).sized(data, 4);
    options.int(0, 2).int(8, 4).int(0, 8);
    const start = section(out, 0, options.bytes());
    return [out.bytes(), start];
  };
  return Buffer.from(at(at(0)[1])[0]);
}

function section(out: Out, id: number, body: Uint8Array, flags = 0): number {
  const at = out.length;
  out.int(id, 2).int(flags, 2).int(0, 4).sized(body, 8);
  return at;
}

const u64 = (value: number): Uint8Array => new Out(true).int(value, 8).bytes();
const MANY = 500;
const repeated = (id: number, body: Uint8Array, more = ''): Buffer =>
  version7((out) => {
    const at = section(out, id, body);
    return Array.from({ length: MANY }, () => [id, new Out(true).int(at, 8).raw(more).bytes()] as const);
  });

describe('parts that are named again and again are read once', () => {
  const comms = Array.from({ length: 2000 }, (_, pid) => `${pid} comm${pid}\n`).join('');
  const formats = new Out(true).int(1, 4).raw('module\0').int(300, 4);
  for (let id = 0; id < 300; id++) formats.sized(LOAD.replace('326', String(id)), 8);
  const text = `# tracer: irqsoff\n${'  a-1 [000] .... 1.000001: module_load: a\n'.repeat(1000)}`;

  test.each<[string, Buffer]>([
    ['names of tasks', repeated(21, new Out(true).sized(comms, 8).bytes())],
    ['formats', repeated(18, formats.bytes())],
    ['symbols', repeated(19, new Out(true).sized('ffffffff81000000 T a\n'.repeat(2000), 4).bytes())],
    ['texts', repeated(22, Buffer.from(text), 'n\0local\0')],
  ])('%s of version 7', (_, bytes) => {
    const { times, damage, lines } = cost(bytes);
    expect(times).toBeLessThan(10);
    expect(lines).toBeLessThan(1100);
    expect(damage.filter((what) => /^the section at \d+ overlaps another$/.test(what))).toHaveLength(
      MANY - 1,
    );
  });

  test('a chain of options, each section of which covers the rest of the file', () => {
    const out = new Out(true).raw(Buffer.from([0x17, 0x08, 0x44])).raw('tracing7\0');
    out.int(0, 1).int(8, 1).int(4096, 4).raw('none\0\0');
    const first = out.length + 8;
    out.int(first, 8);
    for (let n = 1; n <= MANY; n++)
      out
        .int(0, 8)
        .int(1_000_000, 8)
        .int(0, 2)
        .int(8, 4)
        .int(n < MANY ? first + 30 * n : 0, 8);
    const { times, damage } = cost(Buffer.concat([out.bytes(), Buffer.alloc(100_000)]));
    expect(times).toBeLessThan(10);
    expect(damage).toContain(`the section at ${first + 30} overlaps another`);
  });

  test('chunks of a CPU do not go on into those of the next', () => {
    const bytes = version7((out) => {
      const at = section(out, 3, Buffer.alloc(0), 1);
      const option = new Out(true).int(at, 8).raw('\0local\0').int(4096, 4).int(MANY, 4);
      for (let cpu = 0; cpu < MANY; cpu++) {
        option.int(cpu, 4).int(out.length, 8).int(1, 8);
        out.int(24, 4).int(16, 4).int(4096, 4).raw(Buffer.alloc(16));
      }
      return [[3, option.bytes()]];
    }, 'zlib');
    expect(cost(bytes).times).toBeLessThan(10);
  });

  /** Buffers that start at each of the marks, `step` bytes apart. */
  const marked = (marks: Uint8Array, step: number, count = 1): Buffer => {
    const bytes = with6({});
    const at = bytes.indexOf('options  \0');
    const out = new Out(true).raw(bytes.subarray(0, at)).raw('options  \0');
    const end = out.length + MANY * 15 + 2;
    for (let n = 0; n < MANY; n++)
      out
        .int(3, 2)
        .int(9, 4)
        .int(end + n * step, 8)
        .raw('\0');
    const made = Buffer.from(out.int(0, 2).raw(marks).bytes());
    made.writeUInt32LE(count, at - 4);
    return made;
  };

  test('the table of CPUs of many buffers of version 6', () => {
    const { times, damage } = cost(
      marked(Buffer.concat([Buffer.from('flyrecord\0'), Buffer.alloc(16 * 4000)]), 0, 4000),
    );
    expect(times).toBeLessThan(10);
    expect(damage.filter((what) => /^the buffer at \d+ overlaps another part$/.test(what))).toHaveLength(
      MANY,
    );
  });

  test('the text of many latency tracers of version 6', () => {
    const { times, lines } = cost(marked(Buffer.from(`${'latency  \0'.repeat(MANY)}\n${text}`), 10));
    expect(times).toBeLessThan(10);
    expect(lines).toBeLessThan(1100);
  });
});

describe('what no kernel has', () => {
  const damageOf = (bytes: Uint8Array): string[] =>
    ingestBytes(bytes).diagnostics.map(({ detail }) => detail);

  test('names of tasks, symbols and kernels without end are truncated', () => {
    const long = 'x'.repeat(100_000);
    const option = { id: 5, data: Buffer.from(`Linux host ${long} x86_64\0`) };
    const { events } = ingestBytes(with6({ comms: `1 ${long}\n`, options: [option] }));
    expect(events.find(({ kind }) => kind === 'module-load')).toMatchObject({ comm: 'x'.repeat(64) });
    expect(events.find(({ kind }) => kind === 'trace-header')).toMatchObject({
      kernel: expect.stringMatching(/^x{200,260}$/),
    });
    expect(
      new Symbols(Buffer.from(`ffffffff81000000 T ${long}\n`)).find(0xffffffff81000001n)?.name.length,
    ).toBeLessThan(1000);
  });

  test('of thousands of symbols at one address the first is printed', () => {
    const lines = Array.from({ length: 3000 }, (_, n) => `ffffffff81000000 T name${n}\n`).join('');
    expect(new Symbols(Buffer.from(lines)).find(0xffffffff81000010n)).toEqual({ name: 'name0', offset: 16n });
  });

  test('an event with thousands of fields', () => {
    const fields = Array.from(
      { length: 3000 },
      (_, n) => `\tfield:u8 f${n};\toffset:0;\tsize:1;\tsigned:0;\n`,
    );
    const bytes = with6({ formats: { module: [LOAD.replace(LOAD_FIELDS, fields.join('') + LOAD_FIELDS)] } });
    expect(loads(bytes)).toEqual([]);
    expect(damageOf(bytes)).toContain('the format of module:module_load has too many fields');
  });

  test.each([0, 8193, 2 ** 31, 2 ** 32 - 1])('%d CPUs', (count) => {
    const bytes = with6({});
    bytes.writeUInt32LE(count, bytes.indexOf('options  \0') - 4);
    expect(damageOf(bytes)).toContain(`${count} CPUs`);
  });

  test('a section that unpacks to a thousand times its size', () => {
    const zeros = deflateSync(Buffer.alloc(20_000_000));
    const bytes = version7((out) => {
      const block = new Out(true).int(zeros.length, 4).int(20_000_000, 4).raw(zeros);
      return [[21, u64(section(out, 21, block.bytes(), 1))]];
    }, 'zlib');
    expect(damageOf(bytes)).toContain(`a block of ${zeros.length} bytes claims 20000000`);
  });
});

describe('numbers at the ends of their range are said', () => {
  test('a time that no clock reaches', () => {
    const { diagnostics } = ingestBytes(with6({ buffers: [{ name: '', cpus: [page(2n ** 63n)] }] }));
    expect(diagnostics).toMatchObject([{ code: 'number-out-of-range', line: 1 }]);
  });

  test('a negative pid', async () => {
    const cpu = new Page(SHAPE, 1000n)
      .record(10, load(2 ** 32 - 5, 'a'))
      .record(10, load(7, 'b'))
      .bytes();
    const bytes = with6({ buffers: [{ name: '', cpus: [cpu] }] });
    const opened = await openCase({ inputs: [{ name: 'trace.dat', bytes }] });
    expect(await opened.query('loads')).toMatchObject([{ module: 'b' }]);
    expect(await opened.query('diagnostics')).toContainEqual(
      expect.objectContaining({ code: 'number-out-of-range', count: 1n, detail: 'pid -5' }),
    );
  });

  test.each(['9007199254740991', '18446744073709551615'])('%s records lost, three times', (count) => {
    const stats = `CPU: 0\nentries: ${count}\noverrun: ${count}\ncommit overrun: ${count}\ndropped events: ${count}\n\0`;
    const { events, diagnostics } = ingestBytes(with6({ options: [{ id: 2, data: Buffer.from(stats) }] }));
    expect(events).toContainEqual(
      expect.objectContaining({ kind: 'lost-events', count: Number.MAX_SAFE_INTEGER }),
    );
    expect(diagnostics).toMatchObject([{ code: 'trace-lost-events', count: Number.MAX_SAFE_INTEGER }]);
    expect(events[0]).toMatchObject({ entriesWritten: Number.MAX_SAFE_INTEGER });
  });

  test('records lost after the last one', () => {
    const lost = new Page(SHAPE, 2000n).bytes({});
    const { events } = ingestBytes(with6({ buffers: [{ name: '', cpus: [Buffer.concat([page(), lost])] }] }));
    expect(events).toContainEqual(expect.objectContaining({ kind: 'lost-events', cpu: 0, count: null }));
  });
});
