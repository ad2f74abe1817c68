// SPDX-License-Identifier: Apache-2.0
/** The text view of an answer: the verdict first, then what to do, phases, and the rest. */

import { escapeLine } from '../../model/escape.js';
import type { CaptureLine } from '../answer/lines.js';
import {
  bootName,
  furtherIdentity,
  identity,
  isBare,
  ledgerNote,
  lowerBoundNote,
  notes,
  shortIdentity,
  worthText,
} from '../answer/notes.js';
import { bootsSentence, type Piece, sentence } from '../answer/sentence.js';
import type { Answer, BootAnswer, Verdict } from '../answer/types.js';
import { isFinding } from '../answer/verdict.js';
import { capital, count } from '../answer/words.js';
import { grouped } from '../cell.js';
import { fitted, grid, type Paint } from './grid.js';
import { bootTable, detailTables, phaseTable, type Table } from './tables.js';
import { wrap } from './wrap.js';

/** How text may look; the identity where there is no colour. */
export interface TextLooks {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly green: (text: string) => string;
  /** Columns of a line. */
  readonly width: number;
}

const INDENT = '   ';
const MARGIN = '  ';
const MOST_ROWS = 8;
/** Advice that stands above the phases, so that a screen holds both. */
const FIRST_ADVICE = 3;
/** Boots that are shown in full. */
const MOST_BOOTS = 5;
/** Rows of the table of boots. */
const MOST_BOOT_ROWS = 20;

export function* textReport(answer: Answer, looks: TextLooks): Generator<string> {
  const [first] = answer.inFull;
  if (!first) yield 'No boot was recognised in these inputs.\n';
  else if (answer.boots.length === 1) {
    yield* bootText(first, looks);
    yield* captureText(first.capture, looks);
  } else yield* manyBoots(answer, looks);
  yield '\n';
  for (const line of wrap(escapeLine(`Read ${answer.read}`), looks.width, MARGIN))
    yield `${looks.dim(line)}\n`;
}

function* manyBoots({ boots, inFull }: Answer, looks: TextLooks): Generator<string> {
  const found = boots.filter(({ verdict }) => isFinding(verdict));
  const [first] = found;
  yield* lines([bootsSentence(boots)], first?.verdict ?? { kind: 'clear' }, looks);
  const table = bootTable(boots);
  yield* section(table, MOST_BOOT_ROWS, looks);
  const opened = inFull.filter(({ verdict }) => isFinding(verdict)).slice(0, MOST_BOOTS);
  for (const boot of opened) {
    yield `\n${looks.bold(escapeLine(capital(bootName(boot))))}\n`;
    yield* bootText(boot, looks);
  }
  const more = found.length - opened.length;
  if (more > 0) {
    yield `\n${looks.dim(`${count(more, 'more boot')} with findings ${more === 1 ? 'is' : 'are'} in the table only: the first ${MOST_BOOTS} are shown in full.`)}\n`;
  }
  const wanted = new Map(opened.flatMap(({ capture }) => capture).map((line) => [line.how, line]));
  yield* captureText([...wanted.values()], looks);
}

function* bootText(boot: BootAnswer, looks: TextLooks): Generator<string> {
  const further = boot.advice.slice(FIRST_ADVICE);
  const forms = SHORTER.map((form) => ({ ...form, lines: [...firstScreen(boot, form, looks)] }));
  const fitting = forms.find(({ lines: all }) => all.length <= SCREEN_ROWS) ?? forms[0];
  yield* fitting?.lines ?? [];
  for (const table of detailTables(boot)) yield* section(table, MOST_ROWS, looks);
  yield* noteText(boot, fitting?.identity ?? true, looks);
  if (further.length > 0) {
    yield `\n${looks.bold('What else to do')}\n`;
    for (const advice of further) yield* adviceText(advice, true, looks);
  }
}

/** Rows of a small terminal. */
const SCREEN_ROWS = 24;
/** What the first screen holds: what comes further below, so that it fits. */
const SHORTER: readonly { readonly identity: boolean; readonly who: boolean }[] = [
  { identity: true, who: true },
  { identity: false, who: true },
  { identity: false, who: false },
];

/** The verdict, the first advice and the phases, line by line. */
function* firstScreen(boot: BootAnswer, form: (typeof SHORTER)[number], looks: TextLooks): Generator<string> {
  const { dim, width } = looks;
  yield* lines(sentence(boot.verdict), boot.verdict, looks);
  for (const line of wrap(escapeLine(lowerBoundNote(boot) ?? ''), width)) if (line !== '') yield `${line}\n`;
  if (form.identity) {
    const known = isBare(boot) ? identity(boot).join(', ') : shortIdentity(boot);
    for (const line of wrap(escapeLine(known ?? ''), width)) if (line !== '') yield `${dim(line)}\n`;
  }
  const first = boot.advice.slice(0, FIRST_ADVICE);
  const further = boot.advice.length - first.length;
  if (first.length > 0) {
    const beside = [
      '[name]: modwaste query name',
      ...(boot.savingsOverlap ? ['savings overlap'] : []),
      ...(further > 0 ? [`${further} more below`] : []),
    ];
    yield* heading('What to do', beside.join('; '), looks);
    for (const advice of first) yield* adviceText(advice, form.who, looks);
  }
  const phases = phaseTable(boot);
  if (phases && phases.rows > 0) yield* section(phases, MOST_ROWS, looks);
}

