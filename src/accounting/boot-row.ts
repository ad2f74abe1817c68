// SPDX-License-Identifier: Apache-2.0
/** The row of a boot: its identity, and its totals as far as the evidence determines them. */

import { hasDuplicates, PHASE_COUNTERS, PHASES, type Phase } from '../model/counters.js';
import type { Event } from '../model/event.js';
import { hasFailed } from './attempt.js';
import type { BootParts } from './boots/boot-parts.js';
import type { Part } from './boots/parts.js';
import { busiestSpan } from './busiest.js';
import type { Calls } from './calls/calls.js';
import { mostAtOnce } from './calls/concurrent.js';
import { isPhaseUnknown, leastFailures } from './calls/least-failures.js';
import { traceSight } from './calls/trace-sight.js';
import type { TraceTotals } from './counters/ledger.js';
import { countersOf } from './counters/replay.js';
import type { WordBits } from './kernel.js';
import type { Attempt, BootRow, BootTrace, Cite, CountedBytes, Snapshot, TraceState } from './model.js';
import { countsOf } from './phase-counts.js';
import { lengthOf, type TimeSpan } from './time-span.js';

export interface BootEvidence {
  readonly boot: number;
  readonly wordBits: WordBits;
  readonly group: BootParts;
  readonly attempts: readonly Attempt[];
  /** The newest snapshot. */
  readonly last: Snapshot | null;
  readonly trace: TraceTotals | null;
  /** Byte counters of the newest snapshot that may have wrapped or hold error codes. */
  readonly counted: ReadonlyMap<Phase, CountedBytes>;
  readonly calls: Calls;
  /** When the CPUs ran failed calls and nothing else; null where it cannot be known. */
  readonly alone: readonly TimeSpan[] | null;
}

export function bootRow(evidence: BootEvidence): BootRow {
  const { boot, group, trace } = evidence;
  const { identity, parts } = group;
  const logs = parts.filter((part) => part.kind === 'log');
  const beginning =
    logs.length === 0 || logs.some((part) => part.events.some((e) => e.kind === 'boot-start' && e.complete));
  const failures = totalFailures(evidence);
  const wasted = totalWasted(evidence);
  return {
    boot,
    label: identity.bootId ?? group.label ?? null,
    kernel: identity.release,
    machine: identity.hardware ?? identity.machine,
    cpus: identity.cpus,
    wordBits: evidence.wordBits,
    started: identity.wallOffset,
    durationNs: lastTime(parts),
    commandLine: identity.commandLine,
    complete: beginning && (trace === null || trace.complete),
    trace: bootTrace(evidence.calls, trace),
    busiest: busiestSpan(evidence.attempts),
    failedAtOnce: mostAtOnce(evidence.attempts.filter(hasFailed)),
    failedAlone: evidence.alone && lengthOf(evidence.alone),
    sources: [...new Set(parts.map((part) => part.source.id))],
    logs: new Set(logs.map((part) => part.source.id)).size,
    cite: startOf(parts),
    modulesLoaded: modulesLoaded(evidence),
    failures: failures.value,
    failuresHigh: failures.high,
    wasted: wasted.value,
    wastedHigh: wasted.high ?? (wasted.value === null ? null : mostWasted(evidence)),
    lowerBound: !failures.exact || !wasted.exact,
    lowerBoundReason: failures.exact && wasted.exact ? null : lowerBoundReason(evidence),
  };
}

function startOf(parts: readonly Part[]): Cite | null {
  let first: Event | undefined;
  for (const { events } of parts) {
    const start = events.find(({ kind }) => kind === 'boot-start');
    if (start) return { source: start.source, line: start.line };
    first ??= events[0];
  }
  return first ? { source: first.source, line: first.line } : null;
}

/** A trace of successful loads only counts as incomplete: it cannot show a failure. */
function bootTrace(calls: Calls, trace: TraceState | null): BootTrace | null {
  const sight = traceSight(calls);
  if (sight === null) return null;
  const { complete, reason } = trace ?? {
    complete: false,
    reason: 'the trace holds only successful loads',
  };
  return { complete, reason, ...sight };
}

/** A total; with `exact` false, a lower bound. Null is not a bound and counts as exact. */
interface Total {
  readonly value: bigint | null;
  /** At most; null: no bound. */
  readonly high: bigint | null;
  readonly exact: boolean;
}

const UNKNOWN: Total = { value: null, high: null, exact: true };

const exact = (value: bigint): Total => ({ value, high: value, exact: true });

