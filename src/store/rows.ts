// SPDX-License-Identifier: Apache-2.0
/** Rows of each table, from the model of a case. A row is an array in the order of the table's columns. */
import { hasFailed } from '../accounting/attempt.js';
import { allocations } from '../accounting/charges.js';
import type { Attempt, CaseModel, RequesterKind } from '../accounting/model.js';
import { reasonText } from '../model/counters.js';
import { DIAGNOSTICS, type Diagnostic } from '../model/diagnostic.js';
import type { Event } from '../model/event.js';
import type { Source } from '../model/source.js';
import { formatInstant } from '../model/time.js';
import { clockName } from './clock-name.js';
import { eventRows } from './event-rows.js';
import { groupedTables } from './grouped.js';
import { heldAreaRows, heldRows, heldTimelineRows } from './held-rows.js';
import { remedyTables } from './remedy-rows.js';
import type { Row, TableDoc } from './table.js';

/** Everything that the store holds of one case. */
export interface Contents {
  readonly sources: readonly Source[];
  readonly events: ReadonlyMap<number, readonly Event[]>;
  readonly diagnostics: readonly Diagnostic[];
  readonly model: CaseModel;
}

/** Table name -> its rows, generated on demand. */
export function tableRows(contents: Contents): Record<string, () => Iterable<Row>> {
  const { model } = contents;
  const bootOf = new Map<number, number>();
  for (const boot of model.boots) for (const source of boot.sources) bootOf.set(source, boot.boot);
  return {
    sources: () =>
      contents.sources.map((s) => [
        s.id,
        s.parent,
        s.path,
        s.kind,
        s.format,
        s.bytes,
        s.lines,
        s.events,
        bootOf.get(s.id) ?? null,
        clockName(s.clock),
        s.status,
        s.why,
      ]),
    boots: () => {
      const loaded = loadedBytes(model);
      return model.boots.map((b) => [
        b.boot,
        b.label,
        b.kernel,
        b.machine,
        b.cpus,
        b.started === null ? null : formatInstant(b.started),
        b.durationNs,
        b.commandLine,
        Number(b.complete),
        b.trace && Number(b.trace.complete),
        b.trace?.reason || null,
        b.trace?.sees ?? null,
        b.trace?.probes.join(', ') || null,
        b.modulesLoaded,
        b.failures,
        b.wasted,
        Number(b.lowerBound),
        b.busiest?.from ?? null,
        b.busiest?.to ?? null,
        b.failedAtOnce,
        b.failedAlone,
        b.sources.length,
        b.verdict,
        b.doubts.join('; ') || null,
        b.logs,
        b.cite?.source ?? null,
        b.cite?.line ?? null,
        loaded.get(b.boot) ?? null,
        b.failuresHigh,
        b.wastedHigh,
        b.lowerBoundReason,
      ]);
    },
    events: () => eventRows(contents.events, model.spans),
    attempts: () => attemptRows(model.attempts),
    requests: () =>
      numbered(model.requests, (r, n) => [
        r.boot,
        n,
        r.t,
        clockName(r.clock),
        r.requested,
        r.callSite,
        r.pid,
        r.comm,
        r.wait === null ? null : Number(r.wait),
        Number(r.duplicate),
        r.origin,
        r.cite.source,
        r.cite.line,
      ]),
    counters: () =>
      model.snapshots.flatMap((s) =>
        [...s.counters].map(([name, { value, cite }]) => [
          s.boot,
          s.snapshot,
          s.label,
          s.list,
          name,
          BigInt.asIntN(64, value),
          cite.source,
          cite.line,
        ]),
      ),
    duplicate_list: () =>
      model.snapshots.flatMap((s) =>
        s.rows.map((row, rank) => [
          s.boot,
          s.snapshot,
          rank,
          row.module,
          row.times,
          row.reasons === null ? null : reasonText(row.reasons),
          (row.cite ?? s.cite).source,
          (row.cite ?? s.cite).line,
        ]),
      ),
    module_sizes: () =>
      model.sizes.map((s) => [s.boot, s.module, s.of, s.bytes, s.path ?? '', s.cite.source, s.cite.line]),
    counter_bytes: () => model.counterBytes.map((c) => [c.boot, c.phase, c.bytes, c.low, c.basis, c.origin]),
    attribution: () =>
      model.attribution.map((a) => [
        a.boot,
        a.module,
        a.times,
        a.reasons === null ? null : reasonText(a.reasons),
        a.becoming.low,
        a.becoming.high,
        a.load.low,
        a.load.high,
        a.image,
        a.compressed,
        a.bytes,
        a.low,
        a.high,
        a.basis,
        a.origin,
      ]),
    remainder: () =>
      model.remainder.map((r) => [
        r.boot,
        r.phase,
        r.counterFailures,
        r.counterBytes,
        r.duplicates.low,
        r.duplicates.high,
        r.duplicateBytes.low,
        r.duplicateBytes.high,
        r.otherFailures.low,
        r.otherFailures.high,
        r.otherBytes.low,
        r.otherBytes.high,
        r.reasons,
        r.signature?.low ?? null,
        r.signature?.high ?? null,
      ]),
    failed_loads: () =>
      numbered(model.failures, (f, n) => [
        f.boot,
        n,
        f.reason,
        f.module,
        f.phase,
        f.errno,
        f.times,
        f.wasted,
        f.basis,
        f.spentNs,
        f.timedCalls,
        f.firstT,
        clockName(f.clock),
        f.cite.source,
        f.cite.line,
      ]),
    loads: () =>
      numbered(model.loads, (l, n) => [
        l.boot,
        n,
        l.module,
        l.t,
        clockName(l.clock),
        l.loadNs,
        l.initNs,
        l.fileBytes,
        l.memoryBytes,
        l.requester,
        l.comm,
        l.cite?.source ?? null,
        l.cite?.line ?? null,
      ]),
    ledger: () =>
      model.ledger.map((l) => [
        l.boot,
        l.phase,
        l.counterFailures,
        l.eventFailures,
        l.counterBytes,
        l.eventBytes,
        l.verdict,
        l.reason || null,
      ]),
    boot_times: () => numbered(model.times, (b, n) => [b.boot, n, b.what, b.ns, b.cite.source, b.cite.line]),
    unit_times: () =>
      numbered(model.units, (u, n) => [
        u.boot,
        n,
        u.unit,
        u.awaits,
        u.onChain === null ? null : Number(u.onChain),
        u.from,
        u.took,
        u.inFlight?.low ?? null,
        u.inFlight?.high ?? null,
        u.alone,
        u.cite.source,
        u.cite.line,
      ]),
    kernel_options: () =>
      numbered(model.kernelOptions, (o, n) => [
        o.boot,
        n,
        o.name,
        o.value,
        o.release,
        o.cite.source,
        o.cite.line,
      ]),
    memory_counters: () =>
      numbered(model.memoryCounters, (m, n) => [m.boot, n, m.name, m.count, m.cite.source, m.cite.line]),
    memory: () => numbered(model.memory, (m, n) => [m.boot, n, m.what, m.bytes, m.cite.source, m.cite.line]),
    allocation_failures: () =>
      numbered(model.allocationFailures, (a, n) => [
        a.boot,
        n,
        a.t,
        a.what,
        a.bytes,
        a.comm,
        a.pid,
        a.module,
        a.during,
        a.load,
        a.suppressed,
        a.message,
        a.cite.source,
        a.cite.line,
      ]),
    problems: () =>
      numbered(model.problems, (p, n) => [
        p.boot,
        n,
        p.kind,
        p.module,
        p.who,
        p.times,
        p.durationNs,
        p.message,
        p.t,
        clockName(p.clock),
        p.cite?.source ?? null,
        p.cite?.line ?? null,
      ]),
    advice: () =>
      model.advice.map((a) => [
        a.boot,
        a.rank,
        a.kind,
        a.low,
        a.high,
        a.basis,
        a.calls,
        a.modules.join(', ') || null,
        a.who.join(', ') || null,
        a.text,
        a.evidence,
      ]),
    capture_steps: () =>
      numbered(model.captureSteps, (s, n) => [
        s.boot,
        n,
        s.what,
        s.result,
        s.detail,
        s.cite.source,
        s.cite.line,
      ]),
    captures: () => numbered(model.captures, (c, n) => [c.boot, n, c.what, c.how]),
    ...groupedTables(model, allocationsOf),
    ...remedyTables(model.remedies),
    held: () => heldRows(model.held),
    held_areas: () => heldAreaRows(model.held),
    held_timeline: () => heldTimelineRows(model.heldCurves),
    diagnostics: () =>
      contents.diagnostics.map((d, index) => [
        index + 1,
        DIAGNOSTICS[d.code].severity,
        d.code,
        d.source,
        d.line,
        d.count,
        d.detail,
        DIAGNOSTICS[d.code].help,
      ]),
  };
}

