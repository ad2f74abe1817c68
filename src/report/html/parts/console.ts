// SPDX-License-Identifier: Apache-2.0
/** The place of the query console; a script makes it live. Without one, what could be asked is still listed. */

import type { Query } from '../../../query/head.js';
import { grouped } from '../../cell.js';
import { type Element, h } from '../markup.js';

export function consolePart(
  queries: ReadonlyMap<string, Query>,
  leftOut: Readonly<Record<string, number>>,
): Element {
  const missing = Object.entries(leftOut).map(([table, rows]) =>
    h(
      'p.note',
      `The ${grouped(rows)} rows of the table ${table} were omitted from this file for their size; use the command line for them.`,
    ),
  );
  return h(
    'section',
    { id: 'console' },
    h('h2', 'SQL console'),
    ...missing,
    h('div', { 'data-console': true }),
    h(
      'details.part',
      { 'data-query-list': true },
      h('summary', `${queries.size} canned queries`),
      h(
        'p.note',
        'The console runs SQLite inside this page, by script. On the command line: modwaste query NAME INPUT...',
      ),
      h('dl', ...[...queries.values()].flatMap(({ name, summary }) => [h('dt', name), h('dd', summary)])),
    ),
  );
}
