// SPDX-License-Identifier: Apache-2.0
/** The order of boots: by wall-clock start where both have one, else by a log that holds both, else in order of appearance. */

import { addTo, getOrAdd } from '../../model/groups.js';
import { firstIndex } from '../sorted-times.js';
import type { BootParts } from './boot-parts.js';

interface Aged {
  readonly boot: BootParts;
  readonly places: ReadonlyMap<string, Place>;
}

/** Where in a log (of which there may be rotated pieces) a boot is first met. */
interface Place {
  readonly age: number;
  readonly from: number;
}

/** A boot in a list that is linked from its end. */
interface Entry extends Aged {
  previous: Entry | null;
  /** Lower than that of its peers behind it. */
  order: number;
}

/** Inserts each boot before the first one so far that it precedes, else at the end. */
export function inOrderOfAge(boots: BootParts[]): void {
  const aged = boots.map((boot): Aged => ({ boot, places: placesOf(boot) }));
  const peers = peersOf(aged);
  let last: Entry | null = null;
  for (const one of aged) {
    const mine = peers.get(one);
    const next = mine?.firstAfter(one);
    const entry: Entry = { ...one, previous: next ? next.previous : last, order: 0 };
    if (next) next.previous = entry;
    else last = entry;
    mine?.insert(entry, next);
  }
  let index = boots.length;
  for (let entry = last; entry; entry = entry.previous) boots[--index] = entry.boot;
}

/** Beyond this, boots that share a clock or a log are taken to be in its order; only contradictory dates break that. */
const COMPARED = 500;

/** Boots that can be compared with each other, directly or through others; those inserted so far are in order. */
class Peers {
  readonly #entries: Entry[] = [];
  /** Entries by the clock or log that orders them. */
  readonly #sharing = new Map<string, Entry[]>();
  /** Ordered by several clocks or logs, and few enough to compare each with each. */
  readonly #areFew: boolean;

  constructor(members: ReadonlySet<Aged>) {
    const scales = new Set([...members].map((one) => orderedBy(one).join('\n')));
    this.#areFew = members.size <= COMPARED && scales.size > 1;
  }

  /** The first that `one` precedes. */
  firstAfter(one: Aged): Entry | undefined {
    if (this.#areFew) return this.#entries.find((entry) => isBefore(one, entry));
    let first: Entry | undefined;
    for (const scale of orderedBy(one)) {
      const list = this.#sharing.get(scale) ?? [];
      const found = list[firstIndex(list.length, (index) => isBefore(one, list[index]))];
      if (found && (first === undefined || found.order < first.order)) first = found;
    }
    return first;
  }

  insert(entry: Entry, next: Entry | undefined): void {
    const at = next ? indexOf(this.#entries, next.order) : this.#entries.length;
    const before = this.#entries[at - 1]?.order ?? 0;
    entry.order = next ? (before + next.order) / 2 : before + 1;
    this.#entries.splice(at, 0, entry);
    // Halving runs out of precision.
    if (entry.order === before || entry.order === next?.order)
      for (const [index, each] of this.#entries.entries()) each.order = index + 1;
    if (this.#areFew) return;
    for (const scale of orderedBy(entry)) {
      const list = getOrAdd(this.#sharing, scale, () => []);
      list.splice(indexOf(list, entry.order), 0, entry);
    }
  }
}

/** Where an entry of that order is, or would be. */
function indexOf(entries: readonly Entry[], order: number): number {
  return firstIndex(entries.length, (index) => (entries[index]?.order ?? order) >= order);
}

/** Groups of comparable boots; a boot that no other can be compared with is in none. */
function peersOf(boots: readonly Aged[]): Map<Aged, Peers> {
  const sharing = new Map<string, Aged[]>();
  for (const one of boots) for (const scale of orderedBy(one)) addTo(sharing, scale, one);
  const peers = new Map<Aged, Peers>();
  for (const start of boots) {
    if (peers.has(start)) continue;
    const members = new Set([start]);
    for (const one of members)
      for (const scale of orderedBy(one)) {
        for (const other of sharing.get(scale) ?? []) members.add(other);
        sharing.delete(scale);
      }
    if (members.size === 1) continue;
    const group = new Peers(members);
    for (const one of members) peers.set(one, group);
  }
  return peers;
}

/** The clock and logs that order a boot: only boots that share one can be compared. */
function orderedBy({ boot, places }: Aged): string[] {
  const logs = [...places.keys()].map((log) => `log ${log}`);
  return boot.identity.wallOffset === null ? logs : ['wall', ...logs];
}

function placesOf({ parts }: BootParts): Map<string, Place> {
  const places = new Map<string, Place>();
  for (const { kind, rotation, from } of parts) {
    if (kind !== 'log') continue;
    const { log, age } = rotation;
    const known = places.get(log);
    if (!known || comparePlaces({ age, from }, known) < 0) places.set(log, { age, from });
  }
  return places;
}

const comparePlaces = (a: Place, b: Place): number => b.age - a.age || a.from - b.from;

function isBefore(a: Aged, b: Aged | undefined): boolean {
  if (b === undefined) return false;
  const [x, y] = [a.boot.identity.wallOffset, b.boot.identity.wallOffset];
  if (x !== null && y !== null && x !== y) return x < y;
  for (const [log, place] of a.places) {
    const other = b.places.get(log);
    if (other) return comparePlaces(place, other) < 0;
  }
  return false;
}
