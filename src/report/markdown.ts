// SPDX-License-Identifier: Apache-2.0
/** A Markdown table (GitHub's), for bug reports and mails. Values are data: bytes are plain numbers. */

import { escapeLine } from '../model/escape.js';
import type { Result, Value } from '../query/result.js';
import { dataText, isText } from './cell.js';
import { isNumeric } from './columns.js';

/** Where a site makes a link, calls somebody or draws: `https://`, `www.x`, `mailto:x`, `@name`, `#12`, `GH-12`, `:bug:`. */
const LIVE =
  /:(?=\/\/)|@(?=\w)|www\.(?=\w)|(?<=\b(?:mailto|xmpp)):|#(?=\d)|\bGH-(?=\d)|:(?=[a-z+-][\w+-]*:)/gi;

/** Everything that Markdown, or HTML inside it, could take for more than text; `_` only at a word's edge. */
export function escapeMarkdown(text: string): string {
  return escapeLine(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\|`*[\]~$]/g, (char) => `\\${char}`)
    .replace(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, '\\_')
    .replace(LIVE, (live) => `${live}<!-- -->`);
}

function cell(value: Value): string {
  if (isText(value)) return escapeMarkdown(value);
  return dataText(value) ?? '';
}

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;

export function* formatMarkdown(result: Result): Generator<string> {
  yield row(result.columns.map((column) => escapeMarkdown(column.name)));
  yield row(result.columns.map((column) => (isNumeric(column, []) ? '---:' : '---')));
  for (const values of result.rows) yield row(values.map(cell));
}
