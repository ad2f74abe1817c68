// SPDX-License-Identifier: Apache-2.0
/** Trace JSON in the forms of Chrome, Perfetto and exporters, whole, in pieces and broken. */
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { detect } from '../../../src/ingest/detect.js';
import { headOf } from '../../../src/ingest/head.js';
import { INGESTERS } from '../../../src/ingest/registry.js';
import { traceJson } from '../../../src/ingest/trace-json/index.js';
import { nanoseconds } from '../../../src/ingest/trace-json/trace-events.js';
import type { DiagnosticCode } from '../../../src/model/diagnostic.js';
import type { ParsedEvent } from '../../../src/model/event.js';
import type { SourceClock } from '../../../src/model/source.js';
import { ingestText } from '../tracedat/harness.js';

const fixture = (name: string): Buffer => readFileSync(new URL(`fixtures/${name}`, import.meta.url));

interface LogFact {
  readonly events: ParsedEvent[];
  readonly diagnostics: { code: DiagnosticCode; line: number | null }[];
  readonly sections: { name: string; lines: string[]; ended: boolean }[];
  clock: SourceClock | null;
}

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function ingest(bytes: AsyncIterable<Uint8Array> | Uint8Array | string): Promise<LogFact> {
  const said: LogFact = { events: [], diagnostics: [], sections: [], clock: null };
  const stream =
    typeof bytes === 'string'
      ? pieces(Buffer.from(bytes), 65536)
      : bytes instanceof Uint8Array
        ? pieces(bytes, 65536)
        : bytes;
  await traceJson.ingest(stream, {
    form: 'traceEvents',
    path: 'trace.json',
    emit: (event) => said.events.push(event),
    diagnose: (code, line) => said.diagnostics.push({ code, line }),
    clock: (clock) => {
      said.clock = clock;
    },
    isFull: () => false,
    recognised: () => null,
    nothingFound: () => undefined,
    section: (name) => {
      const section = { name, lines: [] as string[], ended: false };
      said.sections.push(section);
      return {
        line: (text) => section.lines.push(text),
        end: () => {
          section.ended = true;
        },
      };
    },
  });
  return said;
}

test('the ftrace text of traceconv json is read as a separate trace', async () => {
  const said = await ingest(fixture('traceconv.json'));
  expect(said.events).toEqual([]);
  expect(said.diagnostics).toEqual([]);
  expect(said.sections).toMatchObject([{ name: 'systemTraceEvents', ended: true }]);
  expect(said.sections[0]?.lines[0]).toBe('# tracer: nop');
  expect(said.sections[0]?.lines).toHaveLength(16);
  const { events } = ingestText(said.sections[0]?.lines.join('\n') ?? '');
  expect(events.map(({ kind }) => kind)).toEqual([
    'trace-header',
    'fork',
    'syscall-enter',
    'module-load',
    'syscall-exit',
    'module-request',
  ]);
});

test('ftrace events with arguments: exact times, thread names from the end, sorted by time', async () => {
  const said = await ingest(fixture('chrome-ftrace.json'));
  expect(said.diagnostics).toEqual([]);
  expect(said.clock).toEqual({ unit: 'ns', zero: 'boot' });
  const udev = { pid: 514, comm: '(udev-worker)', cpu: 6 };
  const modprobe = { pid: 902, comm: 'modprobe', cpu: null };
  expect(said.events.slice(1)).toEqual([
    {
      kind: 'fork',
      line: 3,
      t: 37_100_001_250n,
      pid: 1,
      comm: 'systemd',
      cpu: null,
      childPid: 514,
      childComm: 'systemd',
    },
    {
      kind: 'syscall-enter',
      line: 4,
      t: 37_321_026_123n,
      ...udev,
      call: 'finit_module',
      len: null,
      flags: 0,
    },
    { kind: 'module-load', line: 5, t: 37_400_000_007n, ...udev, module: 'e1000', taints: 'E' },
    { kind: 'syscall-exit', line: 6, t: 37_522_412_999n, ...udev, call: 'finit_module', ret: -17 },
    { kind: 'exec', line: 8, t: 45_000_000_000n, ...modprobe, filename: '/sbin/modprobe' },
    {
      kind: 'module-request',
      line: 7,
      t: 45_732_844_000n,
      ...modprobe,
      requested: 'net-pf-10',
      wait: true,
      callSite: '__sock_create',
    },
  ]);
});

