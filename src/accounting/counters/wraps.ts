// SPDX-License-Identifier: Apache-2.0
/**
 * Byte counters of 32-bit kernels: atomic_long_t, and their sum an unsigned long, wrap at 2^32 (kernel/module/stats.c).
 * The true value is the counter plus a multiple of 2^32. A trace shows which, or the duplicate list with the sizes of
 * the modules; else the counter is a lower bound, unless so few failures cannot add up to a wrap. Where the word size is
 * not known, a counter is doubted that is too low for its failures.
 */

import { type Bounds, exactOf, hull, larger, largest, type Range, smaller } from '../../model/bounds.js';
import {
  hasDuplicates,
  PHASE_COUNTERS,
  PHASES,
  type Phase,
  REASON_BECOMING,
  REASON_LOAD,
} from '../../model/counters.js';
import { MAX_SIGNATURE } from '../../model/signature.js';
import type { LoadForm } from '../bounds/index.js';
import { charge } from '../charges.js';
import { holds, type WordBits, WRAPS_AT } from '../kernel.js';
import type { Attempt, CountedBytes, SizeRow, Snapshot } from '../model.js';
import { bytesOfPhases, countsOf } from '../phase-counts.js';
import { loadForms } from './forms.js';
import type { AttemptTotals } from './replay.js';

export interface Unwrapped {
  /** 32; null where the word size is still unknown, and only some counters are in doubt. */
  readonly bits: WordBits;
  /** The snapshot with unwrapped byte counters; unknown ones are omitted. */
  readonly snapshot: Snapshot;
  readonly phases: ReadonlyMap<Phase, CountedBytes>;
}

export interface WrapEvidence {
  readonly trace: { readonly totals: AttemptTotals; readonly complete: boolean } | null;
  readonly attempts: readonly Attempt[];
  readonly sizes: readonly SizeRow[];
  /** Bytes of the vmalloc area, where known: no image is larger. */
  readonly area: number | null;
}

/**
 * Larger than any module image: the whole vmalloc area of i386 by default (VMALLOC_RESERVE, arch/x86/Kconfig), in
 * which a load holds its image and the module's own memory at once.
 */
const LARGEST_IMAGE = 128 * 2 ** 20;

/**
 * The last of a boot's snapshots as it would be had its counters not wrapped; null where they do not wrap. Where the
 * word size is not known, they do if a counter that wrapped, and nothing else, agrees with the trace, with the list
 * and sizes, or with the counters beside it.
 */
export function unwrapCounters(
  snapshots: readonly Snapshot[],
  bits: WordBits,
  evidence: WrapEvidence,
): Unwrapped | null {
  const last = snapshots.at(-1);
  const wraps = holds('wrappingCounters', null, bits);
  if (!last || wraps === false) return null;
  const earlier = snapshots.slice(0, -1);
  const whole = unwrap(last, earlier, evidence, PHASES);
  const proven = [...whole.phases.values()].some(({ bytes, printed }) => bytes !== null && bytes !== printed);
  if (wraps === true || proven || showsWrap(last)) return { ...whole, bits: 32 };
  const doubted = PHASES.filter((phase) => isTooLow(phase, last));
  return doubted.length === 0 ? null : { ...unwrap(last, earlier, evidence, doubted), bits: null };
}

/** The sum of the phases wrapped, as it does on 32 bit alone. */
function showsWrap(last: Snapshot): boolean {
  const sum = bytesOfPhases(last);
  return last.wasted !== null && sum !== null && sum !== last.wasted && sum % WRAPS_AT === last.wasted;
}

/**
 * Fewer bytes than failures, which are charged at least one each; or failures of modules as large as those that were
 * loaded would fill the counter beyond 2^32.
 */
function isTooLow(phase: Phase, last: Snapshot): boolean {
  const [loaded, memory] = [last.counters.get('modcount')?.value, last.counters.get('total_mod_size')?.value];
  const { failures, bytes } = countsOf(last, phase);
  if (!hasDuplicates(phase) || bytes === null || bytes >= WRAPS_AT) return false;
  if (bytes < (failures ?? 0n)) return true;
  return loaded !== undefined && loaded > 0n && memory !== undefined
    ? charge(phase, ((failures ?? 0n) * memory) / loaded, 0n) >= WRAPS_AT
    : false;
}

function unwrap(
  last: Snapshot,
  earlier: readonly Snapshot[],
  evidence: WrapEvidence,
  concerned: readonly Phase[],
): Omit<Unwrapped, 'bits'> {
  const sums = new ListedSums(last, evidence);
  const phases = new Map<Phase, CountedBytes>();
  const counters = new Map(last.counters);
  let wasted: bigint | null = 0n;
  for (const phase of PHASES) {
    const name = PHASE_COUNTERS[phase].bytes;
    const counter = last.counters.get(name);
    if (!concerned.includes(phase)) {
      wasted = wasted === null || !counter ? null : wasted + counter.value;
      continue;
    }
    const counted = counter
      ? trueBytes(phase, counter.value, last, leastBefore(phase, earlier), evidence, sums)
      : null;
    wasted = wasted === null || counted?.bytes == null ? null : wasted + counted.bytes;
    if (!counter || !counted) continue;
    phases.set(phase, counted);
    if (counted.bytes === null) counters.delete(name);
    else counters.set(name, { ...counter, value: counted.bytes });
  }
  return { snapshot: { ...last, counters, wasted: phases.size === 0 ? last.wasted : wasted }, phases };
}

