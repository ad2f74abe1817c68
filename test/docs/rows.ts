// SPDX-License-Identifier: Apache-2.0
/** The types of the rows of the canned queries, from the heads of the queries. */
import type { ColumnType, Query } from '../../src/query/head.js';

const TYPES: Readonly<Record<ColumnType, string>> = {
  INTEGER: 'bigint',
  REAL: 'number',
  TEXT: 'string',
  SECONDS: 'string',
};

const comment = (text: string): string => text.replaceAll('*/', '* /');

function paramsOf({ params }: Query): string {
  if (params.length === 0) return '[params?: Record<string, never>]';
  const fields = params.map(
    ({ name, type, defaultText }) =>
      `${name}${defaultText === null ? '' : '?'}: string${type === 'TEXT' ? '' : ' | number'}`,
  );
  const isRequired = params.some(({ defaultText }) => defaultText === null);
  return `[params${isRequired ? '' : '?'}: { ${fields.join('; ')} }]`;
}

export function rowTypes(queries: ReadonlyMap<string, Query>): string {
  const all = [...queries.values()];
  return [
    '// SPDX-License-Identifier: Apache-2.0',
    '/**',
    ' * The rows of the canned queries as objects, made from the heads in queries/ (UPDATE_DOCS=1 npx vitest run test/docs).',
    ' * INTEGER is a bigint, SECONDS exact decimal text; null is unknown.',
    ' */',
    'export interface QueryRows {',
    ...all.flatMap(({ name, summary, columns }) => [
      `  /** ${comment(summary)} */`,
      `  '${name}': {`,
      ...columns.flatMap((column) => [
        `    /** ${comment(column.meaning)}${column.unit ? ` (${column.unit})` : ''} */`,
        `    readonly ${column.name}: ${TYPES[column.type]} | null;`,
      ]),
      '  };',
    ]),
    '}',
    '',
    '/** The parameters of each, as the last argument of `OpenedCase.query`. */',
    'export interface QueryParams {',
    ...all.map((query) => `  '${query.name}': ${paramsOf(query)};`),
    '}',
    '',
  ].join('\n');
}
