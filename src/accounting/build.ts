// SPDX-License-Identifier: Apache-2.0
/** Builds the model of a case from its evidence: boots, attempts, ledger, attribution. */
import { PHASE_COUNTERS, type Phase } from '../model/counters.js';
import type { DiagnosticCode } from '../model/diagnostic.js';
import type { Event, LoadCall } from '../model/event.js';
import { BOOT_CLOCK, type Source } from '../model/source.js';
import { adviceRows } from './advice/index.js';
import { areasOf } from './areas.js';
import { buildAttempts } from './attempts.js';
import { bootRow, isPhaseUnknown } from './boot-row.js';
import type { BootParts } from './boots/boot-parts.js';
import { groupByBoot } from './boots/boots.js';
import { mergeLogs } from './boots/logs.js';
import { type Part, splitParts } from './boots/parts.js';
import { mergeRecordings } from './boots/recordings.js';
import { wordBits } from './boots/word-size.js';
import { gatherCalls } from './calls/calls.js';
import { withLoadCalls } from './calls/load-calls.js';
import { loadRows } from './calls/loads.js';
import { traceSight } from './calls/trace-sight.js';
import { isLoss, judgeTrace, missingRecords, type TraceEvidence, traceLosses } from './calls/trace-state.js';
import { captureRows } from './capture.js';
import { contextRows, sizeRows } from './context-rows.js';
import { attribute } from './counters/attribution.js';
import { errorsAdded, withoutErrors } from './counters/kread-errors.js';
import { ledgerRows, type TraceTotals } from './counters/ledger.js';
import { remainderRows, withRemainder } from './counters/remainder.js';
import { totalAttempts } from './counters/replay.js';
import { gatherSnapshots } from './counters/snapshots.js';
import { unwrapCounters, wrapNotes } from './counters/wraps.js';
import { allocationRows } from './failures/allocations.js';
import { failureRows } from './failures/failures.js';
import { loggedFailures } from './failures/logged-failures.js';
import { problemRows } from './failures/problems.js';
import { heldCurves, heldRow, knowsSize } from './held/index.js';
import { type Kernel, WRAPS_AT } from './kernel.js';
import type { Attempt, Boot, CaseModel, CountedBytes, HeldCurve, Snapshot } from './model.js';
import { remediesOf } from './remedies/index.js';
import { requestRows } from './requesters/request-rows.js';
import { gatherRequests } from './requesters/requests.js';
import { followTasks } from './requesters/tasks.js';
import { doubtsOf, verdictOn } from './verdict.js';
import { failedAlone } from './waiting/alone.js';
import { unitRows } from './waiting/units.js';

export type Diagnose = (
  source: Source | null,
  code: DiagnosticCode,
  line: number | null,
  detail?: string,
  count?: number,
) => void;

/** The time that the accounting has. */
export interface Time {
  readonly isPast: boolean;
  /** What the work gives; null where it took too long and was ended. */
  within<T>(work: () => T): T | null;
  /** Says how many boots are left out; null: all, where their number is not known. */
  describeBoots(boots: number | null): string;
}

const ENDLESS: Time = { isPast: false, within: (work) => work(), describeBoots: () => '' };

/**
 * Everything the accounting knows of one case. By Source.id: `events`, in line order, and the `codes` of what snapshot the
 * source left in doubt. Boots that there is no time for are left out.
 */
export function buildCase(
  sources: readonly Source[],
  events: ReadonlyMap<number, readonly Event[]>,
  diagnose: Diagnose,
  codes: ReadonlyMap<number, ReadonlySet<DiagnosticCode>> = new Map(),
  time: Time = ENDLESS,
): CaseModel {
  const found: { groups: readonly BootParts[] | null } = { groups: null };
  const byId = new Map(sources.map((source) => [source.id, source]));
  const boots: BootModel[] = [];
  // Once for all: each time starts a thread that watches the time.
  time.within(() => {
    found.groups = groupByBoot(
      splitParts(sources, events, (source, line, count) => diagnose(source, 'boots-limit', line, '', count)),
    );
    for (const group of found.groups) {
      if (time.isPast) break;
      boots.push(buildBoot(boots.length + 1, group, byId, diagnose, codes));
    }
  });
  const { groups } = found;
  if (groups === null || boots.length < groups.length) {
    diagnose(null, 'input-limit', null, time.describeBoots(groups && groups.length - boots.length));
  }
  const [only] = boots;
  // For a single boot, do not copy its lists: they can be long.
  const all = <T>(of: (one: BootModel) => readonly T[]): readonly T[] =>
    only && boots.length === 1 ? of(only) : boots.flatMap(of);
  return {
    boots: boots.map((one) => one.boot),
    continued: all((one) => one.continued),
    attempts: all((one) => one.attempts),
    requests: all((one) => one.requests),
    snapshots: boots.flatMap((one) =>
      one.snapshots.map((snapshot) => ({ ...snapshot, boot: one.boot.boot })),
    ),
    counterBytes: all((one) => one.counterBytes),
    ledger: all((one) => one.ledger),
    attribution: all((one) => one.attribution),
    remainder: all((one) => one.remainder),
    failures: all((one) => one.failures),
    loads: all((one) => one.loads),
    times: all((one) => one.times),
    units: all((one) => one.units),
    memory: all((one) => one.memory),
    memoryCounters: all((one) => one.memoryCounters),
    kernelOptions: all((one) => one.kernelOptions),
    sizes: all((one) => one.sizes),
    allocationFailures: all((one) => one.allocationFailures),
    problems: all((one) => one.problems),
    advice: all((one) => one.advice),
    captures: all((one) => one.captures),
    captureSteps: all((one) => one.captureSteps),
    remedies: all((one) => one.remedies),
    // Worked out where a query or a report needs it.
    get held() {
      return all((one) => one.held);
    },
    get heldCurves() {
      return all((one) => one.heldCurves);
    },
    spans: (groups ?? [])
      .slice(0, boots.length)
      .flatMap(({ parts }, index) =>
        parts.map((part) => ({ source: part.source.id, from: part.from, boot: index + 1 })),
      ),
  };
}

