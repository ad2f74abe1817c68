/** The section of one boot: the verdict and what it rests on first, then the details. */
import type { AllocationRow } from '../../../accounting/model.js';
import { adviceFor } from '../../summary/advice.js';
import { captureFor } from '../../summary/capture.js';
import { bucketed } from '../chart/buckets.js';
import { type Calls, extent } from '../chart/calls.js';
import { grouped } from '../chart/scale.js';
import { outcomeLegend, stormChart } from '../chart/storm.js';
import { type Element, h, type Markup } from '../markup.js';
import { queryLink } from './table.js';
import {
  allocationTable,
  autoloadTable,
  type BootParts,
  duplicateTable,
  failureTable,
  ledgerTable,
  loadTable,
  phaseTable,
  requesterTable,
} from './tables.js';
import { type Leads, verdict } from './verdict.js';
import { identity, notes } from './words.js';

/** Width of the chart that is in the page; a script draws it again as wide as the window. */
const STATIC_WIDTH = 1200;
const STATIC_BUCKETS = 240;

export function bootSection(parts: BootParts, calls: Calls, allocations: readonly AllocationRow[]): Element {
  const { facts } = parts;
  const said = notes(facts).map((text) => h('p', { class: 'note' }, text));
  const phases = facts.snapshots > 0n || facts.attempts > 0n ? phaseTable(parts) : null;
  return h(
    'section',
    { class: 'boot', id: `boot-${facts.boot}` },
    h('h2', {}, `Boot ${facts.boot} `, h('small', {}, identity(facts))),
    h('p', { class: 'verdict' }, ...verdict(facts, calls, leadsOf(parts))),
    h(
      'div',
      { class: 'grid wide-left' },
      phases
        ? h('div', {}, heading('Waste by phase', 'phase-waste'), phases, ledgerLine(parts), ...said)
        : h('div', {}, ...said),
      h('div', { class: 'advice' }, ...advice(parts)),
    ),
    storm(facts.boot, calls),
    h(
      'div',
      { class: 'grid even' },
      part('Worst modules', 'duplicates', duplicateTable(parts)),
      part('Who asked', 'requesters', requesterTable(parts)),
    ),
    part('Failures that are no duplicates', 'failures', failureTable(parts)),
    lanes(facts.boot, calls),
    part('Requests by the kernel', 'autoload', autoloadTable(parts)),
    part('Failed allocations', 'memory-pressure', allocationTable(parts, allocations)),
    folded('Ledger: counters and events side by side', 'ledger', phases ? ledgerTable(parts) : null),
    folded('Modules that loaded', 'loads', loadTable(parts)),
  );
}

/** Names in the verdict lead to their dearest lines. */
function leadsOf({ book, places }: BootParts): Leads {
  return {
    duplicate: (module) => places.duplicate(module) ?? places.listed(module),
    failure: (module) => places.failure(module),
    requester: (...who) => places.requester(...who),
    link: (text, cite) => (cite === null ? text : book.link(cite, text)),
  };
}

function heading(title: string, query: string): Element {
  return h('h3', {}, `${title} `, queryLink(query));
}

function part(title: string, query: string, table: Element | null): Element | null {
  return table && h('div', { class: 'part' }, heading(title, query), table);
}

function folded(title: string, query: string, table: Element | null): Element | null {
  return (
    table &&
    h(
      'details',
      { class: 'part' },
      h('summary', {}, title),
      h('p', { class: 'note' }, queryLink(query)),
      table,
    )
  );
}

/** Whether counters and events agree, in one line. */
function ledgerLine({ facts: { ledger, snapshots, attempts } }: BootParts): Markup {
  if (snapshots === 0n)
    return h('p', { class: 'note' }, 'Ledger: no counters in the evidence; totals are those of the trace.');
  if (attempts === 0n)
    return h('p', { class: 'note' }, 'Ledger: no trace in the evidence; totals are the counters’.');
  const off = ledger.filter((row) => row.verdict !== 'balanced');
  const [first] = off;
  if (!first) {
    return h(
      'p',
      { class: 'note' },
      h('b', { class: 'verdict-balanced' }, 'Ledger balanced'),
      ': counters and events agree in all four phases.',
    );
  }
  const why = first.reason === '' ? '' : ` (${first.reason})`;
  return h(
    'p',
    { class: 'note' },
    h('b', { class: `verdict-${first.verdict.replaceAll(' ', '-')}` }, `Ledger: ${first.verdict}`),
    `${why} in ${off.map((row) => row.phase).join(', ')}; totals are the counters’.`,
  );
}

function advice({ facts }: BootParts): Markup[] {
  const todo = adviceFor(facts).map(({ text, query }) => h('li', {}, `${text} `, queryLink(query)));
  const capture = captureFor(facts).map((text) => h('li', {}, ...code(text)));
  const list = (title: string, items: readonly Element[]): Markup[] =>
    items.length === 0 ? [] : [h('h3', {}, title), h('ul', {}, ...items)];
  return [...list('What to do', todo), ...list('To know more, capture', capture)];
}

/** Text with commands in `back quotes`. */
function code(text: string): Markup[] {
  return text.split('`').map((piece, index) => (index % 2 === 1 ? h('code', {}, piece) : piece));
}

function storm(boot: bigint, calls: Calls): Element | null {
  if (calls.start.length === 0) return null;
  const { from, to } = extent(calls);
  const buckets = bucketed(calls, from, to, STATIC_BUCKETS);
  return h(
    'figure',
    { class: 'storm-part', 'data-boot': boot.toString() },
    h('h3', {}, 'Load calls over time ', queryLink('timeline'), outcomeLegend(calls)),
    h('div', { class: 'chart', 'data-chart': 'storm' }, stormChart(calls, buckets, from, to, STATIC_WIDTH)),
    undrawn(calls),
  );
}

function lanes(boot: bigint, calls: Calls): Element | null {
  if (calls.start.length === 0) return null;
  return h(
    'figure',
    { class: 'lanes-part', id: `lanes-${boot}`, 'data-boot': boot.toString() },
    h(
      'h3',
      {},
      'Who loaded what at the same time ',
      queryLink('attempts'),
      h('small', {}, 'a lane per task; half-high: coalesced, waited for another task’s load'),
    ),
    h(
      'div',
      { class: 'chart', 'data-chart': 'lanes' },
      h('p', { class: 'note' }, 'The lanes are drawn by a script, which does not run here.'),
    ),
  );
}

function undrawn({ undrawn: calls }: Calls): Element | null {
  if (calls === 0) return null;
  return h(
    'p',
    { class: 'note' },
    `${grouped(calls)} calls are not drawn: their start is not known, or is on another clock.`,
  );
}
