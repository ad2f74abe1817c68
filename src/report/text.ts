// SPDX-License-Identifier: Apache-2.0
/**
 * An aligned table for people. Widths come from the first rows, so that a long result can be written while it
 * is computed: a longer cell further down shifts the rest of its row, nothing is truncated.
 */
import type { Result, Value } from '../query/result.js';
import { humanText, isText } from './cell.js';
import { isNumeric } from './columns.js';

const MEASURED_ROWS = 2000;
const GAP = '  ';
/** A column is not made narrower than this on a small terminal. */
const NARROWEST = 12;

export interface TextOptions {
  /** Columns of the terminal; null where nothing may be truncated (a file, a pipe). */
  readonly width: number | null;
  /** Marks the header; the identity where there is no colour. */
  readonly header: (text: string) => string;
}

export const PLAIN_TEXT: TextOptions = { width: null, header: (text) => text };

const length = (text: string): number => [...text].length;

function pad(text: string, width: number, right: boolean): string {
  const fill = ' '.repeat(Math.max(0, width - length(text)));
  return right ? fill + text : text + fill;
}

function shorten(text: string, width: number): string {
  const letters = [...text];
  return letters.length <= width ? text : `${letters.slice(0, width - 1).join('')}…`;
}

/** Narrows the widest text columns, one letter at a time, until a line fits or none can give more. */
function narrow(
  widths: number[],
  least: readonly number[],
  isNumber: readonly boolean[],
  total: number,
): void {
  const gaps = GAP.length * (widths.length - 1);
  for (let over = widths.reduce((sum, width) => sum + width, gaps) - total; over > 0; over--) {
    let widest = -1;
    for (const [index, width] of widths.entries()) {
      const spare = !isNumber[index] && width > (least[index] ?? 0);
      if (spare && width > (widths[widest] ?? 0)) widest = index;
    }
    if (widest < 0) return;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
}

export function* formatText(result: Result, options: TextOptions = PLAIN_TEXT): Generator<string> {
  const { columns } = result;
  const rows = result.rows[Symbol.iterator]();
  const first: (readonly Value[])[] = [];
  let next = rows.next();
  try {
    for (; !next.done && first.length < MEASURED_ROWS; next = rows.next()) first.push(next.value);

    const isNumber = columns.map((column, index) =>
      isNumeric(
        column,
        first.map((row) => row[index] ?? null),
      ),
    );
    const cells = (row: readonly Value[]): string[] =>
      columns.map((column, index) => humanText(row[index] ?? null, column));
    const widths = columns.map((column) => length(column.name));
    const least = widths.map((width) => Math.max(width, NARROWEST));
    for (const row of first) {
      for (const [index, cell] of cells(row).entries()) {
        widths[index] = Math.max(widths[index] ?? 0, length(cell));
      }
    }
    if (options.width !== null) narrow(widths, least, isNumber, options.width);

    const line = (texts: readonly string[], textOf: (index: number) => boolean): string =>
      texts
        .map((text, index) => {
          const width = widths[index] ?? 0;
          const shown = options.width !== null && textOf(index) ? shorten(text, width) : text;
          return pad(shown, width, isNumber[index] ?? false);
        })
        .join(GAP)
        .trimEnd();

    yield `${options.header(
      line(
        columns.map((column) => column.name),
        () => false,
      ),
    )}\n`;
    const write = (row: readonly Value[]): string =>
      `${line(cells(row), (index) => isText(row[index] ?? null))}\n`;
    for (const row of first) yield write(row);
    for (; !next.done; next = rows.next()) yield write(next.value);
  } finally {
    rows.return?.();
  }
}
