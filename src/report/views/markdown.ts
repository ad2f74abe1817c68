// SPDX-License-Identifier: Apache-2.0
/** The Markdown view of an answer: short enough to be pasted into a bug report or a commit message, and inert. */
import type { Result } from '../../query/result.js';
import { bootName, identity, ledgerNote, lowerBoundNote, notes, worthText } from '../answer/notes.js';
import { bootsSentence, plainSentence, sentence } from '../answer/sentence.js';
import type { Answer, BootAnswer, BootBrief } from '../answer/types.js';
import { capital } from '../answer/words.js';
import { escapeMarkdown, formatMarkdown } from '../markdown.js';
import {
  bootTable,
  failureTable,
  moduleTable,
  phaseTable,
  problemTable,
  requestTable,
  type Table,
} from './tables.js';

/** Lines are dear where people paste: what is left off is named. */
interface Most {
  readonly modules: number;
  readonly failures: number;
  readonly advice: number;
  readonly boots: number;
}
const MOST_LINES = 59;
/** From the fullest report to the shortest. */
const MOST: readonly Most[] = [
  { modules: 6, failures: 4, advice: 4, boots: 12 },
  { modules: 5, failures: 2, advice: 3, boots: 8 },
  { modules: 3, failures: 1, advice: 2, boots: 4 },
  { modules: 2, failures: 0, advice: 2, boots: 2 },
];

/** The fullest report that is short enough. */
export function* markdownReport(answer: Answer): Generator<string> {
  const forms = MOST.map((most) => [...reportOf(answer, most)].join(''));
  const fitting = forms.find((text) => text.split('\n').length <= MOST_LINES + 1);
  yield fitting ?? forms.at(-1) ?? '';
}

function* reportOf(answer: Answer, most: Most): Generator<string> {
  const { boots } = answer;
  const [first] = answer.inFull;
  if (!first) {
    yield 'No boot was recognised in these inputs.\n';
    return;
  }
  if (boots.length > 1) yield* bootList(boots, most);
  yield* bootMarkdown(first, most);
  const probes = first.evidence.probes === null ? '' : `; probes on ${first.evidence.probes}`;
  yield `\nMeasured by modwaste from ${escapeMarkdown(`${answer.read}${probes}`)}.\n`;
}

/** All boots in a line each; the one with the most findings follows in full. */
function* bootList(boots: readonly BootBrief[], most: Most): Generator<string> {
  yield `${escapeMarkdown(bootsSentence(boots))}\n`;
  yield* section(bootTable(boots), most.boots);
  const [first] = boots;
  if (first) yield `\n${escapeMarkdown(capital(bootName(first)))}:\n\n`;
}

function* bootMarkdown(boot: BootAnswer, most: Most): Generator<string> {
  const strong = sentence(boot.verdict).find((piece) => typeof piece !== 'string');
  const text = escapeMarkdown(plainSentence(boot.verdict));
  const lead = strong === undefined || typeof strong === 'string' ? '' : escapeMarkdown(strong.strong);
  yield text.startsWith(lead) && lead !== '' ? `**${lead}**${text.slice(lead.length)}\n` : `${text}\n`;
  const bound = lowerBoundNote(boot);
  if (bound !== null) yield `\n${escapeMarkdown(bound)}\n`;
  const known = identity(boot).join(', ');
  if (known !== '') yield `\n${escapeMarkdown(known)}\n`;
  const phases = phaseTable(boot);
  if (phases) yield* section(phases, phases.rows);
  yield* section(moduleTable(boot), most.modules);
  if (boot.modules.length === 0) yield* section(requestTable(boot), most.failures);
  yield* section(failureTable(boot), most.failures);
  yield* section(problemTable(boot), most.failures);
  if (boot.advice.length > 0) yield `\nWhat to do${boot.savingsOverlap ? ' (savings overlap)' : ''}:\n\n`;
  for (const advice of boot.advice.slice(0, most.advice)) {
    yield `${advice.rank}. ${escapeMarkdown(advice.text)} (${escapeMarkdown(worthText(advice))})\n`;
  }
  const more = boot.advice.length - most.advice;
  if (more > 0) yield `\n${more} more: \`modwaste query advice\`\n`;
  const lines = [...notes(boot), ledgerNote(boot)?.text ?? ''].filter((note) => note !== '');
  if (lines.length > 0) yield '\nHow it adds up:\n\n';
  for (const note of lines) yield `- ${escapeMarkdown(note)}\n`;
}

function* section({ title, note, query, rows, result }: Table, most: number): Generator<string> {
  if (rows === 0) return;
  if (most === 0) {
    yield `\n${escapeMarkdown(title)}: ${rows}, \`modwaste query ${query}\`\n`;
    return;
  }
  yield `\n${escapeMarkdown(`${title}${note === null ? '' : ` (${note})`}`)}:\n\n`;
  const shown: Result = { ...result, rows: [...result.rows].slice(0, most) };
  yield* formatMarkdown(shown);
  if (rows > most) yield `\nand ${rows - most} more: \`modwaste query ${query}\`\n`;
}
