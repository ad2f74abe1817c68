// SPDX-License-Identifier: Apache-2.0
/** The evidence that a page keeps: lines where the source is text, else the records that were read. */

import type { Attempt, Cite } from '../../../accounting/model.js';
import { errnoName } from '../../../model/errno.js';
import { addTo } from '../../../model/groups.js';
import { allRows, type FilledOnDemand } from '../../../query/database.js';
import { grouped } from '../../cell.js';
import { type CiteBook, evidenceId } from '../cites.js';
import { type Element, h } from '../markup.js';
import type { EvidenceRun } from '../wire.js';
import { evidenceAround, type LineMarks } from './evidence-lines.js';

export interface EvidenceText {
  readonly runs: ReadonlyMap<number, readonly EvidenceRun[]>;
  /** Why there is no text, by source. */
  readonly textless: ReadonlyMap<number, string>;
}

/** The text that was read again, and for the rest the events of the cited records. */
export function evidenceOf(
  { db, fill }: FilledOnDemand,
  cites: readonly Cite[],
  text: EvidenceText,
): EvidenceText {
  const runs = new Map([...text.runs].map(([source, read]) => [source, [...read]]));
  for (const { source, line } of cites) {
    if (text.runs.has(source)) continue;
    fill(['events']);
    const lines = allRows(
      db,
      `SELECT kind, t_ns, pid, comm, module, detail FROM events WHERE source = ${source} AND line = ${line} ORDER BY event LIMIT 8`,
    ).map(([kind, t, pid, comm, module, detail]) =>
      [kind, t === null ? '' : `t=${t}`, pid === null ? '' : `pid=${pid}`, comm, module, detail]
        .filter((part) => part !== null && part !== '')
        .join('  '),
    );
    if (lines.length > 0) addTo(runs, source, { first: -line, lines });
  }
  return { runs, textless: text.textless };
}

/** What the kept lines are of calls: where one starts and where it ends, with its module and result. */
export function callMarks(
  attempts: readonly Attempt[],
  runs: EvidenceText['runs'],
): Readonly<Record<string, LineMarks>> {
  const kept = new Map<number, Set<number>>();
  for (const [source, of] of runs) {
    const lines = of.flatMap(({ first, lines: texts }) => texts.map((_, index) => first + index));
    kept.set(source, new Set(lines));
  }
  const marks: Record<number, Record<number, string>> = {};
  for (const { cite, start, endLine, call, module, outcome, phase, errno } of attempts) {
    const mark = (line: number | null, text: string): void => {
      if (line === null || !kept.get(cite.source)?.has(line)) return;
      const of = marks[cite.source] ?? {};
      marks[cite.source] = of;
      of[line] = text;
    };
    const named = module ?? 'a module';
    if (start !== null && endLine !== cite.line) mark(cite.line, `${call ?? 'load'} of ${named} starts`);
    const error = errno ? `, ${errnoName(errno)}` : '';
    mark(endLine, `${named}: ${outcome}${phase === null ? '' : ` in ${phase}`}${error}`);
  }
  return marks;
}

/** Cited lines that are in the page as text; the script shows the others. */
const MOST_BLOCKS = 60;

export function evidencePart(
  book: CiteBook,
  cites: readonly Cite[],
  text: EvidenceText,
  marks: Readonly<Record<string, LineMarks>>,
  leftOut: number,
): Element | null {
  if (cites.length === 0) return null;
  const blocks = cites
    .slice(0, MOST_BLOCKS)
    .map(({ source, line }) =>
      h(
        'figure.evidence',
        { id: evidenceId({ source, line }) },
        h('figcaption', `${book.path(source)}:${line}`),
        evidenceAround(line, text.runs.get(source), text.textless.get(source), marks[source]),
      ),
    );
  const more = cites.length - blocks.length;
  return h(
    'section',
    { id: 'evidence' },
    h('h2', 'Evidence'),
    h(
      'p.note',
      [
        `The ${grouped(blocks.length)} cited lines that matter most, with their neighbours.`,
        more > 0 ? ` ${grouped(more)} more are in this file and open where they are cited (by script).` : '',
        leftOut > 0
          ? ` The text of ${grouped(leftOut)} more cited lines was omitted; their places are listed.`
          : '',
      ].join(''),
    ),
    h('details.part', h('summary', 'Show them'), ...blocks),
  );
}
