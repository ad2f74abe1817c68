// SPDX-License-Identifier: Apache-2.0
/** The exported trace, read back: it says what the queries say, by the rules of the format. */
import { join } from 'node:path';
import { Assembler } from 'stream-json/assembler.js';
import { jsonParser } from 'stream-json/parser.js';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Attempt, CaseModel } from '../../../src/accounting/model.js';
import { type Case, openCase } from '../../../src/case.js';
import { errnoName } from '../../../src/model/errno.js';
import { findQuery, loadQueries } from '../../../src/query/library.js';
import { runQuery } from '../../../src/query/run.js';
import { dataText } from '../../../src/report/cell.js';
import { traceEvents } from '../../../src/report/trace/events.js';
import { FIXTURES, openCapture } from '../../accounting/truth.js';

/** An event with its numbers as they are written. */
interface Read {
  readonly ph: string;
  readonly name: string;
  readonly cat?: string;
  readonly pid: string;
  readonly tid: string;
  readonly ts: string;
  readonly dur?: string;
  readonly id?: string;
  readonly bp?: string;
  readonly args: Readonly<Record<string, string | null | boolean>>;
}

const textOf = (opened: Pick<Case, 'model' | 'sources'>): string =>
  [...traceEvents(opened.model, opened.sources, '1.0').chunks].join('');

function read(text: string): Read[] {
  const assembler = new Assembler({ numberAsString: true });
  const parse = jsonParser({ packStrings: true, packKeys: true, packNumbers: true });
  const tokens = parse(text);
  if (typeof tokens === 'symbol') throw new Error('no JSON');
  for (const token of tokens.values) assembler.consume(token);
  return (assembler.current as { traceEvents: Read[] }).traceEvents;
}

const ns = (micros: string): bigint => BigInt(micros.replace('.', ''));

/** Rows of a canned query as text by column. */
async function rowsOf(opened: Case, name: string): Promise<Record<string, string | null>[]> {
  const query = findQuery(loadQueries(), name);
  const { db } = await opened.store();
  return Array.from(runQuery(db, query, new Map()).rows, (row) =>
    Object.fromEntries(query.columns.map((column, index) => [column.name, dataText(row[index] ?? null)])),
  );
}

function checkRules(events: readonly Read[]): void {
  const last = new Map<string, bigint>();
  const open = new Map<string, bigint[]>();
  const slices = events.filter(({ ph }) => ph === 'X');
  for (const event of events) {
    if (event.ph === 'M') continue;
    expect(event.ts).toMatch(/^-?\d+\.\d{3}$/);
    const t = ns(event.ts);
    expect(t, 'in order of time').toBeGreaterThanOrEqual(last.get(event.pid) ?? t);
    last.set(event.pid, t);
    if (event.ph !== 'X') continue;
    const end = t + ns(event.dur ?? '');
    const track = `${event.pid} ${event.tid}`;
    const ends = (open.get(track) ?? []).filter((one) => one > t);
    for (const outer of ends) expect(end, `nested in ${track}`).toBeLessThanOrEqual(outer);
    open.set(track, [...ends, end]);
  }
  const inSlice = ({ pid, tid, ts }: Read): boolean =>
    slices.some(
      (one) =>
        one.pid === pid &&
        one.tid === tid &&
        ns(one.ts) <= ns(ts) &&
        ns(ts) <= ns(one.ts) + ns(one.dur ?? ''),
    );
  const flows = new Map<string, Read[]>();
  for (const event of events) {
    if (event.ph !== 's' && event.ph !== 'f') continue;
    flows.set(event.id ?? '', [...(flows.get(event.id ?? '') ?? []), event]);
  }
  for (const ends of flows.values()) {
    expect(ends.map(({ ph }) => ph)).toEqual(['s', 'f']);
    expect(ends[1]?.bp).toBe('e');
    // Perfetto takes text for hexadecimal digits.
    expect(ends[0]?.id).toMatch(/^[1-9]\d*$/);
    for (const end of ends) expect(inSlice(end)).toBe(true);
  }
  const named = new Set(
    events.filter(({ ph }) => ph === 'M').map(({ pid, tid, name }) => `${pid} ${tid} ${name}`),
  );
  for (const { ph, pid, tid } of events) {
    expect(named).toContain(`${pid} 0 process_name`);
    if (ph === 'X' || ph === 'i') expect(named).toContain(`${pid} ${tid} thread_name`);
  }
}

