// SPDX-License-Identifier: Apache-2.0
/**
 * Which failed loads would have waited for another load of the same file, as idempotent_init_module makes them (6.5).
 * The replay takes each call to start when it did; a load by the first of them to last until the module was there, or its init had failed.
 */

import { groupBy } from '../../model/groups.js';
import { ascending } from '../../model/order.js';
import type { Attempt } from '../model.js';

/** `possible`: it overlaps another failed load, which may have been over sooner where nobody competed with it. */
export type Wait = 'certain' | 'possible' | 'no';

/** The wait of each call, had all these calls been for one file each module. */
export function waitsOf(attempts: readonly Attempt[]): ReadonlyMap<Attempt, Wait> {
  const waits = new Map<Attempt, Wait>();
  const timed = attempts.filter(isTimed);
  const groups = groupBy(timed, ({ module, clock }) => `${clock.zero} ${clock.unit} ${module}`);
  for (const calls of groups.values()) {
    calls.sort((a, b) => ascending(a.start, b.start));
    let flight: Timed[] = [];
    for (const call of calls) {
      const [leader] = flight;
      if (leader && call.start >= leader.end) {
        settle(flight, waits);
        flight = [];
      }
      flight.push(call);
    }
    settle(flight, waits);
  }
  return waits;
}

type Timed = Attempt & { readonly start: bigint; readonly end: bigint };

function isTimed(attempt: Attempt): attempt is Timed {
  const { outcome, module, start, end } = attempt;
  return (
    module !== null && start !== null && end !== null && outcome !== 'refused' && outcome !== 'coalesced'
  );
}

/** Calls that overlap the first of them: that one would have done the work of all. */
function settle(flight: readonly Timed[], waits: Map<Attempt, Wait>): void {
  // One whose init failed is charged nowhere either.
  const load = flight.find(({ outcome, phase }) => outcome === 'loaded' || phase === 'init');
  flight.forEach((call, index) => {
    if (call === load) return;
    if (load) waits.set(call, call.start < load.end ? 'certain' : 'possible');
    else waits.set(call, index === 0 ? 'no' : 'possible');
  });
}

/**
 * Modules with failed finit_module calls in flight at once although the kernel coalesces: they were of several files of
 * one name, which no remedy makes one.
 */
export function modulesOfManyFiles(attempts: readonly Attempt[]): ReadonlySet<string> {
  const modules = new Set<string>();
  for (const [{ module, outcome }, wait] of waitsOf(attempts.filter(({ call }) => call === 'finit_module'))) {
    if (module !== null && outcome === 'duplicate' && wait !== 'no') modules.add(module);
  }
  return modules;
}
