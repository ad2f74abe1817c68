/** What stands around the boots: several of them side by side, what was read, what was doubted, the evidence. */
import type { Cite } from '../../../accounting/model.js';
import type { CiteBook } from '../cites.js';
import { type Element, h } from '../markup.js';
import type { Asked } from './ask.js';
import { barCell, dataTable, largest, type TableCell, valueCell } from './table.js';
import { headOf, MOST_ROWS, ownCite } from './tables.js';

/** Rows of sources and diagnostics that a page holds; each row is long. */
const MOST_CONTEXT_ROWS = 80;

/** Boots side by side; nothing where there is only one. `lower`: those whose waste is only a lower bound. */
export function bootsPart(
  asked: Asked,
  book: CiteBook,
  starts: ReadonlyMap<bigint, Cite>,
  lower: ReadonlySet<bigint>,
): Element | null {
  const rows = asked.rows('boots');
  if (rows.length < 2) return null;
  const wasted = rows.map((row) => (typeof row.wasted_bytes === 'bigint' ? row.wasted_bytes : 0n));
  const most = largest(wasted);
  const shown = [
    'kernel',
    'cpus',
    'started',
    'duration_s',
    'modules_loaded',
    'failures',
    'wasted_bytes',
    'complete',
  ];
  return h(
    'section',
    {},
    h('h2', {}, 'Boots side by side'),
    dataTable({
      label: 'Boots side by side',
      columns: [
        { name: 'boot', numeric: true },
        ...shown.map((name) => {
          const { meaning, type } = asked.column('boots', name);
          return { name: headOf(name), help: meaning, numeric: type !== 'TEXT' };
        }),
        { name: '', help: 'part of the boot that wasted most' },
        { name: 'evidence', help: 'where it begins' },
      ],
      rows: rows.slice(0, MOST_ROWS).map((row, index): TableCell[] => [
        { shown: h('a', { href: `#boot-${row.boot}` }, String(row.boot)), value: String(row.boot) },
        ...shown.map((name) => {
          if (name === 'complete') return { shown: row.complete === 1n ? 'yes' : 'no' };
          const cell = valueCell(row[name] ?? null, asked.column('boots', name));
          const isLower =
            name === 'wasted_bytes' && row[name] !== null && lower.has(BigInt(String(row.boot)));
          return isLower ? { ...cell, shown: ['at least ', cell.shown] } : cell;
        }),
        barCell(wasted[index] ?? 0n, null, most),
        { shown: book.link(starts.get(BigInt(String(row.boot)))) },
      ]),
      more: { rows: rows.length - MOST_ROWS, query: 'boots' },
    }),
  );
}

export function sourcesPart(asked: Asked): Element {
  const rows = asked.rows('sources');
  const names = ['source', 'parent', 'path', 'format', 'bytes', 'lines', 'events', 'boot', 'why'];
  return h(
    'details',
    { class: 'part', id: 'sources' },
    h('summary', {}, `Sources: ${rows.length}`),
    dataTable({
      label: 'Sources',
      columns: names.map((name) => {
        const { meaning, type } = asked.column('sources', name);
        return { name, help: meaning, numeric: type !== 'TEXT' };
      }),
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
  if (rows.length === 0) return h('p', { class: 'note', id: 'diagnostics' }, title);
  const names = ['severity', 'code', 'count', 'detail', 'help'];
  return h(
    'details',
    { class: 'part', id: 'diagnostics', open: lost > 0 },
    h('summary', {}, title),
    dataTable({
      label: 'Diagnostics',
      columns: [
        ...names.map((name) => {
          const { meaning, type } = asked.column('diagnostics', name);
          return { name, help: meaning, numeric: type !== 'TEXT' };
        }),
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