test('system calls as slices, in an array without its last bracket', async () => {
  const said = await ingest(fixture('slices-unfinished.json'));
  expect(said.diagnostics).toEqual([]);
  const task = { pid: 33, comm: 'kmod', cpu: null };
  expect(said.events.slice(1)).toEqual([
    { kind: 'syscall-enter', line: 2, t: 100_500n, ...task, call: 'finit_module', len: null, flags: 4 },
    { kind: 'module-load', line: 3, t: 150_000n, ...task, module: 'loop', taints: 'OE' },
    { kind: 'syscall-exit', line: 4, t: 200_250n, ...task, call: 'finit_module', ret: 0 },
    { kind: 'syscall-enter', line: 5, t: 300_000n, ...task, call: 'init_module', len: 134255, flags: null },
    {
      kind: 'syscall-exit',
      line: 5,
      t: 340_125n,
      ...task,
      call: 'init_module',
      ret: -17,
      wordBits: 64,
    },
    { kind: 'syscall-enter', line: 6, t: 400_000n, ...task, call: 'delete_module', len: null, flags: null },
  ]);
});

test('probes are read by their addresses and arguments', async () => {
  const probe = (name: string, ts: number, args: object) => ({ ph: 'i', name, ts, pid: 9, tid: 9, args });
  const { events } = await ingest(
    JSON.stringify([
      probe('dup', 1, { __probe_ip: 18446744071579755092n.toString(), name: 'xfs', reason: 0 }),
      probe('x', 2, { __probe_ip: '0xffffffff810ec254', name: 'xfs', len: 141448, flags: 0 }),
      probe('r', 3, { __probe_func: 'kernel_read_file', __probe_ret_ip: 'load+0x1', ret: 77 }),
    ]),
  );
  expect(events.slice(1).map((event) => (event.kind === 'probe' ? event.fact : event))).toEqual([
    { fact: 'duplicate', module: 'xfs', reason: 'becoming' },
    { fact: 'charge', phase: 'becoming', module: 'xfs', image: 141448, compressed: null, flags: 0 },
    { fact: 'read', file: null, id: null, ret: 77 },
  ]);
});

test.each([1, 7, 100])('pieces of %i bytes give the same events', async (size) => {
  for (const name of ['traceconv.json', 'chrome-ftrace.json', 'slices-unfinished.json']) {
    const bytes = fixture(name);
    expect(await ingest(pieces(bytes, size))).toEqual(await ingest(bytes));
  }
});

test('times are read digit by digit', () => {
  expect(nanoseconds('0.001')).toBe(1n);
  expect(nanoseconds('104123456789.987654')).toBe(104_123_456_789_987n);
  expect(nanoseconds('1.5e3')).toBe(1_500_000n);
  expect(nanoseconds('-5')).toBeNull();
  expect(nanoseconds('99999999999999999999')).toBeNull();
  expect(nanoseconds(null)).toBeNull();
});

test('a wall clock is told from time since boot', async () => {
  const { clock } = await ingest(
    '[{"ph":"i","name":"module_free","ts":1763360000000000,"tid":1,"args":{"name":"x"}}]',
  );
  expect(clock).toEqual({ unit: 'ns', zero: 'epoch' });
});

