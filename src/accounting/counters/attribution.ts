// SPDX-License-Identifier: Apache-2.0
/**
 * Attribution: the bytes wasted by each module's duplicates, on the best basis that the evidence allows. Attempts that
 * a trace measured are taken as they are; the bounds solver splits what is left of the counters.
 */

import { clamp, exactOf, noLessThan } from '../../model/bounds.js';
import { ascending, descending } from '../../model/order.js';
import {
  type BoundsResult,
  type LoadForm,
  type RowBounds,
  type RowInput,
  solveBounds,
} from '../bounds/index.js';
import { sizesOf } from '../calls/loads.js';
import type { Attempt, AttributionRow, ListRow, SizeRow, Snapshot } from '../model.js';
import { loadForms } from './forms.js';
import {
  isFullyTraced,
  NO_NAMELESS,
  namelessDuplicates,
  type Traced,
  timesOf,
  tracedDuplicates,
  tracedRow,
} from './traced-duplicates.js';

export interface Attribution {
  readonly rows: readonly AttributionRow[];
  /** The counters shared out between the rows that no trace holds in full and the rest; null where there are none. */
  readonly solved: BoundsResult | null;
}

/**
 * `last`: the newest snapshot; `complete`: the trace holds all attempts; `least`: of the snapshot's becoming and load
 * bytes, where they may be more than it says.
 */
export function attribute(
  boot: number,
  last: Snapshot | null,
  attempts: readonly Attempt[],
  sizes: readonly SizeRow[],
  complete: boolean,
  least: bigint = 0n,
): Attribution {
  const traced = tracedDuplicates(attempts);
  const list = last && (last.list === 'whole' || last.list === 'cut') ? last.rows : [];
  const listed = new Map(list.map((row) => [row.module, row]));
  const untraced = list.filter((row) => !isFullyTraced(traced.get(row.module), row));
  const isUntraced = new Set(untraced.map((row) => row.module));
  const nameless = namelessDuplicates(attempts, complete);
  const rows = [...traced].flatMap(([module, own]) => {
    if (isUntraced.has(module)) return [];
    const row = listed.get(module) ?? null;
    return [tracedRow(boot, module, own, row, row === null ? nameless : NO_NAMELESS)];
  });
  if (!last) return { rows: sorted(rows), solved: null };

  const decompresses = (last.counters.get('failed_decompress')?.value ?? 0n) > 0n;
  const { byModule, signature } = loadForms(attempts, sizes, decompresses);
  const inputs = untraced.map((row): RowInput => ({ ...row, forms: byModule.get(row.module) ?? [] }));
  const solved = solveBounds({
    counters: countersLessTraced(last, list, traced, isUntraced),
    rows: inputs,
    list: last.list === 'empty' ? 'whole' : last.list,
    signature,
  });
  const memory = sizesOf(sizes, 'memory');
  const bounds = new Map(solved.rows.map((bound) => [bound.module, bound]));
  for (const row of inputs) {
    const bound = bounds.get(row.module);
    if (!bound) continue;
    const solvedBy = originOf(row.forms, solved);
    rows.push(boundedRow(boot, row, bound, traced.get(row.module), solvedBy, memory.get(row.module)));
  }
  return { rows: sorted(raised(rows, last, least)), solved };
}

/** With what is left of `least` for a row when all others hold their most: the rows hold all bytes where all failures are listed. */
function raised(
  rows: readonly AttributionRow[],
  { list, counters }: Snapshot,
  least: bigint,
): AttributionRow[] {
  const counted = (['failed_becoming', 'failed_load_modules'] as const).map(
    (name) => counters.get(name)?.value,
  );
  const times = rows.reduce((sum, row) => sum + row.times, 0n);
  if (
    list !== 'whole' ||
    counted.includes(undefined) ||
    counted.reduce<bigint>((sum, one = 0n) => sum + one, 0n) !== times
  )
    return [...rows];
  const highs = rows.flatMap(({ high }) => (high === null ? [] : [high]));
  const sum = highs.reduce((all, high) => all + high, 0n);
  return rows.map((row) => {
    const others = highs.length - (row.high === null ? 0 : 1);
    if (others < rows.length - 1) return row;
    const low = least - (sum - (row.high ?? 0n));
    return row.bytes === null && low > row.low ? { ...row, low } : row;
  });
}

