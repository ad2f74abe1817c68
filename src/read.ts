// SPDX-License-Identifier: Apache-2.0
/** Reads inputs: detects each leaf by its head and passes it to its ingester. */
import { Collector, type Evidence } from './ingest/collector.js';
import { type Detection, detect } from './ingest/detect.js';
import { headOf, mentionsLoading } from './ingest/head.js';
import { HEAD_BYTES, type Head, type Ingester } from './ingest/ingester.js';
import {
  type ByteFeed,
  ByteReader,
  DEFAULT_LIMITS,
  type Found,
  feedOf,
  isWorthwhile,
  type Leaf,
  LIMIT_OPTIONS,
  type Limits,
  LineFilter,
  neededLines,
  textLines,
} from './input/index.js';
import type { RandomAccess } from './model/bytes.js';
import type { Source } from './model/source.js';
import { bytesUntil, feedUntil, ReadingLimits } from './read-limits.js';

export interface Progress {
  readonly sources: number;
  readonly bytes: number;
  /** The source being read. */
  readonly path: string;
}

export interface ReadOptions {
  /** Skip lines that cannot matter. Results are the same; by default on if it saves time. */
  readonly prefilter?: boolean | 'auto';
  readonly limits?: Partial<Limits>;
  readonly onProgress?: (progress: Progress) => void;
}

/** Reads everything that is found, in order. Damage and unknown formats become diagnostics; nothing throws for them. */
export async function readEvidence(
  found: AsyncIterable<Found>,
  ingesters: readonly Ingester[],
  options: ReadOptions = {},
  limits = new ReadingLimits(options.limits),
): Promise<Evidence> {
  const collector = new Collector(ingesters);
  const reader = new SourceReader(collector, ingesters, options, limits);
  const nodes = new Map<number, Source>();
  const sourceFor = (node: Leaf['node']): Source => {
    let source = nodes.get(node.id);
    if (!source) {
      const parent = node.parent === null ? null : (nodes.get(node.parent)?.id ?? null);
      source = collector.addSource({ ...node, parent });
      nodes.set(node.id, source);
    }
    return source;
  };
  const things = found[Symbol.asyncIterator]();
  for (;;) {
    const next = await reader.inTime(things.next());
    if (next === null) reader.reportTime(null);
    if (next === null || next.done) break;
    const thing = next.value;
    switch (thing.found) {
      case 'container':
        sourceFor(thing.node);
        break;
      case 'problem': {
        const isNew = thing.node !== null && !nodes.has(thing.node.id);
        const source = thing.node === null ? null : sourceFor(thing.node);
        if (source && isNew) {
          source.status = thing.code === 'input-skipped' ? 'skipped' : 'failed';
          source.why = thing.detail;
        }
        collector.diagnose(source, thing.code, null, thing.detail, thing.count);
        break;
      }
      case 'leaf':
        await reader.read(sourceFor(thing.leaf.node), thing.leaf);
        break;
      default:
        thing satisfies never;
    }
    if (reader.isOver) break;
  }
  // Not awaited: what waits for a pipe returns when that ends.
  things.return?.()?.catch(() => undefined);
  return collector.evidence();
}

class SourceReader {
  readonly #collector: Collector;
  readonly #ingesters: readonly Ingester[];
  readonly #options: ReadOptions;
  readonly #limits: ReadingLimits;
  #sources = 0;
  #bytes = 0;

  constructor(
    collector: Collector,
    ingesters: readonly Ingester[],
    options: ReadOptions,
    limits: ReadingLimits,
  ) {
    this.#collector = collector;
    this.#ingesters = ingesters;
    this.#options = options;
    this.#limits = limits;
  }

  /** True once a limit has ended the reading of all inputs. */
  get isOver(): boolean {
    return this.#isLate || this.#collector.isFull;
  }

