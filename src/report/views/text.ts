/** The text view of an answer: the verdict first, then what to do, phases, and the rest. */

import { escapeLine } from '../../model/escape.js';
import type { Result } from '../../query/result.js';
import { identity, ledgerNote, notes, shortIdentity, worthText } from '../answer/notes.js';
import type { Answer, BootAnswer, Verdict } from '../answer/types.js';
import { isFinding, sentence, shortVerdict } from '../answer/verdict.js';
import { count, grouped, spanText } from '../answer/words.js';
import { formatText } from '../text.js';
import { detailTables, phaseTable, type Table } from './tables.js';
import { wrap } from './wrap.js';

/** How text may look; the identity where there is no colour. */
export interface TextLooks {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly green: (text: string) => string;
  /** Columns of a line of prose. */
  readonly width: number;
  /** Columns of a table; null where nothing may be cut off. */
  readonly tableWidth: number | null;
}

const INDENT = '   ';
const MOST_ROWS = 8;
/** Advice that stands above the phases, so that a screen holds both. */
const FIRST_ADVICE = 3;
/** Boots that are shown in full. */
const MOST_BOOTS = 5;
/** Rows of the table of boots. */
const MOST_BOOT_ROWS = 20;

export function* textReport(answer: Answer, looks: TextLooks): Generator<string> {
  const { boots } = answer;
  const [only] = boots;
  if (!only) yield 'No boot was recognised in these inputs.\n';
  else if (boots.length === 1) yield* bootText(only, looks);
  else yield* manyBoots(boots, looks);
  yield `\n${looks.dim(escapeLine(answer.read))}\n`;
}

function* manyBoots(boots: readonly BootAnswer[], looks: TextLooks): Generator<string> {
  const found = boots.filter(({ verdict }) => isFinding(verdict));
  const [first] = found;
  const lead = `${grouped(found.length)} of ${count(boots.length, 'boot')} have findings`;
  if (!first) yield `${looks.green(`None of ${count(boots.length, 'boot')} has a finding.`)}\n`;
  else {
    const text = `${lead}; most in boot ${first.boot}: `;
    yield* lines([text, ...sentence(first.verdict)], first.verdict, looks);
  }
  yield `\n${looks.bold('Boots')}\n`;
  yield* indented(bootTable(boots), looks);
  if (boots.length > MOST_BOOT_ROWS)
    yield `  ${looks.dim(`and ${boots.length - MOST_BOOT_ROWS} more: modwaste query boots`)}\n`;
  for (const boot of found.slice(0, MOST_BOOTS)) {
    yield `\n${looks.bold(`Boot ${boot.boot}`)}\n`;
    yield* bootText(boot, looks);
  }
  const more = found.length - MOST_BOOTS;
  if (more > 0) {
    yield `\n${looks.dim(`${count(more, 'more boot')} with findings ${more === 1 ? 'is' : 'are'} in the table only: the first ${MOST_BOOTS} are shown in full.`)}\n`;
  }
}

function bootTable(boots: readonly BootAnswer[]): Result {
  const names = ['boot', 'starts in', 'kernel', 'wasted', 'failures', 'verdict'] as const;
  return {
    columns: names.map((name) => ({
      name,
      type: name === 'boot' || name === 'wasted' || name === 'failures' ? 'INTEGER' : 'TEXT',
      unit: null,
    })),
    rows: boots
      .slice(0, MOST_BOOT_ROWS)
      .map((boot) => [
        boot.boot,
        boot.file === null ? boot.bootId : boot.file.slice(boot.file.lastIndexOf('/') + 1),
        boot.kernel,
        boot.verdict.kind === 'wasted' ? spanText(boot.verdict.bytes) : null,
        boot.verdict.kind === 'wasted' ? boot.verdict.failures : null,
        shortVerdict(boot.verdict),
      ]),
    empty: null,
  };
}

function* bootText(boot: BootAnswer, looks: TextLooks): Generator<string> {
  const { bold, dim, width } = looks;
  yield* lines(sentence(boot.verdict), boot.verdict, looks);
  for (const line of wrap(escapeLine(shortIdentity(boot)), width)) yield `${dim(line)}\n`;
  const first = boot.advice.slice(0, FIRST_ADVICE);
  const further = boot.advice.slice(FIRST_ADVICE);
  if (first.length > 0) {
    yield `\n${bold('What to do')} ${dim(`([name]: modwaste query name${further.length > 0 ? `; ${further.length} more below` : ''})`)}\n`;
    for (const advice of first) yield* adviceText(advice, looks);
  }
  const phases = phaseTable(boot);
  if (phases && phases.rows > 0) {
    yield `\n${bold(phases.title)}${phases.none.length > 0 ? dim(` (none in ${phases.none.join(', ')})`) : ''}\n`;
    yield* indented(phases.result, looks);
  }
  for (const table of detailTables(boot)) yield* section(table, looks);
  yield* noteText(boot, looks);
  if (further.length > 0) {
    yield `\n${bold('What else to do')}\n`;
    for (const advice of further) yield* adviceText(advice, looks);
  }
  if (boot.capture.length > 0) {
    yield `\n${bold('To know more, capture')}\n`;
    for (const { what, how } of boot.capture)
      for (const line of wrap(`- ${escapeLine(what)}: ${how}`, width, '  ')) yield `${line}\n`;
  }
}

/** A sentence that starts a report, in the colour of its verdict. */
function* lines(pieces: ReturnType<typeof sentence>, verdict: Verdict, looks: TextLooks): Generator<string> {
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

function* adviceText(advice: BootAnswer['advice'][number], { width, dim }: TextLooks): Generator<string> {
  for (const line of wrap(`${advice.rank}. ${escapeLine(advice.text)}`, width, INDENT)) yield `${line}\n`;
  const worth = wrap(`${escapeLine(worthText(advice))} [${advice.evidence}]`, width - INDENT.length);
  for (const line of worth) yield `${INDENT}${dim(line)}\n`;
}

function* section({ title, query, rows, result }: Table, looks: TextLooks): Generator<string> {
  yield `\n${looks.bold(title)}\n`;
  yield* indented({ ...result, rows: [...result.rows].slice(0, MOST_ROWS) }, looks);
  if (rows > MOST_ROWS) yield `  ${looks.dim(`and ${rows - MOST_ROWS} more: modwaste query ${query}`)}\n`;
}

function* indented(result: Result, { dim, tableWidth, red }: TextLooks): Generator<string> {
  const width = tableWidth === null ? null : tableWidth - 2;
  for (const line of formatText(result, { width, header: dim }))
    yield `  ${line.replace(/█+/, (bar) => red(bar))}`;
}

function* noteText(boot: BootAnswer, { bold, width, red, yellow, green }: TextLooks): Generator<string> {
  const whole = identity(boot).join(', ');
  const all = whole === shortIdentity(boot) ? notes(boot) : [...notes(boot), `Boot: ${whole}.`];
  const ledger = ledgerNote(boot);
  if (all.length === 0 && !ledger) return;
  yield `\n${bold('How it adds up')}\n`;
  for (const note of all) for (const line of wrap(escapeLine(note), width, '  ')) yield `${line}\n`;
  if (!ledger) return;
  const paint = ledger.verdict === 'balanced' ? green : ledger.verdict === 'unexplained' ? red : yellow;
  for (const line of wrap(escapeLine(ledger.text), width, '  ')) yield `${paint(line)}\n`;
}
