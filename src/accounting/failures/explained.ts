// SPDX-License-Identifier: Apache-2.0
/**
 * Failed attempts with the line of the log that says why. A message that the kernel prints in one phase alone decides
 * the phase where the trace leaves it open, here for all tables.
 */
import type { LoadFailure } from '../../model/event.js';
import type { LogClock } from '../boots/log-clock.js';
import type { Judgement } from '../calls/classify.js';
import type { Attempt } from '../model.js';
import { fits, OpenLines } from './failure-lines.js';

export interface Explained {
  readonly attempts: readonly Attempt[];
  /** The lines that explain attempts. */
  readonly reasons: ReadonlyMap<Attempt, LoadFailure>;
  /** The lines that explain none. */
  readonly open: OpenLines;
}

/** How far an unnamed line and its call may be apart, and one that names the call's module. */
const BESIDE = 1_000_000_000n;
/** How far one clock may stamp a line beside the call that printed it. */
const SKEW = 1_000_000n;
const NEAR_NAMED = 20_000_000_000n;

/** The judgement on an attempt that failed in that phase. */
type JudgeIn = (attempt: Attempt, phase: NonNullable<LoadFailure['phase']>) => Judgement | null;

export function explain(
  judged: readonly Attempt[],
  { failures, clock }: { readonly failures: readonly LoadFailure[]; readonly clock: LogClock },
  judgeIn: JudgeIn,
): Explained {
  const open = new OpenLines(failures, judged, clock);
  const failed = judged.filter(({ outcome }) => outcome === 'failed');
  const matched = open.match(failed);
  if (matched.size === 0) return { attempts: judged, reasons: matched, open };
  const unnamed = failed.filter((attempt) => !isNamed(attempt, matched.get(attempt)));
  const reasons = new Map<Attempt, LoadFailure>();
  const attempts = judged.map((attempt) => {
    const line = matched.get(attempt);
    if (line === undefined) return attempt;
    const sure = isOf(attempt, line, clock) ? sureOf(attempt, line, unnamed, matched, clock) : null;
    const known = sure ? withLine(attempt, sure, judgeIn) : attempt;
    reasons.set(known, line);
    return known;
  });
  return { attempts, reasons, open };
}

function isNamed({ module }: Attempt, line: LoadFailure | undefined): boolean {
  return module !== null && line?.module === module;
}

/**
 * What the line says for certain of the call: any call that failed by the same time, with the same number and without a
 * name, may have printed it, one that waited for another load none at all.
 */
function sureOf(
  attempt: Attempt,
  line: LoadFailure,
  unnamed: readonly Attempt[],
  matched: ReadonlyMap<Attempt, LoadFailure>,
  clock: LogClock,
): Pick<LoadFailure, 'module' | 'phase'> | null {
  let { module, phase } = line;
  const own = clock.distance(line.t, attempt);
  if (isNamed(attempt, line) || own === null) return line;
  for (const other of unnamed) {
    if (other === attempt || !fits(line, other)) continue;
    const far = clock.distance(line.t, other);
    if (far === null || far > own + SKEW) continue;
    const said = matched.get(other);
    if (said?.module !== module) module = null;
    if (said?.phase !== phase) phase = null;
    if (module === null && phase === null) return null;
  }
  return { module, phase };
}

/** Whether the line is certainly about the attempt, and not only the one that fits it best. */
function isOf(attempt: Attempt, line: LoadFailure, clock: LogClock): boolean {
  const far = clock.distance(line.t, attempt);
  const named = isNamed(attempt, line);
  return far === null ? named : far <= (named ? NEAR_NAMED : BESIDE);
}

function withLine(attempt: Attempt, line: Pick<LoadFailure, 'module' | 'phase'>, judgeIn: JudgeIn): Attempt {
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
