// SPDX-License-Identifier: Apache-2.0
/** Several named results in one output, for `analyze` in other formats than its text report. */
import type { Result, ResultColumn } from '../query/result.js';
import { formatJson, formatNdjson } from './json.js';

export interface Section {
  readonly name: string;
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
