// SPDX-License-Identifier: Apache-2.0
/**
 * When reading ends before its inputs do: too many events, or too much time, of which accounting and report need their
 * part. What was read until then counts.
 */

import { DEFAULT_LIMITS, LIMIT_OPTIONS, type Limits } from './input/index.js';
import type { ByteFeed } from './input/prefilter/feed.js';
import { TimeOverError } from './model/error-message.js';
import { MOST_TIMER_MS } from './model/time.js';
import { within } from './platform/index.js';

/**
 * Events that are kept of small inputs, and of larger ones for each byte on disk that was read until then. A trace compressed by xz to a fortieth
 * has two events for every three bytes; what unpacks to more is a bomb, or the same line over and over.
 */
const EVENTS_FROM = 10_000;
const EVENTS_PER_BYTE = 0.8;

/** Time that accounting, tables and report take for an event, at most. */
const MS_PER_EVENT = 0.03;
/** Time that they get beyond the limit, however much of it reading took. */
const REST_MS = 30_000;

export class ReadingLimits {
  readonly #limits: Partial<Limits>;
  readonly #now: () => number;
  readonly #end: number;
  readonly #waiting = new Set<() => void>();
  #timer: NodeJS.Timeout | null = null;

  constructor(limits: Partial<Limits> = {}, now = (): number => performance.now()) {
    this.#limits = limits;
    this.#now = now;
    this.#end = now() + this.#seconds * 1000;
  }

  /** Events that inputs of so many bytes, as they lie on disk, may give. */
  events(inputBytes: number): number {
    const { events } = this.#limits;
    return events ?? Math.min(DEFAULT_LIMITS.events, EVENTS_FROM + Math.ceil(inputBytes * EVENTS_PER_BYTE));
  }

  /** True where reading has to end, so that the events kept can be accounted for in time. */
  isOver(events: number): boolean {
    return this.#now() > this.#end - events * MS_PER_EVENT;
  }

  /** True where accounting and report have to end, too. */
  get isPast(): boolean {
    return this.#now() > this.#end + REST_MS;
  }

  /** What the work gives; null where there is no time for it, or it takes longer than is left: then it is ended. */
  within<T>(work: () => T): T | null {
    if (this.isPast) return null;
    return within(this.#end + REST_MS - this.#now(), work)?.value ?? null;
  }

  /** `where`: what was being computed. */
  timeOver(where: string): TimeOverError {
    return new TimeOverError(`more than ${this.#seconds} seconds (${LIMIT_OPTIONS.seconds}), in ${where}`);
  }

  /** What the work gives; null if it takes longer than what is left: a pipe may never give anything. */
  inTime<T>(work: Promise<T>): Promise<T | null> {
    const waiting = this.#waiting;
    return new Promise((resolve, reject) => {
      const giveUp = (): void => resolve(null);
      const done = (): void => {
        waiting.delete(giveUp);
        if (waiting.size === 0) this.#timer?.unref?.();
      };
      waiting.add(giveUp);
      this.#watch();
      work.then(
        (value) => {
          done();
          resolve(value);
        },
        (error) => {
          done();
          reject(error);
        },
      );
    });
  }

  /** One timer for all that wait: a case can have thousands of sources. It keeps no process alive while none waits. */
  #watch(): void {
    const left = Math.max(0, this.#end - this.#now());
    this.#timer ??= setTimeout(
      () => {
        this.#timer = null;
        for (const giveUp of this.#waiting) giveUp();
        this.#waiting.clear();
      },
      Math.min(left + 1, MOST_TIMER_MS),
    );
    this.#timer.ref?.();
  }

  describeSeconds(): string {
    return `more than ${this.#seconds} seconds of reading (${LIMIT_OPTIONS.seconds})`;
  }

  /** `boots` that are left out, as their accounting takes too long; null: all, where their number is not known. */
  describeBoots(boots: number | null): string {
    const which = boots === null ? 'no boot is' : boots === 1 ? '1 boot is not' : `${boots} boots are not`;
    return `more than ${this.#seconds} seconds: ${which} accounted for (${LIMIT_OPTIONS.seconds})`;
  }

  get #seconds(): number {
    return this.#limits.seconds ?? DEFAULT_LIMITS.seconds;
  }
}

/** The bytes up to where `isOver` says so, or up to where none came in time. */
export async function* bytesUntil(
  isOver: () => boolean,
  bytes: AsyncIterable<Uint8Array>,
  limits: Pick<ReadingLimits, 'inTime'> = { inTime: (work) => work },
): AsyncGenerator<Uint8Array> {
  const chunks = bytes[Symbol.asyncIterator]();
  let isWaiting = true;
  try {
    for (;;) {
      const next = await limits.inTime(chunks.next());
      if (next === null) return;
      isWaiting = false;
      if (next.done) return;
      yield next.value;
      if (isOver()) return;
      isWaiting = true;
    }
  } finally {
    // One that waits for its next chunk would not return.
    const returned = chunks.return?.();
    if (isWaiting) returned?.catch(() => undefined);
    else await returned;
  }
}

export function feedUntil(isOver: () => boolean, feed: ByteFeed): ByteFeed {
  return (into) => (isOver() ? 0 : feed(into));
}
