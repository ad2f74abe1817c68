/** How many load calls were running at once: for each call, when it began. */
import type { Call } from './call.js';

interface Begun {
  readonly index: number;
  readonly start: bigint;
}

/**
 * By the place of each call: those of the same clock that had begun by then, itself too, less those that had ended.
 * Null where its begin or its end is not known, or the clock is no time. At one time ends come before begins.
 */
export function concurrentCalls(calls: readonly Call[]): readonly (number | null)[] {
  const running: (number | null)[] = new Array(calls.length).fill(null);
  const clocks = new Map<string, { begun: Begun[]; ends: bigint[] }>();
  for (let index = 0; index < calls.length; index++) {
    const call = calls[index];
    if (!call || call.start === null || call.end === null || call.clock.unit === 'ticks') continue;
    let timed = clocks.get(call.clock.zero);
    if (!timed) {
      timed = { begun: [], ends: [] };
      clocks.set(call.clock.zero, timed);
    }
    timed.begun.push({ index, start: call.start });
    timed.ends.push(call.end);
  }
  for (const { begun, ends } of clocks.values()) {
    begun.sort((a, b) => compare(a.start, b.start));
    ends.sort(compare);
    let ended = 0;
    for (let order = 0; order < begun.length; order++) {
      const one = begun[order];
      if (!one) continue;
      for (let end = ends[ended]; end !== undefined && end <= one.start; end = ends[++ended]);
      running[one.index] = order + 1 - ended;
    }
  }
  return running;
}

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);
