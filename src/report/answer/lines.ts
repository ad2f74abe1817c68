// SPDX-License-Identifier: Apache-2.0
/** The lines of an answer: for each field the column of a canned query that it is read from. */
import type { Bounds } from '../../model/bounds.js';
import { shownName } from '../../model/source-label.js';
import { intOf, intOrNull, type Row, secondsOf, textOf } from './ask.js';

/** Names of the sources by their number. */
export type Paths = ReadonlyMap<bigint, string>;

type Reader<T> = (row: Row, paths: Paths) => T;
export type Shape = Readonly<Record<string, Reader<unknown>>>;
type LineOf<S extends Shape> = { readonly [Field in keyof S]: ReturnType<S[Field]> };

export function lineOf<S extends Shape>(shape: S, row: Row, paths: Paths): LineOf<S> {
  const line: Record<string, unknown> = {};
  for (const field in shape) line[field] = shape[field]?.(row, paths);
  return line as LineOf<S>;
}

/** Reads a column. */
const column =
  <T>(read: (value: Row[string] | undefined) => T) =>
  (name: string): Reader<T> =>
  (row) =>
    read(row[name]);

const text = column((value) => textOf(value) ?? '');
const maybeText = column(textOf);
const int = column(intOf);
const maybeInt = column(intOrNull);
const flag = column((value) => value === 1n);
const seconds = column(secondsOf);
const bounds =
  (low: string, high: string): Reader<Bounds> =>
  (row) => ({ low: intOf(row[low]), high: intOrNull(row[high]) });
/** Null where nothing is known of the bytes. */
const maybeBounds =
  (low: string, high: string): Reader<Bounds | null> =>
  (row, paths) =>
    row[low] === null ? null : bounds(low, high)(row, paths);
/** `trace.txt:12`: the file's name without its folders. */
const maybePlace: Reader<string | null> = (row, paths) => {
  const path = paths.get(intOf(row.source));
  return path === undefined ? null : `${shownName(path)}:${intOf(row.line)}`;
};
const place: Reader<string> = (row, paths) => maybePlace(row, paths) ?? '';

export const BOOT = {
  boot: int('boot'),
  bootId: maybeText('label'),
  kernel: maybeText('kernel'),
  machine: maybeText('machine'),
  cpus: maybeInt('cpus'),
  started: maybeText('started'),
  modulesLoaded: maybeInt('modules_loaded'),
};

export const EVIDENCE = {
  logs: int('logs'),
  snapshots: int('snapshots'),
  list: maybeText('list'),
  trace: (row: Row): 'calls' | 'charges' | 'loads' | null => {
    const { trace } = row;
    return trace === 'calls' || trace === 'charges' || trace === 'loads' ? trace : null;
  },
  traceComplete: flag('trace_complete'),
  traceReason: maybeText('trace_reason'),
  probes: maybeText('probes'),
  /** What shows the calls: `trace`, `audit`, `strace`, comma separated; null where nothing does. */
  calls: maybeText('calls'),
  lowerBound: flag('lower_bound'),
  /** A sentence. */
  lowerBoundReason: maybeText('lower_bound_reason'),
  /** Where the boot starts. */
  source: maybeInt('source'),
  line: maybeInt('line'),
};

export const OUTCOMES = {
  attempts: int('attempts'),
  loaded: int('loaded'),
  duplicates: int('duplicates'),
  coalesced: int('coalesced'),
  failed: int('failed'),
  refused: int('refused'),
  unknown: int('unknown'),
  charged: int('charged'),
  failedInits: int('failed_inits'),
  phaseUnknown: int('phase_unknown'),
  failures: int('failures'),
};

export const STORM = {
  calls: int('failed'),
  first: seconds('first_t'),
  last: seconds('last_t'),
  peak: maybeInt('peak_failed'),
  seconds: seconds('failed_time_s'),
  /** Of `calls`, those that first, last and seconds are of. */
  timed: int('failed_timed'),
};

export const HELD = {
  peak: bounds('peak_low', 'peak_high'),
  at: seconds('t'),
  loads: int('loads'),
  module: maybeText('module'),
  moduleBytes: int('module_bytes'),
  duplicates: int('duplicate_bytes'),
  area: (row: Row): 'vmalloc' | 'modules' | null =>
    row.area === 'vmalloc' || row.area === 'modules' ? row.area : null,
  areaBytes: maybeInt('area_bytes'),
  areaEstimated: (row: Row): boolean => row.area_basis !== 'measured',
  areaPeak: maybeBounds('area_peak_low', 'area_peak_high'),
};

