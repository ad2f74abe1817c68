/** From the evidence of a case to its model: boots, attempts, ledger, attribution. */
import type { DiagnosticCode } from '../model/diagnostic.js';
import type { Event } from '../model/event.js';
import type { Source } from '../model/source.js';
import { buildAttempts } from './attempts.js';
import { attribute } from './attribution.js';
import { type BootParts, groupByBoot } from './boots.js';
import { type Calls, gatherCalls } from './calls.js';
import { failureRows, loggedFailures } from './failures.js';
import { coalescesLoads } from './kernel.js';
import { loadRows } from './loads.js';
import { mergeLogs } from './logs.js';
import type { Attempt, Boot, CaseModel, PhaseTotal, Request, SizeRow, SnapshotReading } from './model.js';
import { splitParts } from './parts.js';
import { ledgerRows, phaseTotals, type TraceBooks } from './phases.js';
import { mergeRecordings } from './recordings.js';
import { remainderRows } from './remainder.js';
import { keepBooks } from './replay.js';
import { gatherRequests, requestRows } from './requests.js';
import { gatherSnapshots } from './snapshots.js';

export type Diagnose = (
  source: Source | null,
  code: DiagnosticCode,
  line: number | null,
  detail?: string,
  count?: number,
) => void;

/** Everything the accounting knows of one case. `events` by Source.id, in line order. */
export function buildCase(
  sources: readonly Source[],
  events: ReadonlyMap<number, readonly Event[]>,
  diagnose: Diagnose,
): CaseModel {
  const groups = groupByBoot(splitParts(sources, events));
  const byId = new Map(sources.map((source) => [source.id, source]));
  const boots = groups.map((group, index) => buildBoot(index + 1, group, byId, diagnose));
  return {
    boots: boots.map((one) => one.boot),
    attempts: boots.flatMap((one) => one.attempts),
    requests: boots.flatMap((one) => one.requests),
    snapshots: boots.flatMap((one) => one.snapshots.map((reading) => ({ ...reading, boot: one.boot.boot }))),
    phases: boots.flatMap((one) => one.phases),
    ledger: boots.flatMap((one) => one.ledger),
    attribution: boots.flatMap((one) => one.attribution),
    failures: boots.flatMap((one) => one.failures),
    loads: boots.flatMap((one) => one.loads),
    memory: boots.flatMap((one) => one.memory),
    sizes: boots.flatMap((one) => one.sizes),
    allocationFailures: boots.flatMap((one) => one.allocationFailures),
    spans: groups.flatMap(({ parts }, index) =>
      parts.map((part) => ({ source: part.source.id, from: part.from, boot: index + 1 })),
    ),
  };
}

interface BootModel extends Omit<CaseModel, 'boots' | 'snapshots' | 'spans'> {
  readonly boot: Boot;
  readonly snapshots: readonly SnapshotReading[];
}

function buildBoot(
  boot: number,
  group: BootParts,
  sources: ReadonlyMap<number, Source>,
  diagnose: Diagnose,
): BootModel {
  const of = (kind: 'log' | 'trace') => group.parts.filter((part) => part.kind === kind);
  const recordings = mergeRecordings(of('trace'));
  const log = mergeLogs(of('log'));
  for (const source of [...recordings.repeated, ...log.repeated]) diagnose(source, 'source-repeated', null);

  const everything = group.parts.flatMap((part) => part.events);
  const calls = gatherCalls(recordings.streams);
  const requests = gatherRequests(recordings.streams);
  const attempts = buildAttempts(boot, calls, requests, coalescesLoads(group.identity.release));
  const { readings, contradictory } = gatherSnapshots(group.parts);
  if (contradictory) {
    diagnose(
      sources.get(contradictory.source) ?? null,
      'stats-inconsistent',
      contradictory.line,
      'counters fell',
    );
  }
  const last = readings.at(-1) ?? null;
  const lost = lostEvents(recordings.streams.flatMap((stream) => stream.events));
  const trace = traceBooks(attempts, calls, lost);
  const sizes = sizeRows(boot, everything);
  const attribution = attribute(boot, last, attempts, sizes);
  if (attribution.solved?.conflict) {
    diagnose(
      sources.get(last?.cite.source ?? 0) ?? null,
      'attribution-conflict',
      null,
      attribution.solved.conflict,
    );
  }
  const failures = failureRows(boot, attempts, loggedFailures(log.events));
  const phases = phaseTotals(boot, last, trace);
  return {
    boot: bootRow(boot, group, attempts, last, trace, phases),
    attempts,
    requests: mergeRequests(boot, requestRows(boot, requests.requests), log.events),
    snapshots: readings,
    phases,
    ledger: ledgerRows(boot, readings, trace),
    attribution: attribution.rows,
    failures: last && !trace ? [...failures, ...remainderRows(boot, last, attribution.solved)] : failures,
    loads: loadRows(boot, attempts, log.events, everything, sizes),
    memory: everything.flatMap((event) =>
      event.kind === 'memory-figure'
        ? [{ boot, what: event.what, bytes: event.bytes, cite: { source: event.source, line: event.line } }]
        : [],
    ),
    sizes,
    allocationFailures: log.events.flatMap((event) =>
      event.kind === 'allocation-failure'
        ? [
            {
              boot,
              t: event.t,
              what: event.what,
              bytes: event.bytes,
              module: event.module,
              message: event.message,
              cite: { source: event.source, line: event.line },
            },
          ]
        : [],
    ),
  };
}

