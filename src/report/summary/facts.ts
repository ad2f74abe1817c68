/** The facts that the report of `analyze` states, asked of the store. Numbers stay exact; words come later. */
import { allRows, type Database, type SqlValue } from '../../query/database.js';
import {
  type Ask,
  type LateFact,
  lateFacts,
  type RemainderFact,
  remainderFact,
  type ShareFact,
  type StormFact,
  shareFacts,
  stormFact,
} from './storm-facts.js';

export interface PhaseFact {
  readonly phase: string;
  readonly failures: bigint | null;
  readonly duplicates: bigint | null;
  readonly bytes: bigint | null;
  readonly low: bigint;
  readonly high: bigint | null;
}

export interface DuplicateFact {
  readonly module: string;
  readonly times: bigint;
  readonly reason: string | null;
  readonly bytes: bigint | null;
  readonly low: bigint;
  readonly high: bigint | null;
  readonly basis: string;
  readonly origin: string;
}

export interface RequesterFact {
  readonly requester: string;
  readonly comm: string | null;
  readonly callSite: string | null;
  /** What started these tasks, where the trace tells: a script, a daemon; comma separated. */
  readonly parents: string | null;
  readonly attempts: bigint;
  readonly loaded: bigint;
  readonly duplicates: bigint;
  readonly coalesced: bigint;
  readonly failed: bigint;
  readonly wasted: bigint;
  readonly exact: boolean;
}

export interface FailureFact {
  readonly reason: string;
  readonly module: string | null;
  readonly phase: string | null;
  readonly errno: bigint | null;
  readonly times: bigint;
  readonly wasted: bigint | null;
  readonly basis: string | null;
  readonly path: string;
  readonly line: bigint;
}

export interface AutoloadFact {
  readonly requested: string;
  readonly requests: bigint | null;
  readonly duplicates: bigint;
  readonly callSites: string | null;
  readonly comms: string | null;
}

export interface BootFacts {
  readonly boot: bigint;
  readonly bootId: string | null;
  readonly kernel: string | null;
  readonly machine: string | null;
  readonly cpus: bigint | null;
  readonly started: string | null;
  readonly modulesLoaded: bigint | null;
  readonly failures: bigint | null;
  readonly wasted: bigint | null;
  readonly wastedHigh: bigint | null;
  readonly lowerBound: boolean;
  /** Memory that the loaded modules take, where known. */
  readonly moduleMemory: bigint | null;
  readonly snapshots: bigint;
  /** State of the newest duplicate list. */
  readonly list: string | null;
  readonly attempts: bigint;
  readonly logs: bigint;
  readonly phases: readonly PhaseFact[];
  readonly duplicates: readonly DuplicateFact[];
  readonly requesters: readonly RequesterFact[];
  readonly failed: readonly FailureFact[];
  readonly autoload: readonly AutoloadFact[];
  readonly coalesced: bigint;
  /** Calls whose phase nothing tells, with what they wasted at least and at most. */
  readonly untold: { readonly calls: bigint; readonly low: bigint; readonly high: bigint | null };
  /** init_module calls that failed as duplicates: user space had read (and unpacked) the file itself. */
  readonly initModuleDuplicates: bigint;
  /** Failed calls whose file the kernel decompressed (compressed_bytes > 0). */
  readonly compressedDuplicates: bigint;
  readonly failedInits: readonly { readonly module: string; readonly times: bigint }[];
  readonly ledger: readonly { readonly phase: string; readonly verdict: string; readonly reason: string }[];
  readonly storm: StormFact | null;
  readonly remainder: RemainderFact | null;
  readonly shares: readonly ShareFact[];
  readonly late: readonly LateFact[];
  readonly allocationFailures: bigint;
  readonly vmallocTotal: bigint | null;
  /** Sizes of module files that a listing gave. */
  readonly listedSizes: bigint;
}

type Cells = readonly SqlValue[];
const int = (value: SqlValue | undefined): bigint => BigInt((value ?? 0) as bigint | number);
const intOrNull = (value: SqlValue | undefined): bigint | null => (value == null ? null : int(value));
const text = (value: SqlValue | undefined): string | null => (value == null ? null : String(value));