function totalFailures({ last, trace, attempts, ...evidence }: BootEvidence): Total {
  const phases = PHASES.map((phase) => knownOf(phase, { last, trace, ...evidence }).failures);
  const least = sum(phases.map((failures) => failures ?? 0n));
  if (last && phases.every((failures) => failures !== null)) return exact(least);
  if (!trace && phases.every((failures) => failures === null)) return UNKNOWN;
  if (!trace || last) return { value: least, high: null, exact: false };
  const withoutPhase = BigInt(
    leastFailures(attempts, evidence.group.identity.release, evidence.calls.seen.whole),
  );
  const value = least + withoutPhase;
  if (!trace.complete) return { value, high: null, exact: false };
  const withPhaseUnknown = least + BigInt(attempts.filter(isPhaseUnknown).length);
  // No probe shows a call that fails before it is probed.
  const isHidden = !trace.totals.seesCalls || attempts.some(({ byProbes }) => byProbes);
  const unended = BigInt(
    attempts.filter(({ outcome, errno }) => outcome === 'unknown' && errno !== 0).length,
  );
  const high = isHidden ? null : withPhaseUnknown + unended;
  return { value, high, exact: value === withPhaseUnknown };
}

function totalWasted(evidence: BootEvidence): Total {
  const { last, trace } = evidence;
  const phases = PHASES.map((phase) => knownOf(phase, evidence));
  const least = sum(phases.map(({ low }) => low));
  if (phases.every((phase) => phase.exact)) return exact(least);
  // The kernel's own sum holds what its phases hold; less of it is another kernel's, or wrapped.
  if (last && last.wasted !== null && last.wasted >= least) return exact(last.wasted);
  if (!trace && phases.every((phase) => !phase.exact)) return UNKNOWN;
  const withoutPhase =
    trace && !last
      ? trace.totals.duplicatesWithoutPhase.bytes.low + trace.totals.failuresWithoutPhase.bytes.low
      : 0n;
  return { value: least + withoutPhase, high: null, exact: false };
}

/** A sentence; null where the numbers themselves say it, as ranges. */
function lowerBoundReason({ last, trace, counted }: BootEvidence): string | null {
  const wrapped = PHASES.filter((phase) => hasDuplicates(phase) && counted.get(phase)?.bytes === null);
  if (wrapped.length > 0) {
    const names = wrapped.map((phase) => PHASE_COUNTERS[phase].bytes).join(', ');
    return `A byte counter of a 32-bit kernel may have wrapped (${names}): each wrap hides 4 GiB.`;
  }
  if (last || !trace || trace.complete) return null;
  return `${trace.reason.slice(0, 1).toUpperCase()}${trace.reason.slice(1)}; all totals are lower bounds.`;
}

/** The bytes that all attempts were charged, at most; null where not all are seen: no probe shows a failed copy. */
function mostWasted({ last, trace, attempts }: BootEvidence): bigint | null {
  if (last || !trace?.complete) return null;
  let most = 0n;
  for (const { wasted, byProbes } of attempts) {
    if (wasted.high === null || byProbes) return null;
    if (wasted.high > 0) most += BigInt(wasted.high);
  }
  return most;
}

/** What counters, or else a trace, say of a phase: `low` bytes, which are all where `exact`. */
function knownOf(
  phase: Phase,
  { last, trace, counted }: Pick<BootEvidence, 'last' | 'trace' | 'counted'>,
): { readonly failures: bigint | null; readonly low: bigint; readonly exact: boolean } {
  const { failures = null, bytes = null } = last ? countsOf(last, phase) : {};
  if (failures !== null || bytes !== null || counted.has(phase))
    return { failures, low: counted.get(phase)?.low ?? bytes ?? 0n, exact: bytes !== null };
  if (!trace) return { failures: null, low: 0n, exact: false };
  const own = trace.totals.phases[phase];
  const { count, bytes: name } = PHASE_COUNTERS[phase];
  const summed = countersOf(trace.totals, trace.complete);
  return {
    failures: summed.get(count) ?? (own.failures > 0n ? own.failures : null),
    low: own.bytes.low,
    exact: summed.has(name),
  };
}

const sum = (values: readonly bigint[]): bigint => values.reduce((total, value) => total + value, 0n);

/** The kernel's count, else the loads of a complete trace; for an incomplete trace, the loads that it holds. */
function modulesLoaded({ last, trace, attempts }: BootEvidence): bigint | null {
  const modcount = last?.counters.get('modcount')?.value;
  if (modcount !== undefined) return modcount;
  if (trace?.complete && trace.totals.unknownSuccess === 0n) return trace.totals.loaded;
  if (attempts.length === 0) return null;
  return BigInt(attempts.filter((attempt) => attempt.outcome === 'loaded').length);
}

/** The last time since boot in any part. */
export function lastTime(parts: readonly Part[]): bigint | null {
  let last: bigint | null = null;
  for (const { source, events } of parts) {
    if (source.clock.zero !== 'boot' || source.clock.unit !== 'ns') continue;
    for (const { t } of events) if (t !== null && (last === null || t > last)) last = t;
  }
  return last;
}
