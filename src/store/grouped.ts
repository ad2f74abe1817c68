// SPDX-License-Identifier: Apache-2.0
/**
 * Attempts and requests that are alike, counted and summed up: a storm has a million of them and a few hundred groups,
 * and SQLite would sort the million for each query that sums them up.
 */
import type { Attempt, CaseModel, Request } from '../accounting/model.js';
import { clockName } from './clock-name.js';
import { BOOT, CLOCK, type Row, SOURCE, type TableDoc, table } from './table.js';

export const GROUPED_TABLES: readonly TableDoc[] = [
  table(
    'grouped_attempts',
    'Attempts counted and summed up: one row for those of a boot that are alike in the columns up to source.',
    ['boot', 'attempt_group'],
    [
      BOOT,
      ['attempt_group', 'INTEGER!', '', 'number within the boot'],
      ['requester', 'TEXT!', '', 'as in attempts'],
      ['comm', 'TEXT', '', 'name of the calling thread'],
      ['parent_comm', 'TEXT', '', 'name of its parent task, where it differs'],
      ['call_site', 'TEXT', '', 'kernel function that requested it'],
      ['module', 'TEXT', '', 'module, where known'],
      ['phase', 'TEXT', '', 'as in attempts'],
      ['outcome', 'TEXT!', '', 'as in attempts'],
      ['errno', 'INTEGER', '', 'error number; 0 for success; NULL where the end is unknown'],
      ['basis', 'TEXT', '', 'measured or bounded; NULL where the bytes are unknown'],
      ['by_probes', 'INTEGER!', '', '1 where only probes show the attempts'],
      ['whole_record', 'INTEGER!', '', '1 where audit records or lines of strace show them'],
      CLOCK,
      SOURCE,
      ['attempts', 'INTEGER!', 'calls', 'their number'],
      ['wasted_low', 'INTEGER!', 'bytes', 'bytes charged, at least'],
      ['wasted_high', 'INTEGER', 'bytes', 'bytes charged, at most; NULL: no bound'],
      ['exact', 'INTEGER!', '', '1 where the bytes of each are known exactly'],
      ['allocations', 'INTEGER', '', 'allocations wasted; NULL where not known of all'],
      ['first_ns', 'INTEGER', 'ns', 'start of the first'],
      ['last_ns', 'INTEGER', 'ns', 'start of the last'],
      ['timed', 'INTEGER!', 'calls', 'those with a start and an end'],
      ['spent_ns', 'INTEGER', 'ns', 'total time of those'],
      ['longest_ns', 'INTEGER', 'ns', 'the longest of those'],
      ['concurrent', 'INTEGER', 'calls', 'most attempts running at the start of one of them'],
      ['concurrent_ns', 'INTEGER', 'ns', 'start of the first with that many'],
    ],
  ),
  table(
    'grouped_requests',
    'Requests counted: one row for those of a boot that are alike in the columns up to duplicate.',
    ['boot', 'request_group'],
    [
      BOOT,
      ['request_group', 'INTEGER!', '', 'number within the boot'],
      CLOCK,
      ['requested', 'TEXT!', '', 'name or alias'],
      ['call_site', 'TEXT', '', 'kernel function that requested the module'],
      ['comm', 'TEXT', '', 'name of the requesting task'],
      ['origin', 'TEXT!', '', 'trace or log'],
      ['duplicate', 'INTEGER!', '', '1 for duplicates'],
      ['requests', 'INTEGER!', 'calls', 'their number'],
      ['first_ns', 'INTEGER', 'ns', 'time of the first'],
    ],
  ),
];

/** `allocationsOf`: those that an attempt wasted; null where unknown. */
export function groupedTables(
  { attempts, requests }: CaseModel,
  allocationsOf: (attempt: Attempt) => bigint | null,
): Record<string, () => Iterable<Row>> {
  return {
    grouped_attempts: () =>
      groups(
        attempts,
        (a) =>
          `${a.module}\n${a.outcome}\n${a.errno}\n${a.phase}\n${a.basis}\n${a.requester}\n${a.comm}\n${a.parentComm}\n${a.callSite}\n${a.byProbes}${a.wholeRecord}${a.cite.source}${a.clock.unit}${a.clock.zero}`,
        (a) => new AttemptGroup(a),
        (group, a) => group.add(a, allocationsOf(a)),
      ),
    grouped_requests: () =>
      groups(
        requests,
        (r) =>
          `${r.requested}\n${r.callSite}\n${r.comm}\n${r.origin}${r.duplicate}${r.clock.unit}${r.clock.zero}`,
        (r) => new RequestGroup(r),
        (group, r) => group.add(r),
      ),
  };
}

