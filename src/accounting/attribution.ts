/**
 * Attribution: what each module's duplicates cost, by the best basis that the evidence allows. Calls that a trace
 * measured stand as they are; what is left of the counters is shared out by the bounds solver.
 */
import { REASON_BECOMING, REASON_LOAD } from '../model/counters.js';
import { type BoundsResult, type LoadForm, type RowInput, solveBounds } from './bounds/index.js';
import { MAX_SIGNATURE } from './charges.js';
import { sizesOf } from './loads.js';
import type { Attempt, AttributionRow, ListRow, SizeRow, SnapshotReading } from './model.js';

export interface Attribution {
  readonly rows: readonly AttributionRow[];
  /** Of the counters, what no duplicate explains; null where there are no counters or nothing was solved. */
  readonly solved: BoundsResult | null;
}

/** What a trace says of one module's duplicates. */
interface Traced {
  becoming: bigint;
  load: bigint;
  untold: bigint;
  becomingBytes: { low: bigint; high: bigint | null };
  loadBytes: { low: bigint; high: bigint | null };
  low: bigint;
  high: bigint | null;
  images: Set<number | null>;
  compressed: Set<number | null>;
}

export function attribute(
  boot: number,
  last: SnapshotReading | null,
  attempts: readonly Attempt[],
  sizes: readonly SizeRow[],
): Attribution {
  const traced = tracedDuplicates(attempts);
  const list = last && (last.list === 'whole' || last.list === 'cut') ? last.rows : [];
  if (!last || list.length === 0) {
    const rows = [...traced].map(([module, own]) => tracedRow(boot, module, own, null));
    return { rows: sorted(rows), solved: last ? solveRest(last, [], attempts, sizes, traced) : null };
  }
  const told = list.filter((row) => isTold(row, traced.get(row.module)));
  const open = list.filter((row) => !told.includes(row));
  const solved = solveRest(last, told, attempts, sizes, traced);
  const rows = told.flatMap((row) => {
    const own = traced.get(row.module);
    return own ? [tracedRow(boot, row.module, own, row)] : [];
  });
  const memory = sizesOf(sizes, 'memory');
  for (const bound of solved.rows) {
    const row = open.find((one) => one.module === bound.module);
    if (!row) continue;
    const estimate = bound.bytes === null && bound.image === null ? memory.get(row.module) : undefined;
    rows.push({
      boot,
      module: row.module,
      times: BigInt(row.times),
      reasons: row.reasons,
      becoming: { low: BigInt(bound.becomingLow), high: BigInt(bound.becomingHigh) },
      load: { low: BigInt(bound.loadLow), high: BigInt(bound.loadHigh) },
      image: bound.image && bound.image.low === bound.image.high ? BigInt(bound.image.low) : null,
      compressed: null,
      bytes: bound.bytes ?? (estimate === undefined ? null : clamp(BigInt(row.times * estimate), bound)),
      low: bound.bytesLow,
      high: bound.bytesHigh,
      basis: estimate === undefined ? bound.basis : 'estimated',
      origin: estimate === undefined ? 'counters and list' : 'memory size as image size',
    });
  }
  return { rows: sorted(rows), solved };
}

function clamp(
  bytes: bigint,
  { bytesLow, bytesHigh }: { bytesLow: bigint; bytesHigh: bigint | null },
): bigint {
  if (bytes < bytesLow) return bytesLow;
  return bytesHigh !== null && bytes > bytesHigh ? bytesHigh : bytes;
}

function sorted(rows: readonly AttributionRow[]): AttributionRow[] {
  const size = (row: AttributionRow): bigint => row.bytes ?? row.high ?? row.low;
  return [...rows].sort((a, b) => {
    const [x, y] = [size(a), size(b)];
    return x > y ? -1 : x < y ? 1 : a.module < b.module ? -1 : 1;
  });
}

function tracedDuplicates(attempts: readonly Attempt[]): Map<string, Traced> {
  const traced = new Map<string, Traced>();
  for (const attempt of attempts) {
    if (attempt.outcome !== 'duplicate' || attempt.module === null) continue;
    let own = traced.get(attempt.module);
    if (!own) {
      own = {
        becoming: 0n,
        load: 0n,
        untold: 0n,
        becomingBytes: { low: 0n, high: 0n },
        loadBytes: { low: 0n, high: 0n },
        low: 0n,
        high: 0n,
        images: new Set(),
        compressed: new Set(),
      };
      traced.set(attempt.module, own);
    }
    const { low, high } = attempt.wasted;
    const add = (sum: { low: bigint; high: bigint | null }): void => {
      sum.low += BigInt(low);
      sum.high = sum.high === null || high === null ? null : sum.high + BigInt(high);
    };
    add(own);
    if (attempt.phase === 'becoming') {
      own.becoming++;
      add(own.becomingBytes);
    } else if (attempt.phase === 'load') {
      own.load++;
      add(own.loadBytes);
    } else own.untold++;
    own.images.add(attempt.image);
    own.compressed.add(attempt.compressed);
  }
  return traced;
}

