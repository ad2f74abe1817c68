// SPDX-License-Identifier: Apache-2.0
/** The report of a case as one HTML file: the numbers and pictures in it, and the data for its SQL console. */

import type { Attempt, CaseModel, Cite } from '../../accounting/model.js';
import type { Source } from '../../model/source.js';
import type { FilledOnDemand } from '../../query/database.js';
import type { Query } from '../../query/head.js';
import type { TableRows } from '../../query/whole-table.js';
import { Asked } from '../answer/ask.js';
import { answerFrom } from '../answer/index.js';
import type { BootAnswer } from '../answer/types.js';
import { isFinding } from '../answer/verdict.js';
import { count } from '../answer/words.js';
import { CiteBook } from './cites.js';
import { callsOf, jsonBlock, oversized, tableBlocks } from './data.js';
import { type Assets, type Block, documentHtml, type Packed } from './document.js';
import { type Element, h } from './markup.js';
import { bootSection } from './parts/boot.js';
import { consolePart } from './parts/console.js';
import { callMarks, type EvidenceText, evidenceOf, evidencePart } from './parts/evidence.js';
import { bootsPart, diagnosticsPart, sourcesPart } from './parts/overview.js';
import { Places } from './parts/places.js';
import { PAGE_BLOCK, type PageData, WASM_BLOCK, WORKER_BLOCK } from './wire.js';

/** What the report of each case carries. */
export interface ReportAssets extends Assets {
  /** Script of the thread that runs SQL. */
  readonly worker: Packed;
  /** SQLite as WebAssembly. */
  readonly wasm: Packed;
}

export interface HtmlCase {
  readonly sources: readonly Source[];
  readonly model: CaseModel;
  readonly store: FilledOnDemand;
  /** The rows of each table. */
  readonly rows: TableRows;
  readonly queries: ReadonlyMap<string, Query>;
  readonly version: string;
  readonly assets: ReportAssets;
  /** Reads the text of cited lines, the most important first. */
  readonly readText: (cites: readonly Cite[]) => Promise<EvidenceText>;
}

/** Cited lines whose text a page keeps. */
const MOST_CITES = 4000;

/** The file, as chunks of text. */
export async function htmlReport(opened: HtmlCase): Promise<Generator<string>> {
  const { store, rows, model, sources, queries } = opened;
  const asked = new Asked(store.db, queries, store.fill);
  const book = new CiteBook(sources);
  const leftOut = oversized(sources);
  const answer = answerFrom(asked);
  const found = answer.boots.filter(({ verdict }) => isFinding(verdict));
  // A boot alone is shown, whatever there is to say of it; of several, a table holds them all.
  const shown =
    answer.boots.length === 1 ? answer.inFull : answer.inFull.filter(({ verdict }) => isFinding(verdict));

  const heldCurves = shown.length > 0 ? model.heldCurves : [];
  // The order in which the parts are made is the order in which their evidence matters.
  const boots = shown.map((boot) => {
    const attempts = model.attempts.filter((attempt) => BigInt(attempt.boot) === boot.boot);
    const places = new Places(model, Number(boot.boot));
    const curves = heldCurves.filter((held) => BigInt(held.boot) === boot.boot);
    return bootSection({ facts: boot, asked, book, places }, callsOf(attempts), curves);
  });
  const sideBySide = bootsPart(asked, book, answer.boots, new Set(shown.map(({ boot }) => boot)));
  const diagnostics = diagnosticsPart(asked, book);
  noteCalls(book, model.attempts);

  const cites = book.cites().slice(0, MOST_CITES);
  const text = evidenceOf(store, cites, await opened.readText(cites));
  const marks = callMarks(model.attempts, text.runs);
  const [first, ...others] = sources.filter((source) => source.parent === null);
  const label = first ? `${first.path}${others.length === 0 ? '' : ` and ${others.length} more`}` : 'a case';
  const body = [
    header(label, shown),
    h(
      'main',
      sideBySide,
      answer.boots.length === 0 ? h('p.verdict', 'No boot was recognised in these inputs.') : null,
      ...boots,
      moreBoots(found.length - shown.length),
      h(
        'section',
        h('h2', 'What this rests on'),
        h('p.note', `Read ${answer.read}.`),
        diagnostics,
        sourcesPart(asked),
      ),
      consolePart(queries, leftOut),
      evidencePart(book, cites, text, marks, book.cites().length - cites.length),
    ),
    h(
      'footer',
      `Made by modwaste ${opened.version}. This file holds its data and makes no network requests.`,
    ),
  ];
  const data: PageData = {
    paths: Object.fromEntries(sources.map((source) => [source.id, source.path])),
    evidence: Object.fromEntries(text.runs),
    textless: Object.fromEntries(text.textless),
    marks,
    queries: [...queries.values()].map(({ name, sql }) => ({ name, sql })),
    leftOut,
  };
  const { assets } = opened;
  const blocks: Block[] = [await jsonBlock(PAGE_BLOCK, data)];
  for await (const block of tableBlocks(store, rows, leftOut)) blocks.push(block);
  blocks.push({ id: WORKER_BLOCK, packed: assets.worker }, { id: WASM_BLOCK, packed: assets.wasm });
  return documentHtml({ title: `modwaste: ${label}`, body, blocks }, assets);
}

function header(label: string, [first]: readonly BootAnswer[]): Element {
  const places: readonly (readonly [href: string, name: string])[] = [
    ...(first && first.outcomes !== null ? [[`#lanes-${first.boot}`, 'lanes'] as const] : []),
    ['#diagnostics', 'diagnostics'],
    ['#sources', 'sources'],
    ['#console', 'SQL console'],
  ];
  return h(
    'header',
    h('h1', 'modwaste ', h('small', label)),
    h('nav', ...places.map(([href, name]) => h('a', { href }, name))),
  );
}

function moreBoots(more: number): Element | null {
  if (more <= 0) return null;
  const boots = count(more, 'more boot');
  return h('p.note', `${boots} with findings: in the table above and in the SQL console.`);
}

/** Lines where calls start and end, the most expensive first. */
function noteCalls(book: CiteBook, attempts: readonly Attempt[]): void {
  for (const { cite, endLine } of [...attempts].sort((a, b) => b.wasted.low - a.wasted.low)) {
    book.note(cite);
    if (endLine !== null) book.note({ source: cite.source, line: endLine });
  }
}