  get #isLate(): boolean {
    return this.#limits.isOver(this.#collector.eventCount);
  }

  async read(source: Source, leaf: Leaf): Promise<void> {
    this.#options.onProgress?.({ sources: ++this.#sources, bytes: this.#bytes, path: source.path });
    const isOver = (): boolean => {
      this.#collector.limitEvents(
        this.#limits.events(leaf.inputBytes?.() ?? Number.POSITIVE_INFINITY),
        LIMIT_OPTIONS.events,
      );
      return this.isOver;
    };
    isOver();
    const reader = new ByteReader(bytesUntil(isOver, leaf.open(), this.#limits));
    // One byte more than the head tells whether it is the whole.
    const bytes = await reader.peek(HEAD_BYTES + 1);
    if (bytes.length === 0) {
      source.status = 'empty';
      source.why = 'no bytes';
      source.bytes = 0;
      this.#collector.reportUnknown(source, 'input-empty', false);
      return;
    }
    const head = headOf(bytes.subarray(0, HEAD_BYTES), bytes.length <= HEAD_BYTES, source.path);
    const detection = detect(head, this.#ingesters);
    this.#collector.recognise(source, detection);
    if (detection.best) await this.#deliver(source, leaf, head, reader, detection.best);
    else {
      source.bytes = leaf.size ?? bytes.length;
      this.#collector.reportUnknown(source, 'input-nothing-known', mentionsLoading(head));
      await leaf.skip();
    }
    // Where the limit of events ended it, how many more bytes were at hand says nothing.
    if (this.#collector.isFull) source.bytes = null;
    this.#bytes += source.bytes ?? 0;
    if (this.#isLate) this.reportTime(source);
  }

  inTime<T>(work: Promise<T>): Promise<T | null> {
    return this.#limits.inTime(work);
  }

  reportTime(source: Source | null): void {
    this.#collector.diagnose(source, 'input-limit', null, this.#limits.describeSeconds());
  }

  async #deliver(
    source: Source,
    leaf: Leaf,
    head: Head,
    reader: ByteReader,
    { ingester, verdict }: NonNullable<Detection['best']>,
  ): Promise<void> {
    const context = this.#collector.context(source, verdict.form, 0, false, () => mentionsLoading(head));
    switch (ingester.reads) {
      case 'lines': {
        const sink = ingester.start(context);
        const collector = this.#collector;
        let last = 0;
        const onLine = (text: string, number: number): void => {
          if (collector.isFull) return;
          last = number;
          sink.line(text, number);
        };
        const { needles, harmless = [] } = ingester;
        const counts =
          needles !== null && this.#usesPrefilter(needles, leaf, head)
            ? await neededLines(this.#feed(leaf, reader), onLine, {
                needles,
                harmless,
                skipLines: (bytes, from, to, followed) =>
                  collector.isFull ? to : (sink.skipLines?.(bytes, from, to, followed) ?? to),
              })
            : await textLines(reader.rest(), onLine);
        sink.end();
        source.bytes = counts.bytes;
        source.lines = collector.isFull ? last : counts.lines;
        if (counts.invalidBytes > 0)
          collector.diagnose(source, 'text-invalid-utf8', null, '', counts.invalidBytes);
        if (counts.nulBytes > 0) collector.diagnose(source, 'text-nul-bytes', null, '', counts.nulBytes);
        if (counts.longLines > 0) {
          collector.diagnose(source, 'line-too-long', counts.firstLongLine, '', counts.longLines);
        }
        break;
      }
      case 'bytes': {
        const sink = ingester.start(context);
        const { needles, harmless = [] } = ingester;
        if (this.#usesPrefilter(needles, leaf, head)) {
          const filter = new LineFilter(sink, { needles, harmless, skipLines: sink.skipLines.bind(sink) });
          source.bytes = await filter.read(this.#feed(leaf, reader));
        } else {
          const counter = countBytes(reader.rest());
          for await (const bytes of counter.bytes) sink.write(bytes);
          source.bytes = counter.total();
        }
        sink.end();
        break;
      }
      case 'stream': {
        const counter = countBytes(reader.rest());
        await ingester.ingest(counter.bytes, context);
        source.bytes = counter.total();
        break;
      }
      case 'random': {
        const bytes = leaf.random?.() ?? (await this.#buffer(source, reader));
        source.bytes = bytes.size;
        await ingester.ingest(bytes, context);
        break;
      }
      default:
        ingester satisfies never;
    }
  }

  #feed(leaf: Leaf, reader: ByteReader): ByteFeed {
    const feed = leaf.feed?.();
    return feed ? feedUntil(() => this.isOver, feed) : feedOf(reader.rest());
  }

  #usesPrefilter(needles: readonly string[], { size }: Leaf, head: Head): boolean {
    const choice = this.#options.prefilter ?? 'auto';
    return choice === 'auto' ? isWorthwhile(needles, head.whole ? head.bytes.length : size) : choice;
  }

  /** Reads a whole member into memory, up to the limit. */
  async #buffer(source: Source, reader: ByteReader): Promise<RandomAccess> {
    const limit = this.#options.limits?.bufferBytes ?? DEFAULT_LIMITS.bufferBytes;
    const bytes = await reader.read(limit + 1);
    if (bytes.length > limit) {
      this.#collector.diagnose(
        source,
        'input-limit',
        null,
        `more than ${limit} bytes to buffer (--max-buffer-bytes)`,
      );
    }
    const held = bytes.subarray(0, limit);
    return { size: held.length, read: (offset, length) => held.subarray(offset, offset + length) };
  }
}

function countBytes(bytes: AsyncIterable<Uint8Array>): {
  bytes: AsyncIterable<Uint8Array>;
  total: () => number;
} {
  let total = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of bytes) {
      total += chunk.length;
      yield chunk;
    }
  }
  return { bytes: counted(), total: () => total };
}
