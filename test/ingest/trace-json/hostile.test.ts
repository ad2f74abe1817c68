// SPDX-License-Identifier: Apache-2.0
/** Trace JSON with numbers that no kernel prints, names without end, and more events than may be kept. */
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { openCase } from '../../../src/case.js';
import { readBytes } from '../../forms/read.js';

interface Fields {
  readonly ts?: string;
  readonly tid?: string;
  readonly module?: string;
}
const load = ({ ts = '1000.5', tid = '5', module = 'a' }: Fields): string =>
  `{"ph":"i","name":"module_load","ts":${ts},"pid":1,"tid":${tid},"args":{"name":"${module}"}}`;

async function read(events: readonly string[]) {
  const bytes = Buffer.from(`{"traceEvents":[${events.join(',\n')}]}\n`);
  const { model, diagnostics } = await openCase({ inputs: [{ name: 'trace.json', bytes }] });
  return { loads: model.loads, diagnostics: diagnostics.map(({ code, count }) => `${code} ${count}`) };
}

describe('a number that no kernel prints', () => {
  test.each(['-5', '-0', '1e400', '1e99', '1.5e-3', '"0x10"', 'null', '[1]', '9223372036854775808'])(
    'the time %s is not known, and that is said',
    async (ts) => {
      const { loads, diagnostics } = await read([load({ ts }), load({ ts: '5000', module: 'b' })]);
      expect(diagnostics).toEqual(['number-out-of-range 1']);
      expect(loads.find(({ module }) => module === 'b')?.t).toBe(5_000_000n);
    },
  );

  test.each(['-5', '1.5', '"x"', '2147483648', '9223372036854775808', '1e3', '[]'])(
    'the task %s: the load is lost, and that is said',
    async (tid) => {
      const { loads, diagnostics } = await read([load({ tid }), load({ ts: '5000', module: 'b' })]);
      expect(diagnostics).toEqual(['trace-line-unread 1']);
      expect(loads.map(({ module }) => module)).toEqual(['b']);
    },
  );

  test('is nothing in events that do not matter', async () => {
    const { diagnostics } = await read(['{"ph":"i","name":"x","ts":-1,"tid":"GPU"}', load({})]);
    expect(diagnostics).toEqual([]);
  });
});

test('a name of a task without end is truncated', async () => {
  const { loads } = await read([
    `{"ph":"M","name":"thread_name","tid":5,"args":{"name":"${'c'.repeat(4000)}"}}`,
    load({}),
  ]);
  expect(loads[0]?.comm).toBe('c'.repeat(64));
});

describe('an event that is too large', () => {
  const args = (count: number): string => Array.from({ length: count }, (_, at) => `"a${at}":1`).join(',');
  const large = (name: string, count: number): string =>
    `{"ph":"i","name":"${name}","ts":1,"tid":5,"args":{${args(count)},"name":"a"}}`;

  // Of the event itself are five values.
  test.each<[string, number, string[], (string | null)[]]>([
    ['module_load', 1018, [], ['a']],
    ['module_load', 1019, ['input-limit 1', 'trace-line-unread 1'], []],
    ['gpu', 5000, [], []],
  ])('%s with %d arguments before the name', async (name, count, told, modules) => {
    const { loads, diagnostics } = await read([large(name, count), load({ module: 'b' })]);
    expect(diagnostics.sort()).toEqual(told);
    expect(loads.map(({ module }) => module)).toEqual([...modules, 'b']);
  });

  test('whose name comes too late', async () => {
    const event = `{"ts":1,"tid":5,"args":{${args(2000)}},"ph":"i","name":"module_load"}`;
    expect((await read([event, load({})])).diagnostics).toEqual(['input-limit 1']);
  });

  test('with a name of 5000 characters', async () => {
    const { diagnostics } = await read([load({ module: 'a'.repeat(5000) })]);
    expect(diagnostics).toEqual(['input-limit 1']);
  });
});

test.each([1, 7, 65536])('invalid UTF-8 is counted, in chunks of %d bytes', async (size) => {
  const text = Buffer.from(`[${load({ module: 'gr##n' })},\n${load({ module: '#\u00fc\ufffd' })}\n]`, 'utf8');
  const bytes = Buffer.from(text.map((byte) => (byte === 0x23 ? 0xc3 : byte)));
  const read = await readBytes({ bytes, chunk: size });
  expect(read.diagnostics).toMatchObject([{ code: 'text-invalid-utf8', count: 3 }]);
});

test('reading ends where no more events can be kept', async () => {
  const events = Array.from({ length: 300_000 }, () => load({}));
  const bytes = gzipSync(`{"traceEvents":[${events.join(',\n')}]}`);
  for (const limits of [{}, { events: 1000 }]) {
    const { sources, diagnostics } = await openCase({ inputs: [{ name: 'bomb.json.gz', bytes }], limits });
    expect(diagnostics).toMatchObject([
      { code: 'input-limit', detail: expect.stringContaining('--max-events') },
    ]);
    expect(sources[0]?.events).toBeLessThan(50_000);
  }
});