interface BootModel extends Omit<CaseModel, 'boots' | 'snapshots' | 'spans'> {
  readonly boot: Boot;
  readonly snapshots: readonly Snapshot[];
}

function buildBoot(
  boot: number,
  group: BootParts,
  sources: ReadonlyMap<number, Source>,
  diagnose: Diagnose,
  codes: ReadonlyMap<number, ReadonlySet<DiagnosticCode>>,
): BootModel {
  const of = (kind: 'log' | 'trace') => group.parts.filter((part) => part.kind === kind);
  const recordings = mergeRecordings(of('trace'));
  const log = mergeLogs(group.parts.filter((part) => part.kind === 'log' || isTerminal(part)));
  for (const source of [...recordings.repeated, ...log.repeated]) diagnose(source, 'source-repeated', null);

  const repeated = new Set(recordings.repeated);
  const context = group.parts.flatMap((part) => part.events.filter(isContext));
  const followed = followTasks(recordings.streams);
  const kernel: Kernel = {
    release: group.identity.release,
    wordBits: wordBits(group.identity, eventsOf(group.parts)),
  };
  const lost = context.filter((event) => event.kind === 'lost-events');
  const calls = withLoadCalls(
    gatherCalls(followed, kernel.release, !lost.some(isLoss)),
    loadCallsOf(group.parts),
    eventsOf(of('log')),
    (source) => sources.get(source)?.clock ?? BOOT_CLOCK,
    group.identity.wallOffset,
  );
  const requests = gatherRequests(followed);
  const logged = loggedFailures(log.events, kernel.release);
  const explained = buildAttempts(boot, calls, requests, kernel, logged);
  const { attempts } = explained;
  const snapshots = gatherSnapshots(group.parts);
  const printed = snapshots.at(-1) ?? null;
  const traceEvidence: TraceEvidence = {
    calls,
    missing: missingRecords(of('trace').filter((part) => !repeated.has(part.source))),
    traced: recordings.streams[0]?.events ?? [],
    lost,
    log: log.events,
    commandLine: group.identity.commandLine,
  };
  const trace = traceTotals(attempts, traceEvidence);
  if (trace) {
    const [first] = of('trace');
    for (const { code, count } of traceLosses(traceEvidence)) {
      diagnose(first?.source ?? null, code, null, '', count);
    }
  }
  const errors = errorsAdded(attempts, kernel);
  const usable = snapshots.map((snapshot) => withoutErrors(snapshot, kernel, trace, errors));
  const sizes = sizeRows(boot, context);
  const area = context.find((event) => event.kind === 'memory-figure' && event.what === 'vmalloc-total');
  const unwrapped = unwrapCounters(
    usable.map(({ snapshot }) => snapshot),
    kernel.wordBits,
    {
      trace,
      attempts,
      sizes,
      area: area?.kind === 'memory-figure' ? area.bytes : null,
    },
  );
  const modulus = unwrapped?.bits === 32 ? WRAPS_AT : null;
  const last = unwrapped?.snapshot ?? usable.at(-1)?.snapshot ?? null;
  const counted = new Map(unwrapped?.phases);
  const kread = usable.at(-1)?.kread;
  if (kread) counted.set('kread', kread);
  for (const detail of wrapNotes(counted, unwrapped?.bits ?? kernel.wordBits))
    diagnose(
      sources.get(printed?.cite.source ?? 0) ?? null,
      'counter-wrapped',
      printed?.cite.line ?? null,
      detail,
    );
  const attribution = attribute(boot, last, attempts, sizes, leastInLoad(last, counted));
  if (attribution.solved?.conflict) {
    diagnose(
      sources.get(last?.cite.source ?? 0) ?? null,
      'attribution-conflict',
      null,
      attribution.solved.conflict,
    );
  }
  const known = failureRows(boot, explained, logged, calls.partial);
  const remainder =
    last && attribution.solved ? remainderRows(boot, last, attribution.solved, trace, known, counted) : [];
  const loads = loadRows(boot, attempts, log.events, context, sizes);
  const alone = failedAlone(recordings.streams, attempts, group.identity.cpus);
  const row = bootRow({
    boot,
    wordBits: unwrapped?.bits ?? kernel.wordBits,
    group,
    attempts,
    last,
    trace,
    counted,
    calls,
    alone,
  });
  const ofContext = contextRows(boot, context);
  const rows = {
    boot: row,
    attempts,
    requests: requestRows(boot, requests.requests, log.events),
    attribution: attribution.rows,
    failures: last ? withRemainder(boot, last, remainder, known) : known,
    problems: problemRows(boot, log.events, loads),
    sizes,
    ...ofContext,
    units: unitRows({
      boot,
      events: context,
      log: log.events,
      attempts,
      complete: row.trace?.complete === true,
      alone,
      times: ofContext.times,
      captureSteps: ofContext.captureSteps,
      commandLine: group.identity.commandLine,
    }),
    allocationFailures: allocationRows(boot, log.events, attempts, kernel.release),
  };
  const remedies = remediesOf(rows);
  // Made anew each time: they take more memory than the attempts.
  const curves = (): HeldCurve[] => heldCurves(boot, attempts, row.trace, sizes);
  const areas = areasOf(group.identity.machine, kernel.release, rows.memory);
  const held = once(() => (knowsSize(attempts, sizes) ? heldRow(curves(), areas) : null));
  const doubts = doubtsOf(group.parts, log.events, codes);
  return {
    ...rows,
    boot: { ...row, verdict: verdictOn(rows, doubts), doubts },
    continued: log.continued.map((source) => source.id),
    snapshots: snapshots,
    counterBytes: [...counted].map(([phase, bytes]) => ({ boot, phase, ...bytes })),
    ledger: ledgerRows(boot, snapshots, trace, modulus, kread ?? null),
    remainder,
    loads,
    remedies: [remedies],
    get held() {
      const most = held();
      return most ? [most] : [];
    },
    get heldCurves() {
      return curves();
    },
    advice: adviceRows({ ...rows, remedies, remainder, last }),
    captures: captureRows({ ...rows, last, phaseUnknown: attempts.some(isPhaseUnknown) }),
  };
}

