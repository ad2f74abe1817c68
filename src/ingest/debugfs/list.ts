// SPDX-License-Identifier: Apache-2.0
/**
 * The duplicate list of the `stats` table, row by row. It is often truncated (kernel/module/stats.c fills a buffer that
 * is too small and stops at row 112; people paste a part), and mail wraps its rows, which are 73 columns wide. A number
 * is trusted only if its reason follows.
 */
import { REASON_BECOMING, REASON_LOAD } from '../../model/counters.js';
import { type ListRow, listRow, PADDED_TAIL } from './classify.js';
import { FILE_PATTERN } from './labels.js';

export interface PlacedRow extends ListRow {
  readonly line: number;
}

/** A truncated row: `kvm`, `kvm  44`, `kvm  447   Bec`. Longer prose does not match. */
const PARTIAL_ROW = /^\s*[\w.,+-]+(?:\s+\d+(?:\s+[BL][\w&-]*(?: ?&? ?\w*))?)?\s*$/;
/** A name and a column gap, but no count and reason: for example, followed by the next prompt. */
const DAMAGED_ROW = /^\s*[\w.,+-]+(?:\t| {3,})\s*\d*\S/;
/** The column heads, which mail wraps like the rows. */
const PART_OF_HEAD = /^\s*(?:Module-name\s*)?(?:How-many-times\s*)?(?:Reason\s*)?$/i;
const REASON_REST = /^\s*&\s*(\w*)\s*$/;
/** A truncated text has no newline, so a shell loop appends its next line: `   4total_mod_size`. */
const GLUED = new RegExp(`^(.*\\s\\d+(?:\\s.*?)?|\\s+)((?:\\/\\S*\\/)?(?:${FILE_PATTERN}))\\s*$`);

/** No row is longer, with any path appended to it. */
const LONGEST = 512;

export class DuplicateList {
  readonly rows: PlacedRow[] = [];
  /** Rows by module. */
  readonly #times = new Map<string, number>();
  /** `names` for the first posting of the patch, which printed neither counts nor reasons. */
  form: 'unseen' | 'rows' | 'names' = 'unseen';
  titled = false;
  open = false;
  /** The text where the list is truncated, or null. */
  truncatedText: string | null = null;
  truncatedLine: number | null = null;
  /** Other text directly followed the last row; it may hide part of a row. */
  endedInText = false;
  #padded = false;
  /** Rows keep their leading blanks. */
  #indented = false;
  #pending: { text: string; line: number } | null = null;
  #blank = false;

  title(namesOnly: boolean): void {
    this.form = namesOnly ? 'names' : 'rows';
    this.titled = true;
    this.open = true;
    this.#blank = false;
  }

  head(padded: boolean): void {
    this.title(false);
    this.#padded ||= padded;
  }

  add(row: ListRow, line: number, indented: boolean): void {
    this.#settle();
    if (this.form === 'unseen') this.form = 'rows';
    this.open = true;
    this.#blank = false;
    this.#indented ||= indented;
    if (row.tail >= PADDED_TAIL) this.#padded = true;
    this.#push({ ...row, line });
  }

  /** A blank line does not end the list: a copy may have doubled its line ends. */
  blank(): void {
    this.#blank = true;
  }

  /** Takes a line that is not a whole row; false if it is not part of the list. */
  offer(text: string, line: number): boolean {
    if (!this.open || text.length > LONGEST) return false;
    if (this.form === 'names') return this.#offerName(text, line);
    if (this.rows.length === 0 && PART_OF_HEAD.test(text)) return true;
    const rest = REASON_REST.exec(text);
    if (rest) return this.#restOfReason(rest[1] ?? '', text, line);
    if (this.#pending) {
      const row = listRow(`${this.#pending.text} ${text.trim()}`);
      if (row) {
        const first = this.#pending.line;
        this.#pending = null;
        this.#push({ ...row, tail: Math.max(row.tail, PADDED_TAIL), line: first });
        return true;
      }
    }
    if (this.#blank || this.#pending || !this.#isPartOfRow(text)) {
      this.endedInText ||= !this.#blank;
      return false;
    }
    this.#pending = { text, line };
    return true;
  }

  #isPartOfRow(text: string): boolean {
    if (this.#indented && /^\S{1,24}(?:\s|$)/.test(text)) return false;
    return PARTIAL_ROW.test(text) || DAMAGED_ROW.test(text);
  }

  /** Splits a line that ends in the next file's name into the list's part and that name; null for other lines. */
  static unglue(text: string): { listed: string; rest: string } | null {
    // `Bug-on-stats` is a reason.
    const match = text.length > LONGEST || listRow(text) !== null ? null : GLUED.exec(text);
    return match ? { listed: match[1] ?? '', rest: match[2] ?? '' } : null;
  }

  /** Ends the list; `last`: at the end of the source. */
  close(last: boolean): void {
    if (!this.open) return;
    this.#settle();
    this.open = false;
    const row = this.rows.at(-1);
    if (row && last && this.#padded && row.tail < PADDED_TAIL) this.#dropTruncatedRow();
  }

  #push(row: PlacedRow): void {
    this.rows.push(row);
    this.#times.set(row.module, (this.#times.get(row.module) ?? 0) + 1);
  }

  has(module: string): boolean {
    return (this.#times.get(module) ?? 0) > 0;
  }

  /** All duplicates: the sum over the rows. */
  total(): number {
    return this.rows.reduce((sum, row) => sum + row.times, 0);
  }

  #settle(): void {
    if (!this.#pending) return;
    this.truncatedText ??= this.#pending.text.trim();
    this.truncatedLine ??= this.#pending.line;
    this.#pending = null;
  }

  /** `& Load` on its own line: mail wrapped it, or the text is truncated in it. */
  #restOfReason(word: string, text: string, line: number): boolean {
    const row = this.rows.at(-1);
    if (!row || this.#pending) return false;
    if (word !== 'Load') {
      this.#dropTruncatedRow(text);
      this.truncatedLine = line;
    } else {
      this.rows[this.rows.length - 1] = { ...row, reasons: REASON_BECOMING | REASON_LOAD };
    }
    return true;
  }

  /** Drops the last row because its reason may be truncated. */
  #dropTruncatedRow(more = ''): void {
    const row = this.rows.pop();
    if (!row) return;
    this.#times.set(row.module, (this.#times.get(row.module) ?? 0) - 1);
    this.truncatedText = `${row.module} ${row.times} ...${more.trim()}`;
    this.truncatedLine = row.line;
  }

  /** One name per line; `times` is 1, its lower bound. */
  #offerName(text: string, line: number): boolean {
    const name = /^\s*([A-Za-z0-9][\w-]{0,54})\s*$/.exec(text)?.[1];
    if (!name || this.#blank) return false;
    const tail = text.trimEnd().length >= 25 ? PADDED_TAIL : 0;
    if (tail > 0) this.#padded = true;
    this.#push({ module: name, times: 1, reasons: null, tail, bytes: 0, line });
    return true;
  }
}
