// SPDX-License-Identifier: Apache-2.0
/** When reading ends before its inputs do: too many events, or too much time. What was read until then counts. */

import { DEFAULT_LIMITS, LIMIT_OPTIONS, type Limits } from './input/index.js';
import type { ByteFeed } from './input/prefilter/feed.js';

/**
 * Events that are kept of small inputs, and of larger ones for each byte on disk that was read until then. A trace compressed by xz to a fortieth
 * has two events for every three bytes; what unpacks to more is a bomb, or the same line over and over.
 */
const EVENTS_FROM = 20_000;
const EVENTS_PER_BYTE = 0.8;

/** The longest time of a timer. */
const MOST_MS = 2 ** 31 - 2;

export class ReadingLimits {
  readonly #limits: Partial<Limits>;
  readonly #now: () => number;
  readonly #end: number;

  constructor(limits: Partial<Limits> = {}, now = (): number => performance.now()) {
    this.#limits = limits;
    this.#now = now;
    this.#end = now() + (limits.seconds ?? DEFAULT_LIMITS.seconds) * 1000;
  }

  /** Events that inputs of so many bytes, as they lie on disk, may give. */
  events(inputBytes: number): number {
    const { events } = this.#limits;
    return events ?? Math.min(DEFAULT_LIMITS.events, EVENTS_FROM + Math.ceil(inputBytes * EVENTS_PER_BYTE));
  }

  get isOver(): boolean {
    return this.#now() > this.#end;
  }

  /** What the work gives; null if it takes longer than what is left: a pipe may never give anything. */
  async inTime<T>(work: Promise<T>): Promise<T | null> {
    const left = Math.min(Math.max(0, this.#end - this.#now()), MOST_MS);
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), left + 1);
    });
    try {
      return await Promise.race([work, over]);
    } finally {
      clearTimeout(timer);
    }
  }

  describeSeconds(): string {
    const seconds = this.#limits.seconds ?? DEFAULT_LIMITS.seconds;
    return `more than ${seconds} seconds of reading (${LIMIT_OPTIONS.seconds})`;
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
