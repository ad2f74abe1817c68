// SPDX-License-Identifier: Apache-2.0
/** Holds attempts against the calls that were made. */
import type { OpenedCase } from '../../src/opened-case.js';
import type { Evidence } from './evidence.js';
import type { Call, History } from './types.js';

export type Check = (holds: boolean, what: string) => void;

const us = (t: string | number | null): number | null => (t === null ? null : Math.round(Number(t) * 1e6));

export async function judgeAttempts(
  history: History,
  evidence: Evidence,
  opened: OpenedCase,
  check: Check,
): Promise<void> {
  const left = new Set(history.calls);
  for (const row of await opened.query('attempts')) {
    const t = us(row.t);
    const own = history.calls.filter(({ task }) => BigInt(task.pid) === row.pid);
    const call = own.find(({ start, end }) => t !== null && start <= t && t <= end);
    const said = `attempt ${row.attempt} at ${row.t} of ${row.comm}-${row.pid}: ${row.outcome} ${row.phase} ${row.module} ${row.errno} L=${row.image_bytes} C=${row.compressed_bytes} ${row.wasted_bytes} ${row.basis}`;
    if (call && evidence.whole) {
      check(left.delete(call), `${said}: twice`);
      check(isRight(call, row, evidence), `${said}; truly ${callText(call)}`);
      // What was lost may have been the end of one call and the start of another.
    } else {
      const right = own.some((one) => isRight(one, { ...row, errno: null }, evidence));
      check(right, `${said}: no such call of ${own.map(callText).join(' | ')}`);
    }
  }
  if (evidence.claim === 'exact') check(left.size === 0, `${left.size} calls are no attempts`);
}

function callText({
  outcome,
  phase,
  module,
  ret,
  image,
  compressed,
  charged,
  syscall,
  flags,
  task,
  start,
}: Call): string {
  return `${outcome} ${phase} ${module.name} (${module.defect}) ${ret} L=${image} C=${compressed} ${charged}; ${syscall} ${flags} by ${task.comm}-${task.pid} at ${start}`;
}

interface AttemptSaid {
  readonly outcome: string | null;
  readonly phase: string | null;
  readonly module: string | null;
  readonly errno: bigint | null;
  readonly image_bytes: bigint | null;
  readonly compressed_bytes: bigint | null;
  readonly wasted_bytes: bigint | null;
  readonly basis: string | null;
}

function isRight(call: Call, said: AttemptSaid, { claim, whole }: Evidence): boolean {
  const { outcome, phase, ret, module, image, compressed, charged } = call;
  const unknown = said.outcome === 'unknown' && claim !== 'exact';
  // EEXIST and EBUSY that nothing tells from a duplicate's.
  const untold =
    said.outcome === 'duplicate' && said.phase === null && (ret === -17 || ret === -16) && claim !== 'exact';
  // An error that may be another call's.
  // A charge whose end and duplicate were lost.
  const lost = said.outcome === 'failed' && said.phase === phase && outcome === 'duplicate' && !whole;
  const vague = said.outcome === 'failed' && said.phase === null && outcome !== 'loaded' && claim !== 'exact';
  if (said.outcome !== outcome && !unknown && !untold && !vague && !lost) return false;
  if (said.phase !== null ? said.phase !== phase : claim === 'exact' && phase !== null) return false;
  if (said.errno !== null && Number(said.errno) !== Math.max(0, -ret)) return false;
  if (said.module !== null && said.module !== module.name) return false;
  if (said.image_bytes !== null && image !== null && said.image_bytes !== BigInt(image)) return false;
  if (
    said.compressed_bytes !== null &&
    phase !== 'kread' &&
    phase !== null &&
    phase !== 'init' &&
    said.compressed_bytes !== BigInt(compressed)
  )
    return false;
  if (said.wasted_bytes === null) return claim !== 'exact';
  if (said.basis === 'bounded') return said.wasted_bytes <= charged;
  return said.wasted_bytes === BigInt(charged);
}
