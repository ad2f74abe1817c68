// SPDX-License-Identifier: Apache-2.0
/** The structured answer of a case, from the canned queries alone. */
import { grouped } from '../cell.js';
import { intOf, type Row, type RowsOfBoots, textOf } from './ask.js';
import { BOOT_QUERIES, bootAnswer } from './boot.js';
import type { Answer, BootAnswer, BootBrief } from './types.js';
import { isFinding } from './verdict.js';
import { count } from './words.js';

/** Boots that a report may show in full. */
const MOST_IN_FULL = 12;

/** The queries that an answer asks. */
export const ANSWER_QUERIES = ['sources', 'boots', ...BOOT_QUERIES];

export function answerFrom(asked: RowsOfBoots): Answer {
  const sources = asked.rows('sources');
  const paths = new Map(sources.map((row) => [intOf(row.source), textOf(row.path) ?? '']));
  const inFull: BootAnswer[] = [];
  const boots = asked.rows('boots').map((row) => {
    const boot = bootAnswer(asked, row, paths);
    inFull.push(boot);
    if (inFull.length > MOST_IN_FULL) inFull.sort(findingsFirst).pop();
    return briefOf(boot);
  });
  return { boots: boots.sort(findingsFirst), inFull: inFull.sort(findingsFirst), read: readLine(sources) };
}

function briefOf({ boot, bootId, kernel, file, evidence, verdict }: BootAnswer): BootBrief {
  return { boot, bootId, kernel, file, evidence, verdict };
}

/** By waste, then by trouble, then those that are not known; boots that are alike as the query `boots` lists them, the oldest first. */
function findingsFirst(a: BootBrief, b: BootBrief): number {
  const rank = ({ verdict }: BootBrief): number =>
    verdict.kind === 'unclear' ? 1 : isFinding(verdict) ? 0 : 2;
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  const waste = ({ verdict }: BootBrief): bigint => (verdict.kind === 'wasted' ? verdict.bytes.low : -1n);
  if (waste(a) !== waste(b)) return waste(a) < waste(b) ? 1 : -1;
  return a.boot < b.boot ? -1 : 1;
}

/** How a source that was not read is counted, by its status. */
const UNREAD: Readonly<Record<string, string>> = {
  unrecognised: 'not recognised',
  empty: 'empty',
  failed: 'failed',
  skipped: 'skipped',
};

/** What was read: `2 of 3 sources (1 empty): dmesg, ftrace`. */
function readLine(sources: readonly Row[]): string {
  const rows = sources.filter((row) => row.status !== 'container');
  const formats = new Map<string, number>();
  let read = 0;
  for (const row of rows) {
    if (row.status !== 'read') continue;
    read++;
    const format = textOf(row.format);
    if (format) formats.set(format, (formats.get(format) ?? 0) + 1);
  }
  const kinds = [...formats].map(([format, count]) => (count > 1 ? `${count} ${format}` : format)).join(', ');
  const unread = Object.entries(UNREAD)
    .map(([status, what]) => ({ what, sources: rows.filter((row) => row.status === status).length }))
    .filter(({ sources }) => sources > 0);
  const left = unread.map(({ what, sources }) => `${grouped(sources)} ${what}`).join(', ');
  const all =
    left === '' ? count(read, 'source') : `${grouped(read)} of ${count(rows.length, 'source')} (${left})`;
  return `${all}${kinds ? `: ${kinds}` : ''}`;
}
