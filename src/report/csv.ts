// SPDX-License-Identifier: Apache-2.0
/**
 * CSV after RFC 4180, with a header always. Lines end in LF rather than CRLF: every reader takes both, and the
 * tools that scripts use on such files (cut, awk, grep) would carry the CR into the last column. NULL is an empty
 * field, an empty text is `""`.
 */
import { stringify } from 'csv-stringify/sync';
import { escapeHidden } from '../model/escape.js';
import type { Result, Value } from '../query/result.js';
import { dataText, isText } from './cell.js';

/** What makes a spreadsheet run a cell as a formula (OWASP, CSV injection). */
export const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

/** csv-stringify quotes what holds the delimiter, a quote or its own line end; a lone CR or LF needs an option. */
const OPTIONS = { record_delimiter: '\n', eof: false, quoted_match: /^$|[\r\n]|^\s|\s$/ };

/** Texts come again and again: csv-stringify, which takes its time, is asked once for each. */
const known = new Map<string, string>();
const MOST_KNOWN = 10_000;

/** Text that could run as a formula gets an apostrophe, which spreadsheets take for "this is text". */
function textField(text: string): string {
  let field = known.get(text);
  if (field === undefined) {
    const shown = escapeHidden(text);
    field = stringify([[FORMULA.test(shown) ? `'${shown}` : shown]], OPTIONS);
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(text, field);
  }
  return field;
}

/** Digits, signs, points and hexadecimal never need quotes. */
const field = (value: Value): string => (isText(value) ? textField(value) : (dataText(value) ?? ''));

/** Characters of rows that are given out at once. */
const CHUNK = 16 * 1024;

export function* formatCsv(result: Result): Generator<string> {
  let chunk = `${result.columns.map((column) => textField(column.name)).join(',')}\n`;
  for (const row of result.rows) {
    let separator = '';
    for (const value of row) {
      chunk += separator + field(value);
      separator = ',';
    }
    chunk += '\n';
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = '';
  }
  yield chunk;
}
