// SPDX-License-Identifier: Apache-2.0
/** Snapshots while they are gathered, found by their values. */
import type { CounterName } from '../../model/counters.js';
import { addTo, getOrAdd } from '../../model/groups.js';
import type { Cite, ListRow, Snapshot } from '../model.js';
import { bytesOfPhases } from '../phase-counts.js';

/** A snapshot before others that are equal to it have filled in what it lacks. */
export interface Draft {
  label: string | null;
  counters: Map<CounterName, { value: bigint; cite: Cite }>;
  list: Snapshot['list'];
  rows: ListRow[];
  wasted: bigint | null;
  cite: Cite;
}

/** The bytes that it says were wasted, or that its counters add up to; null where it knows none. */
export const wastedOf = (draft: Draft): bigint | null => draft.wasted ?? bytesOfPhases(draft);

/** A draft in the order in which they were added. */
interface Added {
  readonly draft: Draft;
  readonly at: number;
}

/** Drafts that had these counters when they were added. */
interface Alike {
  readonly names: readonly CounterName[];
  readonly drafts: Added[];
  /** By the counters that others share with them. */
  readonly shared: Map<string, SharedValues>;
}

/** Drafts by the values of some of their counters, and what they wasted. */
class SharedValues {
  readonly #names: readonly CounterName[];
  readonly #byValues = new Map<string, Added[]>();

  constructor(names: readonly CounterName[]) {
    this.#names = names;
  }

  add(added: Added): void {
    const values = this.#valuesOf(added.draft);
    addTo(this.#byValues, `${values} ${wastedOf(added.draft)}`, added);
    // The first of them is equal to all that know no wasted bytes.
    if (this.#names.length > 0) getOrAdd(this.#byValues, `${values} any`, () => [added]);
  }

  /** The first that is equal in all that both hold. */
  find(draft: Draft): Added | null {
    const values = this.#valuesOf(draft);
    const wasted = wastedOf(draft);
    if (wasted === null) return this.#byValues.get(`${values} any`)?.[0] ?? null;
    const same = this.#first(`${values} ${wasted}`, wasted);
    const open = this.#names.length === 0 ? null : this.#first(`${values} null`, null);
    return same !== null && (open === null || same.at < open.at) ? same : open;
  }

  /** Without those that have learnt since what they wasted: they were added again. */
  #first(key: string, wasted: bigint | null): Added | null {
    const all = this.#byValues.get(key) ?? [];
    while (all[0] && wastedOf(all[0].draft) !== wasted) all.shift();
    return all[0] ?? null;
  }

  #valuesOf({ counters }: Draft): string {
    return this.#names.map((name) => counters.get(name)?.value).join();
  }
}

/** Finds a draft by its values, also where it has but some of the counters. */
export class KnownDrafts {
  readonly #exactly = new Map<string, Draft>();
  readonly #alike = new Map<string, Alike>();
  #added = 0;

  add(draft: Draft): void {
    const names = namesOf(draft);
    const alike: Alike = getOrAdd(this.#alike, names.join(), () => ({
      names,
      drafts: [],
      shared: new Map(),
    }));
    const added = { draft, at: this.#added++ };
    alike.drafts.push(added);
    for (const values of alike.shared.values()) values.add(added);
    this.#exactly.set(valuesOf(draft), draft);
  }

  find(draft: Draft): Draft | undefined {
    const exact = this.#exactly.get(valuesOf(draft));
    if (exact) return exact;
    const names = namesOf(draft).join();
    for (const [key, { names: theirs, drafts, shared }] of this.#alike) {
      // Those with the same counters would be equal exactly.
      if (key === names && names !== '') continue;
      const common = theirs.filter((name) => draft.counters.has(name));
      let values = shared.get(common.join());
      if (!values) {
        values = new SharedValues(common);
        for (const one of drafts) values.add(one);
        shared.set(common.join(), values);
      }
      const found = values.find(draft);
      if (found) return found.draft;
    }
    return undefined;
  }
}

const namesOf = ({ counters }: Draft): CounterName[] => [...counters.keys()].sort();

function valuesOf({ counters, wasted }: Draft): string {
  const values = [...counters].map(([name, { value }]) => `${name} ${value}`).sort();
  return values.length > 0 ? values.join() : `wasted ${wasted}`;
}
