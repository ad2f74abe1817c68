// SPDX-License-Identifier: Apache-2.0
/** Pastes and dumps of /sys/kernel/debug/modules: the `stats` table, the counter files, or both, once or more. */

import { type FileName, isCounterFile } from '../../model/debugfs.js';
import type { IngestContext, LineIngester, LineSink } from '../ingester.js';
import { classify, type Fact, lacksNumber } from './classify.js';
import { sniff } from './detect.js';
import { emitSnapshot } from './emit.js';
import { DuplicateList } from './list.js';
import { type Machine, machineIn } from './machine.js';
import { SnapshotDraft } from './snapshot.js';
import { plainText, rowsOf } from './text.js';
import { TwoSided } from './two-sided.js';

/** Directory names that do not label a snapshot. */
const ORDINARY = new Set(['', '.', '..', 'sys', 'kernel', 'debug', 'modules', 'debugfs', 'debugfs-modules']);

/** `after-1/debugfs-modules/` -> `after-1`; null if every part of the path is ordinary. */
function labelOf(directory: string): string | null {
  return directory.split('/').findLast((part) => !ORDINARY.has(part)) ?? null;
}

/** Both name directories, and these differ. */
function isElsewhere(known: SnapshotDraft, place: string): boolean {
  return known.directory !== '' && place !== '' && labelOf(known.directory) !== labelOf(place);
}

