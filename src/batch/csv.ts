// SPDX-License-Identifier: Apache-2.0
/**
 * Reads the CSV that batches write (report/csv.ts): LF line ends, quotes only where needed. NULL and the empty text
 * differ by their quotes; general CSV readers that report quotes take ten times as long.
 */
import { createReadStream } from 'node:fs';
import { FORMULA } from '../report/csv.js';

export type CsvRow = readonly (string | null)[];

/** `"say ""hi""",`, `,`, `6.1.0` and a line end: a field and what ends it. */
const FIELD = /(?:"([^"]*(?:""[^"]*)*)"|([^",\n]*))([,\n])/y;

function cellOf(quoted: string | undefined, bare: string | undefined): string | null {
  if (quoted === undefined && bare === '') return null;
  const text = quoted === undefined ? (bare ?? '') : quoted.replaceAll('""', '"');
  // The writer puts an apostrophe before what a spreadsheet would run as a formula.
  return text.startsWith("'") && FORMULA.test(text.slice(1)) ? text.slice(1) : text;
}

/** Whole rows of a text, and what is left of it behind the last. */
function split(text: string): { readonly rows: CsvRow[]; readonly rest: string } {
  const rows: CsvRow[] = [];
  let row: (string | null)[] = [];
  let start = 0;
  FIELD.lastIndex = 0;
  for (let field = FIELD.exec(text); field; field = FIELD.exec(text)) {
    row.push(cellOf(field[1], field[2]));
    if (field[3] !== '\n') continue;
    rows.push(row);
    row = [];
    start = FIELD.lastIndex;
  }
  return { rows, rest: text.slice(start) };
}

/** Rows without a header. */
export function parseRows(csv: Uint8Array): readonly CsvRow[] {
  return split(Buffer.from(csv.buffer, csv.byteOffset, csv.length).toString('utf8')).rows;
}

/** All rows of a file but its header, some thousand at a time. */
export async function* readRows(path: string): AsyncGenerator<readonly CsvRow[]> {
  let rest = '';
  let isHeader = true;
  for await (const text of createReadStream(path, { encoding: 'utf8', highWaterMark: 1024 * 1024 })) {
    const found = split(rest + String(text));
    rest = found.rest;
    yield isHeader ? found.rows.slice(1) : found.rows;
    isHeader &&= found.rows.length === 0;
  }
}
