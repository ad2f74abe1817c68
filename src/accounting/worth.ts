// SPDX-License-Identifier: Apache-2.0
/** Who and what cost most: names of callers and modules by their weight. */
import { descending } from '../model/order.js';
import type { Attempt } from './model.js';

const MOST_NAMES = 3;

/** Names by bytes, then by calls; as many as advice names. */
export class Names {
  readonly #weights = new Map<string, { bytes: bigint; calls: bigint }>();

  add(name: string | null, bytes: bigint, calls: bigint): void {
    if (name === null) return;
    const known = this.#weights.get(name);
    if (known) {
      known.bytes += bytes;
      known.calls += calls;
    } else this.#weights.set(name, { bytes, calls });
  }

  top(): string[] {
    return [...this.#weights]
      .sort(
        ([a, x], [b, y]) => descending(x.bytes, y.bytes) || descending(x.calls, y.calls) || (a < b ? -1 : 1),
      )
      .slice(0, MOST_NAMES)
      .map(([name]) => name);
  }
}

/** modprobe and insmod work for whoever ran them. */
export function callerOf({ comm, requester, parentComm, callSite }: Attempt): string {
  const name = comm ?? requester;
  if (requester === 'kernel' && callSite !== null) return `${name} for ${callSite}`;
  const forSomeone = (requester === 'modprobe' || requester === 'insmod') && parentComm !== null;
  return forSomeone ? `${name} run by ${parentComm}` : name;
}
