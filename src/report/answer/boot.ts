// SPDX-License-Identifier: Apache-2.0
/** The answer for one boot, from the rows of the canned queries. */
import { add, type Bounds, NONE } from '../../model/bounds.js';
import { type Asked, intOf, intOrNull, type Row, secondsOf, textOf } from './ask.js';
import { overlapping } from './savings.js';
import type { BootAnswer, Evidence, Exhausted, Outcomes, Storm, Verdict } from './types.js';
import { verdictOf } from './verdict.js';

/** Names of the sources by their number. */
export type Paths = ReadonlyMap<bigint, string>;

export function bootAnswer(asked: Asked, row: Row, paths: Paths): BootAnswer {
  const boot = intOf(row.boot);
  const rows = (query: string): readonly Row[] => asked.ofBoot(query, boot);
  const evidence = evidenceOf(rows('evidence')[0] ?? {});
  const known = {
    boot,
    file: evidence.source === null ? null : (paths.get(evidence.source) ?? null),
    bootId: textOf(row.label),
    kernel: textOf(row.kernel),
    machine: textOf(row.machine),
    cpus: intOrNull(row.cpus),
    started: textOf(row.started),
    modulesLoaded: intOrNull(row.modules_loaded),
    moduleBytes: intOrNull(rows('evidence')[0]?.module_bytes),
    evidence,
    ...listsOf(rows, paths),
  };
  const wasted = intOrNull(row.wasted_bytes);
  const high = evidence.lowerBound ? intOrNull(rows('evidence')[0]?.wasted_high) : wasted;
  const storm = rows('storm')[0];
  const from = secondsOf(storm?.most_from_t);
  const to = secondsOf(storm?.most_to_t);
  const verdict = verdictOf(known, {
    wasted: wasted === null ? null : { low: wasted, high },
    failures: intOrNull(row.failures),
    when: from === null || to === null ? null : { from, to },
    doubts: textOf(rows('verdict')[0]?.doubts),
    exhausted: exhaustedOf(rows('vmalloc-space')[0]),
  });
  const savingsOverlap = overlapping(known.advice, wasted);
  return {
    ...known,
    savingsOverlap,
    verdict,
    capture: wantsCapture(verdict, known.requests) ? known.capture : [],
  };
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

type Lists = Omit<
  BootAnswer,
  | 'boot'
  | 'file'
  | 'bootId'
  | 'kernel'
  | 'machine'
  | 'cpus'
  | 'started'
  | 'modulesLoaded'
  | 'moduleBytes'
  | 'evidence'
  | 'savingsOverlap'
  | 'verdict'
>;

function listsOf(rows: (query: string) => readonly Row[], paths: Paths): Lists {
  return {
    phases: rows('phase-waste').map((row) => ({
      phase: textOf(row.phase) ?? '',
      failures: intOrNull(row.failures),
      failuresExact: row.failures === row.failures_high,
      duplicates: intOrNull(row.duplicates),
      bytes: intOrNull(row.bytes),
      span: boundsOf(row.bytes_low, row.bytes_high),
    })),
    modules: rows('duplicates').map((row) => ({
      module: textOf(row.module) ?? '',
      times: intOf(row.times),
      reason: textOf(row.reason),
      bytes: intOrNull(row.bytes),
      span: boundsOf(row.bytes_low, row.bytes_high),
      basis: textOf(row.basis) ?? '',
      origin: textOf(row.origin) ?? '',
    })),
    requesters: rows('requesters').map((row) => ({
      requester: textOf(row.requester) ?? '',
      comm: textOf(row.comm),
      callSite: textOf(row.call_site),
      parents: textOf(row.parents),
      attempts: intOf(row.attempts),
      loaded: intOf(row.loaded),
      duplicates: intOf(row.duplicates),
      coalesced: intOf(row.coalesced),
      failed: intOf(row.failed),
      wasted: row.wasted_bytes === null ? null : boundsOf(row.wasted_bytes, row.wasted_high),
    })),
    requests: rows('autoload').map((row) => ({
      requested: textOf(row.requested) ?? '',
      requests: intOrNull(row.requests),
      duplicates: intOf(row.duplicate_requests),
      callSites: textOf(row.call_site),
      comms: textOf(row.comm),
    })),
    failures: rows('failures').map((row) => ({
      reason: textOf(row.reason) ?? '',
      module: textOf(row.module),
      phase: textOf(row.phase),
      errno: intOrNull(row.errno),
      times: intOf(row.times),
      wasted: intOrNull(row.wasted_bytes),
      basis: textOf(row.basis),
      place: placeOf(row, paths) ?? '',
    })),
    problems: rows('problems').map((row) => ({
      kind: textOf(row.kind) ?? '',
      module: textOf(row.module),
      who: textOf(row.who),
      times: intOf(row.times),
      seconds: secondsOf(row.duration_s),
      firstAt: secondsOf(row.first_t),
      message: textOf(row.message) ?? '',
      place: placeOf(row, paths),
    })),
    allocations: rows('allocation-failures').map((row) => ({
      at: secondsOf(row.t),
      what: textOf(row.what) ?? '',
      bytes: intOrNull(row.bytes),
      module: textOf(row.module),
      comm: textOf(row.comm),
      load: textOf(row.load_outcome),
      message: textOf(row.message) ?? '',
      place: placeOf(row, paths) ?? '',
    })),
    outcomes: outcomesOf(rows('outcomes')[0]),
    storm: stormOf(rows('storm')[0]),
    shares: rows('shares').map((row) => ({
      side: textOf(row.side) ?? '',
      attempts: intOf(row.attempts),
      wasted: intOf(row.wasted_bytes),
      share: typeof row.share === 'number' ? row.share : null,
    })),
    remainder: remainderOf(rows('remainder')),
    ledger: rows('ledger').map((row) => ({
      phase: textOf(row.phase) ?? '',
      verdict: textOf(row.verdict) ?? '',
      reason: textOf(row.reason),
    })),
    advice: rows('advice').map((row) => ({
      rank: intOf(row.rank),
      kind: textOf(row.kind) ?? '',
      saves: row.saves_low === null ? null : boundsOf(row.saves_low, row.saves_high),
      basis: textOf(row.basis),
      calls: intOf(row.calls),
      modules: textOf(row.modules),
      who: textOf(row.who),
      text: textOf(row.text) ?? '',
      evidence: textOf(row.evidence) ?? '',
    })),
    capture: rows('capture').map((row) => ({ what: textOf(row.what) ?? '', how: textOf(row.how) ?? '' })),
  };
}

function boundsOf(low: Row[string] | undefined, high: Row[string] | undefined): Bounds {
  return { low: intOf(low), high: intOrNull(high) };
}

/** `trace.txt:12`: the file's name without its folders. */
function placeOf(row: Row, paths: Paths): string | null {
  const path = paths.get(intOf(row.source));
  return path === undefined ? null : `${path.slice(path.lastIndexOf('/') + 1)}:${intOf(row.line)}`;
}

function evidenceOf(row: Row): Evidence {
  const trace = textOf(row.trace);
  return {
    logs: intOf(row.logs),
    snapshots: intOf(row.snapshots),
    list: textOf(row.list),
    trace: trace === 'calls' || trace === 'charges' || trace === 'loads' ? trace : null,
    traceComplete: row.trace_complete === 1n,
    traceReason: textOf(row.trace_reason),
    probes: textOf(row.probes),
    lowerBound: row.lower_bound === 1n,
    source: intOrNull(row.source),
    line: intOrNull(row.line),
  };
}

function outcomesOf(row: Row | undefined): Outcomes | null {
  if (!row) return null;
  return {
    attempts: intOf(row.attempts),
    loaded: intOf(row.loaded),
    duplicates: intOf(row.duplicates),
    coalesced: intOf(row.coalesced),
    failed: intOf(row.failed),
    refused: intOf(row.refused),
    unknown: intOf(row.unknown),
    charged: intOf(row.charged),
    failedInits: intOf(row.failed_inits),
    phaseUnknown: intOf(row.phase_unknown),
  };
}

function stormOf(row: Row | undefined): Storm | null {
  if (!row) return null;
  return {
    calls: intOf(row.failed),
    first: secondsOf(row.first_t),
    last: secondsOf(row.last_t),
    peak: intOrNull(row.peak_attempts),
    seconds: secondsOf(row.failed_time_s),
  };
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
function remainderOf(rows: readonly Row[]): BootAnswer['remainder'] {
  let duplicates: Bounds = NONE;
  let others: Bounds = NONE;
  const both = rows.filter((row) => row.phase === 'becoming' || row.phase === 'load');
  for (const row of both) {
    duplicates = add(duplicates, boundsOf(row.duplicate_bytes_low, row.duplicate_bytes_high));
    others = add(others, boundsOf(row.other_bytes_low, row.other_bytes_high));
  }
  const bounded = both.length === 2 && duplicates.high !== null && others.high !== null;
  return bounded ? { duplicates, others } : null;
}
