/** A small table for people, in which nothing is cut: text that is too wide goes on in the next line. */
import type { Result, Value } from '../../query/result.js';
import { humanText, isText } from '../cell.js';
import { isNumeric } from '../columns.js';
import { tied, wrap } from './wrap.js';

const GAP = '  ';

/** How a cell looks: by the name of its column, its text as shown, and that text with its padding. */
export type Paint = (column: string, text: string, padded: string) => string;

const length = (text: string): number => [...text].length;
const longestWord = (text: string): number => Math.max(...tied(text).split(' ').map(length));

/** The head, then the rows, each of as many lines as its highest cell. */
export function* grid(
  result: Result,
  width: number,
  paint: Paint,
): Generator<{ head: boolean; text: string }> {
  const names = result.columns.map(({ name }) => name);
  const rows = [...result.rows];
  const right = result.columns.map((column, index) => isNumeric(column, valuesOf(rows, index)));
  const cells = rows.map((row) =>
    result.columns.map((column, index) => humanText(row[index] ?? null, column)),
  );
  const widths = names.map((name, index) =>
    Math.max(length(name), ...cells.map((row) => length(row[index] ?? ''))),
  );
  const least = names.map((name, index) =>
    rows.some((row) => isText(row[index] ?? null)) && !right[index]
      ? Math.max(length(name), ...cells.map((row) => longestWord(row[index] ?? '')))
      : (widths[index] ?? 0),
  );
  narrow(widths, least, width);
  const line = (texts: readonly string[], look: Paint): string =>
    texts
      .map((text, index) => {
        const fill = ' '.repeat(Math.max(0, (widths[index] ?? 0) - length(text)));
        const last = index === texts.length - 1;
        return look(names[index] ?? '', text, right[index] ? fill + text : last ? text : text + fill);
      })
      .join(GAP)
      .trimEnd();
  yield { head: true, text: line(names, (_, __, padded) => padded) };
  for (const row of cells) {
    const wrapped = row.map((text, index) => wrap(text, widths[index] ?? 0));
    const height = Math.max(...wrapped.map((lines) => lines.length));
    for (let at = 0; at < height; at++) {
      const texts = wrapped.map((lines) => lines[at] ?? '');
      yield { head: false, text: line(texts, paint) };
    }
  }
}

const valuesOf = (rows: readonly (readonly Value[])[], index: number): Value[] =>
  rows.map((row) => row[index] ?? null);

/** Narrows the widest columns, one letter at a time, until a line fits or none can give more. */
function narrow(widths: number[], least: readonly number[], total: number): void {
  const gaps = GAP.length * (widths.length - 1);
  for (let over = widths.reduce((sum, width) => sum + width, gaps) - total; over > 0; over--) {
    let widest = -1;
    for (const [index, width] of widths.entries()) {
      if (width > (least[index] ?? 0) && width > (widths[widest] ?? 0)) widest = index;
    }
    if (widest < 0) return;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
}