/** The lists of a boot: each a query, and the shape of its lines. */
export const LISTS = {
  phases: {
    query: 'phase-waste',
    shape: {
      phase: text('phase'),
      /** At least, unless `failuresExact`. */
      failures: maybeInt('failures'),
      failuresExact: (row: Row): boolean => row.failures === row.failures_high,
      duplicates: maybeInt('duplicates'),
      duplicateSpan: bounds('duplicates_low', 'duplicates_high'),
      bytes: maybeInt('bytes'),
      span: bounds('bytes_low', 'bytes_high'),
    },
  },
  modules: {
    query: 'duplicates',
    shape: {
      module: text('module'),
      times: int('times'),
      reason: maybeText('reason'),
      bytes: maybeInt('bytes'),
      span: bounds('bytes_low', 'bytes_high'),
      basis: text('basis'),
      origin: text('origin'),
    },
  },
  requesters: {
    query: 'requesters',
    shape: {
      requester: text('requester'),
      comm: maybeText('comm'),
      callSite: maybeText('call_site'),
      parents: maybeText('parents'),
      attempts: int('attempts'),
      loaded: int('loaded'),
      duplicates: int('duplicates'),
      coalesced: int('coalesced'),
      failed: int('failed'),
      refused: int('refused'),
      unknown: int('unknown'),
      wasted: maybeBounds('wasted_bytes', 'wasted_high'),
    },
  },
  requests: {
    query: 'autoload',
    shape: {
      requested: text('requested'),
      requests: maybeInt('requests'),
      duplicates: int('duplicate_requests'),
      callSites: maybeText('call_site'),
      comms: maybeText('comm'),
    },
  },
  failures: {
    query: 'failures',
    shape: {
      reason: text('reason'),
      module: maybeText('module'),
      phase: maybeText('phase'),
      errno: maybeInt('errno'),
      times: int('times'),
      wasted: maybeInt('wasted_bytes'),
      basis: maybeText('basis'),
      place,
    },
  },
  problems: {
    query: 'problems',
    shape: {
      kind: text('kind'),
      module: maybeText('module'),
      who: maybeText('who'),
      times: int('times'),
      seconds: seconds('duration_s'),
      firstAt: seconds('first_t'),
      message: text('message'),
      place: maybePlace,
    },
  },
  allocations: {
    query: 'allocation-failures',
    shape: {
      at: seconds('t'),
      what: text('what'),
      bytes: maybeInt('bytes'),
      module: maybeText('module'),
      comm: maybeText('comm'),
      /** What became of the load: failed or loaded; null where nothing says. */
      load: maybeText('load_outcome'),
      message: text('message'),
      place,
    },
  },
  shares: {
    query: 'shares',
    shape: {
      side: text('side'),
      attempts: int('attempts'),
      wasted: int('wasted_bytes'),
      /** Part of the bytes of all sides, 0 to 1. */
      share: (row: Row): number | null => (typeof row.share === 'number' ? row.share : null),
    },
  },
  ledger: {
    query: 'ledger',
    shape: { phase: text('phase'), verdict: text('verdict'), reason: maybeText('reason') },
  },
  advice: {
    query: 'advice',
    shape: {
      rank: int('rank'),
      kind: text('kind'),
      saves: maybeBounds('saves_low', 'saves_high'),
      basis: maybeText('basis'),
      calls: int('calls'),
      modules: maybeText('modules'),
      who: maybeText('who'),
      text: text('text'),
      evidence: text('evidence'),
    },
  },
  /** What would tell more of failed loads. */
  capture: { query: 'capture', shape: { what: text('what'), how: text('how') } },
};

/** The two phases that hold duplicates, each counter shared out. */
export const REMAINDER = {
  phase: text('phase'),
  duplicates: bounds('duplicate_bytes_low', 'duplicate_bytes_high'),
  others: bounds('other_bytes_low', 'other_bytes_high'),
};

export type BootLine = LineOf<typeof BOOT>;
export type Evidence = LineOf<typeof EVIDENCE>;
export type Outcomes = LineOf<typeof OUTCOMES>;
export type Storm = LineOf<typeof STORM>;
export type Held = LineOf<typeof HELD>;
export type Lists = {
  readonly [List in keyof typeof LISTS]: readonly LineOf<(typeof LISTS)[List]['shape']>[];
};
export type ModuleLine = Lists['modules'][number];
export type RequesterLine = Lists['requesters'][number];
export type LedgerLine = Lists['ledger'][number];
export type AdviceLine = Lists['advice'][number];
export type CaptureLine = Lists['capture'][number];
