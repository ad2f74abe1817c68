// SPDX-License-Identifier: Apache-2.0
/** The formats that every result can be printed in. */
import type { Result } from '../query/result.js';
import { formatCsv } from './csv.js';
import { formatJson, formatNdjson } from './json.js';
import { formatMarkdown } from './markdown.js';
import { formatText, PLAIN_TEXT, type TextOptions } from './text.js';

/** The formats of `formatResult`, and of the option --format. */
export const FORMATS = ['text', 'csv', 'json', 'ndjson', 'markdown'] as const;
/** One of `FORMATS`: bytes are shown with their unit in text, as numbers elsewhere. */
export type Format = (typeof FORMATS)[number];

/**
 * The result as chunks of text, computed while they are taken. Integers keep all digits in every format but text, which
 * shows bytes with their unit. Control characters of the evidence are escaped.
 *
 * @throws SqlError where a row of a lazy result cannot be computed.
 * @example
 * for (const text of formatResult(runQuery(db, query, new Map()), 'csv')) process.stdout.write(text);
 */
export function formatResult(
  result: Result,
  format: Format,
  text: TextOptions = PLAIN_TEXT,
): Generator<string> {
  switch (format) {
    case 'text':
      return formatText(result, text);
    case 'csv':
      return formatCsv(result);
    case 'json':
      return formatJson(result);
    case 'ndjson':
      return formatNdjson(result);
    case 'markdown':
      return formatMarkdown(result);
  }
}
