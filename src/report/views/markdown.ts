/** The Markdown view of an answer: short enough to be pasted into a bug report or a commit message, and inert. */
import type { Result } from '../../query/result.js';
import { identity, ledgerNote, notes, worthText } from '../answer/notes.js';
import type { Answer, BootAnswer } from '../answer/types.js';
import { isFinding, plainSentence, sentence, shortVerdict } from '../answer/verdict.js';
import { count, spanText } from '../answer/words.js';
import { escapeMarkdown, formatMarkdown } from '../markdown.js';
import { failureTable, moduleTable, phaseTable, problemTable, type Table } from './tables.js';

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
  yield `\nMeasured by modwaste: ${escapeMarkdown(`${answer.read}${probes}`)}.\n`;
}

/** All boots in a line each; the one with the most findings follows in full. */
function* bootList(boots: readonly BootAnswer[]): Generator<string> {
  const found = boots.filter(({ verdict }) => isFinding(verdict)).length;
  yield `${found} of ${count(boots.length, 'boot')} have findings.\n\n`;
  const names = ['boot', 'kernel', 'wasted', 'verdict'] as const;
  yield* formatMarkdown({
    columns: names.map((name) => ({ name, type: name === 'boot' ? 'INTEGER' : 'TEXT', unit: null })),
    rows: boots
      .slice(0, MOST_BOOTS)
      .map(({ boot, kernel, verdict }) => [
        boot,
        kernel,
        verdict.kind === 'wasted' ? spanText(verdict.bytes) : null,
        shortVerdict(verdict),
      ]),
    empty: null,
  });
  if (boots.length > MOST_BOOTS) yield `\n${count(boots.length - MOST_BOOTS, 'more boot')}.\n`;
  yield `\nBoot ${boots[0]?.boot}:\n\n`;
}

function* bootMarkdown(boot: BootAnswer): Generator<string> {
  const strong = sentence(boot.verdict).find((piece) => typeof piece !== 'string');
  const text = escapeMarkdown(plainSentence(boot.verdict));
  const lead = strong === undefined || typeof strong === 'string' ? '' : escapeMarkdown(strong.strong);
  yield text.startsWith(lead) && lead !== '' ? `**${lead}**${text.slice(lead.length)}\n` : `${text}\n`;
  yield `${escapeMarkdown(identity(boot).join(', '))}\n`;
  const phases = phaseTable(boot);
  if (phases) yield* section(phases, phases.rows);
  yield* section(moduleTable(boot), MOST_MODULES);
  yield* section(failureTable(boot), MOST_FAILURES);
  yield* section(problemTable(boot), MOST_FAILURES);
  if (boot.advice.length > 0) yield '\n';
  for (const advice of boot.advice.slice(0, MOST_ADVICE)) {
    yield `${advice.rank}. ${escapeMarkdown(advice.text)} (${escapeMarkdown(worthText(advice))})\n`;
  }
  const more = boot.advice.length - MOST_ADVICE;
  if (more > 0) yield `\n${more} more: \`modwaste query advice\`\n`;
  const said = [...notes(boot), ledgerNote(boot)?.text ?? ''].filter((note) => note !== '');
  if (said.length > 0) yield '\n';
  for (const note of said) yield `- ${escapeMarkdown(note)}\n`;
}

function* section({ query, rows, result }: Table, most: number): Generator<string> {
  if (rows === 0) return;
  yield '\n';
  const shown: Result = { ...result, rows: [...result.rows].slice(0, most) };
  yield* formatMarkdown(shown);
  if (rows > most) yield `\nand ${rows - most} more: \`modwaste query ${query}\`\n`;
}
