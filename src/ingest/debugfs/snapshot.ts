// SPDX-License-Identifier: Apache-2.0
/**
 * A snapshot of /sys/kernel/debug/modules while it is parsed: held until it ends, because the snapshot event tells
 * whether its list is whole.
 */
import type { CounterName } from '../../model/counters.js';
import { AVERAGES, type DerivedName } from '../../model/debugfs.js';
import { ALWAYS_PRINTED, type RowMeaning } from './labels.js';
import { DuplicateList } from './list.js';
import type { Machine } from './machine.js';

export interface PlacedValue {
  readonly value: bigint;
  readonly line: number;
}

/** A row of the table as printed. */
export interface TableRow extends PlacedValue {
  readonly label: string;
  readonly meaning: RowMeaning;
}

export class SnapshotDraft {
  readonly list = new DuplicateList();
  readonly table: TableRow[] = [];
  readonly files = new Map<CounterName, PlacedValue>();
  readonly index: number;
  readonly label: string | null;
  readonly directory: string;
  /** Rows may be missing anywhere, as in a diff. */
  partial = false;
  /** Rows have the kernel's tabs: the text is the file rather than a copy from a terminal. */
  tabbed = false;
  /** A command followed directly: the output before it is complete. */
  followed = false;
  firstLine = 0;
  machine: Machine = {};

  constructor(index: number, label: string | null, directory: string) {
    this.index = index;
    this.label = label;
    this.directory = directory;
  }

  touch(line: number): void {
    if (this.firstLine === 0) this.firstLine = line;
  }

  has(label: string): boolean {
    return this.table.some((row) => row.label === label);
  }

  figure(name: DerivedName): PlacedValue | undefined {
    return this.table.find((row) => row.meaning.is === 'derived' && row.meaning.figure === name);
  }

  /** The table's value of a counter. */
  inTable(counter: CounterName): PlacedValue | undefined {
    return this.table.find((row) => row.meaning.is === 'counter' && row.meaning.counter === counter);
  }

  /** The table was read at one time, together with its list: it takes precedence over the files. */
  value(counter: CounterName): PlacedValue | undefined {
    return this.inTable(counter) ?? this.files.get(counter);
  }

  /** A table of the first posting, which printed neither failure counts nor the wasted total. */
  get firstPosting(): boolean {
    return (
      this.list.form === 'names' ||
      this.table.some((row) => row.meaning.is === 'counter' && row.meaning.first)
    );
  }

  /** All rows that the kernel prints before the list are present. */
  get tableWhole(): boolean {
    if (this.firstPosting) return this.has('invalid mod bytes');
    if (this.figure('wasted') === undefined) return false;
    if (this.table.filter((row) => row.meaning.is === 'counter').length < ALWAYS_PRINTED - 1) return false;
    return AVERAGES.every((average) => !this.#isPrinted(average) || this.figure(average.name) !== undefined);
  }

  #isPrinted(average: { bytes: CounterName; count: CounterName }): boolean {
    return (this.inTable(average.bytes)?.value ?? 0n) > 0n && (this.inTable(average.count)?.value ?? 0n) > 0n;
  }
}