export function bootFacts(db: Database): BootFacts[] {
  return allRows(
    db,
    `SELECT boot, label, kernel, machine, cpus, started, modules_loaded, failures, wasted_bytes, lower_bound
     FROM boots ORDER BY boot`,
  ).map((row) => factsOf(db, row));
}

function factsOf(db: Database, row: Cells): BootFacts {
  const boot = int(row[0]);
  const all = (sql: string): SqlValue[][] => allRows(db, sql.replaceAll('$boot', boot.toString()));
  const one = (sql: string): SqlValue | undefined => all(sql)[0]?.[0];
  const phases = phaseFacts(all);
  const [untold] = all(
    `SELECT count(*), sum(wasted_low), CASE WHEN count(*) = count(wasted_high) THEN sum(wasted_high) END
     FROM attempts WHERE boot = $boot AND phase IS NULL AND outcome IN ('duplicate', 'failed')`,
  );
  const lowerBound = int(row[9]) === 1n;
  const untoldFact = { calls: int(untold?.[0]), low: int(untold?.[1]), high: intOrNull(untold?.[2]) };
  const sumOfHighs = sumHigh(phases, untoldFact.calls > 0n ? all : null);
  return {
    boot,
    bootId: text(row[1]),
    kernel: text(row[2]),
    machine: text(row[3]),
    cpus: intOrNull(row[4]),
    started: text(row[5]),
    modulesLoaded: intOrNull(row[6]),
    failures: intOrNull(row[7]),
    wasted: intOrNull(row[8]),
    wastedHigh: lowerBound ? sumOfHighs : intOrNull(row[8]),
    lowerBound,
    moduleMemory: intOrNull(
      one(
        `SELECT coalesce(
           (SELECT value FROM counters WHERE boot = $boot AND counter = 'total_mod_size' ORDER BY snapshot DESC LIMIT 1),
           (SELECT sum(memory_bytes) FROM loads WHERE boot = $boot))`,
      ),
    ),
    snapshots: int(one('SELECT count(DISTINCT snapshot) FROM counters WHERE boot = $boot')),
    list: text(one('SELECT list FROM counters WHERE boot = $boot ORDER BY snapshot DESC LIMIT 1')),
    attempts: int(one('SELECT count(*) FROM attempts WHERE boot = $boot')),
    logs: int(one(`SELECT count(DISTINCT source) FROM events WHERE boot = $boot AND kind = 'boot-start'`)),
    phases,
    duplicates: duplicateFacts(all),
    requesters: requesterFacts(all),
    failed: failureFacts(all),
    autoload: autoloadFacts(all),
    coalesced: int(one(`SELECT count(*) FROM attempts WHERE boot = $boot AND outcome = 'coalesced'`)),
    untold: untoldFact,
    initModuleDuplicates: int(
      one(
        `SELECT count(*) FROM attempts WHERE boot = $boot AND outcome = 'duplicate' AND call = 'init_module'`,
      ),
    ),
    compressedDuplicates: int(
      one(
        `SELECT count(*) FROM attempts WHERE boot = $boot AND outcome = 'duplicate' AND compressed_bytes > 0`,
      ),
    ),
    failedInits: all(
      `SELECT module, sum(times) AS n FROM failed_loads
       WHERE boot = $boot AND phase = 'init' AND module IS NOT NULL GROUP BY module ORDER BY n DESC, module`,
    ).map((cells) => ({ module: String(cells[0]), times: int(cells[1]) })),
    ledger: all('SELECT phase, verdict, reason FROM ledger WHERE boot = $boot').map((cells) => ({
      phase: String(cells[0]),
      verdict: String(cells[1]),
      reason: String(cells[2]),
    })),
    storm: stormFact(all),
    remainder: remainderFact(all),
    shares: shareFacts(all),
    late: lateFacts(all),
    allocationFailures: int(one('SELECT count(*) FROM allocation_failures WHERE boot = $boot')),
    listedSizes: int(one(`SELECT count(*) FROM module_sizes WHERE boot = $boot AND size_of <> 'memory'`)),
    vmallocTotal: intOrNull(
      one(`SELECT max(bytes) FROM memory WHERE boot = $boot AND what = 'vmalloc-total'`),
    ),
  };
}

