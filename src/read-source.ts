// SPDX-License-Identifier: Apache-2.0
/** Reads one source: detects it by its head and passes it to its ingester. */
import type { Collector } from './ingest/collector.js';
import { type Detection, detect } from './ingest/detect.js';
import { headOf, mentionsLoading } from './ingest/head.js';
import { HEAD_BYTES, type Head, type Ingester } from './ingest/ingester.js';
import {
  type ByteFeed,
  ByteReader,
  DEFAULT_LIMITS,
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
import { bytesUntil, feedUntil, type ReadingLimits } from './read-limits.js';

export interface Progress {
  readonly sources: number;
  readonly bytes: number;
  /** The source being read. */
  readonly path: string;
}

export interface ReadOptions {
  /** Skip lines that cannot matter. Results are the same; by default on if it saves time. */
  readonly prefilter?: boolean | 'auto';
  /** Keep the formats of each source that were recognised and not chosen. */
  readonly explain?: boolean;
  readonly limits?: Partial<Limits>;
  readonly onProgress?: (progress: Progress) => void;
}

/** A leaf of bytes at hand. */
export function leafOf(node: Leaf['node'], bytes: Uint8Array, size: number | null = bytes.length): Leaf {
  return { node, size, open: () => once(bytes), skip: async () => {} };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** A leaf whose head was looked at. */
export class OpenLeaf {
  readonly leaf: Leaf;
  /** All its bytes. */
  readonly reader: ByteReader;
  /** Its first bytes: more than HEAD_BYTES unless they are all. */
  readonly bytes: Uint8Array;
  /** Events that all inputs may give up to its start. */
  readonly mostEvents: number;
  readonly #detect: (head: Head) => Detection;
  #known: { readonly head: Head; readonly detection: Detection } | null = null;

  constructor(
    leaf: Leaf,
    reader: ByteReader,
    bytes: Uint8Array,
    mostEvents: number,
    detect: (head: Head) => Detection,
  ) {
    this.leaf = leaf;
    this.reader = reader;
    this.bytes = bytes;
    this.mostEvents = mostEvents;
    this.#detect = detect;
  }

  /** True if the first bytes are all. */
  get isWhole(): boolean {
    return this.bytes.length <= HEAD_BYTES;
  }

  /** What it is; costs time when first asked. */
  get known(): { readonly head: Head; readonly detection: Detection } {
    if (!this.#known) {
      const head = headOf(this.bytes.subarray(0, HEAD_BYTES), this.isWhole, this.leaf.node.path);
      this.#known = { head, detection: this.#detect(head) };
    }
    return this.#known;
  }
}

export class SourceReader {
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

  /** Looks at the head of a leaf; `known`: what it was recognised as elsewhere. */
  async open(leaf: Leaf, known: Detection | null = null): Promise<OpenLeaf> {
    this.#options.onProgress?.({ sources: ++this.#sources, bytes: this.#bytes, path: leaf.node.path });
    const isOver = (): boolean => {
      this.#collector.limitEvents(this.#mostEvents(leaf), LIMIT_OPTIONS.events);
      return this.isOver;
    };
    isOver();
    const whole = leaf.atHand?.();
    const reader = new ByteReader(whole ? once(whole) : bytesUntil(isOver, leaf.open(), this.#limits));
    // One byte more than the head tells whether it is the whole.
    const bytes = whole ?? (await reader.peek(HEAD_BYTES + 1));
    const recognise = (head: Head): Detection =>
      known ?? detect(head, this.#ingesters, this.#options.explain);
    return new OpenLeaf(leaf, reader, bytes, this.#mostEvents(leaf), recognise);
  }

  async read(source: Source, opened: OpenLeaf): Promise<void> {
    const { leaf, bytes } = opened;
    if (bytes.length === 0) {
      source.status = 'empty';
      source.why = 'no bytes';
      source.bytes = 0;
      this.#collector.reportUnknown(source, 'input-empty', false);
      return;
    }
    const { head, detection } = opened.known;
    this.#collector.recognise(source, detection);
    if (detection.best) await this.#deliver(source, opened, head, detection.best);
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

  /** Events that all inputs may give up to here. */
  #mostEvents(leaf: Leaf): number {
    return this.#limits.events(leaf.inputBytes?.() ?? Number.POSITIVE_INFINITY);
  }

  inTime<T>(work: Promise<T>): Promise<T | null> {
    return this.#limits.inTime(work);
  }

  reportTime(source: Source | null): void {
    this.#collector.diagnose(source, 'input-limit', null, this.#limits.describeSeconds());
  }

  async #deliver(
    source: Source,
    opened: OpenLeaf,
    head: Head,
    { ingester, verdict }: NonNullable<Detection['best']>,
  ): Promise<void> {
    const { leaf, reader } = opened;
    const context = this.#collector.context(source, verdict.form, () => mentionsLoading(head));
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
        const readLine: typeof sink.readLine =
          sink.readLine &&
          ((bytes, from, number) => {
            const end = collector.isFull ? from : (sink.readLine?.(bytes, from, number) ?? from);
            if (end > from) last = number;
            return end;
          });
        const { needles, harmless = [] } = ingester;
        const counts =
          needles !== null && this.#usesPrefilter(needles, leaf, head)
            ? await neededLines(this.#feed(leaf, reader), onLine, {
                needles,
                harmless,
                skipLines: (bytes, from, to, followed) =>
                  collector.isFull ? to : (sink.skipLines?.(bytes, from, to, followed) ?? to),
                ...(readLine ? { readLine } : {}),
              })
            : await textLines(opened.isWhole ? opened.bytes : reader.rest(), onLine);
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
