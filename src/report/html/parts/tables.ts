// SPDX-License-Identifier: Apache-2.0
/** The tables of one boot. */
import { PHASE_COUNTERS, PHASES } from '../../../model/counters.js';
import { type Asked, intOf, intOrNull, type Row, textOf } from '../../answer/ask.js';
import type { BootAnswer } from '../../answer/types.js';
import { callsText, spanText } from '../../answer/words.js';
import type { CiteBook } from '../cites.js';
import { type Element, h, type Markup } from '../markup.js';
import type { Places } from './places.js';
import { barCell, dataTable, headOf, largest, type TableCell, type TableColumn, valueCell } from './table.js';

/** Rows of one table that a page holds; the console has them all. */
export const MOST_ROWS = 250;

export interface BootParts {
  readonly facts: BootAnswer;
  readonly asked: Asked;
  readonly book: CiteBook;
  readonly places: Places;
}

const EVIDENCE: TableColumn = {
  name: 'evidence',
  help: 'the line to look at first; for a sum, that of its most expensive call',
};

const citeCell = (...links: readonly Markup[]): TableCell => ({
  shown: links.filter((link) => link !== null).flatMap((link, index) => (index > 0 ? [' · ', link] : [link])),
});

/** A column of a canned query, with its documentation. */
export function queryColumn(asked: Asked, query: string, name: string): TableColumn {
  const { meaning, type } = asked.column(query, name);
  return { name: headOf(name), help: meaning, numeric: type !== 'TEXT' };
}

/** A canned query of one boot as a table: some of its columns, and cells made for the rest. */
function queryTable(
  { asked, facts }: BootParts,
  query: string,
  label: string,
  columns: readonly (string | TableColumn)[],
  own: (row: Row, column: string) => TableCell | null,
): Element | null {
  const rows = asked.ofBoot(query, facts.boot);
  if (rows.length === 0) return null;
  // A column without values is omitted.
  const used = columns.filter(
    (column) => typeof column !== 'string' || rows.some((row) => row[column] !== null),
  );
  return dataTable({
    label,
    columns: used.map((column) => (typeof column === 'string' ? queryColumn(asked, query, column) : column)),
    rows: rows.slice(0, MOST_ROWS).map((row) =>
      used.map((column) => {
        if (typeof column !== 'string') return own(row, column.name) ?? { shown: null };
        return own(row, column) ?? valueCell(row[column] ?? null, asked.column(query, column));
      }),
    ),
    more: { rows: rows.length - MOST_ROWS, query },
  });
}

/** Bytes of a row, or the range that they are in; and how sure they are. */
function wastedCell(row: Row): TableCell {
  const low = intOf(row.bytes_low);
  const high = intOrNull(row.bytes_high);
  const bytes = intOrNull(row.bytes);
  const about = row.basis === 'estimated' ? 'about ' : '';
  const shown = `${about}${spanText(bytes === null ? { low, high } : { low: bytes, high: bytes })}`;
  return { shown, value: String(bytes ?? low), title: `${bytes ?? `${low} to ${high ?? 'no bound'}`} bytes` };
}

function largestOf(rows: readonly Row[], ...names: readonly string[]): bigint {
  return largest(rows.flatMap((row) => names.map((name) => intOf(row[name]))));
}

export function phaseTable(parts: BootParts): Element | null {
  const { asked, facts, places, book } = parts;
  const rows = asked.ofBoot('phase-waste', facts.boot);
  const most = largestOf(rows, 'bytes_low', 'bytes_high');
  const ledger = new Map(asked.ofBoot('ledger', facts.boot).map((row) => [row.phase, row]));
  const columns = [
    'phase',
    { name: '', help: 'part of the largest phase; the dashed part is not certain' },
    { name: 'wasted', numeric: true, help: 'bytes charged to the phase' },
    'share',
    'failures',
    'duplicates',
    'basis',
    { name: 'ledger', help: 'whether the counters and the events agree' },
    EVIDENCE,
  ];
  return queryTable(parts, 'phase-waste', 'Waste by phase', columns, (row, column) => {
    const phase = PHASES.find((known) => known === row.phase);
    switch (column) {
      case '':
        return boundedBar(row, most, `bar p-${phase}`);
      case 'wasted':
        return wastedCell(row);
      case 'failures': {
        if (row.failures === null || row.failures === row.failures_high) return null;
        const cell = valueCell(row.failures ?? null, asked.column('phase-waste', 'failures'));
        return { ...cell, shown: ['at least ', cell.shown] };
      }
      case 'duplicates': {
        if (row.duplicates !== null) return null;
        const high = intOrNull(row.duplicates_high);
        return {
          shown: callsText({ low: intOf(row.duplicates_low), high }, intOrNull(row.failures)),
          value: '',
        };
      }
      case 'ledger':
        return ledgerCell(ledger.get(row.phase ?? null));
      case 'evidence': {
        if (!phase) return null;
        const { bytes, count } = PHASE_COUNTERS[phase];
        return citeCell(
          book.link(places.counter(bytes) ?? places.counter(count), 'counter'),
          book.line(places.phase(phase) ?? (row.bytes === null ? places.unknownPhase() : null)),
        );
      }
      default:
        return null;
    }
  });
}

function ledgerCell(row: Row | undefined): TableCell {
  const verdict = textOf(row?.verdict) ?? '–';
  const title = textOf(row?.reason) ?? verdict;
  return { shown: h('span', { class: `verdict-${verdict.replaceAll(' ', '-')}` }, verdict), title };
}