describe.each([
  ['s2-dup-storm', ['stats', 'trace_pipe.txt', 'trace.txt', 'modules-find-printf.txt']],
  ['s5b-autoload-trace', ['trace.txt']],
  ['s3-compressed', ['trace.txt']],
] as const)('%s', (capture, files) => {
  let opened: Case;
  let events: Read[];
  beforeAll(async () => {
    opened = await openCapture(join(FIXTURES, capture), ...files);
    events = read(textOf(opened));
  });

  it('keeps the rules of the format', () => checkRules(events));

  it('names no unit, which some readers take for that of the times', () =>
    expect(textOf(opened).slice(0, 1000)).not.toContain('displayTimeUnit'));

  it('has each attempt of the query, with its times, its outcome and its bytes', async () => {
    const attempts = await rowsOf(opened, 'attempts');
    const calls = events.filter(({ args, ph }) => ph !== 'M' && args?.attempt !== undefined);
    expect(calls.length).toBe(attempts.length);
    const ends = new Map(opened.model.attempts.map((one) => [String(one.attempt), one.end]));
    for (const row of attempts) {
      const call = calls.find(({ args }) => args.attempt === row.attempt);
      expect(call, `attempt ${row.attempt}`).toMatchObject({
        cat: row.outcome,
        name: row.module ?? '(no name)',
        args: {
          L: row.image_bytes,
          C: row.compressed_bytes,
          wasted: row.wasted_bytes,
          phase: row.phase,
          line: row.line,
        },
      });
      const detail = String(call?.args.detail).split(', ');
      expect(detail).toContain(row.outcome);
      const wasted = Number(row.wasted_bytes ?? 0) > 0;
      expect(detail.some((part) => part.endsWith(' wasted'))).toBe(wasted);
      expect(detail.includes(`in ${row.phase}`)).toBe(row.phase !== null);
      if (row.errno !== null && row.errno !== '0') {
        expect(call?.args.errno).toBe(errnoName(Number(row.errno)));
        expect(detail).toContain(errnoName(Number(row.errno)));
      }
      if (!row.t || call?.ph !== 'X') continue;
      expect(ns(call.ts)).toBe(ns(row.t.padEnd(row.t.indexOf('.') + 10, '0')));
      expect(ns(call.ts) + ns(call.dur ?? '')).toBe(ends.get(row.attempt ?? ''));
    }
    const wasted = events
      .filter(({ name }) => name === 'wasted bytes,')
      .map(({ args }) => Number(args['at least']));
    expect([...wasted].sort((a, b) => a - b)).toEqual(wasted);
    expect(wasted.at(-1) ?? 0).toBe(attempts.reduce((sum, row) => sum + Number(row.wasted_bytes ?? 0), 0));
  });

  it('shows the bytes held as the query does', async () => {
    const points = await rowsOf(opened, 'held-timeline');
    const held = events.filter(({ name }) => name === 'bytes held,').map(({ args }) => args['at least']);
    expect(held).toEqual(points.map(({ held_low }) => held_low));
  });

  it('is no evidence when it is read', async () => {
    const again = await openCase({
      inputs: ['-'],
      stdin: (async function* () {
        yield new TextEncoder().encode(textOf(opened));
      })(),
    });
    expect(again.sources).toMatchObject([{ status: 'unrecognised', events: 0 }]);
    expect(again.sources[0]?.why).toContain('give the evidence it was made from');
    expect([again.model.attempts, again.model.boots]).toEqual([[], []]);
  });
});