interface Group {
  row(number: number): Row;
}

/** The rows of the groups, in the order in which they are met, numbered within each boot. */
function* groups<T extends { readonly boot: number }, G extends Group>(
  items: readonly T[],
  keyOf: (item: T) => string,
  start: (item: T) => G,
  add: (group: G, item: T) => void,
): Iterable<Row> {
  const open = new Map<string, G>();
  const all: G[] = [];
  let boot = 0;
  function* rows(): Iterable<Row> {
    let number = 0;
    for (const group of all.splice(0)) yield group.row(++number);
    open.clear();
  }
  for (const item of items) {
    if (item.boot !== boot) yield* rows();
    boot = item.boot;
    const key = keyOf(item);
    let group = open.get(key);
    if (!group) {
      group = start(item);
      open.set(key, group);
      all.push(group);
    }
    add(group, item);
  }
  yield* rows();
}

const lower = (a: bigint | null, b: bigint): bigint => (a === null || b < a ? b : a);
const higher = (a: bigint | null, b: bigint): bigint => (a === null || b > a ? b : a);

class AttemptGroup implements Group {
  readonly #like: Attempt;
  #count = 0;
  #low = 0n;
  #high: bigint | null = 0n;
  #exact = true;
  #allocations: bigint | null = 0n;
  #first: bigint | null = null;
  #last: bigint | null = null;
  #timed = 0;
  #spent: bigint | null = null;
  #longest: bigint | null = null;
  #concurrent: number | null = null;
  #concurrentAt: bigint | null = null;

  constructor(like: Attempt) {
    this.#like = like;
  }

  add({ wasted: { low, high }, start, end, concurrent }: Attempt, allocations: bigint | null): void {
    this.#count++;
    if (low > 0) this.#low += BigInt(low);
    if (high === null) this.#high = null;
    else if (high > 0 && this.#high !== null) this.#high += BigInt(high);
    this.#exact &&= low === high;
    this.#allocations =
      allocations === null || this.#allocations === null ? null : this.#allocations + allocations;
    if (start === null) return;
    this.#first = lower(this.#first, start);
    this.#last = higher(this.#last, start);
    if (end !== null) {
      this.#timed++;
      this.#spent = (this.#spent ?? 0n) + end - start;
      this.#longest = higher(this.#longest, end - start);
    }
    if (concurrent === null || concurrent < (this.#concurrent ?? 0)) return;
    this.#concurrentAt = concurrent === this.#concurrent ? lower(this.#concurrentAt, start) : start;
    this.#concurrent = concurrent;
  }

  row(number: number): Row {
    const a = this.#like;
    return [
      a.boot,
      number,
      a.requester,
      a.comm,
      a.parentComm,
      a.callSite,
      a.module,
      a.phase,
      a.outcome,
      a.errno,
      a.basis,
      Number(a.byProbes),
      Number(a.wholeRecord),
      clockName(a.clock),
      a.cite.source,
      this.#count,
      this.#low,
      this.#high,
      Number(this.#exact),
      this.#allocations,
      this.#first,
      this.#last,
      this.#timed,
      this.#spent,
      this.#longest,
      this.#concurrent,
      this.#concurrentAt,
    ];
  }
}

class RequestGroup implements Group {
  readonly #like: Request;
  #count = 0;
  #first: bigint | null = null;

  constructor(like: Request) {
    this.#like = like;
  }

  add({ t }: Request): void {
    this.#count++;
    if (t !== null) this.#first = lower(this.#first, t);
  }

  row(number: number): Row {
    const { boot, clock, requested, callSite, comm, origin, duplicate } = this.#like;
    const values = [clockName(clock), requested, callSite, comm, origin, Number(duplicate)];
    return [boot, number, ...values, this.#count, this.#first];
  }
}
