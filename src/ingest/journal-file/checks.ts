// SPDX-License-Identifier: Apache-2.0
/** What shows damage to a journal file: its header and its entries must fit (systemd's journal-verify.c), and its hashes. */
import { u64 } from './objects.js';

const ENTRIES_AT = 152;
const FIRST_REALTIME_AT = 184;
const LAST_REALTIME_AT = 192;
const LAST_MONOTONIC_AT = 200;

export interface EntryHead {
  readonly number: bigint;
  readonly realtime: bigint;
  readonly monotonic: bigint;
  readonly bootId: string;
}

/**
 * Whether an entry has these fields. journald takes the exclusive or of the hashes of all, also of repeated ones, which it
 * then stores once (journal_file_append_entry): up to two such fields may be missing from it. Zero: no hash is stated.
 */
export function isHashOf(stated: number, hashes: readonly number[]): boolean {
  const missing = hashes.reduce((sum, hash) => sum ^ hash, stated);
  const known = new Set(hashes);
  return (
    stated === 0 || missing === 0 || hashes.some((hash) => hash === missing || known.has(hash ^ missing))
  );
}

/** What no hash covers: the heads of the entries, in their order. */
export class Order {
  readonly #header: DataView;
  #count = 0;
  #first: EntryHead | null = null;
  #last: EntryHead | null = null;

  constructor(header: DataView) {
    this.#header = header;
  }

  /** What is wrong with the next entry, or null. `sameId`: its field `_BOOT_ID`, if it has one. */
  next(entry: EntryHead, sameId: string | undefined): string | null {
    const last = this.#last;
    this.#count += 1;
    this.#first ??= entry;
    this.#last = entry;
    if (sameId !== undefined && sameId !== entry.bootId) return 'has two boot IDs';
    if (!last) return null;
    if (entry.number <= last.number) return 'has a number that another had before it';
    return entry.bootId === last.bootId && entry.monotonic < last.monotonic
      ? 'has a clock that went back'
      : null;
  }

  /** What is wrong with the file as a whole, or null. A copy of one in use may hold more entries than its header counts. */
  end(): string | null {
    const stated = u64(this.#header, ENTRIES_AT);
    if (this.#count < stated)
      return `it holds ${this.#count} of the ${stated} entries that its header counts`;
    const { realtime, monotonic } = this.#last ?? {};
    const fits =
      this.#count > stated ||
      (this.#at(FIRST_REALTIME_AT, this.#first?.realtime) &&
        this.#at(LAST_REALTIME_AT, realtime) &&
        this.#at(LAST_MONOTONIC_AT, monotonic));
    return fits ? null : 'the times of its first or last entry are not those of its header';
  }

  #at(offset: number, time = 0n): boolean {
    return this.#header.getBigUint64(offset, true) === time;
  }
}
