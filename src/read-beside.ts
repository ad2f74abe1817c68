// SPDX-License-Identifier: Apache-2.0
/**
 * Reads small files of a case on further threads, in batches, while this one opens what comes next. What they give is
 * taken over in the order in which the files were found, so that the results are those of one thread.
 */
import { Collector, type Part } from './ingest/collector.js';
import type { Ingester, Verdict } from './ingest/ingester.js';
import type { Leaf, Limits } from './input/index.js';
import { ReadingLimits } from './read-limits.js';
import { leafOf, type OpenLeaf, SourceReader } from './read-source.js';

/** So many files are read on this thread before others are started. */
const FIRST_LEAVES = 32;
/** Larger files are read on this thread, which need not hold them whole. */
const MOST_BYTES = 4 * 1024 ** 2;
/** A batch is sent once it has so many bytes or files. */
const BATCH_BYTES = 512 * 1024;
const BATCH_LEAVES = 64;
/** Batches for each thread that are not taken over yet. */
const AHEAD = 2;

/** A file to read. */
interface Portion {
  readonly node: Leaf['node'];
  readonly size: number | null;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What it was recognised as, if its head is not the whole. */
  readonly known: { readonly format: string; readonly verdict: Verdict } | null;
}

/** Plain data, which can pass from thread to thread; the bytes are nobody else's. */
export type Batch = readonly Portion[];

export interface ReaderThreads {
  readonly count: number;
  /** What each file of a batch gives; any thread may read it. */
  read(batch: Batch): Promise<readonly Part[]>;
}

/** The side that opens the inputs. */
export class Dealer {
  readonly #threads: ReaderThreads;
  readonly #mostBytes: number;
  #seen = 0;
  #batch: { readonly portion: Portion; readonly take: (part: Part) => void }[] = [];
  #bytes = 0;
  /** Ends when all that was sent is taken over. */
  #turn: Promise<void> = Promise.resolve();
  readonly #sent: Promise<void>[] = [];
  hasDealt = false;
  /** True where the limit of events might have ended the reading on one thread. */
  isDoubtful = false;

  constructor(threads: ReaderThreads, limits: Partial<Limits> = {}) {
    this.#threads = threads;
    this.#mostBytes = Math.min(MOST_BYTES, limits.bufferBytes ?? MOST_BYTES);
  }

  /**
   * False if the leaf has to be read here: one of the first, large, or of a format that need not be read to its end, or of
   * none. `adopt` takes what it gave and returns all events so far.
   */
  async deal(opened: OpenLeaf, adopt: (part: Part) => number): Promise<boolean> {
    this.#seen += 1;
    if (this.#seen <= FIRST_LEAVES) return false;
    const { leaf, mostEvents, isWhole } = opened;
    if ((leaf.size ?? opened.bytes.length) > this.#mostBytes) return false;
    const best = isWhole ? null : opened.known.detection.best;
    if (!isWhole && best?.ingester.reads !== 'lines' && best?.ingester.reads !== 'bytes') return false;
    const bytes = isWhole ? opened.bytes : await opened.reader.peekAll(this.#mostBytes);
    if (bytes === null) return false;
    const known = best && { format: best.ingester.name, verdict: best.verdict };
    this.hasDealt = true;
    this.#bytes += bytes.length;
    this.#batch.push({
      // A copy: a decoder may use its output again, and threads take the whole buffer.
      portion: { node: leaf.node, size: leaf.size, bytes: bytes.slice(), known },
      take: (part) => {
        if (adopt(part) > mostEvents) this.isDoubtful = true;
      },
    });
    if (this.#bytes < BATCH_BYTES && this.#batch.length < BATCH_LEAVES) return true;
    this.#send();
    if (this.#sent.length > AHEAD * this.#threads.count) await this.#sent.shift();
    return true;
  }

  /** Does something once all that was dealt before is taken over. */
  inTurn(action: () => void): void {
    this.#send();
    this.#then(this.#turn.then(action));
  }

  /** Waits until all that was dealt is taken over. */
  async settle(): Promise<void> {
    this.#send();
    await this.#turn;
    this.#sent.length = 0;
  }

  #send(): void {
    const batch = this.#batch;
    if (batch.length === 0) return;
    this.#batch = [];
    this.#bytes = 0;
    const read = this.#threads.read(batch.map(({ portion }) => portion));
    const taken = Promise.all([read, this.#turn]).then(([parts]) => {
      for (const [index, part] of parts.entries()) batch[index]?.take(part);
    });
    this.#then(taken);
    this.#sent.push(taken);
  }

  /** Whoever waits gets the error. */
  #then(turn: Promise<void>): void {
    turn.catch(() => undefined);
    this.#turn = turn;
  }
}

/** The side of the thread: reads one file, apart from its case. */
export async function readPortion(
  { node, size, bytes, known }: Portion,
  ingesters: readonly Ingester[],
): Promise<Part> {
  const collector = new Collector(ingesters);
  const container = collector.addSource({ parent: null, path: '', kind: 'archive' });
  const source = collector.addSource({ ...node, parent: container.id });
  const reader = new SourceReader(collector, ingesters, {}, new ReadingLimits());
  const ingester = ingesters.find(({ name }) => name === known?.format);
  const best = ingester && known ? { ingester, verdict: known.verdict } : null;
  const opened = await reader.open(leafOf(node, bytes, size), best && { best, candidates: [best] });
  await reader.read(source, opened);
  return collector.part();
}
