// SPDX-License-Identifier: Apache-2.0
/** The answer for one boot, from the rows of the canned queries. */
import { NONE, total } from '../../model/bounds.js';
import { intOf, intOrNull, type Row, type RowsOfBoots, secondsOf, textOf } from './ask.js';
import {
  BOOT,
  EVIDENCE,
  HELD,
  type Held,
  LISTS,
  type Lists,
  lineOf,
  OUTCOMES,
  type Paths,
  REMAINDER,
  type Shape,
  STORM,
} from './lines.js';
import { overlapping } from './savings.js';
import type { BootAnswer, Crowded, Exhausted, Verdict } from './types.js';
import { verdictOf } from './verdict.js';

/** Queries besides those of the lists. */
const SINGLE_QUERIES = [
  'evidence',
  'outcomes',
  'storm',
  'held',
  'remainder',
  'verdict',
  'vmalloc-space',
] as const;

/** All that are asked for boots. */
export const BOOT_QUERIES: readonly string[] = [
  ...SINGLE_QUERIES,
  ...Object.values(LISTS).map(({ query }) => query),
];

export function bootAnswer(asked: RowsOfBoots, row: Row, paths: Paths): BootAnswer {
  const rows = (query: (typeof SINGLE_QUERIES)[number]): readonly Row[] =>
    asked.ofBoot(query, intOf(row.boot));
  const [evidenceRow = {}] = rows('evidence');
  const evidence = lineOf(EVIDENCE, evidenceRow, paths);
  const [outcomes] = rows('outcomes');
  const [storm] = rows('storm');
  const [heldRow] = rows('held');
  const held = heldRow ? lineOf(HELD, heldRow, paths) : null;
  // An object with this many properties that starts as a copy of another gets a hidden class of its own.
  const known = {
    file: evidence.source === null ? null : (paths.get(evidence.source) ?? null),
    moduleBytes: intOrNull(evidenceRow.module_bytes),
    evidence,
    ...lineOf(BOOT, row, paths),
    ...listsOf((query) => asked.ofBoot(query, intOf(row.boot)), paths),
    outcomes: outcomes ? lineOf(OUTCOMES, outcomes, paths) : null,
    storm: storm ? lineOf(STORM, storm, paths) : null,
    held,
    remainder: remainderOf(rows('remainder'), paths),
  };
  const wasted = intOrNull(row.wasted_bytes);
  const high = evidence.lowerBound ? intOrNull(evidenceRow.wasted_high) : wasted;
  const from = secondsOf(storm?.most_from_t);
  const to = secondsOf(storm?.most_to_t);
  const verdict = verdictOf(known, {
    wasted: wasted === null ? null : { low: wasted, high },
    failures: intOrNull(row.failures),
    when: from === null || to === null ? null : { from, to },
    doubts: textOf(rows('verdict')[0]?.doubts),
    exhausted: exhaustedOf(rows('vmalloc-space')[0]),
    crowded: held && crowdedOf(held),
  });
  const savingsOverlap = overlapping(known.advice, wasted);
  return Object.assign(known, {
    savingsOverlap,
    verdict,
    capture: wantsCapture(verdict, known.requests) ? known.capture : [],
  });
}

/** What shows failed loads tells no more of other trouble; duplicate requests may have made some. */
function wantsCapture(verdict: Verdict, requests: BootAnswer['requests']): boolean {
  return (
    verdict.kind !== 'trouble' ||
    verdict.exhausted !== null ||
    verdict.troubles.some(({ loads }) => loads) ||
    requests.some(({ duplicates }) => duplicates > 0n)
  );
}

function listsOf(rows: (query: string) => readonly Row[], paths: Paths): Lists {
  const lists = Object.entries(LISTS).map(([list, { query, shape }]) => [
    list,
    rows(query).map((row) => lineOf<Shape>(shape, row, paths)),
  ]);
  return Object.fromEntries(lists) as Lists;
}

/** From this part of an area on, another such load may find no room: it is fragmented, and modules live in it. */
const CROWDED_PARTS = 4n;

function crowdedOf({ area, areaBytes, areaEstimated, areaPeak }: Held): Crowded | null {
  if (area === null || areaBytes === null || areaPeak === null) return null;
  if ((areaPeak.high ?? areaPeak.low) * CROWDED_PARTS < areaBytes) return null;
  return { area, areaBytes, estimated: areaEstimated, peak: areaPeak };
}

/** Only a small area is one that modules alone can fill. */
function exhaustedOf(row: Row | undefined): Exhausted | null {
  const low = intOf(row?.allocation_failures);
  const loads = intOf(row?.memory_failed_loads);
  if (row?.small !== 1n || low + loads === 0n) return null;
  return {
    area: intOrNull(row.total_bytes),
    estimated: row.basis === 'estimated',
    allocations: { low, high: row.allocation_basis === 'bounded' ? null : low },
    loads,
  };
}

/** Of the two phases that hold duplicates; null where nothing bounds one of them. */
function remainderOf(rows: readonly Row[], paths: Paths): BootAnswer['remainder'] {
  const both = rows
    .map((row) => lineOf(REMAINDER, row, paths))
    .filter(({ phase }) => phase === 'becoming' || phase === 'load');
  const duplicates = total(
    both.map((row) => row.duplicates),
    NONE,
  );
  const others = total(
    both.map((row) => row.others),
    NONE,
  );
  const bounded = both.length === 2 && duplicates.high !== null && others.high !== null;
  return bounded ? { duplicates, others } : null;
}
