/** Several named results in one output, for `analyze` in other formats than its text report. */
import type { Result, ResultColumn } from '../query/result.js';
import { formatJson, formatNdjson } from './json.js';
import { escapeMarkdown, formatMarkdown } from './markdown.js';

export interface Section {
  readonly name: string;
  readonly title: string;
  readonly result: Result;
}

/** One object: the name of each section with its array of rows. */
export function* sectionsJson(sections: Iterable<Section>): Generator<string> {
  let before = '{\n';
  for (const { name, result } of sections) {
    yield `${before}${JSON.stringify(name)}: ${[...formatJson(result)].join('').trimEnd()}`;
    before = ',\n';
  }
  yield before === '{\n' ? '{}\n' : '\n}\n';
}

/** The rows of all sections, one object a line, each with the name of its section as `query`. */
export function* sectionsNdjson(sections: Iterable<Section>): Generator<string> {
  const named: ResultColumn = { name: 'query', type: 'TEXT', unit: null };
  for (const { name, result } of sections) {
    const rows = [...result.rows].map((row) => [name, ...row]);
    yield* formatNdjson({ ...result, columns: [named, ...result.columns], rows });
  }
}

/** A heading, its sentence and a table each; what an empty one means in place of its table. */
export function* sectionsMarkdown(sections: Iterable<Section>): Generator<string> {
  let before = '';
  for (const { name, title, result } of sections) {
    const rows = [...result.rows];
    yield `${before}## ${escapeMarkdown(name)}\n\n${escapeMarkdown(title)}\n\n`;
    if (rows.length === 0) yield `No rows: ${escapeMarkdown(result.empty ?? 'none')}\n`;
    else yield* formatMarkdown({ ...result, rows });
    before = '\n';
  }
}
