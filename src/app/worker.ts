// SPDX-License-Identifier: Apache-2.0
/** The thread that analyzes what was given to the page: the same core as the command's. */
import type { Boot } from '../accounting/model.js';
import { type Case, caseOf } from '../case-of.js';
import { readCited } from '../cited.js';
import type { Part } from '../ingest/collector.js';
import { PLACES } from '../ingest/layouts/index.js';
import { INGESTERS } from '../ingest/registry.js';
import type { Unpacked } from '../input/beside.js';
import type { Found } from '../input/index.js';
import { nextTurn } from '../platform/index.js';
import { parseQuery, type Query } from '../query/head.js';
import { runQuery } from '../query/run.js';
import { readEvidenceBeside } from '../read.js';
import { type Batch, readPortion } from '../read-beside.js';
import { Asked } from '../report/answer/ask.js';
import { diffLines } from '../report/diff/lines.js';
import { bootSide, type Side } from '../report/diff/side.js';
import { diffText } from '../report/diff/text.js';
import { formatResult } from '../report/format.js';
import { base64Bytes, gunzip } from '../report/html/page/gunzip.js';
import { htmlReport, type ReportAssets } from '../report/html/report.js';
import { PLAIN_TEXT } from '../report/text.js';
import { startEngine } from '../store/engine.js';
import { unpackHere, wasRead } from './beside.js';
import { openBlobs } from './blobs.js';
import { bytesOf } from './given.js';
import type { AppReply, AppRequest, CoreData, Drop, ThreadReply } from './messages.js';
import { Readers } from './readers.js';

const port = self as unknown as {
  onmessage: ((event: MessageEvent<AppRequest>) => void) | null;
  postMessage(reply: AppReply | ThreadReply | Unpacked, transfer?: Transferable[]): void;
};

/** Milliseconds between two reports of progress. */
const PROGRESS_MS = 100;

interface Core {
  readonly version: string;
  readonly queries: ReadonlyMap<string, Query>;
  readonly assets: ReportAssets;
}

let started: Core | null = null;
/** The case whose report was given last. */
let last: Case | null = null;

async function start(data: CoreData): Promise<void> {
  const { version, queries, ...assets } = data;
  startEngine(await gunzip(base64Bytes(assets.wasm)).arrayBuffer()).catch(() => undefined);
  started = {
    version,
    queries: new Map(queries.map(({ name, sql }) => [name, parseQuery(name, sql, name)])),
    assets,
  };
}

function core(): Core {
  if (!started) throw new Error('the thread was not started');
  return started;
}

const options = { places: PLACES };

async function open(drops: readonly Drop[]): Promise<Case> {
  const total = bytesOf(drops);
  let read = 0;
  let path = '';
  let told = 0;
  const tell = (): void => {
    const now = performance.now();
    if (now - told < PROGRESS_MS) return;
    told = now;
    port.postMessage({ is: 'progress', read, total, path });
  };
  const found = (): AsyncIterable<Found> => {
    read = 0;
    return openBlobs(drops, options, (bytes) => {
      read += bytes;
      tell();
    });
  };
  const onProgress = (progress: { readonly path: string }): void => {
    path = progress.path;
    tell();
  };
  const readers = new Readers();
  const evidence = await readEvidenceBeside(found, INGESTERS, readers, { onProgress }).finally(() =>
    readers.end(),
  );
  port.postMessage({ is: 'working', on: 'accounting' });
  return caseOf(evidence);
}

async function analyze(drops: readonly Drop[]): Promise<void> {
  const opened = await open(drops);
  let html: Blob;
  try {
    html = await reportOf(opened, drops);
  } catch (error) {
    await opened.close();
    throw error;
  }
  await last?.close();
  last = opened;
  port.postMessage({ is: 'report', html });
}

async function reportOf(opened: Case, drops: readonly Drop[]): Promise<Blob> {
  const { version, queries, assets } = core();
  const { sources, model } = opened;
  const store = await opened.store([]);
  port.postMessage({ is: 'working', on: 'writing the report' });
  const chunks = await htmlReport({
    sources,
    model,
    store,
    rows: opened.rows(),
    queries,
    version,
    assets,
    readText: (cites) => readCited(openBlobs(drops, options), INGESTERS, sources, cites),
  });
  return new Blob([...chunks], { type: 'text/html' });
}

async function newestBoot({ model, store }: Case, which: string): Promise<Side> {
  const boot: Boot | undefined = model.boots.at(-1);
  if (!boot) throw new Error(`${which} holds no boot`);
  // The page names the files above the comparison.
  return bootSide(model, boot, 'kernel not known', new Asked((await store()).db, core().queries));
}

async function compare(before: readonly Drop[], after: readonly Drop[]): Promise<void> {
  // The report shown is of what came before, unless the thread that wrote it was stopped.
  last ??= await open(before);
  const first = await newestBoot(last, 'what came before');
  const opened = await open(after);
  try {
    const second = await newestBoot(opened, 'what came after');
    const text = [...diffText(first, second, diffLines(first, second), PLAIN_TEXT)].join('');
    port.postMessage({ is: 'difference', text });
  } finally {
    await opened.close();
  }
}

async function query(name: string): Promise<void> {
  const asked = core().queries.get(name);
  if (!asked || !last) throw new Error(`no case is open, or no query is named "${name}"`);
  const result = runQuery((await last.store()).db, asked, new Map());
  port.postMessage({ is: 'rows', csv: [...formatResult(result, 'csv')].join('') });
}

/** On a thread beside. */
async function read(batch: Batch): Promise<void> {
  const parts: Part[] = [];
  for (const portion of batch) {
    parts.push(await readPortion(portion, INGESTERS));
    // Lets the question in whether the thread is alive.
    await nextTurn();
  }
  port.postMessage({ is: 'parts', parts });
}

async function answer(request: AppRequest): Promise<void> {
  switch (request.ask) {
    case 'alive':
    case 'more':
      return;
    case 'start':
      await start(request.core);
      return;
    case 'analyze':
      await analyze(request.drops);
      return;
    case 'compare':
      await compare(request.before, request.after);
      return;
    case 'query':
      await query(request.name);
      return;
    case 'unpack':
      await unpackHere(request.file, (output, transfer) => port.postMessage(output, transfer));
      return;
    case 'read':
      await read(request.batch);
      return;
    default:
      request satisfies never;
  }
}

/** Requests for work are answered one after another. */
let turn: Promise<void> = Promise.resolve();

port.onmessage = ({ data }) => {
  if (data.ask === 'alive') port.postMessage({ is: 'alive' });
  else if (data.ask === 'more') wasRead(data.bytes);
  else
    turn = turn.then(() =>
      answer(data).catch((error: unknown) => {
        port.postMessage({ is: 'failed', why: error instanceof Error ? error.message : String(error) });
      }),
    );
};
