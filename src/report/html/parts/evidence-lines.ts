// SPDX-License-Identifier: Apache-2.0
/** A cited line with its neighbours, in the page's text and in the window that its script opens. */
import { type Element, h, type Markup } from '../markup.js';
import type { EvidenceRun } from '../wire.js';

/** The lines around one line. */
const NEIGHBOURS = 3;

/** What lines of one source are of calls, by line: where one starts or ends, of which module, with which result. */
export type LineMarks = Readonly<Record<string, string>>;

/**
 * Lines with their numbers, the cited one marked; after those where a call starts or ends, which call it is. `why`: the
 * source has no text.
 */
export function evidenceAround(
  line: number,
  runs: readonly EvidenceRun[] | undefined,
  why: string | undefined,
  marks: LineMarks = {},
): Element {
  const run = runAround(runs, line);
  if (!run)
    return h('p.note', `The text of this line is not in this file${why === undefined ? '' : `: ${why}`}.`);
  const { first, lines } = run;
  if (first < 0) {
    return h(
      'div',
      h('p.note', 'The source is binary; this is what was read there.'),
      h('pre', lines.join('\n')),
    );
  }
  const rows = lines.map((text, index): Markup => {
    const number = first + index;
    const mark = marks[number];
    const parts = [
      h('span.number', String(number).padStart(7)),
      ` ${text}`,
      mark === undefined ? null : h('span.of-call', `  ◂ ${mark}`),
      '\n',
    ];
    return number === line ? h('mark', ...parts) : parts;
  });
  return h('pre', ...rows);
}

/** The kept lines around `line`, out of those of its source; null where it was not kept. */
function runAround(runs: readonly EvidenceRun[] | undefined, line: number): EvidenceRun | null {
  const run = runs?.find(
    ({ first, lines }) => first === -line || (first > 0 && first <= line && line < first + lines.length),
  );
  if (!run || run.first < 0) return run ?? null;
  const from = Math.max(run.first, line - NEIGHBOURS);
  return { first: from, lines: run.lines.slice(from - run.first, line + NEIGHBOURS + 1 - run.first) };
}