class StatsReader implements LineSink {
  readonly #context: IngestContext;
  #draft: SnapshotDraft | null = null;
  #snapshots = 0;
  #heading: string | null = null;
  #startsSnapshot = false;
  /** A heading or a command since the last number. */
  #broken = false;
  #prose = false;
  /** The file whose contents come next, and its directory. */
  #file: FileName | null = null;
  #directory = '';
  #lastIsNumber = false;
  /** A label whose number was wrapped to the next line. */
  #wrapped: string | null = null;
  /** The next snapshot may lack rows. */
  #partial = false;
  #machine: Machine = {};
  readonly #sides = new TwoSided({
    read: (text, number) => this.#rows(text, number),
    startSnapshot: (label, partial) => this.#startSnapshot(label, partial),
  });

  constructor(context: IngestContext) {
    this.#context = context;
  }

  line(text: string, number: number): void {
    const plain = plainText(text);
    if (!this.#sides.line(plain, number)) this.#rows(plain, number);
  }

  #rows(text: string, number: number): void {
    const rows = rowsOf(text);
    for (const row of rows) this.#row(row, number, rows.length > 1);
  }

  end(): void {
    if (this.#sides.end()) this.#lastIsNumber = false;
    this.#finish(this.#lastIsNumber);
  }

  #row(line: string, number: number, joined: boolean): void {
    const text =
      this.#wrapped === null || !/^\s*\d+\s*$/.test(line) ? line : `${this.#wrapped} ${line.trim()}`;
    this.#wrapped = lacksNumber(text) ? text : null;
    if (this.#wrapped !== null) {
      this.#lastIsNumber = false;
      return;
    }
    const list = this.#draft?.list;
    const glued = list?.open && list.form === 'rows' ? DuplicateList.unglue(text) : null;
    if (glued) {
      list?.offer(glued.listed, number);
      this.#take(classify(glued.rest), number);
      return;
    }
    const fact = classify(text);
    if (fact.is === 'command' || fact.is === 'text') this.#nameMachine(text);
    if (list?.open && list.form === 'names' && isProse(fact) && list.offer(text, number)) return;
    if (joined && fact.is === 'text' && fact.text === 'stats') return;
    this.#take(fact, number);
  }

  /** A release holds for its host until another one is named. */
  #nameMachine(text: string): void {
    const machine = machineIn(text);
    if (!machine) return;
    const known = this.#machine;
    const same = machine.release === undefined && (known.host === undefined || known.host === machine.host);
    this.#machine = same ? { ...known, ...machine } : machine;
  }

  #take(fact: Fact, line: number): void {
    const draft = this.#draft;
    if (fact.is === 'command' && draft && this.#lastIsNumber) draft.followed = true;
    this.#lastIsNumber = ['value-of', 'number', 'table-row', 'list-title', 'list-head', 'list-row'].includes(
      fact.is,
    );
    switch (fact.is) {
      case 'blank':
        this.#draft?.list.blank();
        return;
      case 'file':
        this.#leaveList();
        this.#file = fact.file;
        this.#directory = fact.directory;
        return;
      case 'command':
        this.#leaveList();
        this.#file = fact.file;
        this.#directory = fact.directory;
        this.#broken = true;
        return;
      case 'heading':
        this.#leaveList();
        this.#heading = fact.label;
        this.#startsSnapshot ||= fact.startsSnapshot;
        this.#file = null;
        this.#broken = true;
        return;
      case 'value-of':
        this.#leaveList();
        this.#file = null;
        if (fact.value !== null) this.#counter(fact.file, fact.directory, fact.value, line);
        return;
      case 'number':
        this.#leaveList();
        if (this.#file) this.#counter(this.#file, this.#directory, fact.value, line);
        this.#file = null;
        return;
      case 'table-row': {
        const draft = this.#draftFor(
          fact.directory,
          (known) => known.has(fact.label) || known.list.form !== 'unseen',
        );
        draft.touch(line);
        draft.tabbed ||= fact.tabbed;
        draft.table.push({ label: fact.label, meaning: fact.meaning, value: fact.value, line });
        return;
      }
      case 'list-title': {
        const draft = this.#draftFor(fact.directory, (known) => known.list.form !== 'unseen');
        draft.touch(line);
        draft.list.title(fact.namesOnly);
        return;
      }
      case 'list-head': {
        const draft = this.#draftFor(fact.directory, (known) => known.list.rows.length > 0);
        draft.touch(line);
        draft.list.head(fact.padded);
        return;
      }
      case 'list-row': {
        const draft = this.#draftFor(fact.directory, (known) => known.list.has(fact.row.module));
        draft.touch(line);
        draft.list.add(fact.row, line, fact.indented);
        return;
      }
      case 'text':
        this.#text(fact.text, fact.directory !== '', line);
        return;
      default:
        fact satisfies never;
    }
  }

  /** Prose, or a part of the list. `ours`: the line is marked as from the stats file. */
  #text(text: string, ours: boolean, line: number): void {
    if (this.#draft?.list.offer(text, line)) {
      this.#lastIsNumber = true;
      return;
    }
    this.#leaveList();
    if (ours || this.#file === 'unloaded_tainted') return;
    this.#prose = true;
  }

  #counter(file: FileName, directory: string, value: bigint, line: number): void {
    if (!isCounterFile(file)) return;
    const draft = this.#draftFor(
      directory,
      (known) => known.files.has(file) || (this.#broken && (known.inTable(file)?.value ?? value) !== value),
    );
    draft.touch(line);
    draft.files.set(file, { value, line });
  }

  #startSnapshot(label: string, partial: boolean): void {
    this.#leaveList();
    this.#heading = labelOf(label.replace(/(^|\/)stats$/, '')) ?? label;
    this.#startsSnapshot = true;
    this.#partial = partial;
    this.#file = null;
    this.#directory = '';
    this.#broken = true;
  }

  /** The snapshot for a value: the open one, unless it repeats a value that one already has. */
  #draftFor(directory: string, repeats: (draft: SnapshotDraft) => boolean): SnapshotDraft {
    const place = directory === '' ? this.#directory : directory;
    const known = this.#draft;
    const another = !known || this.#startsSnapshot || isElsewhere(known, place) || repeats(known);
    if (another) this.#finish(false);
    const draft = another
      ? new SnapshotDraft(this.#snapshots, this.#heading ?? labelOf(place), place)
      : known;
    if (another) {
      draft.partial = this.#partial;
      draft.machine = this.#machine;
    }
    this.#heading = null;
    this.#startsSnapshot = false;
    this.#partial = false;
    this.#broken = false;
    this.#draft = draft;
    return draft;
  }

  #leaveList(): void {
    this.#draft?.list.close(false);
  }

  #finish(last: boolean): void {
    if (this.#draft && emitSnapshot(this.#draft, this.#context, { last, prose: this.#prose }))
      this.#snapshots++;
    this.#draft = null;
  }
}

/** A line that may be a row of the list although it looks like something else: a module may be named `stats`. */
function isProse(fact: Fact): boolean {
  return fact.is === 'text' || fact.is === 'file' || fact.is === 'heading';
}

export const debugfsStats: LineIngester = {
  name: 'debugfs-stats',
  title: 'Module statistics of debugfs (modules/stats and its counters)',
  priority: 520,
  most: 95,
  places: ['sys/kernel/debug/modules/stats'],
  reads: 'lines',
  needles: null,
  sniff,
  start: (context) => new StatsReader(context),
};
