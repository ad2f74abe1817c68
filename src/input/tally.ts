// SPDX-License-Identifier: Apache-2.0
/**
 * Members of a container that are not read: one count per reason. Of those skipped on purpose, with the first few names in
 * alphabetical order, which does not depend on the order of members.
 */
import type { DiagnosticCode } from '../model/diagnostic.js';

const NAMED = 3;

interface Row {
  count: number;
  readonly names: string[];
}

export class Tally {
  readonly #specials: Row = { count: 0, names: [] };
  readonly #unwanted = new Map<string, Row>();
  #beyond: { readonly limit: string; count: number } | null = null;

  /** A link, device, fifo or socket. */
  special(name: string, what: string): void {
    add(this.#specials, `${name} (${what})`);
  }

  /** A member that the layout skips. */
  unwanted(name: string, layout: string): void {
    const row = this.#unwanted.get(layout) ?? { count: 0, names: [] };
    add(row, name);
    this.#unwanted.set(layout, row);
  }

  /** A member that a limit leaves out. */
  beyond(limit: string): void {
    this.#beyond ??= { limit, count: 0 };
    this.#beyond.count += 1;
  }

  *entries(): Generator<{ code: DiagnosticCode; detail: string; count: number }> {
    if (this.#specials.count > 0) {
      const detail = `not read (links, special files): ${list(this.#specials)}`;
      yield { code: 'input-skipped', detail, count: this.#specials.count };
    }
    for (const [layout, row] of this.#unwanted) {
      const detail = `members of a ${layout} that hold no evidence, not unpacked: ${list(row)}`;
      yield { code: 'input-skipped', detail, count: row.count };
    }
    if (this.#beyond) {
      const { limit, count } = this.#beyond;
      yield { code: 'input-limit', detail: limit, count };
    }
  }
}

function add(row: Row, name: string): void {
  row.count += 1;
  row.names.push(name);
  row.names.sort();
  row.names.length = Math.min(row.names.length, NAMED);
}

function list({ names, count }: Row): string {
  const more = count - names.length;
  return `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