/** The most that can have been wasted: of all calls where some are not told, else of the phases. */
function sumHigh(phases: readonly PhaseFact[], ask: Ask | null): bigint | null {
  if (ask) {
    const cells = ask(
      'SELECT CASE WHEN count(*) = count(wasted_high) THEN sum(wasted_high) END FROM attempts WHERE boot = $boot',
    );
    return phases.some((phase) => phase.high === null) ? null : intOrNull(cells[0]?.[0]);
  }
  let sum = 0n;
  for (const { high } of phases) {
    if (high === null) return null;
    sum += high;
  }
  return sum;
}

const PHASE_ORDER = `CASE phase WHEN 'kread' THEN 1 WHEN 'decompress' THEN 2 WHEN 'becoming' THEN 3 ELSE 4 END`;

function phaseFacts(all: Ask): PhaseFact[] {
  return all(
    `SELECT phase, failures, duplicates, bytes, bytes_low, bytes_high
     FROM phase_totals WHERE boot = $boot ORDER BY ${PHASE_ORDER}`,
  ).map((cells) => ({
    phase: String(cells[0]),
    failures: intOrNull(cells[1]),
    duplicates: intOrNull(cells[2]),
    bytes: intOrNull(cells[3]),
    low: int(cells[4]),
    high: intOrNull(cells[5]),
  }));
}

function duplicateFacts(all: Ask): DuplicateFact[] {
  return all(
    `SELECT module, times, reason, bytes, bytes_low, bytes_high, basis, origin FROM attribution
     WHERE boot = $boot ORDER BY coalesce(bytes, bytes_high, bytes_low) DESC, module`,
  ).map((cells) => ({
    module: String(cells[0]),
    times: int(cells[1]),
    reason: text(cells[2]),
    bytes: intOrNull(cells[3]),
    low: int(cells[4]),
    high: intOrNull(cells[5]),
    basis: String(cells[6]),
    origin: String(cells[7]),
  }));
}

function requesterFacts(all: Ask): RequesterFact[] {
  return all(
    `SELECT requester, comm, call_site, count(*) AS n, sum(outcome = 'loaded'), sum(outcome = 'duplicate'),
       sum(outcome = 'coalesced'), sum(outcome = 'failed'), sum(wasted_low) AS wasted,
       count(*) = count(wasted_high) AND sum(wasted_high) = sum(wasted_low), group_concat(DISTINCT parent_comm)
     FROM attempts WHERE boot = $boot GROUP BY requester, comm, call_site
     ORDER BY wasted DESC, n DESC, requester, comm, call_site`,
  ).map((cells) => ({
    requester: String(cells[0]),
    comm: text(cells[1]),
    callSite: text(cells[2]),
    attempts: int(cells[3]),
    loaded: int(cells[4]),
    duplicates: int(cells[5]),
    coalesced: int(cells[6]),
    failed: int(cells[7]),
    wasted: int(cells[8]),
    exact: int(cells[9]) === 1n,
    parents: text(cells[10]),
  }));
}

function failureFacts(all: Ask): FailureFact[] {
  return all(
    `SELECT f.reason, f.module, f.phase, f.errno, f.times, f.wasted_bytes, f.basis, s.path, f.line
     FROM failed_loads AS f JOIN sources AS s USING (source) WHERE f.boot = $boot
     ORDER BY coalesce(f.wasted_bytes, 0) DESC, f.times DESC, f.reason, f.module`,
  ).map((cells) => ({
    reason: String(cells[0]),
    module: text(cells[1]),
    phase: text(cells[2]),
    errno: intOrNull(cells[3]),
    times: int(cells[4]),
    wasted: intOrNull(cells[5]),
    basis: text(cells[6]),
    path: String(cells[7]),
    line: int(cells[8]),
  }));
}

function autoloadFacts(all: Ask): AutoloadFact[] {
  return all(
    `SELECT requested, CASE WHEN max(origin) = 'trace' THEN count(*) END, sum(duplicate) AS d,
       group_concat(DISTINCT call_site), group_concat(DISTINCT comm)
     FROM requests WHERE boot = $boot GROUP BY requested ORDER BY d DESC, requested`,
  ).map((cells) => ({
    requested: String(cells[0]),
    requests: intOrNull(cells[1]),
    duplicates: int(cells[2]),
    callSites: text(cells[3]),
    comms: text(cells[4]),
  }));
}
