// SPDX-License-Identifier: Apache-2.0
/**
 * Failed attempts with the line of the log that says why. A message that the kernel prints in one phase alone decides
 * the phase where the trace leaves it open, here for all tables.
 */
import type { LoadFailure } from '../../model/event.js';
import type { LogClock } from '../boots/log-clock.js';
import type { Judgement } from '../calls/classify.js';
import type { Attempt } from '../model.js';
import { OpenLines } from './failure-lines.js';

export interface Explained {
  readonly attempts: readonly Attempt[];
  /** The lines that explain attempts. */
  readonly reasons: ReadonlyMap<Attempt, LoadFailure>;
  /** The lines that explain none. */
  readonly open: OpenLines;
}

/** How far an unnamed line and its call may be apart, and one that names the call's module. */
const BESIDE = 1_000_000_000n;
const NEAR_NAMED = 20_000_000_000n;

/** The judgement on an attempt that failed in that phase. */
type JudgeIn = (attempt: Attempt, phase: NonNullable<LoadFailure['phase']>) => Judgement | null;

export function explain(
  judged: readonly Attempt[],
  { failures, clock }: { readonly failures: readonly LoadFailure[]; readonly clock: LogClock },
  judgeIn: JudgeIn,
): Explained {
  const open = new OpenLines(failures, judged, clock);
  const matched = open.match(judged.filter(({ outcome }) => outcome === 'failed'));
  if (matched.size === 0) return { attempts: judged, reasons: matched, open };
  const reasons = new Map<Attempt, LoadFailure>();
  const attempts = judged.map((attempt) => {
    const line = matched.get(attempt);
    if (line === undefined) return attempt;
    const known = isOf(attempt, line, clock) ? withLine(attempt, line, judgeIn) : attempt;
    reasons.set(known, line);
    return known;
  });
  return { attempts, reasons, open };
}

/** Whether the line is certainly about the attempt, and not only the one that fits it best. */
function isOf(attempt: Attempt, line: LoadFailure, clock: LogClock): boolean {
  const far = clock.distance(line.t, attempt);
  const isNamed = line.module !== null && line.module === attempt.module;
  return far === null ? isNamed : far <= (isNamed ? NEAR_NAMED : BESIDE);
}

function withLine(attempt: Attempt, line: LoadFailure, judgeIn: JudgeIn): Attempt {
  const module = attempt.module ?? line.module;
  const judgement = attempt.phase === null && line.phase !== null ? judgeIn(attempt, line.phase) : null;
  if (judgement === null) return { ...attempt, module };
  const { phase, image, compressed, wasted, basis } = judgement;
  return {
    ...attempt,
    module,
    phase,
    image,
    compressed,
    wasted,
    basis: basis === 'measured' ? 'derived' : basis,
  };
}
