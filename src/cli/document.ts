// SPDX-License-Identifier: Apache-2.0
/** Reference pages (queries, tables), as text or as rows. */

const INDENT = '  ';

/** Aligns columns of words; the last one is not padded. */
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
  /** The same as rows, for the other formats. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
}
