// SPDX-License-Identifier: Apache-2.0
/**
 * Gathers the snapshots of one boot, each once, oldest first. Counters only grow, so their values give the order.
 */

import { type CounterName, PHASE_COUNTERS, PHASES } from '../../model/counters.js';
import { debugfsFile } from '../../model/debugfs.js';
import type { Event } from '../../model/event.js';
import type { Source } from '../../model/source.js';
import type { Part } from '../boots/parts.js';
import type { Snapshot } from '../model.js';
import { type Draft, KnownDrafts, wastedOf } from './known-drafts.js';

const COUNTS: readonly CounterName[] = ['modcount', ...PHASES.map((phase) => PHASE_COUNTERS[phase].count)];

/** Oldest first; the last one holds the boot's totals. */
export function gatherSnapshots(parts: readonly Part[]): Snapshot[] {
  const drafts = mergeEqual(draftsOf(parts));
  drafts.sort((a, b) => compare(a, b) ?? 0);
  return rowsAloneFirst(drafts).map((draft, snapshot) => ({ ...draft, snapshot }));
}

/** Rows of a list without counters say less than a whole dump, whichever comes last: they do not hold the boot's totals. */
function rowsAloneFirst(drafts: readonly Draft[]): Draft[] {
  const isAlone = ({ counters, wasted }: Draft): boolean => counters.size === 0 && wasted === null;
  const hasDump = drafts.some((draft) => !isAlone(draft) && draft.list !== 'absent');
  return hasDump ? [...drafts.filter(isAlone), ...drafts.filter((draft) => !isAlone(draft))] : [...drafts];
}

/** How much of the duplicate list a snapshot holds. */
const LIST_RANK = { absent: 0, cut: 1, empty: 2, whole: 3 } as const;

/** One draft per snapshot; counter files of one folder are one snapshot, together with that folder's `stats`. */
function draftsOf(parts: readonly Part[]): Draft[] {
  const drafts = new Map<string, Draft>();
  const namesakes = new Map<string, number>();
  const places = new Map<Source, number>();
  for (const part of parts) {
    const { source } = part;
    const before = places.get(source) ?? namesakes.get(source.path) ?? 0;
    if (!places.has(source)) namesakes.set(source.path, before + 1);
    places.set(source, before);
    for (const event of part.events) {
      if (event.kind !== 'snapshot' && event.kind !== 'counter' && event.kind !== 'duplicate-row') continue;
      const key = keyOf(part, event, before);
      let draft = drafts.get(key);
      if (!draft) {
        const cite = { source: event.source, line: event.line };
        draft = { label: null, counters: new Map(), list: 'absent', rows: [], wasted: null, cite };
        drafts.set(key, draft);
      }
      post(draft, event);
    }
  }
  return [...drafts.values()].filter(
    (draft) => draft.counters.size > 0 || draft.rows.length > 0 || draft.wasted !== null,
  );
}

/** `before`: how many others of the same path came before; a tar that was appended to holds files more than once. */
function keyOf(part: Part, event: Event & { snapshot: number }, before: number): string {
  const alone = event.snapshot === 0 && debugfsFile(part.source.path) !== null;
  return alone ? `folder ${before} ${part.folder.join('/')}` : `source ${part.source.id} ${event.snapshot}`;
}

function post(draft: Draft, event: Event): void {
  const cite = { source: event.source, line: event.line };
  switch (event.kind) {
    case 'snapshot':
      draft.label = event.label ?? draft.label;
      if (LIST_RANK[event.list] > LIST_RANK[draft.list]) draft.list = event.list;
      draft.wasted ??= event.wastedBytes ?? null;
      break;
    case 'counter':
      if (!draft.counters.has(event.counter)) draft.counters.set(event.counter, { value: event.value, cite });
      break;
    case 'duplicate-row':
      draft.rows.push({ module: event.module, times: event.times, reasons: event.reasons, cite });
      break;
    default:
      break;
  }
}

/** Merges snapshots whose common counters are all equal; each fills in what the other lacks. */
function mergeEqual(drafts: readonly Draft[]): Draft[] {
  const merged: Draft[] = [];
  const known = new KnownDrafts();
  for (const draft of drafts) {
    const same = known.find(draft);
    if (!same) {
      merged.push(draft);
      known.add(draft);
      continue;
    }
    const { size } = same.counters;
    const { wasted } = same;
    for (const [name, counter] of draft.counters)
      if (!same.counters.has(name)) same.counters.set(name, counter);
    same.label ??= draft.label;
    same.wasted ??= draft.wasted;
    if (same.counters.size > size || same.wasted !== wasted) known.add(same);
    if (LIST_RANK[draft.list] > LIST_RANK[same.list]) {
      same.list = draft.list;
      same.rows = draft.rows;
    }
  }
  return merged;
}

/**
 * -1: a is older; 1: a is newer; 0: equal in all they share; null: neither can have come before the other. Counts
 * come first: sums of bytes wrap on 32-bit kernels.
 */
function compare(a: Draft, b: Draft): -1 | 0 | 1 | null {
  const byCounts = signOf(sharedCounts(a, b));
  return byCounts === 0 ? signOf(sharedValues(a, b)) : byCounts;
}

function signOf(pairs: Iterable<[bigint, bigint]>): -1 | 0 | 1 | null {
  let sign: -1 | 0 | 1 = 0;
  for (const [x, y] of pairs) {
    if (x === y) continue;
    const here = x < y ? -1 : 1;
    if (sign !== 0 && here !== sign) return null;
    sign = here;
  }
  return sign;
}

function* sharedCounts(a: Draft, b: Draft): Generator<[bigint, bigint]> {
  for (const name of COUNTS) {
    const [x, y] = [a.counters.get(name)?.value, b.counters.get(name)?.value];
    if (x !== undefined && y !== undefined) yield [x, y];
  }
}

/** The values that both snapshots hold: counters, and the total of wasted bytes. */
function* sharedValues(a: Draft, b: Draft): Generator<[bigint, bigint]> {
  for (const [name, { value }] of a.counters) {
    const other = b.counters.get(name)?.value;
    if (other !== undefined) yield [value, other];
  }
  const [x, y] = [wastedOf(a), wastedOf(b)];
  if (x !== null && y !== null) yield [x, y];
}
