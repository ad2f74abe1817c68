// SPDX-License-Identifier: Apache-2.0
/** Which logs tell of the same time: pieces of a rotated log never do, one without times may. */

import { groupBy } from '../../model/groups.js';
import { ascending } from '../../model/order.js';
import { firstIndex } from '../sorted-times.js';
import type { TimeSpan } from '../time-span.js';
import type { Rotation } from './rotation.js';

export interface Stretch {
  readonly rotation: Rotation;
  /** Null: without times. */
  readonly span: TimeSpan | null;
}

/** All logs of a boot; each is looked up without a look at the others. */
export class Stretches {
  readonly #all: Spans;
  readonly #pieces = new Map<string, Spans>();
  readonly #copies = new Map<string, Spans>();

  constructor(stretches: readonly Stretch[]) {
    this.#all = new Spans(stretches);
    for (const [log, pieces] of groupBy(stretches, logOf)) this.#pieces.set(log, new Spans(pieces));
    for (const [piece, copies] of groupBy(stretches, pieceOf)) this.#copies.set(piece, new Spans(copies));
  }

  /** True where another log tells of the same time as this one, which is one of them. */
  isShared(stretch: Stretch): boolean {
    const pieces = this.#pieces.get(logOf(stretch))?.countMeeting(stretch) ?? 0;
    const copies = this.#copies.get(pieceOf(stretch))?.countMeeting(stretch) ?? 0;
    return this.#all.countMeeting(stretch) - pieces + copies > 1;
  }
}

const logOf = ({ rotation }: Stretch): string => rotation.log;
const pieceOf = ({ rotation }: Stretch): string => `${rotation.age} ${rotation.log}`;

/** The ends of stretches, sorted. */
class Spans {
  readonly #starts: bigint[];
  readonly #ends: bigint[];

  constructor(stretches: readonly Stretch[]) {
    const timed = stretches.filter(({ span }) => span !== null);
    this.#starts = timed.map((one) => ends(one).start).sort(ascending);
    this.#ends = timed.map((one) => ends(one).end).sort(ascending);
    this.#timeless = stretches.length - timed.length;
  }

  readonly #timeless: number;

  /** How many have a time in common with it, or have no times, as it may have none. */
  countMeeting(stretch: Stretch): number {
    const all = this.#starts.length + this.#timeless;
    if (stretch.span === null) return all;
    const { start, end } = ends(stretch);
    const before = firstIndex(this.#ends.length, (index) => (this.#ends[index] ?? 0n) >= start);
    const notAfter = firstIndex(this.#starts.length, (index) => (this.#starts[index] ?? 0n) > end);
    return all - before - (this.#starts.length - notAfter);
  }
}

/**
 * The ends as numbers of which those of two stretches are apart exactly where the stretches are: one that starts where
 * another ends shares nothing with it, but a single time at the end of another is within that.
 */
function ends({ span }: Stretch): { start: bigint; end: bigint } {
  const { from, to } = span ?? { from: 0n, to: 0n };
  return from === to
    ? { start: 4n * from - 1n, end: 4n * from + 1n }
    : { start: 4n * from + 1n, end: 4n * to - 1n };
}
