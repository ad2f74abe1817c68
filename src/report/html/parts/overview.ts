// SPDX-License-Identifier: Apache-2.0
/** What stands around the boots: several of them side by side, what was read, what was doubted, the evidence. */
import type { Cite } from '../../../accounting/model.js';
import { NONE } from '../../../model/bounds.js';
import type { Asked } from '../../answer/ask.js';
import { bootsSentence, shortVerdict, wasteText } from '../../answer/sentence.js';
import { shortNames } from '../../answer/short-names.js';
import type { BootBrief } from '../../answer/types.js';
import type { CiteBook } from '../cites.js';
import { type Element, h } from '../markup.js';
import { barCell, dataTable, largest, type TableCell, valueCell } from './table.js';
import { MOST_ROWS, ownCite, queryColumn } from './tables.js';

/** Rows of sources and diagnostics that a page holds; each row is long. */
const MOST_CONTEXT_ROWS = 80;

/** Boots side by side, findings first; nothing where there is only one. `shown`: those with a section of their own. */
export function bootsPart(
  asked: Asked,
  book: CiteBook,
  boots: readonly BootBrief[],
  shown: ReadonlySet<bigint>,
): Element | null {
  if (boots.length < 2) return null;
  const wasted = boots.map(({ verdict }) => (verdict.kind === 'wasted' ? verdict.bytes : NONE));
  const names = shortNames(boots.flatMap(({ file }) => file ?? []));
  const most = largest(wasted.map(({ low }) => low));
  const rows = new Map(asked.rows('boots').map((row) => [row.boot, row]));
  const columns = ['kernel', 'cpus', 'started', 'duration_s', 'modules_loaded', 'failures'];
  return h(
    'section',
    h('h2', 'Boots'),
    h('p.note', bootsSentence(boots)),
    dataTable({
      label: 'Boots',
      columns: [
        { name: 'boot', numeric: true },
        { name: 'verdict', help: 'what the evidence shows' },
        { name: 'wasted', numeric: true, help: asked.column('boots', 'wasted_bytes').meaning },
        { name: '', help: 'part of the boot that wasted most' },
        ...columns.map((name) => queryColumn(asked, 'boots', name)),
        { name: 'starts at', help: 'where it starts in the evidence' },
      ],
      rows: boots.slice(0, MOST_ROWS).map(({ boot, verdict, evidence, file }, index): TableCell[] => {
        const { low, high } = wasted[index] ?? NONE;
        return [
          {
            shown: shown.has(boot) ? h('a', { href: `#boot-${boot}` }, String(boot)) : String(boot),
            value: String(boot),
          },
          { shown: shortVerdict(verdict) },
          {
            shown: wasteText(verdict) ?? '–',
            value: String(low),
          },
          barCell(low, high, most),
          ...columns.map((name) => valueCell(rows.get(boot)?.[name] ?? null, asked.column('boots', name))),
          { shown: book.link(startOf(evidence), `${names.get(file ?? '')}:${evidence.line}`) },
        ];
      }),
      more: { rows: boots.length - MOST_ROWS, query: 'boots' },
    }),
  );
}

function startOf({ source, line }: BootBrief['evidence']): Cite | null {
  return source === null || line === null ? null : { source: Number(source), line: Number(line) };
}

export function sourcesPart(asked: Asked): Element {
  const rows = asked.rows('sources');
  const names = ['source', 'parent', 'path', 'format', 'bytes', 'lines', 'events', 'boot', 'why'];
  return h(
    'details.part',
    { id: 'sources' },
    h('summary', `Sources: ${rows.length}`),
    dataTable({
      label: 'Sources',
      columns: names.map((name) => queryColumn(asked, 'sources', name)),
      rows: rows
        .slice(0, MOST_CONTEXT_ROWS)
        .map((row) => names.map((name) => valueCell(row[name] ?? null, asked.column('sources', name)))),
      more: { rows: rows.length - MOST_CONTEXT_ROWS, query: 'sources' },
    }),
  );
}

export function diagnosticsPart(asked: Asked, book: CiteBook): Element {
  const rows = asked.rows('diagnostics');
  const lost = rows.filter((row) => row.severity === 'error' || row.severity === 'data-loss').length;
  const title = `Diagnostics: ${rows.length === 0 ? 'nothing was skipped, repaired or lost' : `${rows.length}, of them ${lost} errors or losses of data`}`;
  if (rows.length === 0) return h('p.note', { id: 'diagnostics' }, title);
  const names = ['severity', 'code', 'count', 'detail', 'help'];
  return h(
    'details.part',
    { id: 'diagnostics', open: lost > 0 },
    h('summary', title),
    dataTable({
      label: 'Diagnostics',
      columns: [
        ...names.map((name) => queryColumn(asked, 'diagnostics', name)),
        { name: 'evidence', help: 'the first place' },
      ],
      rows: rows
        .slice(0, MOST_CONTEXT_ROWS)
        .map((row) => [
          ...names.map((name) =>
            name === 'severity'
              ? { shown: h('span', { class: `s-${row.severity}` }, String(row.severity)) }
              : valueCell(row[name] ?? null, asked.column('diagnostics', name)),
          ),
          ownCite(book, row),
        ]),
      more: { rows: rows.length - MOST_CONTEXT_ROWS, query: 'diagnostics' },
    }),
  );
}
