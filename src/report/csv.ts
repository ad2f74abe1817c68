/**
 * CSV after RFC 4180, with a header always. Lines end in LF rather than CRLF: every reader takes both, and the
 * tools that scripts use on such files (cut, awk, grep) would carry the CR into the last column. NULL is an empty
 * field, an empty text is `""`.
 */
import { stringify } from 'csv-stringify/sync';
import type { Result, Value } from '../query/result.js';
import { dataText, isText } from './cell.js';

/** What makes a spreadsheet run a cell as a formula (OWASP, CSV injection). */
const FORMULA = /^[=+\-@\t\r]/;

/** Text that could run as a formula gets an apostrophe, which spreadsheets take for "this is text". */
function cell(value: Value): string | null {
  if (isText(value) && FORMULA.test(value)) return `'${value}`;
  return dataText(value);
}

/** csv-stringify quotes what holds the delimiter, a quote or its own line end; a lone CR or LF it must be told. */
const OPTIONS = { record_delimiter: '\n', quoted_match: /^$|[\r\n]|^\s|\s$/ };

/** Rows that are formatted at once. */
const BATCH = 500;

export function* formatCsv(result: Result): Generator<string> {
  yield stringify([result.columns.map((column) => cell(column.name))], OPTIONS);
  let batch: (string | null)[][] = [];
  for (const row of result.rows) {
    batch.push(row.map(cell));
    if (batch.length < BATCH) continue;
    yield stringify(batch, OPTIONS);
    batch = [];
  }
  if (batch.length > 0) yield stringify(batch, OPTIONS);
}
