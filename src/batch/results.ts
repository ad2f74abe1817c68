// SPDX-License-Identifier: Apache-2.0
/**
 * Results of finished cases, in segments: files of frames (frame.ts), one for each run that wrote any. A run that is
 * killed loses the cases in progress, and at worst leaves half a frame at the end of its segment. What is damaged counts
 * as missing: its cases are read again.
 */
import { fsyncSync, lstatSync, openSync, readdirSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { closeAnyway } from './close.js';
import { piecesOf, readBytes } from './file-bytes.js';
import {
  type CaseHead,
  type CaseResult,
  framesOf,
  type Heads,
  headsOf,
  packFrame,
  unpackFrame,
} from './frame.js';
import { KeyMap, nameDigest } from './key-map.js';
import { makeFolder } from './make-folder.js';

interface Segment {
  readonly path: string;
  readonly descriptor: number;
}

/** Where a frame lies. */
interface Place {
  readonly segment: Segment;
  readonly at: number;
  readonly length: number;
}

const SEGMENT = /^\d{6}\.seg$/;
/** More are made one: a run that is resumed often leaves as many. */
const MOST_SEGMENTS = 32;
/** Cases of a frame when segments are rewritten. */
const FRAME_CASES = 16;
/** What a part takes besides its rows. */
const PART_BYTES = 256;
/** Cases are asked for in about the order in which they were read; those of merged shards in the order of none. */
const AT_HAND_BYTES = 8 * 1024 ** 2;

/** What was unpacked last, by the index of the frame. */
class AtHand<T> {
  readonly #items = new Map<number, { readonly item: T; readonly bytes: number }>();
  #bytes = 0;

  get(index: number, unpack: () => { readonly item: T; readonly bytes: number }): T {
    const known = this.#items.get(index);
    if (known) return known.item;
    const unpacked = unpack();
    this.#items.set(index, unpacked);
    this.#bytes += unpacked.bytes;
    for (const [oldest, { bytes }] of this.#items) {
      if (this.#bytes <= AT_HAND_BYTES || oldest === index) break;
      this.#items.delete(oldest);
      this.#bytes -= bytes;
    }
    return unpacked.item;
  }
}

/** A pipe would be waited for. */
const isSegment = (folder: string, name: string): boolean =>
  SEGMENT.test(name) && lstatSync(join(folder, name)).isFile();

export class Results {
  readonly folder: string;
  readonly #fingerprint: string;
  readonly #segments: Segment[] = [];
  readonly #places: Place[] = [];
  /** Index among the places, by the name of a case. */
  readonly #index = new KeyMap();
  readonly #heads = new AtHand<Heads>();
  readonly #unpacked = new AtHand<readonly CaseResult[]>();
  /** Results in the segments, those that others replaced included. */
  #kept = 0;
  #isDamaged = false;
  #current: Segment | null = null;
  #end = 0;
  /** What was found that is not as it was written: for the user. */
  readonly said: string[] = [];

  /** Reads the segments of a folder. Results with another fingerprint count as missing. */
  constructor(folder: string, fingerprint: string) {
    this.folder = folder;
    this.#fingerprint = fingerprint;
    makeFolder(folder);
    const names = readdirSync(folder).sort();
    for (const name of names.filter((one) => !isSegment(folder, one))) {
      // Left by a run that was killed.
      if (name.endsWith('.tmp')) rmSync(join(folder, name));
      else this.said.push(`${join(folder, name)} is not a segment of results: skipped`);
    }
    let others = 0;
    for (const name of names.filter((one) => isSegment(folder, one)))
      others += this.#scan(this.#open(name, 'r'));
    if (others > 0)
      this.said.push(
        `${others} ${others === 1 ? 'result was' : 'results were'} made with other options or by another version: read again`,
      );
  }

  #open(name: string, flags: string): Segment {
    const path = join(this.folder, name);
    const segment = { path, descriptor: openSync(path, flags) };
    this.#segments.push(segment);
    return segment;
  }

  /** Indexes the frames of a segment; gives the number of results with another fingerprint. */
  #scan(segment: Segment, from = 0): number {
    let others = 0;
    for (const { at, length, heads } of framesOf(segment.descriptor, from)) {
      if (heads?.fingerprint === this.#fingerprint) this.#add({ segment, at, length }, heads.cases);
      else if (heads) {
        this.#kept += heads.cases.length;
        others += heads.cases.length;
      } else {
        this.#isDamaged = true;
        this.said.push(
          `${segment.path}: ${length} bytes from byte ${at} are incomplete or damaged: their cases are read again`,
        );
      }
    }
    return others;
  }

  #add(place: Place, cases: readonly CaseHead[]): void {
    for (const { name } of cases) this.#index.set(nameDigest(name), this.#places.length);
    this.#places.push(place);
    this.#kept += cases.length;
  }

  /** Appends results; the newest of a name holds. `frame`: they are packed. */
  append(cases: readonly CaseHead[], frame: Uint8Array): void {
    const at = this.#end;
    const segment = this.#write(frame);
    this.#add({ segment, at, length: frame.length }, cases);
  }

  pack(results: readonly CaseResult[]): Buffer {
    return packFrame(this.#fingerprint, results);
  }

  #write(bytes: Uint8Array): Segment {
    this.#current ??= this.#open(this.#nextName(), 'wx+');
    for (let done = 0; done < bytes.length; )
      done += writeSync(this.#current.descriptor, bytes, done, bytes.length - done, this.#end + done);
    this.#end += bytes.length;
    return this.#current;
  }

  #nextName(): string {
    const last = readdirSync(this.folder)
      .filter((name) => SEGMENT.test(name))
      .sort()
      .at(-1);
    return `${String(Number(last?.slice(0, -'.seg'.length) ?? 0) + 1).padStart(6, '0')}.seg`;
  }

  /** What is known of a case, without its rows; null where there is no result. */
  head(name: string): CaseHead | null {
    const index = this.#index.get(nameDigest(name));
    if (index === undefined) return null;
    const heads = this.#heads.get(index, () => {
      const frame = this.#frame(index);
      // As objects they take some ten times the bytes.
      return { item: headsOf(frame), bytes: 10 * frame.readUInt32LE(8) };
    });
    return heads.cases.find((one) => one.name === name) ?? null;
  }

  /** The result of a case; null where there is none. */
  read(name: string): CaseResult | null {
    const index = this.#index.get(nameDigest(name));
    if (index === undefined) return null;
    const results = this.#unpacked.get(index, () => {
      const item = unpackFrame(this.#frame(index));
      const bytes = item
        .flatMap(({ parts }) => parts)
        .reduce((sum, { rows }) => sum + PART_BYTES + rows.length, 0);
      return { item, bytes };
    });
    return results.find((one) => one.name === name) ?? null;
  }

  #frame(index: number): Buffer {
    const place = this.#places[index];
    if (!place) throw new RangeError(`no frame ${index}`);
    return readBytes(place.segment.descriptor, place.at, place.length);
  }

  /** Adds the segments of another folder: frames may lie anywhere. */
  adopt(folder: string): void {
    for (const name of readdirSync(folder).sort()) {
      if (!isSegment(folder, name)) continue;
      const from = this.#end;
      for (const bytes of piecesOf(join(folder, name))) this.#write(bytes);
      if (this.#current) this.#scan(this.#current, from);
    }
  }

  /** Makes what was appended outlast a power failure. */
  flush(): void {
    if (this.#current) fsyncSync(this.#current.descriptor);
  }

  /**
   * Rewrites the segments as one with the results of these cases alone, `live` in number, in their order. Does nothing while
   * most of what is kept is live.
   */
  async compact(names: AsyncIterable<string>, live: number): Promise<void> {
    if (this.#kept <= 2 * live && this.#segments.length <= MOST_SEGMENTS && !this.#isDamaged) return;
    const name = this.#nextName();
    const temporary = `${name}.tmp`;
    const old = [...this.#segments];
    this.#current = this.#open(temporary, 'wx+');
    this.#end = 0;
    let results: CaseResult[] = [];
    for await (const one of names) {
      const result = this.read(one);
      if (result) results.push(result);
      if (results.length < FRAME_CASES) continue;
      this.#write(this.pack(results));
      results = [];
    }
    if (results.length > 0) this.#write(this.pack(results));
    this.flush();
    renameSync(join(this.folder, temporary), join(this.folder, name));
    for (const { path } of old) rmSync(path);
  }

  /** Paths of the segments, in order. */
  get paths(): readonly string[] {
    return readdirSync(this.folder)
      .filter((name) => isSegment(this.folder, name))
      .sort()
      .map((name) => join(this.folder, name));
  }

  /** What counts was flushed. */
  close(): void {
    for (const { descriptor } of this.#segments) closeAnyway(descriptor);
  }
}
