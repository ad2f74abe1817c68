// SPDX-License-Identifier: Apache-2.0
/** The Markdown view of an answer: short enough to be pasted into a bug report or a commit message, and inert. */
import type { Result } from '../../query/result.js';
import { bootName, identity, ledgerNote, notes, worthText } from '../answer/notes.js';
import { bootsSentence, plainSentence, sentence } from '../answer/sentence.js';
import type { Answer, BootAnswer } from '../answer/types.js';
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
const MOST_MODULES = 6;
const MOST_FAILURES = 4;
const MOST_ADVICE = 4;
const MOST_BOOTS = 12;

export function* markdownReport(answer: Answer): Generator<string> {
  const { boots } = answer;
  const [first] = boots;
  if (!first) {
    yield 'No boot was recognised in these inputs.\n';
    return;
  }
  if (boots.length > 1) yield* bootList(boots);
  yield* bootMarkdown(first);
  const probes = first.evidence.probes === null ? '' : `; probes on ${first.evidence.probes}`;
  yield `\nMeasured by modwaste from ${escapeMarkdown(`${answer.read}${probes}`)}.\n`;
}

/** All boots in a line each; the one with the most findings follows in full. */
function* bootList(boots: readonly BootAnswer[]): Generator<string> {
  yield `${escapeMarkdown(bootsSentence(boots))}\n`;
  yield* section(bootTable(boots), MOST_BOOTS);
  const [first] = boots;
  if (first) yield `\n${escapeMarkdown(capital(bootName(first)))}:\n\n`;
}

function* bootMarkdown(boot: BootAnswer): Generator<string> {
  const strong = sentence(boot.verdict).find((piece) => typeof piece !== 'string');
  const text = escapeMarkdown(plainSentence(boot.verdict));
  const lead = strong === undefined || typeof strong === 'string' ? '' : escapeMarkdown(strong.strong);
  yield text.startsWith(lead) && lead !== '' ? `**${lead}**${text.slice(lead.length)}\n` : `${text}\n`;
  const known = identity(boot).join(', ');
  if (known !== '') yield `\n${escapeMarkdown(known)}\n`;
  const phases = phaseTable(boot);
  if (phases) yield* section(phases, phases.rows);
  yield* section(moduleTable(boot), MOST_MODULES);
  if (boot.modules.length === 0) yield* section(requestTable(boot), MOST_FAILURES);
  yield* section(failureTable(boot), MOST_FAILURES);
  yield* section(problemTable(boot), MOST_FAILURES);
  if (boot.advice.length > 0) yield `\nWhat to do${boot.savingsOverlap ? ' (savings overlap)' : ''}:\n\n`;
  for (const advice of boot.advice.slice(0, MOST_ADVICE)) {
    yield `${advice.rank}. ${escapeMarkdown(advice.text)} (${escapeMarkdown(worthText(advice))})\n`;
  }
  const more = boot.advice.length - MOST_ADVICE;
  if (more > 0) yield `\n${more} more: \`modwaste query advice\`\n`;
  const lines = [...notes(boot), ledgerNote(boot)?.text ?? ''].filter((note) => note !== '');
  if (lines.length > 0) yield '\nHow it adds up:\n\n';
  for (const note of lines) yield `- ${escapeMarkdown(note)}\n`;
}

function* section({ title, note, query, rows, result }: Table, most: number): Generator<string> {
  if (rows === 0) return;
  yield `\n${escapeMarkdown(`${title}${note === null ? '' : ` (${note})`}`)}:\n\n`;
  const shown: Result = { ...result, rows: [...result.rows].slice(0, most) };
  yield* formatMarkdown(shown);
  if (rows > most) yield `\nand ${rows - most} more: \`modwaste query ${query}\`\n`;
}
