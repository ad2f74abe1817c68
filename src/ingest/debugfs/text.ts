// SPDX-License-Identifier: Apache-2.0
/** Removes what mail, terminals and editors add to a line, and splits rows joined on one line. */
import { trimmedEnd } from '../../model/trim.js';
import { decoded, unquoted, untagged } from '../unmarked.js';
import { LABEL_PATTERN } from './labels.js';

const ODD_SPACES = /[\u00a0\u2007\u202f\ufffd]/g;

/** The line without colour, markup, quoting, carriage return and no-break spaces. Its padding is kept. */
export function plainText(line: string): string {
  const text = trimmedEnd(decoded(line.replace(/^\ufeff/, '')), '\r');
  return untagged(unquoted(text.replace(ODD_SPACES, ' ')));
}

/** A row of the list: name, count, reason. */
const LIST_ROW = '(?<!\\S)\\S{1,64}\\s+\\d+\\s+(?:Becoming & Load|Becoming|Load|Bug-on-stats)(?=\\s|$)';

/**
 * Rows of a table that a shell loop joined on one line:
 *     stats          Mods ever loaded\t29      Mods failed on kread\t0 ...
 *     stats Mods ever loaded 29 ... Duplicate failed modules: Module-name How-many-times Reason fuse 7 Load
 */
const JOINED = new RegExp(
  [
    `(?:${LABEL_PATTERN})[\\s:=|]+\\d+(?=\\s|$)`,
    '(?:Duplicate )?failed modules:',
    'Module-name\\s+How-many-times\\s+Reason',
    LIST_ROW,
  ].join('|'),
  'gi',
);

/** Everything in JOINED has one of these; most lines of text have none. */
const MAY_JOIN = /\d(?=\s|$)|modules:|-name\s/i;

/** The kernel's buffer for the whole table is 8 KiB. */
const LONGEST = 16 * 1024;

let last: { readonly text: string; readonly rows: readonly string[] } = { text: '', rows: [''] };

/** The rows of a line, in order; an incomplete rest comes last. Asked twice for each line of a table. */
export function rowsOf(text: string): readonly string[] {
  if (text !== last.text) last = { text, rows: splitRows(text) };
  return last.rows;
}

function splitRows(text: string): readonly string[] {
  if (text.length > LONGEST || !MAY_JOIN.test(text)) return [text];
  const marks = [...text.matchAll(JOINED)];
  if (marks.length < 2) return [text];
  const rows: string[] = [];
  let end = 0;
  for (const mark of marks) {
    const between = text.slice(end, mark.index);
    if (between.trim() !== '') rows.push(between.trim());
    rows.push(mark[0]);
    end = mark.index + mark[0].length;
  }
  const rest = text.slice(end).trim();
  if (rest !== '') rows.push(rest);
  return rows;
}
