// SPDX-License-Identifier: Apache-2.0
/** The formats that every result can be printed in. */
import type { Result } from '../query/result.js';
import { formatCsv } from './csv.js';
import { formatJson, formatNdjson } from './json.js';
import { formatMarkdown } from './markdown.js';
import { formatText, PLAIN_TEXT, type TextOptions } from './text.js';

export const FORMATS = ['text', 'csv', 'json', 'ndjson', 'markdown'] as const;
export type Format = (typeof FORMATS)[number];

/**
 * The result as chunks of text, computed while they are taken.
 *
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
