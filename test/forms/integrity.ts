// SPDX-License-Identifier: Apache-2.0
/** What must hold of all that was read, whatever the input was. */
import { expect } from 'vitest';
import type { Evidence } from '../../src/ingest/collector.js';
import { INGESTERS } from '../../src/ingest/registry.js';
import { DIAGNOSTICS } from '../../src/model/diagnostic.js';
import type { Source } from '../../src/model/source.js';

const READS = new Map(INGESTERS.map(({ name, reads }) => [name, reads]));

/**
 * No dangling source, no line outside its source, as many events as were counted. `inputs` are the bytes of the
 * sources without a parent, in order, where they are at hand.
 */
export function assertIntegrity(evidence: Evidence, inputs: readonly Uint8Array[] = []): void {
  const { sources, events, diagnostics, detections } = evidence;
  const roots = sources.filter(({ parent }) => parent === null);
  const bytesOf = (source: Source): Uint8Array | undefined => inputs[roots.indexOf(source)];
  sources.forEach((source, index) => {
    expect(source.id).toBe(index + 1);
    expect(depthOf(source, sources), `${source.path} in its parents`).toBeLessThan(sources.length);
  });
  const ends = new Map(sources.map((source) => [source.id, lastLine(source, sources, bytesOf)]));
  for (const [id, said] of events) {
    const source = sources[id - 1];
    const end = ends.get(id) ?? 0;
    expect(source?.events, source?.path).toBe(said.length);
    const astray = said.find((event) => event.source !== id || !(event.line >= 1 && event.line <= end));
    expect(astray, `${source?.path}: an event outside its source of ${end} lines`).toBeUndefined();
  }
  for (const source of sources)
    if (source.events > 0) expect(events.get(source.id)).toHaveLength(source.events);
  for (const { code, source, line, count } of diagnostics) {
    expect(DIAGNOSTICS).toHaveProperty(code);
    expect(count, code).toBeGreaterThan(0);
    if (source === null) continue;
    expect(ends.has(source), code).toBe(true);
    if (line !== null)
      expect(line >= 1 && line <= Math.max(1, ends.get(source) ?? 0), `${code} at ${line}`).toBe(true);
  }
  for (const id of detections.keys()) expect(sources[id - 1]?.id).toBe(id);
}

/** How many sources hold it; Infinity where one of them is not there, or it holds itself. */
function depthOf(source: Source, sources: readonly Source[]): number {
  let depth = 0;
  for (let id = source.parent; id !== null; id = sources[id - 1]?.parent ?? null) {
    depth++;
    if (sources[id - 1] === undefined || depth > sources.length) return Number.POSITIVE_INFINITY;
  }
  return depth;
}

/** The last line or record that an event may name. A section counts by the lines of the file that holds it. */
function lastLine(
  source: Source,
  sources: readonly Source[],
  bytesOf: (source: Source) => Uint8Array | undefined,
): number {
  const parent = source.parent === null ? null : (sources[source.parent - 1] ?? null);
  const reads = READS.get(source.format ?? '');
  if (source.kind === 'section' && parent) {
    // Text inside a binary or JSON file has lines of its own.
    return READS.get(parent.format ?? '') === 'lines' ? lastLine(parent, sources, bytesOf) : source.lines;
  }
  if (reads === 'lines' || reads === undefined) return source.lines;
  const bytes = bytesOf(source);
  if (!bytes) return source.bytes ?? 0;
  // Records: a binary one takes eight bytes at least, one of JSON begins with a brace.
  if (reads === 'random') return Math.max(1, bytes.length / 8);
  let marks = 1;
  for (const byte of bytes) if (byte === 0x0a || byte === 0x7b) marks++;
  return marks;
}
