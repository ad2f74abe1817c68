// SPDX-License-Identifier: Apache-2.0
/**
 * Two snapshots side by side: `diff -u before after`, `diff -y`, `paste before after`. Separates the sides and reads one
 * after the other.
 *
 *     -         Mods ever loaded	27                     |          Mods ever loaded	27	         Mods ever loaded	29
 *     +         Mods ever loaded	29
 *           Mods failed on kread	0
 *
 *     | counter          | before | after |
 *     | Mods ever loaded |     27 |    29 |
 */
import { FILE_PATTERN, LABEL_PATTERN } from './labels.js';
import { rowsOf } from './text.js';

interface Line {
  readonly text: string;
  readonly number: number;
}

/** Takes the lines of a side. */
interface Reader {
  read(text: string, number: number): void;
  /** Another snapshot follows; `partial`: rows that are equal on both sides may be missing. */
  startSnapshot(label: string, partial: boolean): void;
}

const HUNK = /^@@ -(\d+)(?:,(\d+))? \+\d+(?:,(\d+))? @@/;
/** Context lines that diff prints around a change; fewer follow only at the end of a file. */
const CONTEXT = 3;
/** `--- before/stats	2026-11-22 14:08:48.5 +0000` */
const DIFF_FILE = /^(?:---|\+\+\+) (\S+)/;
const LABEL = new RegExp(`^(?:${LABEL_PATTERN})`, 'i');
const FILE_NAME = new RegExp(FILE_PATTERN);
const LIST_PART = /^(?:Duplicate )?failed modules:|^Module-name\s|\s\d+\s+(?:Becoming|Load|Bug-on)/i;
/** A row of a table names one counter, by its label or its file. */
const IS_COUNTER = new RegExp(`^(?:${LABEL_PATTERN}|${FILE_PATTERN})$`, 'i');
/** `474,688`, `**3**`, `3 (-97 %)` */
const NUMBER = /^[\s*_`]*(\d{1,3}(?:[,']\d{3})+|\d{1,20})(?![\d.])/;
const TABLE_RULE = /^[\s|:-]+$/;
/** What `diff -y` prints between the sides. */
const MARK = /^[|<>/\\()]$/;
const LONGEST_ROW = 500;
/** More than two of the longest tables with hunk heads. */
const MAX_LINES = 2000;

/** True if the lines hold a unified diff. */
export function isDiff(lines: readonly string[]): boolean {
  return lines.some((line) => HUNK.test(line));
}

/** A line of a unified diff without its `+` or `-`. */
export function withoutDiffMark(line: string): string {
  return /^[-+] {2,}|^[-+](?=Mods? )/.test(line) ? line.slice(1) : line;
}

/** Whether a line of a diff is from the debugfs files. */
function isStatsLine({ text }: Line): boolean {
  return LABEL.test(text.trimStart()) || LIST_PART.test(text) || FILE_NAME.test(text);
}

/** The cells of a row of a Markdown or wiki table with a label and two values or more; null for another line. */
function cellsOf(text: string): string[] | null {
  if (!text.includes('|') || text.length > LONGEST_ROW) return null;
  const cells = text.split(/\|{1,2}/).map((cell) => cell.replaceAll('*', '').replaceAll('`', '').trim());
  if (cells[0] === '') cells.shift();
  if (cells.at(-1) === '') cells.pop();
  return cells.length >= 3 ? cells : null;
}

/** True for a row with the values of a counter on two sides. */
function isCompared([label = '', before = '', after = '']: readonly string[]): boolean {
  return IS_COUNTER.test(label) && NUMBER.test(before) && NUMBER.test(after);
}

/** Whether a line is such a row of a table. */
export function isTableRow(text: string): boolean {
  return isCompared(cellsOf(text) ?? []);
}