function trueBytes(
  phase: Phase,
  printed: bigint,
  last: Snapshot,
  before: bigint,
  { trace }: WrapEvidence,
  sums: ListedSums,
): CountedBytes {
  const { failures } = countsOf(last, phase);
  const own = trace?.totals.phases[phase] ?? null;
  const traced = own && exactOf(own.bytes);
  const same = traced !== null && (traced - printed) % WRAPS_AT === 0n;
  if (trace?.complete && same && own?.failures === failures)
    return {
      printed,
      bytes: traced,
      low: traced,
      basis: 'measured',
      origin: traced === printed ? 'counters' : 'counters and trace',
    };
  const { low, high } = sums.of(phase, failures);
  const least = unwrapped(printed, larger(larger(own?.bytes.low ?? 0n, before), low));
  const impossible = high !== null && least !== printed && least > high;
  if (high === null || least + WRAPS_AT <= high || impossible)
    return { printed, bytes: null, low: least, basis: 'bounded', origin: 'counters (32 bits wide)' };
  return least === printed
    ? { printed, bytes: printed, low: printed, basis: 'measured', origin: 'counters' }
    : { printed, bytes: least, low: least, basis: 'derived', origin: 'counters, list and sizes' };
}

/** The least value of at least `low` that wraps to the printed counter. */
function unwrapped(printed: bigint, low: bigint): bigint {
  if (printed >= low) return printed;
  return printed + ((low - printed + WRAPS_AT - 1n) / WRAPS_AT) * WRAPS_AT;
}

/** What earlier snapshots printed had been counted by then. */
function leastBefore(phase: Phase, earlier: readonly Snapshot[]): bigint {
  return earlier.map((snapshot) => countsOf(snapshot, phase).bytes ?? 0n).reduce(larger, 0n);
}

/** Bounds of a phase's bytes, by the duplicate list and the sizes of its modules. */
class ListedSums {
  readonly #last: Snapshot;
  readonly #forms: ReadonlyMap<string, readonly LoadForm[]>;
  readonly #largest: bigint;
  /** Failures of becoming and load that are not in the list; null where unknown. */
  readonly #others: bigint | null;

  constructor(last: Snapshot, { attempts, sizes, area }: WrapEvidence) {
    this.#last = last;
    this.#forms = loadForms(attempts, sizes, true).byModule;
    const listed = sizes.filter(({ of }) => of !== 'memory').map(({ bytes }) => bytes);
    const whole = last.list === 'whole' || last.list === 'empty';
    const covered = whole && last.rows.every(({ module }) => this.#forms.has(module));
    this.#largest = BigInt(
      Math.min(area ?? LARGEST_IMAGE, covered && listed.length > 0 ? largest(listed) : LARGEST_IMAGE),
    );
    const [becoming, load] = [countsOf(last, 'becoming').failures, countsOf(last, 'load').failures];
    this.#others =
      whole && becoming !== null && load !== null
        ? becoming + load - last.rows.reduce((sum, row) => sum + BigInt(row.times), 0n)
        : null;
  }

  of(phase: Phase, failures: bigint | null): Bounds {
    const most = failures === null ? null : failures * charge(phase, this.#largest, 0n);
    if (!hasDuplicates(phase) || this.#others === null) return { low: 0n, high: most };
    let low = 0n;
    let high = this.#others * charge(phase, this.#largest, 0n);
    for (const { module, times, reasons } of this.#last.rows) {
      const bit = phase === 'becoming' ? REASON_BECOMING : REASON_LOAD;
      if (reasons !== null && (reasons & bit) === 0) continue;
      const range = rangeOf(phase, this.#forms.get(module) ?? []);
      if (range === null) return { low: 0n, high: most };
      const alone = reasons === bit;
      low += BigInt(alone ? times : reasons === null ? 0 : 1) * range.low;
      high += BigInt(alone || reasons === null ? times : times - 1) * range.high;
    }
    return { low, high: most === null ? high : smaller(most, high) };
  }
}

/** Bounds of the charge of one failure of a module with these forms; null where a size is unknown. */
function rangeOf(phase: Phase, forms: readonly LoadForm[]): Range<bigint> | null {
  const ranges: Range<bigint>[] = [];
  for (const { image, compressed } of forms) {
    if (image.of === 'unknown') return null;
    const most = image.of === 'range' ? image.high : image.bytes;
    const least = image.of === 'image' ? most : image.of === 'range' ? image.low : most - MAX_SIGNATURE;
    ranges.push({
      low: charge(phase, BigInt(Math.max(0, least)), BigInt(compressed ?? 0)),
      // A compressed file is hardly larger than its contents.
      high: charge(phase, BigInt(most), BigInt(compressed ?? most)),
    });
  }
  return hull(ranges);
}

/** Notes about counters that wrapped, or may have. */
export function wrapNotes(counted: ReadonlyMap<Phase, CountedBytes>, bits: WordBits): string[] {
  const doubt = bits === null ? ': more on 32 bit, where that is little for so many failures' : '';
  return [...counted].flatMap(([phase, { printed, bytes, low, origin }]) => {
    const name = PHASE_COUNTERS[phase].bytes;
    if (bytes === null) return [`${name} is ${printed}; at least ${low} bytes were counted${doubt}`];
    return bytes === printed ? [] : [`${name} is ${printed}; ${bytes} bytes were counted (${origin})`];
  });
}
