// SPDX-License-Identifier: Apache-2.0
/**
 * Calls and requests in Chrome's Trace Event Format, which Perfetto and Firefox Profiler read: a process for each boot and
 * clock, a track for each task, waste and bytes held as counters, requests as flows to the calls that they led to.
 */

import { heldPoints } from '../../accounting/held/index.js';
import type { Attempt, Boot, CaseModel } from '../../accounting/model.js';
import { errnoName } from '../../model/errno.js';
import { ascending } from '../../model/order.js';
import type { Source, SourceClock } from '../../model/source.js';
import { TRACE_EXPORTER } from '../../model/trace-exporter.js';
import { formatBytes } from '../cell.js';
import { type Json, type JsonObject, jsonText, microseconds } from './json.js';
import { Lanes } from './lanes.js';
import { type Led, requestsWithCalls } from './requests.js';

/** An event, and the time by which it is sorted. */
interface Timed {
  readonly t: bigint;
  readonly event: JsonObject;
}

export interface TraceExport {
  readonly chunks: Iterable<string>;
  /** Calls without any time: they are not in the trace. */
  readonly undrawn: number;
}

export function traceEvents(model: CaseModel, sources: readonly Source[], version: string): TraceExport {
  const paths = new Map(sources.map(({ id, path }) => [id, path]));
  const flows = { last: 0 };
  const processes = processesOf(model).map(
    (process, index) => new Process(model, process, index + 1, paths, flows),
  );
  const undrawn = model.attempts.filter(({ start, end }) => start === null && end === null).length;
  return {
    chunks: document(processes, { exporter: TRACE_EXPORTER, version, undrawn_calls: undrawn }),
    undrawn,
  };
}

function* document(processes: readonly Process[], about: JsonObject): Generator<string> {
  // Readers, modwaste among them, look for the exporter at the head. No displayTimeUnit: Perfetto before v22 takes a unit of
  // "ns" for that of the times.
  yield `{"otherData":${jsonText(about)},\n"traceEvents":[`;
  let before = '\n';
  for (const process of processes) {
    for (const event of process.events()) {
      yield `${before}${jsonText(event)}`;
      before = ',\n';
    }
  }
  yield '\n]}\n';
}

interface Timeline {
  readonly boot: Boot;
  readonly clock: SourceClock;
}

const nameOf = ({ unit, zero }: SourceClock): string => (unit === 'ticks' ? 'ticks' : zero);

/** Times of one boot by different clocks cannot share a timeline. */
function processesOf({ boots, attempts, requests, heldCurves }: CaseModel): Timeline[] {
  return boots.flatMap((boot) => {
    const clocks = new Map<string, SourceClock>();
    for (const one of [...attempts, ...requests, ...heldCurves]) {
      if (one.boot === boot.boot && !clocks.has(nameOf(one.clock))) clocks.set(nameOf(one.clock), one.clock);
    }
    return [...clocks.values()].map((clock) => ({ boot, clock }));
  });
}

/** The one argument that Firefox Profiler shows. */
function detailOf({ outcome, phase, errno, basis, wasted: { low, high }, comm, pid }: Attempt): string {
  return [
    basis === null || low === 0 ? null : `${low === high ? '' : 'at least '}${formatBytes(low)} wasted`,
    outcome,
    phase === null ? null : `in ${phase}`,
    errno ? errnoName(errno) : null,
    comm === null ? null : `by ${comm}${pid === null ? '' : `-${pid}`}`,
  ]
    .filter((part) => part !== null)
    .join(', ');
}

class Process {
  readonly #pid: number;
  readonly #model: CaseModel;
  readonly #timeline: Timeline;
  readonly #paths: ReadonlyMap<number, string>;
  readonly #lanes = new Lanes();
  readonly #flows: { last: number };

  /** `flows` counts those of all processes. */
  constructor(
    model: CaseModel,
    timeline: Timeline,
    pid: number,
    paths: ReadonlyMap<number, string>,
    flows: { last: number },
  ) {
    this.#flows = flows;
    this.#model = model;
    this.#timeline = timeline;
    this.#pid = pid;
    this.#paths = paths;
  }