/** Bytes of becoming and load, at least. */
function leastInLoad(last: Snapshot | null, counted: ReadonlyMap<Phase, CountedBytes>): bigint {
  return (['becoming', 'load'] as const).reduce(
    (sum, phase) =>
      sum + (counted.get(phase)?.low ?? last?.counters.get(PHASE_COUNTERS[phase].bytes)?.value ?? 0n),
    0n,
  );
}

/** What `make` gives, made when it is first asked for. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Messages of loaders on a terminal, outside any log: they may repeat the log. */
const isTerminal = ({ kind, events }: Part): boolean =>
  kind === 'context' && events.some((event) => TERMINAL.has(event.kind));

const TERMINAL: ReadonlySet<Event['kind']> = new Set([
  'user-load',
  'load-call',
  'stuck-load',
  'unit-failure',
  'request-failure',
  'not-understood',
]);

function loadCallsOf(parts: readonly Part[]): LoadCall[] {
  return parts.flatMap(({ kind, events }) =>
    kind === 'trace' ? [] : events.filter((event) => event.kind === 'load-call'),
  );
}

function* eventsOf(parts: readonly Part[]): Iterable<Event> {
  for (const part of parts) yield* part.events;
}

/** Events that count wherever they are found, in any order. */
function isContext({ kind }: Event): boolean {
  return (
    kind === 'module-size' ||
    kind === 'live-module' ||
    kind === 'memory-figure' ||
    kind === 'memory-counter' ||
    kind === 'kernel-option' ||
    kind === 'capture-step' ||
    kind === 'boot-duration' ||
    kind === 'unit-time' ||
    kind === 'lost-events'
  );
}

/** Null where no trace of the boot can show a failed attempt. */
function traceTotals(attempts: readonly Attempt[], evidence: TraceEvidence): TraceTotals | null {
  const sight = traceSight(evidence.calls);
  if (sight === null || sight.sees === 'loads') return null;
  return { totals: totalAttempts(attempts), ...judgeTrace(evidence) };
}
