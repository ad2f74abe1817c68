// SPDX-License-Identifier: Apache-2.0
/** The order of boots: by wall-clock start where both have one, else by their order in a log that holds both, else as met. */

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
}

/** Each boot goes before the first of those so far that it precedes, else to the end. */
export function inOrderOfAge(boots: BootParts[]): void {
  const aged = boots.map((boot): Aged => ({ boot, places: placesOf(boot) }));
  const peers = peersOf(aged);
  let last: Entry | null = null;
  for (const one of aged) {
    const mine = peers.get(one);
    const at = mine ? mine.firstAfter(one) : 0;
    const next = mine?.entries[at];
    const entry: Entry = { ...one, previous: next ? next.previous : last };
    if (next) next.previous = entry;
    else last = entry;
    mine?.entries.splice(at, 0, entry);
  }
  let index = boots.length;
  for (let entry = last; entry; entry = entry.previous) boots[--index] = entry.boot;
}

/** Boots that can be compared with each other, directly or through others; in order as far as they are listed. */
class Peers {
  readonly entries: Entry[] = [];
  /** True where one thing orders all of them. */
  readonly #byOne: boolean;

  constructor(members: readonly Aged[]) {
    const logs = new Set(members.flatMap(({ places }) => [...places.keys()]));
    this.#byOne =
      members.every(({ boot }) => boot.identity.wallOffset !== null) ||
      (logs.size === 1 && members.every(({ boot }) => boot.identity.wallOffset === null));
  }

  /** The index of the first that `one` precedes; behind all others where there is none. */
  firstAfter(one: Aged): number {
    const { entries } = this;
    const precedes = (entry: Entry | undefined): boolean => entry !== undefined && isBefore(one, entry);
    if (this.#byOne) return firstIndex(entries.length, (index) => precedes(entries[index]));
    const at = entries.findIndex(precedes);
    return at < 0 ? entries.length : at;
  }
}

/** None for a boot that can be compared with no other. */
function peersOf(boots: readonly Aged[]): Map<Aged, Peers> {
  const sharing = new Map<string, Aged[]>();
  for (const one of boots) for (const thing of orderedBy(one)) push(sharing, thing, one);
  const peers = new Map<Aged, Peers>();
  for (const start of boots) {
    if (peers.has(start)) continue;
    const members = new Set([start]);
    for (const one of members)
      for (const thing of orderedBy(one)) {
        for (const other of sharing.get(thing) ?? []) members.add(other);
        sharing.delete(thing);
      }
    if (members.size === 1) continue;
    const group = new Peers([...members]);
    for (const one of members) peers.set(one, group);
  }
  return peers;
}

function push<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

/** What another boot must have, too, to be compared. */
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

function isBefore(a: Aged, b: Aged): boolean {
  const [x, y] = [a.boot.identity.wallOffset, b.boot.identity.wallOffset];
  if (x !== null && y !== null && x !== y) return x < y;
  for (const [log, place] of a.places) {
    const other = b.places.get(log);
    if (other) return comparePlaces(place, other) < 0;
  }
  return false;
}
