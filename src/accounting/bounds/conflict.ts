// SPDX-License-Identifier: Apache-2.0
/** Explains why the evidence has no solution. */
import type { Range } from '../../model/bounds.js';
import { sum } from './convex.js';
import { becomingCalls, rowAt, signatureRange } from './problem.js';
import type { BoundsInput } from './types.js';

/** For evidence without a solution: its first conflict, simplest first. */
export function conflictOf(input: BoundsInput): string {
  return countConflict(input) ?? sizeConflict(input);
}

function countConflict({ counters, rows }: BoundsInput): string | null {
  const calls = rows.map(becomingCalls);
  const impossible = rows.find((_, i) => (calls[i]?.low ?? 0) > (calls[i]?.high ?? 0));
  if (impossible)
    return `The list gives ${impossible.module} both reasons but only ${impossible.times} call.`;
  const { failedBecoming, failedLoad } = counters;
  const times = sum(rows.map((row) => row.times));
  const becoming = sum(calls.map((range) => range.low));
  const load = times - sum(calls.map((range) => range.high));
  if (failedBecoming !== null && failedLoad !== null && times > failedBecoming + failedLoad) {
    return `The list holds ${times} duplicates, more than the ${failedBecoming + failedLoad} failures counted.`;
  }
  if (failedBecoming !== null && becoming > failedBecoming) {
    return `The list holds at least ${becoming} duplicates in becoming, failed_becoming only ${failedBecoming}.`;
  }
  if (failedLoad !== null && load > failedLoad) {
    return `The list holds at least ${load} duplicates in load, failed_load_modules only ${failedLoad}.`;
  }
  return null;
}

function sizeConflict(input: BoundsInput): string {
  const { becomingBytes, loadBytes } = input.counters;
  const signature: Range = signatureRange(input) ?? { low: 0, high: 0 };
  let [becoming, load] = [0, 0];
  for (const given of input.rows) {
    const row = rowAt(given, signature, input.counters);
    if (row === null) return `No signature length fits the sizes given for ${given.module}.`;
    becoming += row.low * row.becoming.low;
    load += (row.times - row.high) * row.load.low;
  }
  if (becomingBytes !== null && becoming > becomingBytes) {
    return `The sizes give at least ${becoming} bytes in becoming, invalid_becoming_bytes holds ${becomingBytes}.`;
  }
  if (loadBytes !== null && load > loadBytes) {
    return `The sizes give at least ${load} bytes in load, invalid_mod_bytes holds ${loadBytes}.`;
  }
  return 'With these sizes, no split of the listed duplicates between becoming and load matches the counters.';
}
