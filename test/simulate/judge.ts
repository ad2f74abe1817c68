// SPDX-License-Identifier: Apache-2.0
/** Holds what modwaste says of a boot against what happened in it. */
import type { OpenedCase } from '../../src/opened-case.js';
import { countedAt } from './counters.js';
import type { Evidence } from './evidence.js';
import { type Check, judgeAttempts } from './judge-calls.js';
import { since } from './machine.js';
import type { Defect, History, Phase } from './types.js';

const PHASES = ['kread', 'decompress', 'becoming', 'load'] as const;

/** Reasons that may stand for a defect, besides `other`. */
const REASONS: Record<Defect, readonly string[]> = {
  elf: ['elf'],
  signature: ['signature'],
  vermagic: ['vermagic'],
  blacklist: ['blacklist'],
  lockdown: ['lockdown'],
  'layout-memory': ['memory'],
  'unknown-symbol': ['unknown-symbol'],
  'symbol-version': ['symbol-version'],
  percpu: ['percpu', 'memory'],
  parameter: ['parameter'],
  relocation: ['relocation'],
  init: ['init', 'busy'],
  'empty-file': ['read'],
  'read-memory': ['memory', 'read'],
  'corrupt-archive': ['decompress'],
};

/** All that is wrong, each in a line. */
export async function judge(history: History, evidence: Evidence, opened: OpenedCase): Promise<string[]> {
  const wrong: string[] = [];
  const check = (holds: boolean, what: string): void => {
    if (!holds) wrong.push(what);
  };
  const boots = await opened.query('boots');
  check(boots.length === 1, `${boots.length} boots`);
  if (boots.length !== 1) return wrong;
  await judgePhases(history, evidence, opened, check);
  await judgeAttempts(history, evidence, opened, check);
  await judgeDuplicates(history, evidence, opened, check);
  await judgeFailures(history, evidence, opened, check);
  await judgeVerdict(history, evidence, opened, check);
  await judgeRequesters(history, evidence, opened, check);
  return wrong;
}

/** True where the number lies between the two, as far as they are known. */
function within(truth: number | bigint, low: number | bigint | null, high: number | bigint | null): boolean {
  return (low === null || low <= truth) && (high === null || truth <= high);
}

async function judgePhases(
  history: History,
  evidence: Evidence,
  opened: OpenedCase,
  check: Check,
): Promise<void> {
  const { failures, bytes } = countedAt(history);
  const exact = evidence.claim === 'exact' || (evidence.counters && history.kernel.bits === 64);
  for (const row of await opened.query('phase-waste')) {
    const phase = row.phase as Phase;
    const [count, waste] = [failures[phase], bytes[phase]];
    const said = `phase ${phase}: ${row.failures}..${row.failures_high} ${row.bytes_low}..${row.bytes_high} (${row.bytes} ${row.basis} ${row.origin}), truly ${count} and ${waste}`;
    check(within(count, row.failures, row.failures_high), `${said}: count`);
    check(within(waste, row.bytes_low, row.bytes_high), `${said}: bounds`);
    if (row.bytes !== null && row.basis !== 'estimated') check(row.bytes === waste, `${said}: ${row.basis}`);
    if (exact)
      check(
        row.failures === BigInt(count) && row.failures_high === BigInt(count),
        `${said}: count not exact`,
      );
    // Linux 6.4 adds the error numbers of reads to their bytes.
    const blurred = phase === 'kread' && !since(history.kernel, 6, 5);
    if (exact && !blurred) check(row.bytes === waste, `${said}: bytes not exact`);
  }
  const total = PHASES.reduce((sum, phase) => sum + bytes[phase], 0n);
  const counted = PHASES.reduce((sum, phase) => sum + failures[phase], 0);
  for (const row of await opened.query('boots')) {
    check(
      row.wasted_bytes === null || row.wasted_bytes <= total,
      `boots: ${row.wasted_bytes} wasted, truly ${total}`,
    );
    const inits = history.calls.filter(({ phase }) => phase === 'init').length;
    check(
      row.failures === null || row.failures <= counted + inits,
      `boots: ${row.failures} failures, truly ${counted}+${inits}`,
    );
  }
  for (const row of await opened.query('ledger')) {
    if (evidence.claim === 'exact' && evidence.counters)
      check(row.verdict === 'balanced', `ledger ${row.phase}: ${row.verdict}, ${row.reason}`);
    check(row.verdict !== 'unexplained', `ledger ${row.phase}: unexplained, ${row.reason}`);
    if (row.verdict === 'balanced')
      check(
        row.event_failures === row.counter_failures,
        `ledger ${row.phase}: balanced, ${row.event_failures} of ${row.counter_failures}`,
      );
  }
}

