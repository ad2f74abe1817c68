/**
 * The duplicate list of the `stats` table, row by row. It is often cut (kernel/module/stats.c fills a buffer
 * that is too small and stops at row 112; people paste a part), and mail wraps its rows, which are 73 columns
 * wide. A number counts as whole only where the reason after it is there.
 */
import { REASON_BECOMING, REASON_LOAD } from '../../model/counters.js';
import { type ListRow, listRow, PADDED_TAIL } from './classify.js';
import { FILE_PATTERN } from './labels.js';

export interface PlacedRow extends ListRow {
  readonly line: number;
}

/** A row that is not whole: `kvm`, `kvm  44`, `kvm  447   Bec`. Longer prose does not look like it. */
const PARTIAL_ROW = /^\s*[\w.,+-]+(?:\s+\d+(?:\s+[BL][\w&-]*(?: ?&? ?\w*))?)?\s*$/;
/** A name, the gap of a column, and what is no count and reason: the prompt that came next, for one. */
const DAMAGED_ROW = /^\s*[\w.,+-]+(?:\t| {3,})\s*\d*\S/;
/** The head of the columns, which mail wraps like the rows. */
const PART_OF_HEAD = /^\s*(?:Module-name\s*)?(?:How-many-times\s*)?(?:Reason\s*)?$/i;
const REASON_REST = /^\s*&\s*(\w*)\s*$/;
/** A cut text has no newline, so a shell loop's next line is glued to it: `   4total_mod_size`. */
const GLUED = new RegExp(`^(.*\\s\\d+(?:\\s.*?)?|\\s+)((?:\\/\\S*\\/)?(?:${FILE_PATTERN}))\\s*$`);

/** No row is longer, with any path that is glued to it. */
const LONGEST = 512;

export class DuplicateList {
  readonly rows: PlacedRow[] = [];
  /** How many rows a module has. */
  readonly #times = new Map<string, number>();
  /** `names` for the first posting of the patch, which printed neither counts nor reasons. */
  form: 'unseen' | 'rows' | 'names' = 'unseen';
  titled = false;
  open = false;
  /** The text at which the list is cut; null where none was seen. */
  cutText: string | null = null;
  cutLine: number | null = null;
  /** Other text came directly after the last row, so that a piece of a row may hide in it. */
  endedInText = false;
  #padded = false;
  /** Rows keep the blanks before their names. */
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

  /** Offers a line that is nothing whole; false where it is no part of the list. */
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
    if (this.#blank || this.#pending || !this.#isPart(text)) {
      this.endedInText ||= !this.#blank;
      return false;
    }
    this.#pending = { text, line };
    return true;
  }

  #isPart(text: string): boolean {
    if (this.#indented && /^\S{1,24}(?:\s|$)/.test(text)) return false;
    return PARTIAL_ROW.test(text) || DAMAGED_ROW.test(text);
  }

  /** The list's part of a line to whose end the next file's name is glued, and that name; null where none is. */
  static unglue(text: string): { listed: string; rest: string } | null {
    const match = text.length > LONGEST ? null : GLUED.exec(text);
    return match ? { listed: match[1] ?? '', rest: match[2] ?? '' } : null;
  }

  /** No row of this list follows; `last` where nothing at all does. */
  close(last: boolean): void {
    if (!this.open) return;
    this.#settle();
    this.open = false;
    const row = this.rows.at(-1);
    if (row && last && this.#padded && row.tail < PADDED_TAIL) this.#cutRow();
  }

  #push(row: PlacedRow): void {
    this.rows.push(row);
    this.#times.set(row.module, (this.#times.get(row.module) ?? 0) + 1);
  }

  has(module: string): boolean {
    return (this.#times.get(module) ?? 0) > 0;
  }

  /** Sum over the rows: duplicates in all. */
  total(): number {
    return this.rows.reduce((sum, row) => sum + row.times, 0);
  }

  #settle(): void {
    if (!this.#pending) return;
    this.cutText ??= this.#pending.text.trim();
    this.cutLine ??= this.#pending.line;
    this.#pending = null;
  }

  /** `& Load` on a line of its own: mail wrapped it, or the text ends in the middle of it. */
  #restOfReason(word: string, text: string, line: number): boolean {
    const row = this.rows.at(-1);
    if (!row || this.#pending) return false;
    if (word !== 'Load') {
      this.#cutRow(text);
      this.cutLine = line;
    } else {
      this.rows[this.rows.length - 1] = { ...row, reasons: REASON_BECOMING | REASON_LOAD };
    }
    return true;
  }

  /** The last row's reason may lack its end: the row is not whole. */
  #cutRow(more = ''): void {
    const row = this.rows.pop();
    if (!row) return;
    this.#times.set(row.module, (this.#times.get(row.module) ?? 0) - 1);
    this.cutText = `${row.module} ${row.times} ...${more.trim()}`;
    this.cutLine = row.line;
  }

  /** Names only: a name a line. Times is then 1, the least that it can be. */
  #offerName(text: string, line: number): boolean {
    const name = /^\s*([A-Za-z0-9][\w-]{0,54})\s*$/.exec(text)?.[1];
    if (!name || this.#blank) return false;
    const tail = text.trimEnd().length >= 25 ? PADDED_TAIL : 0;
    if (tail > 0) this.#padded = true;
    this.#push({ module: name, times: 1, reasons: null, tail, bytes: 0, line });
    return true;
  }
}