function lostEvents(events: readonly Event[]): boolean {
  return events.some((event) => event.kind === 'lost-events' && event.count !== 0);
}

function traceBooks(attempts: readonly Attempt[], calls: Calls, lost: boolean): TraceBooks | null {
  if (attempts.length === 0 && !calls.seen.syscalls && !calls.seen.charge) return null;
  const reason = lost
    ? 'the trace lost events'
    : calls.withoutEnter > 0
      ? 'the trace began after loading did'
      : calls.withoutExit > 0
        ? 'the trace ended before all calls did'
        : '';
  return { books: keepBooks(attempts), complete: reason === '', reason };
}

function sizeRows(boot: number, events: readonly Event[]): SizeRow[] {
  const rows = new Map<string, SizeRow>();
  for (const event of events) {
    if (event.kind !== 'module-size') continue;
    const key = `${event.module} ${event.of} ${event.bytes} ${event.path ?? ''}`;
    if (rows.has(key)) continue;
    rows.set(key, {
      boot,
      module: event.module,
      of: event.of,
      bytes: event.bytes,
      path: event.path,
      cite: { source: event.source, line: event.line },
    });
  }
  return [...rows.values()];
}

/** The kernel's own word about duplicates stands where the log has it; a trace adds who asked and when. */
function mergeRequests(boot: number, traced: readonly Request[], log: readonly Event[]): Request[] {
  const known = new Set(traced.map((request) => request.requested));
  const logged = log.flatMap((event) =>
    event.kind === 'duplicate-request' && !known.has(event.requested)
      ? [
          {
            boot,
            t: event.t,
            clock: { unit: 'ns', zero: 'boot' } as const,
            requested: event.requested,
            callSite: event.callSite,
            pid: event.pid,
            comm: event.comm,
            wait: null,
            duplicate: true,
            origin: 'log' as const,
            cite: { source: event.source, line: event.line },
          },
        ]
      : [],
  );
  return [...traced, ...logged];
}

function bootRow(
  boot: number,
  group: BootParts,
  attempts: readonly Attempt[],
  last: SnapshotReading | null,
  trace: TraceBooks | null,
  phases: readonly PhaseTotal[],
): Boot {
  const { identity, parts } = group;
  const logs = parts.filter((part) => part.kind === 'log');
  const beginning =
    logs.length === 0 || logs.some((part) => part.events.some((e) => e.kind === 'boot-start' && e.complete));
  const exact = phases.every((phase) => phase.bytes !== null && phase.failures !== null);
  const modcount = last?.counters.get('modcount')?.value ?? null;
  const untold = trace && !last ? trace.books : null;
  const low = (pick: (phase: PhaseTotal) => bigint, extra: bigint): bigint | null =>
    last || trace ? phases.reduce((sum, phase) => sum + pick(phase), extra) : null;
  return {
    boot,
    label: identity.bootId,
    kernel: identity.release,
    machine: identity.machine,
    cpus: identity.cpus,
    started: identity.wallOffset,
    durationNs: lastTime(
      parts.flatMap((part) =>
        part.source.clock.zero === 'boot' && part.source.clock.unit === 'ns' ? part.events : [],
      ),
    ),
    commandLine: identity.commandLine,
    complete: beginning && (trace === null || trace.complete),
    sources: [...new Set(parts.map((part) => part.source.id))],
    modulesLoaded:
      modcount ??
      (trace?.complete && trace.books.unknownSuccess === 0n ? trace.books.loaded : countLoaded(attempts)),
    failures: low(
      (phase) => phase.failures ?? 0n,
      untold ? untold.untoldDuplicates.calls + untold.untoldFailures.calls : 0n,
    ),
    wasted: low(
      (phase) => phase.bytes ?? phase.low,
      untold ? untold.untoldDuplicates.low + untold.untoldFailures.low : 0n,
    ),
    lowerBound: !exact,
  };
}

function countLoaded(attempts: readonly Attempt[]): bigint | null {
  return attempts.length === 0
    ? null
    : BigInt(attempts.filter((attempt) => attempt.outcome === 'loaded').length);
}

function lastTime(events: readonly Event[]): bigint | null {
  let last: bigint | null = null;
  for (const { t } of events) if (t !== null && (last === null || t > last)) last = t;
  return last;
}
