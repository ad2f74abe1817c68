/**
 * One reading of /sys/kernel/debug/modules while it is being read: held back until it ends, because the
 * snapshot event says what became of its list.
 */
import { COUNTERS, type CounterName } from '../../model/counters.js';
import { AVERAGES, type DerivedName } from '../../model/debugfs.js';
import type { IngestContext } from '../ingester.js';
import { checkCounters } from './checks.js';
import { judgeList } from './judge.js';
import { ALWAYS_PRINTED, type RowMeaning } from './labels.js';
import { DuplicateList } from './list.js';

export interface Reading {
  readonly value: bigint;
  readonly line: number;
}

/** A row of the table as printed, in the order printed. */
export interface TableRow extends Reading {
  readonly label: string;
  readonly meaning: RowMeaning;
}

/** What the lines after a snapshot say of it. */
export interface Ending {
  /** Nothing follows in the source. */
  readonly last: boolean;
  /** The source is more than dumps: people leave out parts of what they write about. */
  readonly prose: boolean;
}

export class SnapshotDraft {
  readonly list = new DuplicateList();
  readonly table: TableRow[] = [];
  readonly files = new Map<CounterName, Reading>();
  readonly #index: number;
  readonly label: string | null;
  readonly directory: string;
  /** Rows may be left out anywhere, as a diff does. */
  partial = false;
  /** Rows have the kernel's tabs: the text is the file, not what a terminal showed of it. */
  tabbed = false;
  /** A command came right behind: all that the one before printed is there. */
  followed = false;
  #firstLine = 0;

  constructor(index: number, label: string | null, directory: string) {
    this.#index = index;
    this.label = label;
    this.directory = directory;
  }

  touch(line: number): void {
    if (this.#firstLine === 0) this.#firstLine = line;
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

  finish(context: IngestContext, ending: Ending): boolean {
    this.list.close(ending.last);
    if (ending.last) this.#dropCutNumber(context);
    const counters = COUNTERS.filter((counter) => this.value(counter) !== undefined);
    const wasted = this.figure('wasted');
    if (counters.length === 0 && this.list.rows.length === 0 && !wasted) return false;

    const list = judgeList(this, context, ending.prose);
    checkCounters(this, context, ending.last);
    const place = { t: null, snapshot: this.#index };
    context.emit({
      kind: 'snapshot',
      line: this.#firstLine,
      list,
      label: this.label,
      ...place,
      ...(wasted ? { wastedBytes: wasted.value } : {}),
    });
    for (const counter of counters) {
      const reading = this.value(counter);
      if (reading)
        context.emit({ kind: 'counter', counter, value: reading.value, line: reading.line, ...place });
    }
    for (const [rank, { module, times, reasons, line }] of this.list.rows.entries()) {
      context.emit({ kind: 'duplicate-row', rank, module, times, reasons, line, ...place });
    }
    return true;
  }

  /**
   * A table that stops in its middle at the very end of the source may have been cut inside a number. Ten rows
   * are what `head` prints, and a row alone is what `grep` prints.
   */
  #dropCutNumber(context: IngestContext): void {
    const last = this.table.at(-1);
    if (!last || this.tableWhole || this.list.titled || this.files.size > 0 || last.meaning.is !== 'counter')
      return;
    const fromTop = this.table[0]?.meaning.is === 'counter' && this.table[0].meaning.counter === 'modcount';
    if (!fromTop || this.table.length < 2 || this.table.length === 10) return;
    this.table.pop();
    context.diagnose(
      'stats-incomplete',
      last.line,
      `the text ends in "${last.label} ${last.value}", maybe inside the number`,
    );
  }
}