/** True where rows are generated in key order: all keys are numbers. SQLite sorts names. */
export function isMadeInOrder({ primaryKey, columns }: TableDoc): boolean {
  return columns.every(({ name, type }) => type === 'INTEGER' || !primaryKey.includes(name));
}

/** Numbers the rows of each boot from 1. */
function* numbered<T extends { readonly boot: number }>(
  items: readonly T[],
  row: (item: T, n: number) => Row,
): Iterable<Row> {
  let boot = 0;
  let n = 0;
  for (const item of items) {
    n = item.boot === boot ? n + 1 : 1;
    boot = item.boot;
    yield row(item, n);
  }
}

/** One by one: an array of all rows would take as much memory as the attempts. */
function* attemptRows(attempts: readonly Attempt[]): Iterable<Row> {
  for (const attempt of attempts) yield attemptRow(attempt);
}

/** Memory of the modules that loaded, of boots in which any is known. */
function loadedBytes({ loads }: CaseModel): Map<number, number> {
  const sums = new Map<number, number>();
  for (const { boot, memoryBytes } of loads)
    if (memoryBytes !== null) sums.set(boot, (sums.get(boot) ?? 0) + memoryBytes);
  return sums;
}

/** Null where unknown, and of attempts that were not charged. */
function allocationsOf(attempt: Attempt): bigint | null {
  const { phase, compressed, wasted } = attempt;
  if (!hasFailed(attempt) || phase === null || phase === 'init') return null;
  const isKnown = compressed !== null || phase === 'kread' || phase === 'decompress';
  return isKnown ? allocations(phase, wasted.low > 0, (compressed ?? 0) > 0) : null;
}

function attemptRow(a: Attempt): Row {
  return [
    a.boot,
    a.attempt,
    a.start,
    a.end,
    a.concurrent,
    clockName(a.clock),
    a.pid,
    a.comm,
    a.parentComm,
    a.requester satisfies RequesterKind,
    a.requested,
    a.callSite,
    Number(a.joinCertain),
    a.call,
    a.flags,
    a.module,
    a.phase,
    a.outcome,
    a.errno,
    a.image,
    a.compressed,
    a.wasted.low,
    a.wasted.high,
    allocationsOf(a),
    a.basis,
    Number(a.byProbes),
    Number(a.wholeRecord),
    a.cite.source,
    a.cite.line,
    a.endLine,
  ];
}
