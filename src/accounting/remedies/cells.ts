// SPDX-License-Identifier: Apache-2.0
/** Sums up the parts of failed loads that the same remedies save. */

import { add, type Bounds, big, NONE } from '../../model/bounds.js';
import { getOrAdd } from '../../model/groups.js';
import { Names } from '../worth.js';
import type { Cell, Removal } from './types.js';

type Writable<T> = { -readonly [key in keyof T]: T[key] };

export class CellTable {
  readonly #cells = new Map<string, Writable<Cell>>();
  /** The same by the sets as they were given. */
  readonly #given = new Map<string, Writable<Cell>>();
  readonly #names = new Map<number, { readonly modules: Names; readonly who: Names }>();

  add(bytes: Bounds<number>, removals: readonly Removal[]): void {
    if (bytes.high !== 0) this.addBytes(big(bytes), removals);
  }

  addBytes(bytes: Cell['bytes'], removals: readonly Removal[]): void {
    if (removals.length > 0) this.#addTo(this.#cellOf(removals), bytes);
  }

  /** `cancels`: the remedies with which those do not cost it. */
  addCosts(bytes: Cell['bytes'], removals: readonly Removal[], cancels: readonly Removal[]): void {
    this.#addTo(this.#cellOf(removals, true, cancels), bytes);
  }

  #addTo(cell: Writable<Cell>, bytes: Cell['bytes']): void {
    cell.bytes = add(cell.bytes, bytes);
  }

  count(calls: bigint, removals: readonly Removal[]): void {
    if (removals.length > 0) this.#cellOf(removals).calls += calls;
  }

  /** Remembers whose calls each single remedy saves. */
  name(
    module: string | null,
    who: string | null,
    bytes: bigint,
    calls: bigint,
    by: readonly Removal[],
  ): void {
    for (const names of new Set(by.map((removal) => this.namesOf(removal.mask)))) {
      names.modules.add(module, bytes, calls);
      names.who.add(who, bytes, calls);
    }
  }

  /** Keeps names once for remedies that save the same calls; before any is named. */
  shareNames(by: readonly Removal[]): void {
    const shared = { modules: new Names(), who: new Names() };
    for (const { mask } of by) this.#names.set(mask, shared);
  }

  namesOf(mask: number): { readonly modules: Names; readonly who: Names } {
    const names = getOrAdd(this.#names, mask, () => ({ modules: new Names(), who: new Names() }));
    return names;
  }

  cells(): Cell[] {
    return [...this.#cells.values()];
  }

  #cellOf(removals: readonly Removal[], costs = false, cancels: readonly Removal[] = []): Writable<Cell> {
    const given = `${costs}${textOf(removals)}/${textOf(cancels)}`;
    const same = this.#given.get(given);
    if (same) return same;
    const sets = { removals: distinct(removals), cancels: distinct(cancels) };
    const key = JSON.stringify([costs, sets]);
    const known = getOrAdd(this.#cells, key, () => ({ costs, bytes: NONE, calls: 0n, ...sets }));
    this.#given.set(given, known);
    return known;
  }
}

function textOf(removals: readonly Removal[]): string {
  let text = '';
  for (const { mask, certain } of removals) text += certain ? `+${mask}` : `?${mask}`;
  return text;
}

/** Each set once, for certain where one of its kind is. */
function distinct(removals: readonly Removal[]): Removal[] {
  const sure = new Map<number, boolean>();
  for (const { mask, certain } of removals) sure.set(mask, certain || (sure.get(mask) ?? false));
  return [...sure].sort(([a], [b]) => a - b).map(([mask, certain]) => ({ mask, certain }));
}
