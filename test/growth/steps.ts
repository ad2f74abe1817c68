// SPDX-License-Identifier: Apache-2.0
/**
 * The work of a piece of code as a number of steps: how often V8 ran each function and each block of src. It is the same
 * however busy the machine is. What native code does (regular expressions, sorting) is not in it.
 */
import { Session } from 'node:inspector/promises';
import { setFlagsFromString } from 'node:v8';

// Optimised code does not count the calls of what it inlines, and is made whenever a thread of V8's gets to it.
setFlagsFromString('--no-opt');

const session = new Session();
session.connect();
await session.post('Profiler.enable');
// Only what is compiled from here on has counters for its blocks.
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });

/** The steps of each piece, one after the other: taking the counters costs as much as a small piece, and sets them back. */
export async function stepsOfEach(works: readonly (() => Promise<void> | void)[]): Promise<number[]> {
  await session.post('Profiler.takePreciseCoverage');
  const found: number[] = [];
  for (const work of works) {
    await work();
    const { result } = await session.post('Profiler.takePreciseCoverage');
    let steps = 0;
    for (const { url, functions } of result) {
      if (!url.includes('/src/')) continue;
      for (const { ranges } of functions) for (const { count } of ranges) steps += count;
    }
    found.push(steps);
  }
  return found;
}
