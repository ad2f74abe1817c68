/** The tables of one boot, as results for the text and the Markdown view. */
import { errnoName } from '../../model/errno.js';
import type { Result, ResultColumn, Value } from '../../query/result.js';
import type { BootAnswer, RequesterLine } from '../answer/types.js';
import { bytesText, grouped, seconds, spanText } from '../answer/words.js';
import { formatBytes } from '../cell.js';

export interface Table {
  readonly title: string;
  readonly query: string;
  readonly result: Result;
  readonly rows: number;
}

/** Name, then `n` where the column is set to the right. */
type Head = readonly [name: string, kind?: 'n'];

/** A column that says nothing of any row is left out. */
function table(
  title: string,
  query: string,
  heads: readonly Head[],
  rows: readonly (readonly Value[])[],
): Table {
  const kept = heads.flatMap((_, index) =>
    rows.some((row) => row[index] !== null && row[index] !== 0n) ? [index] : [],
  );
  const columns = kept.map((index): ResultColumn => {
    const [name = '', kind] = heads[index] ?? [''];
    return { name, type: kind === 'n' ? 'INTEGER' : 'TEXT', unit: null };
  });
  const cells = rows.map((row) => kept.map((index) => row[index] ?? null));
  return { title, query, rows: rows.length, result: { columns, rows: cells, empty: null } };
}

const BAR = 24;

/** Phases in which a load failed, or of which that is not known; the others by name. */
export function phaseTable({
  phases,
  evidence,
}: BootAnswer): (Table & { readonly none: readonly string[] }) | null {
  const traced = evidence.trace === 'calls' || evidence.trace === 'charges';
  if (evidence.snapshots === 0n && !traced) return null;
  const total = phases.reduce((sum, { bytes, span }) => sum + (bytes ?? span.low), 0n);
  const shown = phases.filter(({ failures, bytes }) => failures !== 0n || (bytes !== null && bytes > 0n));
  const rows = shown.map(({ phase, failures, duplicates, bytes, span }): Value[] => [
    phase,
    failures === null ? 'not known' : grouped(failures),
    duplicates === null ? 'not known' : grouped(duplicates),
    bytes === null ? spanText(span) : formatBytes(bytes),
    bytes === null ? null : bar(bytes, total),
  ]);
  const made = table(
    'Waste by phase',
    'phase-waste',
    [['phase'], ['failures', 'n'], ['duplicates', 'n'], ['wasted', 'n'], ['share']],
    rows,
  );
  return { ...made, none: phases.filter((row) => !shown.includes(row)).map(({ phase }) => phase) };
}

function bar(bytes: bigint, total: bigint): string | null {
  if (total === 0n || bytes === 0n) return null;
  const share = (Number(bytes) / Number(total)) * 100;
  const length = Number((bytes * BigInt(BAR) + total - 1n) / total);
  return `${'█'.repeat(length)} ${share.toFixed(1)} %`;
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

export function requesterTable({ requesters }: BootAnswer): Table {
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
      row.wasted === null ? (row.duplicates + row.failed > 0n ? 'not known' : '0 B') : spanText(row.wasted),
    ]),
  );
}

/** modprobe and insmod work for whoever ran them. */
function callerOf({ requester, comm, parents }: RequesterLine): string | null {
  const runBySomeone = requester === 'modprobe' || requester === 'insmod';
  return runBySomeone && parents !== null ? `${comm} (run by ${parents})` : comm;
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

export function failureTable({ failures }: BootAnswer): Table {
  return table(
    'Other failures',
    'failures',
    [['reason'], ['module'], ['phase'], ['errno'], ['times', 'n'], ['wasted', 'n'], ['seen at', 'n']],
    failures.map((row) => [
      // A driver's EBUSY and a duplicate of a load that then failed look alike.
      row.reason === 'busy' ? 'busy, or a duplicate' : row.reason,
      row.module,
      row.phase,
      row.errno === null ? null : errnoName(Number(row.errno)),
      row.times,
      row.phase === 'init'
        ? 'not counted'
        : row.wasted === null
          ? null
          : `${row.basis === 'bounded' ? 'at least ' : ''}${formatBytes(row.wasted)}`,
      row.place,
    ]),
  );
}

export function problemTable({ problems }: BootAnswer): Table {
  return table(
    'Problems around loading',
    'problems',
    [
      ['problem'],
      ['module'],
      ['who'],
      ['times', 'n'],
      ['how long', 'n'],
      ['first at', 'n'],
      ['seen at', 'n'],
    ],
    problems.map((row) => [
      row.kind,
      row.module,
      row.who,
      row.times,
      row.seconds === null ? null : `${seconds(row.seconds)} s`,
      row.firstAt === null ? null : `${seconds(row.firstAt)} s`,
      row.place,
    ]),
  );
}

export function allocationTable({ allocations }: BootAnswer): Table {
  return table(
    'Failed allocations',
    'allocation-failures',
    [['what'], ['size', 'n'], ['module'], ['task'], ['load'], ['at', 'n'], ['seen at', 'n']],
    allocations.map((row) => [
      row.what,
      row.bytes === null ? null : formatBytes(row.bytes),
      row.module,
      row.comm,
      row.load,
      row.at === null ? null : `${seconds(row.at)} s`,
      row.place,
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
