/** The report of a case as one HTML file: the numbers and pictures in it, and the data to ask it further. */
import type { Attempt, CaseModel, Cite } from '../../accounting/model.js';
import type { Source } from '../../model/source.js';
import { allRows, type Database } from '../../query/database.js';
import type { Query } from '../../query/head.js';
import { bootFacts } from '../summary/facts.js';
import { evidenceLine } from '../summary/text.js';
import { loadAssets } from './assets.js';
import { CiteBook } from './cites.js';
import { callsOf, jsonBlock, oversized, tableBlocks } from './data.js';
import { type Block, documentHtml } from './document.js';
import { h, type Markup } from './markup.js';
import { Asked } from './parts/ask.js';
import { bootSection } from './parts/boot.js';
import { consolePart } from './parts/console.js';
import { type EvidenceText, evidenceOf, evidencePart } from './parts/evidence.js';
import { bootsPart, diagnosticsPart, sourcesPart } from './parts/overview.js';
import { Places } from './parts/places.js';
import { PAGE_BLOCK, type PageData, WASM_BLOCK } from './wire.js';

export interface HtmlCase {
  readonly sources: readonly Source[];
  readonly model: CaseModel;
  readonly db: Database;
  readonly queries: ReadonlyMap<string, Query>;
  readonly version: string;
  /** Reads the text of cited lines, the most important first. */
  readonly readText: (cites: readonly Cite[]) => Promise<EvidenceText>;
}

/** Cited lines whose text a page keeps. */
const MOST_CITES = 4000;
/** Boots that get a section of their own; a table holds them all. */
const MOST_BOOTS = 12;

/** The file, as chunks of text. */
export async function htmlReport(opened: HtmlCase): Promise<Generator<string>> {
  const { db, model, sources, queries } = opened;
  const asked = new Asked(db, queries);
  const book = new CiteBook(sources);
  const facts = bootFacts(db).sort(
    (a, b) => compare(b.wasted ?? -1n, a.wasted ?? -1n) || compare(b.boot, a.boot),
  );
  const boots = facts.slice(0, MOST_BOOTS).map((boot) => {
    const attempts = model.attempts.filter((attempt) => BigInt(attempt.boot) === boot.boot);
    const places = new Places(model, Number(boot.boot));
    return bootSection({ facts: boot, asked, book, places }, callsOf(attempts), model.allocationFailures);
  });
  const overview = [
    bootsPart(
      asked,
      book,
      bootStarts(db),
      new Set(facts.filter(({ lowerBound }) => lowerBound).map(({ boot }) => boot)),
    ),
    diagnosticsPart(asked, book),
    sourcesPart(asked),
    consolePart(queries, oversized(db)),
  ];
  noteCalls(book, model.attempts);
  const cites = book.cites();
  const kept = cites.slice(0, MOST_CITES);
  const text = evidenceOf(db, kept, await opened.readText(kept));

  const label = sources.find((source) => source.parent === null)?.path ?? 'a case';
  const [boots_, diagnostics, read, console_] = overview;
  const body: Markup = [
    h(
      'header',
      {},
      h('h1', {}, 'modwaste ', h('small', {}, label)),
      h(
        'p',
        {},

        h('a', { href: '#sources' }, 'sources'),
        ' · ',
        h('a', { href: '#diagnostics' }, 'diagnostics'),
        ' · ',
        h('a', { href: '#console' }, 'ask it further'),
      ),
    ),
    h(
      'main',
      {},
      boots_ ?? null,
      facts.length === 0 ? h('p', { class: 'verdict' }, 'No boot was recognised in these inputs.') : null,
      ...boots,
      facts.length > MOST_BOOTS
        ? h(
            'p',
            { class: 'note' },
            `${facts.length - MOST_BOOTS} more boots, which wasted less, are in the table above and in the console.`,
          )
        : null,
      h(
        'section',
        {},
        h('h2', {}, 'What this rests on'),
        h('p', { class: 'note' }, `${evidenceLine(opened)}.`),
        diagnostics ?? null,
        read ?? null,
      ),
      console_ ?? null,
      evidencePart(book, kept, text, cites.length - kept.length),
    ),
    h(
      'footer',
      {},
      `Made by modwaste ${opened.version}. This file asks for nothing from anywhere; its data is inside it.`,
    ),
  ];
  const data: PageData = {
    paths: Object.fromEntries(sources.map((source) => [source.id, source.path])),
    evidence: Object.fromEntries(text.runs),
    textless: Object.fromEntries(text.textless),
    queries: [...queries.values()].map(({ name, sql }) => ({ name, sql })),
    leftOut: oversized(db),
  };
  const assets = loadAssets();
  function* blocks(): Generator<Block> {
    yield jsonBlock(PAGE_BLOCK, data);
    yield* tableBlocks(db, data.leftOut);
    yield { id: WASM_BLOCK, bytes: assets.wasm };
  }
  return documentHtml({ title: `modwaste: ${label}`, body, blocks: blocks() }, assets);
}

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

/** Lines of calls, the dearest first. */
function noteCalls(book: CiteBook, attempts: readonly Attempt[]): void {
  for (const { cite } of [...attempts].sort((a, b) => b.wasted.low - a.wasted.low)) book.note(cite);
}

/** Where each boot begins. */
function bootStarts(db: Database): ReadonlyMap<bigint, Cite> {
  const rows = allRows(
    db,
    `SELECT boot, source, line FROM events WHERE kind = 'boot-start' AND boot IS NOT NULL ORDER BY event DESC`,
  );
  return new Map(
    rows.map(([boot, source, line]) => [
      BigInt(String(boot)),
      { source: Number(source), line: Number(line) },
    ]),
  );
}