/** Modules by all that their failed loads wasted: duplicates and other failures. */
export function moduleTable(parts: BootParts): Element | null {
  const { asked, facts, places, book } = parts;
  const most = largestOf(asked.ofBoot('worst-modules', facts.boot), 'bytes', 'bytes_low', 'bytes_high');
  const columns = [
    'module',
    { name: '', help: 'part of the most expensive module; the dashed part is not certain' },
    { name: 'wasted', numeric: true, help: 'bytes that its failed loads wasted' },
    'duplicates',
    'other_failures',
    'reasons',
    'basis',
    EVIDENCE,
  ];
  return queryTable(parts, 'worst-modules', 'Worst modules', columns, (row, column) => {
    const module = textOf(row.module) ?? '';
    switch (column) {
      case '':
        return boundedBar(row, most);
      case 'wasted':
        return wastedCell(row);
      case 'evidence':
        return citeCell(
          book.line(places.duplicate(module) ?? places.failure(module)),
          book.link(places.listed(module), 'list'),
        );
      default:
        return null;
    }
  });
}

/** A bar of exact bytes, or of the range that they are in. */
function boundedBar(row: Row, most: bigint, kind?: string): TableCell {
  const bytes = intOrNull(row.bytes);
  const sure = bytes !== null && row.basis !== 'estimated';
  return barCell(sure ? bytes : intOf(row.bytes_low), sure ? bytes : intOrNull(row.bytes_high), most, kind);
}

export function requesterTable(parts: BootParts): Element | null {
  const { asked, places, book } = parts;
  const columns = [
    'requester',
    'comm',
    'call_site',
    'wasted_bytes',
    'attempts',
    'loaded',
    'duplicates',
    'coalesced',
    'failed',
    'worst_module',
    EVIDENCE,
  ];
  return queryTable(parts, 'requesters', 'Load calls by requester', columns, (row, column) => {
    const comm = textOf(row.comm);
    const callSite = textOf(row.call_site);
    switch (column) {
      case 'wasted_bytes': {
        const cell = valueCell(row.wasted_bytes ?? null, asked.column('requesters', 'wasted_bytes'));
        const low = intOrNull(row.wasted_bytes);
        return low === null ? cell : { ...cell, shown: spanText({ low, high: intOrNull(row.wasted_high) }) };
      }
      case 'evidence':
        return citeCell(book.line(places.requester(textOf(row.requester) ?? '', comm, callSite)));
      default:
        return null;
    }
  });
}

export function failureTable(parts: BootParts): Element | null {
  const columns = [
    'reason',
    'module',
    'phase',
    'errno',
    'times',
    'wasted_bytes',
    'basis',
    'first_t',
    EVIDENCE,
  ];
  return queryTable(parts, 'failures', 'Other failures', columns, (row, column) => {
    if (column === 'wasted_bytes' && row.phase === 'init') {
      return { shown: 'not counted', title: 'the kernel charges a failed init to no phase', value: '' };
    }
    return column === 'evidence' ? ownCite(parts.book, row) : null;
  });
}

/** A canned query of one boot whose rows each rest on one place. */
function citedTable(
  parts: BootParts,
  query: string,
  label: string,
  columns: readonly string[],
  cite: (row: Row) => TableCell,
): Element | null {
  return queryTable(parts, query, label, [...columns, EVIDENCE], (row, column) =>
    column === 'evidence' ? cite(row) : null,
  );
}

export function autoloadTable(parts: BootParts): Element | null {
  const { places, book } = parts;
  const columns = ['requested', 'duplicate_requests', 'requests', 'call_site', 'comm', 'first_t'];
  return citedTable(parts, 'autoload', 'Requests by the kernel', columns, (row) =>
    citeCell(book.link(places.request(textOf(row.requested) ?? ''))),
  );
}

export function loadTable(parts: BootParts): Element | null {
  const { places, book } = parts;
  const columns = ['module', 't', 'load_us', 'init_us', 'memory_bytes', 'requester', 'comm'];
  return citedTable(parts, 'loads', 'Modules that loaded', columns, (row) =>
    citeCell(book.link(places.load(textOf(row.module) ?? ''))),
  );
}

export function ledgerTable(parts: BootParts): Element | null {
  const { places, book } = parts;
  const columns = [
    'phase',
    'counter_failures',
    'event_failures',
    'counter_bytes',
    'event_bytes',
    'difference_bytes',
    'verdict',
    EVIDENCE,
  ];
  return queryTable(parts, 'ledger', 'Counters and events side by side', columns, (row, column) => {
    const phase = PHASES.find((known) => known === row.phase);
    if (column !== 'evidence' || !phase) return null;
    const { count, bytes } = PHASE_COUNTERS[phase];
    return citeCell(book.link(places.counter(count), 'calls'), book.link(places.counter(bytes), 'bytes'));
  });
}

/** A link to the place that the row itself names. */
export function ownCite(book: CiteBook, row: Row): TableCell {
  const source = intOrNull(row.source);
  const line = intOrNull(row.line);
  if (source === null) return { shown: null };
  if (line === null) return { shown: book.path(Number(source)) };
  return citeCell(book.link({ source: Number(source), line: Number(line) }));
}

export function problemTable(parts: BootParts): Element | null {
  const columns = ['kind', 'module', 'who', 'times', 'duration_s', 'first_t', 'message'];
  return citedTable(parts, 'problems', 'Problems around loading', columns, (row) => ownCite(parts.book, row));
}

export function allocationTable(parts: BootParts): Element | null {
  const columns = ['t', 'what', 'bytes', 'module', 'comm', 'load_outcome', 'message'];
  return citedTable(parts, 'allocation-failures', 'Failed allocations', columns, (row) =>
    ownCite(parts.book, row),
  );
}
