// SPDX-License-Identifier: Apache-2.0
/** Reads inputs: detects each leaf by its head and passes it to its ingester, here or on a thread beside. */
import { Collector, type Evidence } from './ingest/collector.js';
import type { Ingester } from './ingest/ingester.js';
import type { Found, Leaf } from './input/index.js';
import type { Source } from './model/source.js';
import { Dealer, type ReaderThreads } from './read-beside.js';
import { ReadingLimits } from './read-limits.js';
import { type ReadOptions, SourceReader } from './read-source.js';

export type { Progress, ReadOptions } from './read-source.js';

/** Reads everything that is found, in order. Damage and unknown formats become diagnostics; nothing throws for them. */
export async function readEvidence(
  found: AsyncIterable<Found>,
  ingesters: readonly Ingester[],
  options: ReadOptions = {},
  limits = new ReadingLimits(options.limits),
  dealer: Dealer | null = null,
): Promise<Evidence> {
  const collector = new Collector(ingesters, options.explain);
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
  const take = (thing: Exclude<Found, { found: 'leaf' }>): void => {
    if (thing.found === 'container') {
      sourceFor(thing.node);
      return;
    }
    const isNew = thing.node !== null && !nodes.has(thing.node.id);
    const source = thing.node === null ? null : sourceFor(thing.node);
    if (source && isNew) {
      source.status = thing.code === 'input-skipped' ? 'skipped' : 'failed';
      source.why = thing.detail;
    }
    collector.diagnose(source, thing.code, null, thing.detail, thing.count);
  };
  const things = found[Symbol.asyncIterator]();
  for (;;) {
    const next = await reader.inTime(things.next());
    if (next === null) reader.reportTime(null);
    if (next === null || next.done) break;
    const thing = next.value;
    if (thing.found !== 'leaf') {
      if (dealer) dealer.inTurn(() => take(thing));
      else take(thing);
    } else {
      const opened = await reader.open(thing.leaf);
      const isDealt = await dealer?.deal(opened, (part) => {
        collector.adopt(sourceFor(thing.leaf.node), part);
        return collector.eventCount;
      });
      if (!isDealt) {
        await dealer?.settle();
        await reader.read(sourceFor(thing.leaf.node), opened);
      }
    }
    if (reader.isOver || dealer?.isDoubtful) break;
  }
  await dealer?.settle();
  // Not awaited: what waits for a pipe returns when that ends.
  things.return?.()?.catch(() => undefined);
  return collector.evidence();
}

/**
 * The same, where `open` gives what is found, with threads that read small leaves. Where a limit may end the reading, it
 * has to end at the same byte as on one thread: then all is read again, on this one.
 */
export async function readEvidenceBeside(
  open: () => AsyncIterable<Found>,
  ingesters: readonly Ingester[],
  threads: ReaderThreads,
  options: ReadOptions = {},
): Promise<Evidence> {
  const limits = new ReadingLimits(options.limits);
  const dealer = new Dealer(threads, options.limits);
  const evidence = await readEvidence(open(), ingesters, options, limits, dealer);
  const mayDiffer = dealer.isDoubtful || evidence.diagnostics.some(({ code }) => code === 'input-limit');
  // Time that is over does not come back.
  if (!mayDiffer || !dealer.hasDealt || limits.isOver(0)) return evidence;
  return readEvidence(open(), ingesters, options, limits);
}
