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
  const beside = { calls: new Neighbours(failed), lines: new Neighbours(failures) };
  const reasons = new Map<Attempt, LoadFailure>();
  const attempts = judged.map((attempt) => {
    const line = matched.get(attempt);
    if (line === undefined) return attempt;
    const sure = isOf(attempt, line, clock) ? sureOf(attempt, line, beside, matched, clock) : null;
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
 * name, may have printed it, one that waited for another load none at all; and the call may have printed any line of that time.
 */
function sureOf(
  attempt: Attempt,
  line: LoadFailure,
  { calls, lines }: { readonly calls: Neighbours<Attempt>; readonly lines: Neighbours<LoadFailure> },
  matched: ReadonlyMap<Attempt, LoadFailure>,
  clock: LogClock,
): Pick<LoadFailure, 'module' | 'phase'> | null {
  const own = clock.distance(line.t, attempt);
  if (isNamed(attempt, line) || own === null) return line;
  const beside = calls.around(attempt);
  if (beside.some((other) => mayWaitFor(attempt, other))) return null;
  const reach = own === 0n ? SKEW : BESIDE;
  const isBeside = (other: LoadFailure, call: Attempt): boolean => {
    const far = fits(other, call) ? clock.distance(other.t, call) : null;
    return far !== null && far <= reach;
  };
  const said = [
    ...beside
      .filter((other) => isBeside(line, other) && !isNamed(other, matched.get(other)))
      .map((other) => matched.get(other)),
    ...lines.around(line).filter((other) => isBeside(other, attempt)),
  ];
  const module = said.every((other) => other?.module === line.module) ? line.module : null;
  const phase = said.every((other) => other?.phase === line.phase) ? line.phase : null;
  return module === null && phase === null ? null : { module, phase };
}

/** Whether the call shows no work and may have waited for the other, whose error it returned (idempotent_init_module). */
function mayWaitFor(attempt: Attempt, other: Attempt): boolean {
  const { call, steps, errno, start, end } = attempt;
  return (
    other !== attempt &&
    call === 'finit_module' &&
    Object.keys(steps.at).length === 0 &&
    errno === other.errno &&
    other.call !== 'init_module' &&
    (start === null || other.end === null || other.end >= start) &&
    (end === null || other.start === null || other.start <= end)
  );
}

/** Calls and lines are in order of time: those farther apart than this are not compared. */
const COMPARED = 500;

class Neighbours<T> {
  readonly #all: readonly T[];
  readonly #places: ReadonlyMap<T, number>;

  constructor(all: readonly T[]) {
    this.#all = all;
    this.#places = new Map(all.map((one, at) => [one, at]));
  }

  around(one: T): readonly T[] {
    const at = this.#places.get(one) ?? 0;
    return this.#all.slice(Math.max(0, at - COMPARED), at + COMPARED);
  }
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