describe('broken and hostile documents', () => {
  const event = '{"ph":"i","name":"module_free","ts":5,"tid":1,"args":{"name":"x"}}';

  test('what comes before the damage is kept', async () => {
    const cut = await ingest(`{"traceEvents":[${event},${event},{"ph":"i","na`);
    expect(cut.events).toHaveLength(3);
    expect(cut.diagnostics).toEqual([{ code: 'archive-damaged', line: 2 }]);
    const broken = await ingest(`{"traceEvents":[${event},${event}} nonsense`);
    expect(broken.events).toHaveLength(3);
    expect(broken.diagnostics).toEqual([{ code: 'archive-damaged', line: 2 }]);
  });

  test('a truncated string of ftrace text keeps its whole lines', async () => {
    const { sections, diagnostics } = await ingest(
      '{"traceEvents":[],"systemTraceEvents":"# tracer: nop\\n a-1 [0',
    );
    expect(sections).toEqual([
      { name: 'systemTraceEvents', lines: ['# tracer: nop', ' a-1 [0'], ended: true },
    ]);
    expect(diagnostics).toMatchObject([{ code: 'archive-damaged' }]);
  });

  test('endless nesting ends the reading, and keeps what came before', async () => {
    const said = await ingest(`[${event},${'['.repeat(100_000)}`);
    expect(said.events).toHaveLength(2);
    expect(said.diagnostics).toEqual([{ code: 'input-limit', line: 1 }]);
  });

  test('long keys, strings and numbers, and objects of many entries are truncated', async () => {
    const many = Array.from({ length: 5000 }, (_, index) => `"k${index}":${index}`).join(',');
    const long = 'x'.repeat(1_000_000);
    const said = await ingest(
      `[{"ph":"i","name":"${long}","args":{${many}}},{"${long}":1,"n":${'7'.repeat(1_000_000)}},${event}]`,
    );
    expect(said.events.slice(1)).toMatchObject([{ kind: 'module-free', line: 3, module: 'x' }]);
    expect(said.diagnostics).toEqual([]);
  });

  test('a known event that cannot be read is reported', async () => {
    const { diagnostics } = await ingest('[{"ph":"i","name":"module_load","ts":5,"tid":1,"args":{}}]');
    expect(diagnostics).toEqual([{ code: 'trace-line-unread', line: 1 }]);
  });
});

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes that are in use, without garbage. */
function heapUsed(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

test('memory is bounded for documents of any length', async () => {
  const noise = Buffer.from(
    `${'{"ph":"X","cat":"toplevel","name":"Task","ts":1.5,"dur":2,"pid":1,"tid":2,"args":{"src":"a.cc"}},'.repeat(500)}\n`,
  );
  const rounds = 160;
  const before = heapUsed();
  let held = 0;
  async function* document(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('{"traceEvents":[');
    for (let round = 0; round < rounds; round++) yield noise;
    held = heapUsed() - before;
    yield Buffer.from('{"ph":"i","name":"module_free","ts":5,"tid":1,"args":{"name":"x"}}]}');
  }
  const said = await ingest(document());
  expect(said.events[1]).toMatchObject({ kind: 'module-free', line: rounds * 500 + 1 });
  expect(held).toBeLessThan(noise.length * 16);
});

describe('sniff', () => {
  const verdict = (text: string) => traceJson.sniff(headOf(Buffer.from(text), false, 'x'));

  test.each(['traceconv.json', 'chrome-ftrace.json', 'slices-unfinished.json'])('%s is one', (name) => {
    expect(traceJson.sniff(headOf(fixture(name), true, 'x'))?.confidence).toBeGreaterThanOrEqual(90);
  });

  test('a trace as text in it, on one line, makes it no text of ftrace', () => {
    const trace = `# tracer: nop\n#\n a-1 [000] .... 1.000001: module_load: a \n`;
    const head = headOf(
      Buffer.from(JSON.stringify({ traceEvents: [], systemTraceEvents: trace })),
      true,
      'x',
    );
    expect(detect(head, INGESTERS).best?.ingester.name).toBe('trace-json');
  });

  test.each([
    [
      'dmesg -J',
      '{\n   "dmesg": [\n      {\n         "pri": 6,\n         "time":     0.000000,\n         "msg": "x"\n',
    ],
    [
      'dmesg -J with a message that quotes a trace',
      '{"dmesg":[{"pri":6,"msg":"{\\"traceEvents\\":[{\\"ph\\":\\"i\\"}]}"}]}',
    ],
    ['journalctl -o json', '{"_TRANSPORT":"kernel","MESSAGE":"x","PRIORITY":"6"}\n{"_TRANSPORT":"kernel"'],
    ['an array of journal entries', '[{"_TRANSPORT":"kernel","MESSAGE":"\\"ph\\":\\"i\\",\\"ts\\":1"}]'],
    ['ndjson of CI', '{"dt":"2024","lvl":"target","msg":"module_load"}\n'],
    ['a pasted trace', '# tracer: nop\n'],
    ['an empty array', '[]'],
  ])('%s is not one', (_, text) => {
    expect(verdict(text)).toBeNull();
  });
});
