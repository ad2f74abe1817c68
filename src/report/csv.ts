// SPDX-License-Identifier: Apache-2.0
/**
 * CSV after RFC 4180, with a header always. Lines end in LF rather than CRLF: every reader takes both, and the
 * tools that scripts use on such files (cut, awk, grep) would carry the CR into the last column. NULL is an empty
 * field, an empty text is `""`.
 */
import { escapeHidden } from '../model/escape.js';
import type { Result, Value } from '../query/result.js';
import { dataText, isText } from './cell.js';

/** What makes a spreadsheet run a cell as a formula (OWASP, CSV injection). */
export const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

/** What must stand in quotes (RFC 4180, section 2), and what some readers would drop or trim without them. */
const QUOTED = /^$|[",\r\n]|^\s|\s$/;

/** Text that could run as a formula gets an apostrophe, which spreadsheets take for "this is text". */
function textField(text: string): string {
  const hidden = escapeHidden(text);
  const shown = FORMULA.test(hidden) ? `'${hidden}` : hidden;
  return QUOTED.test(shown) ? `"${shown.replaceAll('"', '""')}"` : shown;
}

/** Digits, signs, points and hexadecimal never need quotes. */
const field = (value: Value): string => (isText(value) ? knownField(value) : (dataText(value) ?? ''));

/** Fields of the texts met last: a storm has few, a million times over. */
const known = new Map<string, string>();
const MOST_KNOWN = 4096;
/** A longer text hardly comes again. */
const MOST_CHARACTERS = 128;

function knownField(text: string): string {
  if (text.length > MOST_CHARACTERS) return textField(text);
  let shown = known.get(text);
  if (shown === undefined) {
    shown = textField(text);
    if (known.size === MOST_KNOWN) known.clear();
    known.set(text, shown);
  }
  return shown;
}

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