async function judgeDuplicates(
  history: History,
  evidence: Evidence,
  opened: OpenedCase,
  check: Check,
): Promise<void> {
  const untold = evidence.trace?.probes === 'plain';
  for (const row of await opened.query('duplicates')) {
    const own = history.calls.filter(({ module, reason }) => module.name === row.module && reason !== null);
    const [becoming, load] = ['Becoming', 'Load'].map(
      (reason) => own.filter((one) => one.reason === reason).length,
    ) as [number, number];
    const waste = BigInt(own.reduce((sum, { charged }) => sum + charged, 0));
    const said = `duplicates of ${row.module}: ${row.times} (${row.reason}) becoming ${row.becoming_low}..${row.becoming_high} load ${row.load_low}..${row.load_high} bytes ${row.bytes_low}..${row.bytes_high} (${row.bytes} ${row.basis} ${row.origin}) L=${row.image_bytes} C=${row.compressed_bytes}; truly ${becoming}+${load}, ${waste}`;
    const whole = evidence.whole && (!untold || evidence.counters);
    if (whole && evidence.trace?.probes !== 'plain')
      check(
        row.times === BigInt(own.length) || ((row.times ?? 0n) < own.length && row.bytes === null),
        `${said}: times`,
      );
    check(within(becoming, row.becoming_low, whole ? row.becoming_high : null), `${said}: becoming`);
    check(within(load, row.load_low, whole ? row.load_high : null), `${said}: load`);
    check(within(waste, row.bytes_low, whole ? row.bytes_high : null), `${said}: bounds`);
    if (row.bytes !== null && row.basis !== 'estimated' && whole)
      check(row.bytes === waste, `${said}: ${row.basis}`);
    if (evidence.claim === 'exact') check(row.bytes === waste, `${said}: not exact`);
  }
}

async function judgeFailures(
  history: History,
  evidence: Evidence,
  opened: OpenedCase,
  check: Check,
): Promise<void> {
  const others = history.calls.filter(({ outcome }) => outcome === 'failed');
  const sums = new Map<string, number>();
  for (const row of await opened.query('failures')) {
    const said = `failures: ${row.reason} ${row.module} ${row.phase} ${row.errno} ${row.times} times, ${row.wasted_bytes} ${row.basis}`;
    if (row.phase !== null) sums.set(row.phase, (sums.get(row.phase) ?? 0) + Number(row.times));
    if (row.module !== null && row.reason !== 'other' && row.reason !== 'busy') {
      const module = history.modules.find(({ name }) => name === row.module);
      const allowed = module?.defect ? REASONS[module.defect] : [];
      const interrupted = others.some((one) => one.module === module && one.ret === -512);
      check(allowed.includes(row.reason ?? '') || interrupted, `${said}; truly ${module?.defect}`);
    }
  }
  for (const [phase, times] of evidence.whole ? sums : []) {
    const truth = others.filter((one) => one.phase === phase).length;
    check(times <= truth, `failures in ${phase}: ${times}, truly ${truth}`);
    if (evidence.claim === 'exact') check(times === truth, `failures in ${phase}: ${times} not ${truth}`);
  }
}

async function judgeVerdict(
  history: History,
  evidence: Evidence,
  opened: OpenedCase,
  check: Check,
): Promise<void> {
  // No counter and no message tells of an init that failed.
  const trouble = history.calls.some(
    ({ outcome, phase }) =>
      outcome === 'duplicate' || (outcome === 'failed' && (phase !== 'init' || evidence.trace !== null)),
  );
  const requested = history.steps.flatMap(({ what }) => (what.is === 'request' ? [what.name] : []));
  // A second request for one name is trouble, too.
  const failed = history.calls.some(({ ret }) => ret < 0) || new Set(requested).size < requested.length;
  for (const { verdict, doubts } of await opened.query('verdict')) {
    // The kernel prints nothing for a duplicate.
    if (trouble) check(evidence.name === 'log' || verdict !== 'clear', 'a false all-clear');
    else if (!failed) check(verdict !== 'trouble', `a false alarm: ${verdict}, ${doubts}`);
  }
}

async function judgeRequesters(
  history: History,
  evidence: Evidence,
  opened: OpenedCase,
  check: Check,
): Promise<void> {
  if (evidence.trace === null || !evidence.whole || !evidence.trace.sched) return;
  const key = (requester: string | null, comm: string | null): string => `${requester} ${comm}`;
  const truth = new Map<string, number>();
  for (const { task } of history.calls)
    truth.set(key(task.kind, task.comm), (truth.get(key(task.kind, task.comm)) ?? 0) + 1);
  const said = new Map<string, number>();
  for (const { requester, comm, attempts } of await opened.query('requesters'))
    said.set(key(requester, comm), (said.get(key(requester, comm)) ?? 0) + Number(attempts));
  const text = (map: Map<string, number>): string => JSON.stringify([...map].sort());
  check(text(truth) === text(said), `requesters: ${text(said)}, truly ${text(truth)}`);
}
