// SPDX-License-Identifier: Apache-2.0
/**
 * The text of cited lines. A case keeps events but no text, so the cited sources are read again and only the cited lines,
 * with their neighbours, are kept.
 */

import type { Cite } from './accounting/model.js';
import type { Ingester } from './ingest/ingester.js';
import { type ByteFeed, type Found, feedOf, wantedLines } from './input/index.js';
import { addTo, getOrAdd } from './model/groups.js';
import type { Source } from './model/source.js';

/** Consecutive lines of a source. */
interface TextRun {
  /** The number of the first line. */
  readonly first: number;
  readonly lines: readonly string[];
}

export interface CitedText {
  /** By Source.id, in line order. */
  readonly runs: ReadonlyMap<number, readonly TextRun[]>;
  /** Why a cited source has no text, by Source.id. */
  readonly textless: ReadonlyMap<number, string>;
}

/** Lines kept before and after a cited one. */
const NEIGHBOURS = 3;
/** Characters kept of a line. */
const LINE_LENGTH = 1000;

/** Reads the cited lines from the inputs of `sources`, opened again. */
export async function readCited(
  found: AsyncIterable<Found>,
  ingesters: readonly Ingester[],
  sources: readonly Source[],
  cites: Iterable<Cite>,
): Promise<CitedText> {
  const wanted = new Wanted(sources, ingesters, cites);
  const runs = new Map<number, readonly TextRun[]>();
  if (wanted.pending === 0) return { runs, textless: wanted.textless };
  for await (const thing of found) {
    if (thing.found !== 'leaf') continue;
    const { leaf } = thing;
    const file = wanted.take(leaf.node.path);
    if (file === null) {
      await leaf.skip();
      continue;
    }
    const kept = await keepLines(leaf.feed?.() ?? feedOf(leaf.open()), file.lines);
    for (const source of file.sources) runs.set(source, kept);
    if (wanted.pending === 0) break;
  }
  for (const source of wanted.missing()) wanted.textless.set(source, 'the source could not be read again');
  return { runs, textless: wanted.textless };
}

/** A file with cited lines: its own and those of the sections inside it, which share its line numbers. */
interface WantedFile {
  readonly sources: number[];
  readonly lines: Set<number>;
}

class Wanted {
  readonly textless = new Map<number, string>();
  readonly #files = new Map<number, WantedFile>();
  /** Files by path: two members of an archive can have the same name. */
  readonly #byPath = new Map<string, number[]>();

  constructor(sources: readonly Source[], ingesters: readonly Ingester[], cites: Iterable<Cite>) {
    const byId = new Map(sources.map((source) => [source.id, source]));
    const lineFormats = new Set(ingesters.filter(({ reads }) => reads === 'lines').map(({ name }) => name));
    for (const source of sources) {
      if (source.kind === 'section' || source.status === 'container') continue;
      addTo(this.#byPath, source.path, source.id);
    }
    for (const { source, line } of cites) {
      let file = byId.get(source);
      while (file?.kind === 'section' && file.parent !== null) file = byId.get(file.parent);
      if (!file) continue;
      if (file.format === null || !lineFormats.has(file.format))
        this.textless.set(source, 'the source is not a text file');
      else this.#want(file.id, source, line);
    }
  }

  #want(file: number, source: number, line: number): void {
    const wanted = getOrAdd(this.#files, file, () => ({ sources: [], lines: new Set<number>() }));
    if (!wanted.sources.includes(source)) wanted.sources.push(source);
    for (let near = Math.max(1, line - NEIGHBOURS); near <= line + NEIGHBOURS; near++) wanted.lines.add(near);
  }

  /** Files not yet read. */
  get pending(): number {
    return this.#files.size;
  }

  /** Takes the next file with this path; null if none of its lines are cited. */
  take(path: string): WantedFile | null {
    const id = this.#byPath.get(path)?.shift();
    if (id === undefined) return null;
    const file = this.#files.get(id) ?? null;
    this.#files.delete(id);
    return file;
  }

  missing(): number[] {
    return [...this.#files.values()].flatMap((file) => file.sources);
  }
}

async function keepLines(feed: ByteFeed, wanted: ReadonlySet<number>): Promise<TextRun[]> {
  const runs: { first: number; lines: string[] }[] = [];
  await wantedLines(feed, wanted, (text, number) => {
    if (!wanted.has(number)) return;
    const left = text.length - LINE_LENGTH;
    const kept = left > 0 ? `${text.slice(0, LINE_LENGTH)} … (${left} more characters)` : text;
    const last = runs.at(-1);
    if (last && last.first + last.lines.length === number) last.lines.push(kept);
    else runs.push({ first: number, lines: [kept] });
  });
  return runs;
}