  /** Names first, then all events in order of time. */
  *events(): Generator<JsonObject> {
    const mine = <T extends { readonly boot: number; readonly clock: SourceClock }>(all: readonly T[]): T[] =>
      all.filter(
        ({ boot, clock }) =>
          boot === this.#timeline.boot.boot && nameOf(clock) === nameOf(this.#timeline.clock),
      );
    const attempts = mine(this.#model.attempts);
    const tids = new Map<Attempt, number>();
    const timed = [
      ...this.#calls(attempts, tids),
      ...this.#requests(requestsWithCalls(mine(this.#model.requests), attempts), tids),
      ...this.#wasted(attempts),
      ...this.#held(),
    ];
    timed.sort((a, b) => ascending(a.t, b.t));
    yield this.#name('process_name', 0, this.#label());
    for (const { tid, name } of this.#lanes.all()) yield this.#name('thread_name', tid, name);
    for (const { event } of timed) yield event;
  }

  #label(): string {
    const { boot, clock } = this.#timeline;
    const parts = [boot.label, boot.kernel].filter((part) => part !== null);
    const time =
      clock.unit === 'ticks'
        ? ['1 ns shown is 1 tick']
        : clock.zero === 'boot'
          ? []
          : [`clock: ${clock.zero}`];
    return [`boot ${boot.boot}`, ...parts, ...time].join(', ');
  }

  #name(name: string, tid: number, value: string): JsonObject {
    return { ph: 'M', name, pid: this.#pid, tid, args: { name: value } };
  }

  /** A slice for each call; an instant where its start or its end is not known. */
  *#calls(attempts: readonly Attempt[], tids: Map<Attempt, number>): Generator<Timed> {
    const byStart = attempts.flatMap((attempt) => {
      const t = attempt.start ?? attempt.end;
      return t === null ? [] : [{ attempt, t }];
    });
    byStart.sort((a, b) => ascending(a.t, b.t) || a.attempt.attempt - b.attempt.attempt);
    for (const { attempt, t } of byStart) {
      const { start, end, pid, comm, module, outcome } = attempt;
      const group = pid === null ? 'unknown task' : `${pid}`;
      const { tid } = this.#lanes.place(group, pid, comm ?? group, t, end ?? t);
      tids.set(attempt, tid);
      const slice = start !== null && end !== null && end >= start;
      yield {
        t,
        event: {
          ...(slice ? { ph: 'X', dur: microseconds(end - start) } : { ph: 'i', s: 't' }),
          ...{ name: module ?? '(no name)', cat: outcome, pid: this.#pid, tid, ts: microseconds(t) },
          args: this.#arguments(attempt),
        },
      };
    }
  }

  #arguments(attempt: Attempt): JsonObject {
    const { start, end, errno, wasted, cite } = attempt;
    return {
      detail: detailOf(attempt),
      attempt: attempt.attempt,
      outcome: attempt.outcome,
      phase: attempt.phase,
      errno: errno === null || errno === 0 ? errno : errnoName(errno),
      L: attempt.image,
      C: attempt.compressed,
      wasted: attempt.basis === null ? null : wasted.low,
      wasted_high: wasted.high,
      basis: attempt.basis,
      requester: attempt.requester,
      comm: attempt.comm,
      parent: attempt.parentComm,
      requested: attempt.requested,
      call: attempt.call,
      source: this.#paths.get(cite.source) ?? null,
      line: cite.line,
      ...(start === null ? { start: 'not in the trace' } : {}),
      ...(end === null ? { end: 'not in the trace' } : {}),
    };
  }

  /** A request lasts until its first call starts, and flows to each of its calls. */
  *#requests(led: readonly Led[], tids: ReadonlyMap<Attempt, number>): Generator<Timed> {
    for (const { request, calls } of led) {
      const { t, requested, pid, comm } = request;
      const [first] = calls;
      const end = first?.start ?? t;
      const group = `requests of ${pid ?? 'unknown tasks'}`;
      const { tid } = this.#lanes.place(group, null, `requests of ${comm ?? pid ?? 'unknown tasks'}`, t, end);
      const base = { pid: this.#pid, cat: 'request' };
      const args = {
        requested,
        call_site: request.callSite,
        duplicate: request.duplicate,
        wait: request.wait,
      };
      const shape = end > t ? { ph: 'X', dur: microseconds(end - t) } : { ph: 'i', s: 't' };
      yield { t, event: { ...shape, ...base, name: requested, tid, ts: microseconds(t), args } };
      if (end === t) continue;
      for (const call of calls) {
        // Perfetto reads text as hexadecimal digits, and drops a flow whose id it cannot read.
        const id = ++this.#flows.last;
        yield { t, event: { ph: 's', ...base, name: 'request', id, tid, ts: microseconds(t) } };
        const to = tids.get(call) ?? 0;
        const ts = microseconds(call.start);
        yield { t: call.start, event: { ph: 'f', bp: 'e', ...base, name: 'request', id, tid: to, ts } };
      }
    }
  }

  *#wasted(attempts: readonly Attempt[]): Generator<Timed> {
    const ended = attempts.flatMap(({ start, end, wasted }) => {
      const t = end ?? start;
      return t === null || wasted.low === 0 ? [] : [{ t, bytes: wasted.low }];
    });
    ended.sort((a, b) => ascending(a.t, b.t));
    let sum = 0;
    for (const { t, bytes } of ended) {
      sum += bytes;
      yield this.#counter('wasted bytes,', t, { 'at least': sum });
    }
  }

  *#held(): Generator<Timed> {
    for (const curve of this.#model.heldCurves) {
      if (curve.boot !== this.#timeline.boot.boot || nameOf(curve.clock) !== nameOf(this.#timeline.clock))
        continue;
      for (const { t, all } of heldPoints(curve))
        yield this.#counter('bytes held,', t, { 'at least': all.low });
    }
  }

  #counter(name: string, t: bigint, args: Readonly<Record<string, Json>>): Timed {
    return { t, event: { ph: 'C', name, pid: this.#pid, tid: 0, ts: microseconds(t), args } };
  }
}
