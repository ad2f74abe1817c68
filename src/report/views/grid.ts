// SPDX-License-Identifier: Apache-2.0
/**
 * A small table without truncation: text that is too wide continues on the next line; a name longer than its column stands
 * above its row where it is the first, else below it.
 */

import { largest } from '../../model/bounds.js';
import type { Result, Value } from '../../query/result.js';
import { humanText } from '../cell.js';
import { isNumeric } from '../columns.js';
import { tied, wrap } from './wrap.js';

const GAP = '  ';
/** A last column of text that would be narrower than this stands below its row. */
const NARROWEST = 24;
const BELOW = '      ';
/** Letters of a name that may have a line of its own. */
const LONG_NAME = 16;
/** Lines of a cell beside its row at which it goes below instead. */
const MOST_LINES = 2;

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
const longestWord = (text: string): number => largest(tied(text).split(' ').map(length));
const widest = (texts: readonly string[], of: (text: string) => number): number =>
  Math.max(0, largest(texts.map(of)));

/** Columns of a table that fit a width, and the names of those left out for it. */
export interface Fitted {
  readonly result: Result;
  readonly left: readonly string[];
}

/** Leaves out spare columns, the first first, while the table does not fit the width. */
export function fitted(result: Result, spare: readonly string[], width: number): Fitted {
  const [name, ...rest] = spare;
  if (name === undefined || hasRoom(columnsOf(result), width)) return { result, left: [] };
  const index = result.columns.findIndex((column) => column.name === name);
  if (index < 0) return fitted(result, rest, width);
  const others = <T>(cells: readonly T[]): T[] => cells.filter((_, at) => at !== index);
  const rows = [...result.rows].map(others);
  const narrower = fitted({ ...result, columns: others(result.columns), rows }, rest, width);
  return { ...narrower, left: [name, ...narrower.left] };
}

/** A last column of text may stand below. */
function hasRoom(columns: readonly Column[], width: number): boolean {
  const beside = columns.at(-1)?.right ? columns : columns.slice(0, -1);
  return fits(withoutLong(beside, 1), width);
}

/** The head, then the rows, each of as many lines as its highest cell. */
export function* grid(result: Result, width: number, paint: Paint): Generator<GridLine> {
  const columns = columnsOf(result);
  const below = isBelow(columns, width) ? columns.at(-1) : undefined;
  const upper = below ? columns.slice(0, -1) : columns;
  const beside =
    [upper, withoutLong(upper, 1)].find((columns) => fits(columns, width)) ??
    withoutLong(upper, upper.length);
  const widths = widthsOf(beside, width);

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
  for (const row of [...result.rows].keys()) {
    const long = upper.flatMap(({ name, cells }, index) => {
      const cell = cells[row] ?? '';
      return beside[index]?.cells[row] === cell ? [] : [{ name, cell, above: index === 0 }];
    });
    for (const { name, cell } of long.filter(({ above }) => above))
      for (const text of wrap(cell, width)) yield { head: false, text: paint(name, text, text) };
    const wrapped = beside.map(({ cells }, index) => wrap(cells[row] ?? '', widths[index] ?? 0));
    for (let at = 0; at < Math.max(...wrapped.map((lines) => lines.length)); at++) {
      const texts = wrapped.map((lines) => lines[at] ?? '');
      yield { head: false, text: line(texts, paint) };
    }
    const last = below?.cells[row] ?? '-';
    const rest = [
      ...long.filter(({ above }) => !above),
      ...(below && last !== '-' ? [{ name: below.name, cell: last }] : []),
    ];
    for (const { name, cell } of rest)
      for (const text of wrap(`${name}: ${cell}`, width - BELOW.length))
        yield { head: false, text: BELOW + text };
  }
}

function columnsOf({ columns, rows }: Result): Column[] {
  const all = [...rows];
  return columns.map((column, index): Column => {
    const values = all.map((row): Value => row[index] ?? null);
    const cells = values.map((value) => humanText(value, column));
    return { name: column.name, right: isNumeric(column, values), cells };
  });
}

/** Whether the last column has so little room that its cells stand below their rows. */
function isBelow(columns: readonly Column[], width: number): boolean {
  const last = columns.at(-1);
  if (columns.length < 2 || !last || last.right) return false;
  if (!fits(withoutLong(columns, 1), width)) return true;
  const room = widthsOf(columns, width).at(-1) ?? 0;
  if (room >= Math.min(NARROWEST, widest(last.cells, length))) return false;
  return (
    !fits(withoutLong(columns, 1), width) || last.cells.some((cell) => wrap(cell, room).length > MOST_LINES)
  );
}

const isLong = (cell: string): boolean => longestWord(cell) > LONG_NAME;

/** Where the table is too wide, a long name in one of the first columns has a line of its own. */
function withoutLong(columns: readonly Column[], first: number): Column[] {
  return columns.map((column, index) => {
    if (column.right || index >= first) return column;
    return { ...column, cells: column.cells.map((cell) => (isLong(cell) ? '' : cell)) };
  });
}

/** The width below which a column splits a word, or a number from its unit. */
const leastOf = ({ name, cells }: Column): number => Math.max(length(name), widest(cells, longestWord));

const gapsOf = (columns: readonly Column[]): number => GAP.length * (columns.length - 1);

const fits = (columns: readonly Column[], width: number): boolean =>
  columns.reduce((sum, column) => sum + leastOf(column), gapsOf(columns)) <= width;

/** Widths of columns: the widest give way, a letter at a time, until a line fits or none can give more. */
function widthsOf(columns: readonly Column[], total: number): number[] {
  const widths = columns.map(({ name, cells }) => widest([name, ...cells], length));
  const least = columns.map(leastOf);
  const over = (): boolean => widths.reduce((sum, width) => sum + width, gapsOf(columns)) > total;
  // Ranges of numbers read best on one line: texts give way first.
  for (const mayGive of [(column: Column) => !column.right, () => true]) {
    while (over()) {
      let most = -1;
      for (const [index, width] of widths.entries()) {
        const column = columns[index];
        if (column && mayGive(column) && width > (least[index] ?? 0) && width > (widths[most] ?? 0))
          most = index;
      }
      if (most < 0) break;
      widths[most] = (widths[most] ?? 0) - 1;
    }
  }
  return widths;
}