it('counts the flows of all boots in one row', async () => {
  const opened = await openCapture(join(FIXTURES, 's5b-autoload-trace'), 'trace.txt');
  const { boots, attempts, requests } = opened.model;
  const second = <T extends { readonly boot: number }>(rows: readonly T[]): T[] =>
    rows.map((row) => ({ ...row, boot: 2 }));
  const model = {
    ...opened.model,
    boots: [...boots, ...second(boots)],
    attempts: [...attempts, ...second(attempts)],
    requests: [...requests, ...second(requests)],
  };
  const events = read(textOf({ sources: opened.sources, model }));
  checkRules(events);
  const ids = events.filter(({ ph }) => ph === 's').map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(new Set(events.filter(({ ph }) => ph === 's').map(({ pid }) => pid)).size).toBe(2);
});

it('draws requests as flows to their calls', async () => {
  const opened = await openCapture(join(FIXTURES, 's5b-autoload-trace'), 'trace.txt');
  const events = read(textOf(opened));
  const requested = opened.model.attempts.filter(({ requested }) => requested !== null);
  expect(events.filter(({ ph }) => ph === 'f').length).toBe(requested.length);
  expect(requested.length).toBeGreaterThan(20);
  const requests = events.filter(({ cat, ph }) => cat === 'request' && (ph === 'X' || ph === 'i'));
  expect(requests.length).toBe(opened.model.requests.filter(({ origin }) => origin === 'trace').length);
});

describe('calls without an end, a start or a task', () => {
  let model: CaseModel;
  let first: Attempt;
  beforeAll(async () => {
    ({ model } = await openCapture(join(FIXTURES, 's3-compressed'), 'trace.txt'));
    const one = model.attempts.find(({ start, end }) => start !== null && end !== null);
    if (!one) throw new Error('no call');
    first = one;
  });
  const shown = (...attempts: Partial<Attempt>[]): Read[] =>
    read(
      textOf({
        sources: [],
        model: {
          ...model,
          ...{ heldCurves: [], requests: [] },
          attempts: attempts.map((some, index) => ({ ...first, attempt: index + 1, ...some })),
        },
      }),
    );

  it('are instants on a track of their task', () => {
    const events = shown({ start: 5n, end: null, pid: 7 }, { start: null, end: 1n, pid: 7 });
    checkRules(events);
    expect(events.filter(({ ph }) => ph === 'i').map(({ ts, tid }) => [ts, tid])).toEqual([
      ['0.001', '7'],
      ['0.005', '7'],
    ]);
  });

  it('that overlap on one task, or have none, get tracks of their own', () => {
    const events = shown(
      { start: 0n, end: 1_000_001n, pid: null },
      { start: 500_000n, end: 2_000_000n, pid: null },
      { start: 1_000_001n, end: 1_000_002n, pid: null },
    );
    checkRules(events);
    const slices = events.filter(({ ph }) => ph === 'X');
    expect(slices.map(({ ts, dur }) => [ts, dur])).toEqual([
      ['0.000', '1000.001'],
      ['500.000', '1500.000'],
      ['1000.001', '0.001'],
    ]);
    expect(slices[0]?.tid).toBe(slices[2]?.tid);
    expect(slices[0]?.tid).not.toBe(slices[1]?.tid);
  });

  it('are counted where they have no time at all', () => {
    const attempts = [{ ...first, start: null, end: null }];
    const { undrawn, chunks } = traceEvents({ ...model, attempts }, [], '1.0');
    expect(undrawn).toBe(1);
    expect([...chunks].join('')).toContain('"undrawn_calls":1');
  });

  it('of one boot by two clocks, or of two boots, are two processes', () => {
    const events = shown({ clock: { unit: 'ticks', zero: 'relative' } }, {});
    const names = events.filter(({ name }) => name === 'process_name').map(({ args }) => args.name);
    expect(names).toHaveLength(2);
    expect(names[0]).toContain('1 ns shown is 1 tick');
  });

  it('with wide times are exact', () => {
    const start = 1_700_000_000_123_456_789n;
    const [slice] = shown({ start, end: start + 1n }).filter(({ ph }) => ph === 'X');
    expect([slice?.ts, slice?.dur]).toEqual(['1700000000123456.789', '0.001']);
  });
});
