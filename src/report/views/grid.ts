// SPDX-License-Identifier: Apache-2.0
/** A small table without truncation: text that is too wide continues on the next line. */
import type { Result, Value } from '../../query/result.js';
import { humanText } from '../cell.js';
import { isNumeric } from '../columns.js';
import { tied, wrap } from './wrap.js';

const GAP = '  ';
/** A last column of text that would be narrower than this stands below its row. */
const NARROWEST = 24;
const BELOW = '      ';

/** How a cell looks: by the name of its column, its text as shown, and that text with its padding. */
export type Paint = (column: string, text: string, padded: string) => string;

export interface GridLine {
  readonly head: boolean;
  readonly text: string;
}

interface Column {
  readonly name: string;
  readonly right: boolean;
  readonly cells: readonly string[];
}

const length = (text: string): number => [...text].length;
const longestWord = (text: string): number => Math.max(...tied(text).split(' ').map(length));
const widest = (texts: readonly string[], of: (text: string) => number): number =>
  Math.max(0, ...texts.map(of));

/** The head, then the rows, each of as many lines as its highest cell. */
export function* grid(result: Result, width: number, paint: Paint): Generator<GridLine> {
  const rows = [...result.rows];
  const columns = result.columns.map((column, index): Column => {
    const values = rows.map((row): Value => row[index] ?? null);
    const cells = values.map((value) => humanText(value, column));
    return { name: column.name, right: isNumeric(column, values), cells };
  });
  const last = columns.at(-1);
  const all = widthsOf(columns, width);
  const least = Math.min(NARROWEST, widest(last?.cells ?? [], length));
  const below = columns.length > 1 && last && !last.right && (all.at(-1) ?? 0) < least ? last : null;
  const beside = below ? columns.slice(0, -1) : columns;
  const widths = below ? widthsOf(beside, width) : all;

  const line = (texts: readonly string[], look: Paint): string =>
    beside
      .map(({ name, right }, index) => {
        const text = texts[index] ?? '';
        const fill = ' '.repeat(Math.max(0, (widths[index] ?? 0) - length(text)));
        return look(name, text, right ? fill + text : index === beside.length - 1 ? text : text + fill);
      })
      .join(GAP)
      .trimEnd();
  const names = beside.map(({ name }) => name);
  yield { head: true, text: line(names, (_, __, padded) => padded) };
  for (const row of rows.keys()) {
    const wrapped = beside.map(({ cells }, index) => wrap(cells[row] ?? '', widths[index] ?? 0));
    for (let at = 0; at < Math.max(...wrapped.map((lines) => lines.length)); at++) {
      const texts = wrapped.map((lines) => lines[at] ?? '');
      yield { head: false, text: line(texts, paint) };
    }
    const cell = below?.cells[row] ?? '-';
    if (cell === '-') continue;
    for (const text of wrap(cell, width - BELOW.length)) yield { head: false, text: BELOW + text };
  }
}

/** Widths of columns: the widest give way, a letter at a time, until a line fits or none can give more. */
function widthsOf(columns: readonly Column[], total: number): number[] {
  const widths = columns.map(({ name, cells }) => widest([name, ...cells], length));
  const least = columns.map(({ name, right, cells }, index) =>
    right ? (widths[index] ?? 0) : Math.max(length(name), widest(cells, longestWord)),
  );
  const gaps = GAP.length * (widths.length - 1);
  for (let over = widths.reduce((sum, width) => sum + width, gaps) - total; over > 0; over--) {
    let most = -1;
    for (const [index, width] of widths.entries()) {
      if (width > (least[index] ?? 0) && width > (widths[most] ?? 0)) most = index;
    }
    if (most < 0) break;
    widths[most] = (widths[most] ?? 0) - 1;
  }
  return widths;
}