/** The counters of the two phases, less the rows that the trace holds in full; null where these are newer than the counters. */
function countersLessTraced(
  last: Snapshot,
  list: readonly ListRow[],
  traced: ReadonlyMap<string, Traced>,
  isUntraced: ReadonlySet<string>,
): Parameters<typeof solveBounds>[0]['counters'] {
  const traceRows = list.filter((row) => !isUntraced.has(row.module));
  const newer = traceRows.some((row) => {
    const own = traced.get(row.module);
    return own !== undefined && timesOf(own) > BigInt(row.times);
  });
  const less = (
    name: Parameters<typeof last.counters.get>[0],
    part: (own: Traced) => bigint,
  ): bigint | null => {
    const value = last.counters.get(name)?.value;
    if (value === undefined || newer) return null;
    return traceRows.reduce((rest, row) => {
      const own = traced.get(row.module);
      return own ? rest - part(own) : rest;
    }, value);
  };
  return {
    failedBecoming: less('failed_becoming', (own) => own.becoming),
    failedLoad: less('failed_load_modules', (own) => own.load),
    becomingBytes: less('invalid_becoming_bytes', (own) => own.becomingBytes.low),
    loadBytes: less('invalid_mod_bytes', (own) => own.loadBytes.low),
  };
}

function boundedRow(
  boot: number,
  row: RowInput,
  bound: RowBounds,
  own: Traced | undefined,
  solvedBy: string,
  memory: number | undefined,
): AttributionRow {
  // An incomplete trace still gives lower bounds.
  const bytes = noLessThan(own?.bytes.low ?? 0n, bound.bytes);
  const load = BigInt(Math.max(bound.load.low, Number(own?.load ?? 0n)));
  const exact = exactOf(bound.bytes);
  const guess =
    exact === null && bound.image === null && memory !== undefined
      ? clamp(BigInt(memory) * (BigInt(row.times) + load), bytes)
      : null;
  const image = bound.image && exactOf(bound.image);
  return {
    boot,
    module: row.module,
    times: BigInt(row.times),
    reasons: row.reasons,
    becoming: {
      low: BigInt(Math.max(bound.becoming.low, Number(own?.becoming ?? 0n))),
      high: BigInt(bound.becoming.high),
    },
    load: { low: load, high: BigInt(bound.load.high) },
    image: image === null ? null : BigInt(image),
    compressed: onlyCompressed(row.forms),
    bytes: exact ?? guess,
    ...bytes,
    basis: guess === null ? bound.basis : 'estimated',
    origin: guess === null ? solvedBy : `${solvedBy}; estimated with the memory size as the image's`,
  };
}

function onlyCompressed(forms: readonly LoadForm[]): bigint | null {
  const [first, ...others] = new Set(forms.map((form) => form.compressed));
  return first != null && others.length === 0 ? BigInt(first) : null;
}

/** Evidence of a bounded or derived row, with the signature length where needed. */
function originOf(forms: readonly LoadForm[], { signature }: BoundsResult): string {
  const files = forms.filter(({ image }) => image.of === 'file');
  if (files.length === 0) return forms.length === 0 ? 'counters and list' : 'counters, list and sizes';
  if (!signature) return 'counters, list and file sizes';
  const length =
    exactOf(signature) !== null ? `${signature.low} solved` : `${signature.low} to ${signature.high}`;
  return `counters, list and file sizes (signature bytes: ${length})`;
}

/** Most bytes first. */
function sorted(rows: readonly AttributionRow[]): AttributionRow[] {
  const size = (row: AttributionRow): bigint => row.bytes ?? row.high ?? row.low;
  return [...rows].sort((a, b) => descending(size(a), size(b)) || ascending(a.module, b.module));
}
