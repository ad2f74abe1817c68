// SPDX-License-Identifier: Apache-2.0
/** The tables of one boot, as results for the text and the Markdown view. */
import type { Bounds } from '../../model/bounds.js';
import { errnoName } from '../../model/errno.js';
import type { Result, ResultColumn, Value } from '../../query/result.js';
import type { RequesterLine } from '../answer/lines.js';
import { calledName } from '../answer/notes.js';
import { shortVerdict, wasteText } from '../answer/sentence.js';
import { shortNames } from '../answer/short-names.js';
import { MAYBE_DUPLICATE } from '../answer/troubles.js';
import type { BootAnswer, BootBrief } from '../answer/types.js';
import { bytesText, callsText, moment, seconds, spanText } from '../answer/words.js';
import { formatBytes, grouped, percentText } from '../cell.js';

export interface Table {
  readonly title: string;
  /** What belongs beside the title. */
  readonly note: string | null;
  readonly query: string;
  readonly result: Result;
  readonly rows: number;
  /** Columns that a narrow view leaves out, the first first. */
  readonly spare: readonly string[];
}

/** Name, then `n` where the column is set to the right. */
type Head = readonly [name: string, kind?: 'n'];

/** By the query of a table: what its other columns and its query also tell. */
const SPARE: Readonly<Record<string, readonly string[]>> = {
  requesters: ['coalesced', 'loaded', 'refused', 'comm'],
  autoload: ['requests'],
  failures: ['errno', 'phase'],
  problems: ['first at', 'who'],
  'allocation-failures': ['at', 'task'],
  boots: ['starts in', 'kernel'],
};

/** Omits columns without values. */
function table(
  title: string,
  query: string,
  heads: readonly Head[],
  rows: readonly (readonly Value[])[],
  note: string | null = null,
): Table {
  const kept = heads.flatMap((_, index) =>
    rows.some((row) => row[index] !== null && row[index] !== 0n) ? [index] : [],
  );
  const columns = kept.map((index): ResultColumn => {
    const [name = '', kind] = heads[index] ?? [''];
    return { name, type: kind === 'n' ? 'INTEGER' : 'TEXT', unit: null };
  });
  const cells = rows.map((row) => kept.map((index) => numberText(row[index] ?? null)));
  return {
    ...{ title, note, query, rows: rows.length, spare: SPARE[query] ?? [] },
    result: { columns, rows: cells, empty: null },
  };
}

const numberText = (value: Value): Value => (typeof value === 'bigint' ? grouped(value) : value);

const SEEN_AT = 'seen at';

/** A table whose rows end with their places; a file that they all share is in the title. */
function placed(
  title: string,
  query: string,
  heads: readonly Head[],
  rows: readonly { readonly place: string | null; readonly cells: readonly Value[] }[],
): Table {
  const split = rows.map(({ place }) => {
    const colon = place?.lastIndexOf(':') ?? -1;
    return place === null ? null : { file: place.slice(0, colon), line: place.slice(colon + 1) };
  });
  const files = new Set(split.map((place) => place?.file ?? null));
  const [file] = files;
  const one = files.size === 1 && file !== undefined && file !== null;
  return table(
    title,
    query,
    [...heads, [one ? 'line' : SEEN_AT, 'n']],
    rows.map(({ place, cells }, index) => [...cells, one ? (split[index]?.line ?? null) : place]),
    one ? `lines of ${file}` : null,
  );
}

const BAR = 20;

/** Phases in which a load failed, or may have failed; those without failures and unknown ones by name only. */
export function phaseTable({ phases, evidence }: BootAnswer): Table | null {
  const traced = evidence.trace === 'calls' || evidence.trace === 'charges';
  if (evidence.snapshots === 0n && !traced) return null;
  const total = phases.reduce((sum, { bytes, span }) => sum + (bytes ?? span.low), 0n);
  const unknown = phases.filter(
    ({ failures, bytes, span }) =>
      failures === null && bytes === null && span.low === 0n && span.high === null,
  );
  const none = phases.filter(({ failures, bytes }) => failures === 0n && (bytes ?? 0n) === 0n);
  const shown = phases.filter((phase) => !unknown.includes(phase) && !none.includes(phase));
  const rows = shown.map(
    ({ phase, failures, failuresExact, duplicates, duplicateSpan, bytes, span }): Value[] => [
      phase,
      failures === null ? 'not known' : `${failuresExact ? '' : 'at least '}${grouped(failures)}`,
      duplicates === null ? callsText(duplicateSpan, failures) : grouped(duplicates),
      bytes === null ? spanText(span) : formatBytes(bytes),
      bar(bytes ?? span, total),
    ],
  );
  const names = (of: typeof phases): string => of.map(({ phase }) => phase).join(', ');
  const notes = [
    ...(none.length > 0 ? [`none in ${names(none)}`] : []),
    ...(unknown.length > 0 ? [`${names(unknown)}: not known`] : []),
  ];
  return table(
    'Waste by phase',
    'phase-waste',
    [['phase'], ['failures', 'n'], ['duplicates', 'n'], ['wasted', 'n'], ['share']],
    rows,
    notes.length > 0 ? notes.join('; ') : null,
  );
}

