/** Reference pages (queries, tables): laid out for people, or the same facts as rows. */

const INDENT = '  ';

/** Columns of words, the last one running free. */
export function textTable(rows: readonly (readonly string[])[], indent: string = INDENT): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length);
  }
  return rows
    .map((row) => {
      const cells = row.map((cell, index) => cell.padEnd(widths[index] ?? 0));
      return `${indent}${cells.join('  ').trimEnd()}\n`;
    })
    .join('');
}

export interface Page {
  /** For `--format text`. */
  text(): string;
  /** The same as data, for the other formats. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
}
