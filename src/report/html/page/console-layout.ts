// SPDX-License-Identifier: Apache-2.0
/** What the query console shows: its controls, what columns mean, results and failures. */
import type { Query } from '../../../query/head.js';
import type { ResultColumn } from '../../../query/result.js';
import { TABLES } from '../../../store/schema.js';
import { isNumeric } from '../../columns.js';
import { h, type Markup } from '../markup.js';
import { dataTable, resultCells } from '../parts/table.js';
import type { SqlAnswer, SqlFailure } from './sql-messages.js';

/** Name of the choice that stands for no canned query. */
const OWN = 'one’s own SQL';
/** Seconds that a statement may take, as the console offers them. */
const LIMITS = [10, 30, 120] as const;

export function consoleLayout(names: readonly string[]): Markup {
  return [
    h(
      'div.console-head',
      h(
        'label',
        'query ',
        h(
          'select',
          { name: 'query' },
          ...names.map((name) => h('option', { value: name }, name)),
          h('option', { value: '' }, OWN),
        ),
      ),
      h(
        'label',
        'parameters ',
        h('input', { name: 'params', spellcheck: 'false', placeholder: 'name=value' }),
      ),
      h(
        'label',
        { title: 'A statement that takes longer is stopped' },
        'limit ',
        h(
          'select',
          { name: 'limit' },
          ...LIMITS.map((seconds) =>
            h('option', { value: seconds, selected: seconds === 30 }, `${seconds} s`),
          ),
          h('option', { value: 'Infinity' }, 'none'),
        ),
      ),
      h('span.buttons'),
      h('span.status.note', { role: 'status' }),
    ),
    h(
      'div.grid.wide-left',
      h('textarea', { 'aria-label': 'SQL', spellcheck: 'false', rows: 14 }),
      h('div.docs', { tabindex: 0, role: 'region', 'aria-label': 'What the query gives' }),
    ),
    h('div.output'),
    h('details.part', h('summary', 'Tables'), ...TABLES.map(tableDocs)),
  ];
}

/** Names, each with a remark and what it means. */
function definitions(names: readonly (readonly [name: string, remark: string, meaning: string])[]): Markup {
  return h(
    'dl',
    ...names.flatMap(([name, remark, meaning]) => [
      h('dt', `${name} `, h('small', remark)),
      h('dd', meaning),
    ]),
  );
}

function tableDocs({ name, doc, columns, computed }: (typeof TABLES)[number]): Markup {
  const all = [...columns, ...computed];
  return [
    h('h4', name),
    h('p', doc),
    definitions(
      all.map((column) => [column.name, [column.type, column.unit].filter(Boolean).join(', '), column.doc]),
    ),
  ];
}

export function queryDocs({ summary, params, columns, empty }: Query): Markup {
  return [
    h('p', summary),
    definitions([
      ...params.map(
        ({ name, type, defaultText, meaning }) =>
          [`$${name}`, `${type}, ${defaultText ?? 'must be given'}`, meaning] as const,
      ),
      ...columns.map(({ name, unit, meaning }) => [name, unit ?? '', meaning] as const),
    ]),
    h('p.note', `No rows: ${empty}`),
  ];
}

/** What the columns of a result mean: by the query that it was made of, else by the tables. */
export function resultDocs(columns: readonly ResultColumn[], query: Query | null): Markup {
  return [
    h('p', query ? `Edited from ${query.name}.` : 'Your own SQL.'),
    definitions(
      columns.map(({ name }) => {
        const documented = query?.columns.find((column) => column.name === name);
        const [unit, meaning] = documented ? [documented.unit, documented.meaning] : tableColumn(name);
        return [name, unit ?? '', meaning];
      }),
    ),
  ];
}

/** The column of that name in a table of the case; several tables have the same meaning by the same name. */
function tableColumn(name: string): readonly [unit: string | null, meaning: string] {
  for (const table of TABLES) {
    const column = [...table.columns, ...table.computed].find((of) => of.name === name);
    if (column) return [column.unit ?? null, `${column.doc} (table ${table.name})`];
  }
  return [null, 'computed by this SQL'];
}

export function resultTable({ columns, rows }: SqlAnswer): Markup {
  return dataTable({
    label: 'Result',
    columns: columns.map((column, index) => ({
      name: column.name,
      numeric: isNumeric(
        column,
        rows.slice(0, 50).map((row) => row[index] ?? null),
      ),
    })),
    rows: rows.map((row) => resultCells(row, columns)),
  });
}

export function failureText({ message, suggestion, place }: SqlFailure): Markup {
  return [
    h('p.error', { role: 'alert' }, message, suggestion === null ? null : `; ${suggestion}`),
    place ? h('pre', `${place.text}\n${' '.repeat(place.column - 1)}^`) : null,
  ];
}