/** The trace holds every duplicate of the row, each with its phase and bytes. */
function isTold(row: ListRow, own: Traced | undefined): boolean {
  return (
    own !== undefined &&
    own.untold === 0n &&
    own.becoming + own.load === BigInt(row.times) &&
    own.high === own.low
  );
}

function tracedRow(boot: number, module: string, own: Traced, listed: ListRow | null): AttributionRow {
  const times = own.becoming + own.load + own.untold;
  const reasons = (own.becoming > 0n ? REASON_BECOMING : 0) | (own.load > 0n ? REASON_LOAD : 0);
  const exact = own.high === own.low;
  return {
    boot,
    module,
    times,
    reasons: listed?.reasons ?? (own.untold > 0n ? null : reasons),
    becoming: { low: own.becoming, high: own.becoming + own.untold },
    load: { low: own.load, high: own.load + own.untold },
    image: only(own.images),
    compressed: only(own.compressed),
    bytes: exact ? own.low : null,
    low: own.low,
    high: own.high,
    basis: exact ? 'measured' : 'bounded',
    origin: 'trace',
  };
}

function only(values: ReadonlySet<number | null>): bigint | null {
  const [value] = values;
  return values.size === 1 && value !== null && value !== undefined ? BigInt(value) : null;
}

/** Solves for the rows that the trace does not tell, with the counters less what it does. */
function solveRest(
  last: SnapshotReading,
  told: readonly ListRow[],
  attempts: readonly Attempt[],
  sizes: readonly SizeRow[],
  traced: ReadonlyMap<string, Traced>,
): BoundsResult {
  let [becoming, load, becomingBytes, loadBytes] = [0n, 0n, 0n, 0n];
  for (const row of told) {
    const own = traced.get(row.module);
    if (!own) continue;
    becoming += own.becoming;
    load += own.load;
    becomingBytes += own.becomingBytes.low;
    loadBytes += own.loadBytes.low;
  }
  const counter = (
    name: 'failed_becoming' | 'failed_load_modules' | 'invalid_becoming_bytes' | 'invalid_mod_bytes',
  ) => last.counters.get(name)?.value ?? null;
  const less = (value: bigint | null, part: bigint): bigint | null => (value === null ? null : value - part);
  const forms = formsByModule(attempts, sizes);
  const rows: RowInput[] = last.rows
    .filter((row) => !told.includes(row))
    .map((row) => ({
      module: row.module,
      times: row.times,
      reasons: row.reasons,
      forms: forms.get(row.module) ?? [],
    }));
  return solveBounds({
    counters: {
      failedBecoming: less(counter('failed_becoming'), becoming),
      failedLoad: less(counter('failed_load_modules'), load),
      becomingBytes: less(counter('invalid_becoming_bytes'), becomingBytes),
      loadBytes: less(counter('invalid_mod_bytes'), loadBytes),
    },
    rows,
    list: last.list === 'empty' ? 'whole' : last.list,
    signature: { low: 0, high: MAX_SIGNATURE },
  });
}

/** The ways in which a module may have been loaded: as probes measured it, and as its files are listed. */
function formsByModule(attempts: readonly Attempt[], sizes: readonly SizeRow[]): Map<string, LoadForm[]> {
  const measured = new Map<string, LoadForm[]>();
  for (const { module, image, compressed } of attempts) {
    if (module === null || image === null) continue;
    const form: LoadForm = { image: { of: 'image', bytes: image }, compressed };
    measured.set(module, [...(measured.get(module) ?? []), form]);
  }
  const files = new Map<string, { plain: LoadForm['image'][]; compressed: number[] }>();
  for (const size of sizes) {
    if (size.of === 'memory') continue;
    let own = files.get(size.module);
    if (!own) {
      own = { plain: [], compressed: [] };
      files.set(size.module, own);
    }
    if (size.of === 'compressed-file') own.compressed.push(size.bytes);
    else if (!isMeasured(size.bytes, measured.get(size.module) ?? [])) {
      // Modules of the kernel's own tree are signed all with one key, or none is.
      own.plain.push({
        of: 'file',
        bytes: size.bytes,
        signed: size.path?.includes('/kernel/') ? true : null,
      });
    }
  }
  const forms = new Map(measured);
  for (const [module, { plain, compressed }] of files) {
    const known = forms.get(module) ?? [];
    const images: LoadForm['image'][] =
      plain.length > 0 ? plain : known.length > 0 ? [] : [{ of: 'unknown' }];
    const ways = images.flatMap((image) => [0, ...compressed].map((way) => ({ image, compressed: way })));
    forms.set(module, [...known, ...ways]);
  }
  return new Map([...forms].map(([module, own]) => [module, distinct(own)]));
}

/** The listed file is one that a probe measured already, less its signature. */
function isMeasured(file: number, forms: readonly LoadForm[]): boolean {
  return forms.some(
    ({ image }) => image.of === 'image' && file >= image.bytes && file - image.bytes <= MAX_SIGNATURE,
  );
}

function distinct(forms: readonly LoadForm[]): LoadForm[] {
  return [...new Map(forms.map((form) => [JSON.stringify(form), form])).values()];
}