function numberIn(cell: string): string {
  return (NUMBER.exec(cell)?.[1] ?? '').replace(/[,']/g, '');
}

export class TwoSided {
  readonly #reader: Reader;
  #form: 'none' | 'diff' | 'columns' = 'none';
  #left: Line[] = [];
  #right: Line[] = [];
  #names: string[] = [];
  /** The cells of the row that a table may start with. */
  #heading: readonly string[] = [];
  #partial = false;
  #table = false;
  /** Unchanged lines since the last change. */
  #same = 0;
  /** Lines of each side left in the hunk. */
  #leftMore = 0;
  #rightMore = 0;

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  /** False if the line has one side only. */
  line(text: string, number: number): boolean {
    const named = DIFF_FILE.exec(text)?.[1];
    if (named !== undefined) this.#names = [...this.#names.slice(-1), named];
    const hunk = HUNK.exec(text);
    if (hunk) {
      if (this.#form === 'columns') this.end();
      this.#partial = this.#form === 'diff' || hunk[1] !== '1';
      this.#form = 'diff';
      this.#leftMore = Number(hunk[2] ?? 1);
      this.#rightMore = Number(hunk[3] ?? 1);
      return true;
    }
    const taken = this.#form === 'diff' ? this.#diff(text, number) : this.#columns(text, number);
    if (!taken || this.#left.length + this.#right.length > MAX_LINES) this.end();
    return taken;
  }

  /** Reads the held lines: first one side, then the other. True for rows of a table, whose last number is whole. */
  end(): boolean {
    const wasTable = this.#table;
    this.#table = false;
    this.#close();
    return wasTable;
  }

  #close(): void {
    const [left, right] = [this.#left, this.#right];
    const [before = 'before', after = 'after'] = this.#names.length === 2 ? this.#names : [];
    const wasOpen = this.#form !== 'none';
    const partial = this.#form === 'diff' && (this.#partial || this.#same >= CONTEXT);
    this.#form = 'none';
    this.#left = [];
    this.#right = [];
    if (!wasOpen) return;
    this.#names = [];
    // Another diff, such as a patch in the text.
    if (![...left, ...right].some(isStatsLine)) return;
    this.#reader.startSnapshot(before, partial);
    for (const { text, number } of left) this.#reader.read(text, number);
    this.#reader.startSnapshot(after, partial);
    for (const { text, number } of right) this.#reader.read(text, number);
  }

  #diff(text: string, number: number): boolean {
    // People shorten hunks of snapshots without adjusting their heads; those of a patch are right.
    const isOver = this.#leftMore <= 0 && this.#rightMore <= 0 && !text.startsWith('\\');
    if (isOver && ![...this.#left, ...this.#right].some(isStatsLine)) return false;
    const line = { text: text.slice(1), number };
    this.#same = text[0] === ' ' ? this.#same + 1 : 0;
    switch (text[0]) {
      case '-':
        if (text.startsWith('--- ')) return false;
        this.#leftMore--;
        this.#left.push(line);
        return true;
      case '+':
        this.#rightMore--;
        this.#right.push(line);
        return true;
      case ' ':
        this.#leftMore--;
        this.#rightMore--;
        this.#left.push(line);
        this.#right.push(line);
        return true;
      case '\\':
        return true;
      default:
        return false;
    }
  }

  #columns(text: string, number: number): boolean {
    const cells = cellsOf(text);
    if (cells !== null) {
      const [label = '', before = '', after = ''] = cells;
      const isRow = isCompared(cells);
      if (this.#form === 'none' && !isRow) this.#heading = TABLE_RULE.test(text) ? this.#heading : cells;
      if (isRow) {
        if (this.#form === 'none') this.#names = this.#heading.slice(1, 3);
        this.#form = 'columns';
        this.#table = true;
        this.#left.push({ text: `${label}\t${numberIn(before)}`, number });
        this.#right.push({ text: `${label}\t${numberIn(after)}`, number });
        return true;
      }
    } else this.#heading = [];
    const rows = rowsOf(text).filter((row) => !MARK.test(row));
    const [left = '', right] = rows.map((row) => row.trim());
    const label = LABEL.exec(left)?.[0];
    const two = rows.length === 2 && right !== undefined;
    // It starts only with a row on both sides.
    if (two && label !== undefined && LABEL.exec(right)?.[0] === label) {
      this.#form = 'columns';
    } else if (this.#form === 'none') {
      return false;
    }
    if (text.trim() === '') return true;
    if (two) {
      this.#left.push({ text: left, number });
      this.#right.push({ text: right, number });
      return true;
    }
    if (rows.length !== 1 || (label === undefined && !LIST_PART.test(left))) return false;
    // One side alone: `paste` keeps the blank before the other, `diff -y` points to it.
    const one = {
      text: (left.endsWith('<') ? left.slice(0, -1).trimEnd() : left).replace(/^>\s*/, ''),
      number,
    };
    if (/^\t|^\s*>/.test(text)) this.#right.push(one);
    else this.#left.push(one);
    return true;
  }
}
