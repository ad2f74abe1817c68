// SPDX-License-Identifier: Apache-2.0
/** Builds the model of a case from its evidence: boots, attempts, ledger, attribution. */

import type { DiagnosticCode } from '../model/diagnostic.js';
import type { Event, LoadCall } from '../model/event.js';
import { BOOT_CLOCK, type Source } from '../model/source.js';
import { adviceRows } from './advice/index.js';
import { areasOf } from './areas.js';
import { buildAttempts } from './attempts.js';
import { bootRow } from './boot-row.js';
import type { BootParts } from './boots/boot-parts.js';
import { groupByBoot } from './boots/boots.js';
import { contradictionsIn } from './boots/contradictions.js';
import { mergeLogs } from './boots/logs.js';
import { type Part, splitParts } from './boots/parts.js';
import { mergeRecordings } from './boots/recordings.js';
import { wordBits } from './boots/word-size.js';
import { gatherCalls } from './calls/calls.js';
import { isPhaseUnknown } from './calls/least-failures.js';
import { withLoadCalls } from './calls/load-calls.js';
import { loadRows } from './calls/loads.js';
import { isLoss } from './calls/losses.js';
import { traceSight } from './calls/trace-sight.js';
import { judgeTrace, missingRecords, type TraceEvidence, traceLosses } from './calls/trace-state.js';
import { captureRows } from './capture.js';
import { contextRows, sizeRows } from './context-rows.js';
import { countersOfBoot } from './counters/index.js';
import type { TraceTotals } from './counters/ledger.js';
import { totalAttempts } from './counters/replay.js';
import { gatherSnapshots } from './counters/snapshots.js';
import { allocationRows } from './failures/allocations.js';
import { failureRows } from './failures/failures.js';
import { loggedFailures } from './failures/logged-failures.js';
import { problemRows } from './failures/problems.js';
import type { Kernel } from './kernel.js';
import type { Attempt, CaseModel } from './model.js';
import { type BootModel, ModelOfBoots } from './model-of-boots.js';
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
  const model = new ModelOfBoots();
  // Once for all: each time starts a thread that watches the time.
  time.within(() => {
    found.groups = groupByBoot(
      splitParts(sources, events, (source, line, count) => diagnose(source, 'boots-limit', line, '', count)),
    );
    for (const group of found.groups) {
      if (time.isPast) break;
      model.add(buildBoot(model.boots.length + 1, group, byId, diagnose, codes), group.parts);
    }
  });
  const { groups } = found;
  const built = model.boots.length;
  if (groups === null || built < groups.length) {
    diagnose(null, 'input-limit', null, time.describeBoots(groups && groups.length - built));
  }
  return model.all();
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
  for (const { source, line, detail, count } of contradictionsIn(group))
    diagnose(source, 'boot-contradicted', line, detail, count);

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
    for (const { code, count, detail = '' } of traceLosses(traceEvidence)) {
      diagnose(first?.source ?? null, code, null, detail, count);
    }
  }
  const sizes = sizeRows(boot, context);
  const area = context.find((event) => event.kind === 'memory-figure' && event.what === 'vmalloc-total');
  const { doubts: doubted, ...counters } = countersOfBoot({
    boot,
    snapshots,
    attempts,
    trace,
    kernel,
    sizes,
    area: area?.kind === 'memory-figure' ? area.bytes : null,
    failures: failureRows(boot, explained, logged, calls.partial),
  });
  for (const { code, cite, detail } of doubted) {
    // A conflict is about the snapshot as a whole.
    const line = code === 'counter-wrapped' ? (cite?.line ?? null) : null;
    diagnose(sources.get(cite?.source ?? 0) ?? null, code, line, detail);
  }
  const { last, counted } = counters;
  const loads = loadRows(boot, attempts, log.events, context, sizes);
  const alone = failedAlone(recordings.streams, attempts, group.identity.cpus);
  const row = bootRow({
    boot,
    wordBits: counters.wordBits,
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
    attribution: counters.attribution,
    failures: counters.failures,
    problems: problemRows(boot, log.events, loads, attempts),
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
    allocationFailures: allocationRows(boot, log.events, logged.again, attempts, kernel.release),
  };
  const doubts = doubtsOf(group.parts, log.events, codes, row.trace, kernel.release);
  // An object with this many properties that starts as a copy of another gets a hidden class of its own.
  const evidence = Object.assign(rows, {
    remedies: remediesOf(rows),
    remainder: counters.remainder,
    last,
    phaseUnknown: attempts.some(isPhaseUnknown),
  });
  return Object.assign(evidence, {
    advice: adviceRows(evidence),
    captures: captureRows(evidence),
    boot: Object.assign(row, { verdict: verdictOn(rows, doubts), doubts }),
    continued: log.continued.map((source) => source.id),
    snapshots,
    counterBytes: [...counted].map(([phase, bytes]) => ({ boot, phase, ...bytes })),
    ledger: counters.ledger,
    loads,
    held:
      attempts.length === 0
        ? null
        : {
            boot,
            attempts,
            trace: row.trace,
            sizes,
            areas: areasOf(group.identity.machine, kernel.release, rows.memory),
          },
  });
}

/** Messages of loaders on a terminal, outside any log: they may repeat the log. */
const isTerminal = ({ kind, events }: Part): boolean =>
  kind === 'context' && events.some((event) => TERMINAL.has(event.kind));

const TERMINAL: ReadonlySet<Event['kind']> = new Set([
  'load-failure',
  'allocation-failure',
  'throttle',
  'initcall',
  'user-load',
  'load-call',
  'stuck-load',
  'unit-failure',
  'init-refusal',
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