/** None for bytes whose bounds differ as shown. */
function bar(known: bigint | Bounds, total: bigint): string | null {
  const bytes = typeof known === 'bigint' ? known : known.low;
  if (typeof known !== 'bigint' && spanText(known) !== formatBytes(bytes)) return null;
  if (total === 0n || bytes === 0n) return null;
  const share = Number(bytes) / Number(total);
  const length = Number((bytes * BigInt(BAR) + total - 1n) / total);
  return `${'█'.repeat(length)} ${share < 0.0005 ? '<0.1' : percentText(share)} %`;
}

export function moduleTable({ modules }: BootAnswer): Table {
  return table(
    'Worst modules (duplicate loads)',
    'duplicates',
    [['module'], ['times', 'n'], ['reason'], ['wasted', 'n'], ['basis']],
    modules.map(({ module, times, reason, bytes, span, basis, origin }) => [
      module,
      times,
      reason,
      bytesText(bytes, span, basis),
      basis === 'estimated' ? `estimated: ${origin}; ${spanText(span)}` : basis,
    ]),
  );
}

function requesterTable({ requesters }: BootAnswer): Table {
  return table(
    'Load calls by requester',
    'requesters',
    [
      ['requester'],
      ['comm'],
      ['calls', 'n'],
      ['loaded', 'n'],
      ['duplicates', 'n'],
      ['coalesced', 'n'],
      ['failed', 'n'],
      ['refused', 'n'],
      ['unknown', 'n'],
      ['wasted', 'n'],
    ],
    requesters.map((row) => [
      row.callSite === null ? row.requester : `${row.requester} (${row.callSite})`,
      callerOf(row),
      row.attempts,
      row.loaded,
      row.duplicates,
      row.coalesced,
      row.failed,
      row.refused,
      row.unknown,
      row.wasted === null ? (row.duplicates + row.failed > 0n ? 'not known' : '0 B') : spanText(row.wasted),
    ]),
  );
}

/** modprobe and insmod work for whoever ran them. */
function callerOf({ requester, comm, parents }: RequesterLine): string | null {
  const runBySomeone = requester === 'modprobe' || requester === 'insmod';
  if (!runBySomeone || parents === null) return comm;
  return comm === requester ? `run by ${parents}` : `${comm} (run by ${parents})`;
}

export function requestTable({ requests }: BootAnswer): Table {
  return table(
    'Duplicate requests by the kernel',
    'autoload',
    [['requested'], ['requests', 'n'], ['duplicates', 'n'], ['call site'], ['requested by']],
    requests
      .filter(({ duplicates }) => duplicates > 0n)
      .map((row) => [row.requested, row.requests, row.duplicates, row.callSites, row.comms]),
  );
}

const withPlace = ({ place }: { readonly place: string | null }, cells: readonly Value[]) => ({
  place,
  cells,
});

export function failureTable({ failures }: BootAnswer): Table {
  return placed(
    'Other failures',
    'failures',
    [['reason'], ['module'], ['phase'], ['errno'], ['times', 'n'], ['wasted', 'n']],
    failures.map((row) =>
      withPlace(row, [
        MAYBE_DUPLICATE[row.reason]?.shown ?? row.reason,
        row.module,
        row.phase,
        row.errno === null ? null : errnoName(Number(row.errno)),
        row.times,
        row.phase === 'init'
          ? 'not counted'
          : row.wasted === null
            ? null
            : `${row.basis === 'bounded' ? 'at least ' : ''}${formatBytes(row.wasted)}`,
      ]),
    ),
  );
}

export function problemTable({ problems }: BootAnswer): Table {
  return placed(
    'Problems around loading',
    'problems',
    [['problem'], ['module'], ['who'], ['times', 'n'], ['how long', 'n'], ['first at', 'n']],
    problems.map((row) =>
      withPlace(row, [
        row.kind,
        row.module,
        row.who,
        row.times,
        row.seconds === null ? null : `${seconds(row.seconds)} s`,
        row.firstAt === null ? null : moment(row.firstAt),
      ]),
    ),
  );
}

function allocationTable({ allocations }: BootAnswer): Table {
  return placed(
    'Failed allocations',
    'allocation-failures',
    [['what'], ['size', 'n'], ['module'], ['task'], ['load'], ['at', 'n']],
    allocations.map((row) =>
      withPlace(row, [
        row.what,
        row.bytes === null ? null : formatBytes(row.bytes),
        row.module,
        row.comm,
        row.load,
        row.at === null ? null : `${seconds(row.at)} s`,
      ]),
    ),
  );
}

/** Boots side by side. */
export function bootTable(boots: readonly BootBrief[]): Table {
  const names = shortNames(boots.flatMap(({ file }) => file ?? []));
  return table(
    'Boots',
    'boots',
    [['boot', 'n'], ['called'], ['starts in'], ['kernel'], ['wasted', 'n'], ['failures', 'n'], ['verdict']],
    boots.map((boot) => [
      boot.boot.toString(),
      calledName(boot),
      boot.file === null ? null : (names.get(boot.file) ?? boot.file),
      boot.kernel,
      wasteText(boot.verdict),
      boot.verdict.kind === 'wasted'
        ? boot.verdict.failures
        : boot.verdict.kind === 'nothing-wasted'
          ? 0n
          : null,
      shortVerdict(boot.verdict) || null,
    ]),
  );
}

/** What follows the phases, in the order in which one reads it. */
export function detailTables(boot: BootAnswer): Table[] {
  return [
    moduleTable(boot),
    requesterTable(boot),
    requestTable(boot),
    failureTable(boot),
    problemTable(boot),
    allocationTable(boot),
  ].filter(({ rows }) => rows > 0);
}
