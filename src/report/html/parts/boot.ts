// SPDX-License-Identifier: Apache-2.0
/** The section of one boot: the verdict and what it rests on first, then the details. */

import type { HeldCurve } from '../../../accounting/model.js';
import {
  bootName,
  heldNote,
  identity,
  ledgerNote,
  lowerBoundNote,
  notes,
  worthText,
} from '../../answer/notes.js';
import { capital } from '../../answer/words.js';
import { grouped } from '../../cell.js';
import { tied } from '../../views/wrap.js';
import { bucketed } from '../chart/buckets.js';
import { type Calls, extent } from '../chart/calls.js';
import { heldChart } from '../chart/held.js';
import { outcomeLegend, stormChart } from '../chart/storm.js';
import { type Element, h, type Markup } from '../markup.js';
import { queryLink } from './table.js';
import {
  allocationTable,
  autoloadTable,
  type BootParts,
  failureTable,
  ledgerTable,
  loadTable,
  moduleTable,
  phaseTable,
  problemTable,
  requesterTable,
} from './tables.js';
import { verdict } from './verdict.js';

/** Width of the chart that is in the page; a script draws it again as wide as the window. */
const STATIC_WIDTH = 1200;
const STATIC_BUCKETS = 240;

export function bootSection(parts: BootParts, calls: Calls, curves: readonly HeldCurve[]): Element {
  const { facts } = parts;
  const { snapshots, trace } = facts.evidence;
  const noteLines = notes(facts).map((text) => h('p.note', text));
  const bound = lowerBoundNote(facts);
  const phases = snapshots > 0n || trace === 'calls' || trace === 'charges' ? phaseTable(parts) : null;
  return h(
    'section.boot',
    { id: `boot-${facts.boot}` },
    h('h2', `${capital(bootName(facts))} `, h('small', identity(facts).join(' · '))),
    h('p.verdict', ...verdict(parts)),
    bound && h('p.note', bound),
    h(
      'div.grid.wide-left',
      phases
        ? h('div', heading('Waste by phase', 'phase-waste'), phases, ledgerLine(parts), ...noteLines)
        : h('div', ...noteLines),
      h('div.advice', ...advice(parts)),
    ),
    storm(facts.boot, calls),
    held(parts, calls, curves),
    h(
      'div.grid.even',
      part('Worst modules', 'worst-modules', moduleTable(parts)),
      part('Load calls by requester', 'requesters', requesterTable(parts)),
    ),
    part('Other failures', 'failures', failureTable(parts)),
    part('Problems around loading', 'problems', problemTable(parts)),
    lanes(facts.boot, calls),
    part('Requests by the kernel', 'autoload', autoloadTable(parts)),
    part('Failed allocations', 'allocation-failures', allocationTable(parts)),
    folded('Ledger: counters and events side by side', 'ledger', phases ? ledgerTable(parts) : null),
    folded('Modules that loaded', 'loads', loadTable(parts)),
  );
}

function heading(title: string, query: string): Element {
  return h('h3', `${title} `, queryLink(query));
}

function part(title: string, query: string, table: Element | null): Element | null {
  return table && h('div.part', heading(title, query), table);
}

function folded(title: string, query: string, table: Element | null): Element | null {
  return table && h('details.part', h('summary', title), h('p.note', queryLink(query)), table);
}

/** Whether counters and events agree, in one line. */
function ledgerLine({ facts }: BootParts): Markup {
  const note = ledgerNote(facts);
  if (!note) return null;
  return h('p', { class: `note verdict-${note.verdict.replaceAll(' ', '-')}` }, note.text);
}

/** Advice beside the phases: as much as there is room for. */
const FIRST_ADVICE = 5;

function advice({ facts }: BootParts): Markup[] {
  const todo = facts.advice.map((line) =>
    h(
      'li',
      ...code(tied(line.text)),
      ' ',
      h('span.note', tied(worthText(line))),
      ' ',
      queryLink(line.evidence),
    ),
  );
  const capture = facts.capture.map(({ what, how }) => h('li', `${what}: `, ...code(how)));
  const title = `What to do${facts.savingsOverlap ? ' (savings overlap)' : ''}`;
  const further = todo.slice(FIRST_ADVICE);
  return [
    ...(todo.length === 0 ? [] : [h('h3', title), h('ol', ...todo.slice(0, FIRST_ADVICE))]),
    further.length === 0
      ? null
      : h(
          'details',
          h('summary', `What else to do: ${further.length}`),
          h('ol', { start: FIRST_ADVICE + 1 }, ...further),
        ),
    ...(capture.length === 0 ? [] : [h('h3', 'To know more, capture'), h('ul', ...capture)]),
  ];
}

/** Text with commands in `back quotes`. */
function code(text: string): Markup[] {
  return text.split('`').map((piece, index) => (index % 2 === 1 ? h('code', piece) : piece));
}

function storm(boot: bigint, calls: Calls): Element | null {
  if (calls.start.length === 0) return null;
  const { from, to } = extent(calls);
  const buckets = bucketed(calls, from, to, STATIC_BUCKETS);
  return h(
    'figure.storm-part',
    { 'data-boot': boot.toString() },
    h('h3', 'Load calls over time ', queryLink('timeline'), outcomeLegend(calls)),
    h('div.chart', { 'data-chart': 'storm' }, stormChart(calls, buckets, from, to, STATIC_WIDTH)),
    undrawn(calls),
  );
}

/** Memory held, on the axis of the calls above it. */
function held({ facts }: BootParts, calls: Calls, curves: readonly HeldCurve[]): Element | null {
  const says = heldNote(facts);
  const chart =
    says === null || calls.start.length === 0 ? null : heldChart(curves, calls, STATIC_WIDTH, says);
  return (
    chart &&
    h(
      'figure.held-part',
      { 'data-boot': facts.boot.toString() },
      h(
        'h3',
        'Virtual memory held by loads ',
        queryLink('held-timeline'),
        h('small', 'orange: by duplicates'),
      ),
      h('div.chart', chart),
    )
  );
}

function lanes(boot: bigint, calls: Calls): Element | null {
  if (calls.start.length === 0) return null;
  return h(
    'figure.lanes-part',
    { id: `lanes-${boot}`, 'data-boot': boot.toString() },
    h(
      'h3',
      'Who loaded what at the same time ',
      queryLink('attempts'),
      h('small', 'a lane per task; half-high: coalesced, waited for another task’s load'),
    ),
    h(
      'div.chart',
      { 'data-chart': 'lanes' },
      h('p.note', 'The lanes are drawn by a script, which is disabled here.'),
    ),
  );
}

function undrawn({ undrawn: calls }: Calls): Element | null {
  if (calls === 0) return null;
  return h(
    'p.note',
    `${grouped(calls)} calls are not drawn: their start is not known, or is on another clock.`,
  );
}
