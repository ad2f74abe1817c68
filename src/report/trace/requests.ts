// SPDX-License-Identifier: Apache-2.0
/** The calls that each request of the kernel led to. */

import type { Attempt, Request } from '../../accounting/model.js';
import { groupBy } from '../../model/groups.js';
import { ascending } from '../../model/order.js';

/** A request with a time, and the calls that the accounting joined to its name, first call first. */
export interface Led {
  readonly request: Request & { readonly t: bigint };
  readonly calls: (Attempt & { readonly start: bigint })[];
}

const hasTime = (request: Request): request is Led['request'] =>
  request.t !== null && request.origin === 'trace';
const hasStart = (attempt: Attempt): attempt is Led['calls'][number] => attempt.start !== null;

/** Of several requests for a name, the last one before a call led to it; a duplicate only where there is no other. */
export function requestsWithCalls(requests: readonly Request[], attempts: readonly Attempt[]): Led[] {
  const timed = requests.filter(hasTime).sort((a, b) => ascending(a.t, b.t));
  const led = timed.map((request): Led => ({ request, calls: [] }));
  const byName = groupBy(led, ({ request }) => request.requested);
  for (const attempt of attempts) {
    if (!hasStart(attempt) || attempt.requested === null) continue;
    const before = (byName.get(attempt.requested) ?? []).filter(({ request }) => request.t <= attempt.start);
    (before.findLast(({ request }) => !request.duplicate) ?? before.at(-1))?.calls.push(attempt);
  }
  return led;
}