function* captureText(capture: readonly CaptureLine[], looks: TextLooks): Generator<string> {
  if (capture.length === 0) return;
  yield* heading('To know more, capture', null, looks);
  for (const { what, how } of capture)
    for (const line of wrap(`- ${escapeLine(what)}: ${how}`, looks.width, '  ')) yield `${line}\n`;
}

/** A sentence that starts a report, in the colour of its verdict. */
function* lines(pieces: readonly Piece[], verdict: Verdict, looks: TextLooks): Generator<string> {
  const text = pieces.map((piece) => (typeof piece === 'string' ? piece : piece.strong)).join('');
  const paint = colourOf(verdict, looks);
  for (const line of wrap(escapeLine(text), looks.width)) yield `${paint(line)}\n`;
}

function colourOf(verdict: Verdict, { bold, red, yellow, green }: TextLooks): (text: string) => string {
  switch (verdict.kind) {
    case 'wasted':
    case 'trouble':
      return (text) => bold(red(text));
    case 'unclear':
      return yellow;
    case 'nothing-wasted':
      return verdict.troubles.length > 0 ? yellow : green;
    case 'clear':
      return green;
  }
}

function* adviceText(
  advice: BootAnswer['advice'][number],
  who: boolean,
  { width, dim }: TextLooks,
): Generator<string> {
  for (const line of wrap(`${advice.rank}. ${escapeLine(advice.text)}`, width, INDENT)) yield `${line}\n`;
  const text = worthText(who ? advice : { ...advice, who: null });
  const worth = wrap(`${escapeLine(text)} [${advice.evidence}]`, width - INDENT.length);
  for (const line of worth) yield `${INDENT}${dim(line)}\n`;
}

function* heading(title: string, note: string | null, { bold, dim, width }: TextLooks): Generator<string> {
  const beside = note === null ? '' : ` (${escapeLine(note)})`;
  const [first = '', ...rest] = wrap(title + beside, width, INDENT);
  yield '\n';
  yield `${bold(first.slice(0, title.length))}${dim(first.slice(title.length))}\n`;
  for (const line of rest) yield `${dim(line)}\n`;
}

function* section(table: Table, most: number, looks: TextLooks): Generator<string> {
  const { title, note, query, rows, spare } = table;
  const { dim } = looks;
  const width = looks.width - MARGIN.length;
  const shown = { ...table.result, rows: [...table.result.rows].slice(0, most) };
  const { result, left } = fitted(shown, spare, width);
  yield* heading(title, note, looks);
  for (const { head: isHead, text } of grid(result, width, paintOf(looks)))
    yield `${MARGIN}${isHead ? dim(text) : text}\n`;
  const further = [
    ...(rows > most ? [`and ${grouped(rows - most)} more`] : []),
    ...(left.length > 0 ? [`also ${left.join(', ')}`] : []),
  ];
  if (further.length === 0) return;
  for (const line of wrap(`${further.join('; ')}: modwaste query ${query}`, width))
    yield `${MARGIN}${dim(line)}\n`;
}

/** Outcomes, and how much, in the colours of their meaning. */
function paintOf({ red, yellow, green, dim }: TextLooks): Paint {
  return (column, text, padded) => {
    if (text === '0' || text === '-') return dim(padded);
    switch (column) {
      case 'failed':
      case 'share':
        return red(padded);
      case 'duplicates':
        return yellow(padded);
      case 'loaded':
        return green(padded);
      case 'load':
        return text === 'failed' ? red(padded) : green(padded);
      default:
        return padded;
    }
  };
}

/** `named`: kernel and CPUs stand above. */
function* noteText(
  boot: BootAnswer,
  named: boolean,
  { bold, width, red, yellow, green }: TextLooks,
): Generator<string> {
  if (named && isBare(boot)) return;
  const further = named ? furtherIdentity(boot) : identity(boot).join(', ');
  const all = further === null || further === '' ? notes(boot) : [...notes(boot), `Boot: ${further}.`];
  const ledger = ledgerNote(boot);
  if (all.length === 0 && !ledger) return;
  yield `\n${bold('How it adds up')}\n`;
  for (const note of all) for (const line of wrap(escapeLine(note), width, '  ')) yield `${line}\n`;
  if (!ledger) return;
  const paint = ledger.verdict === 'balanced' ? green : ledger.verdict === 'unexplained' ? red : yellow;
  for (const line of wrap(escapeLine(ledger.text), width, '  ')) yield `${paint(line)}\n`;
}
