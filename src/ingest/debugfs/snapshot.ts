/**
 * One reading of /sys/kernel/debug/modules while it is being read: held back until it ends, because the
 * snapshot event says what became of its list.
 */
import type { CounterName } from '../../model/counters.js';
import { AVERAGES, type DerivedName } from '../../model/debugfs.js';
import { ALWAYS_PRINTED, type RowMeaning } from './labels.js';
import { DuplicateList } from './list.js';
import type { Machine } from './machine.js';

export interface Reading {
  readonly value: bigint;
  readonly line: number;
}

/** A row of the table as printed, in the order printed. */
export interface TableRow extends Reading {
  readonly label: string;
  readonly meaning: RowMeaning;
}

export class SnapshotDraft {
  readonly list = new DuplicateList();
  readonly table: TableRow[] = [];
  readonly files = new Map<CounterName, Reading>();
  readonly index: number;
  readonly label: string | null;
  readonly directory: string;
  /** Rows may be left out anywhere, as a diff does. */
  partial = false;
  /** Rows have the kernel's tabs: the text is the file, not what a terminal showed of it. */
  tabbed = false;
  /** A command came right behind: all that the one before printed is there. */
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

  figure(name: DerivedName): Reading | undefined {
    return this.table.find((row) => row.meaning.is === 'derived' && row.meaning.figure === name);
  }

  /** What the table prints for a counter. */
  inTable(counter: CounterName): Reading | undefined {
    return this.table.find((row) => row.meaning.is === 'counter' && row.meaning.counter === counter);
  }

  /** The table is one reading, and its list belongs to it: it wins over files read moments apart. */
  value(counter: CounterName): Reading | undefined {
    return this.inTable(counter) ?? this.files.get(counter);
  }

  /** The table of the first posting, which printed neither failure counts nor the wasted total. */
  get firstPosting(): boolean {
    return (
      this.list.form === 'names' ||
      this.table.some((row) => row.meaning.is === 'counter' && row.meaning.first)
    );
  }

  /** All rows that the kernel prints before the list are there. */
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
