// SPDX-License-Identifier: Apache-2.0
/**
 * Finds the files that were given to the page, as `disk/walk.ts` finds those on disk: the same order, the same layouts.
 * Runs on a thread: only there a browser reads a part of a file at once.
 */
import { CHUNK_BYTES } from '../input/bytes.js';
import type { SourceNode } from '../input/found.js';
import type { Found, PlainFile, Report } from '../input/index.js';
import { LayoutFilter } from '../input/layout-filter.js';
import type { InputOptions } from '../input/options.js';
import { Tally } from '../input/tally.js';
import { type Stream, Unpacker } from '../input/unpack.js';
import { errorMessage } from '../model/error-message.js';
import { escapeLine } from '../model/escape.js';
import type { Given } from './messages.js';

/** Called with the bytes that were read of a file since the last call. */
export type OnBytes = (bytes: number) => void;

type Folder = Map<string, Folder | Blob>;

/** By folders, in the order in which `disk` reads them: by the bytes of their names. */
function treeOf(files: readonly Given[]): Folder {
  const root: Folder = new Map();
  for (const { path, blob } of files) {
    const parts = path.split('/').filter((part) => part !== '');
    const name = parts.pop();
    if (name === undefined) continue;
    let folder = root;
    for (const part of parts) {
      const known = folder.get(part);
      const below: Folder = known instanceof Map ? known : new Map();
      folder.set(part, below);
      folder = below;
    }
    folder.set(name, blob);
  }
  return root;
}

const UTF8 = new TextEncoder();

function sorted(folder: Folder): [name: string, entry: Folder | Blob][] {
  const named = [...folder].map(([name, entry]) => ({ name, entry, bytes: UTF8.encode(name) }));
  named.sort((a, b) => compareBytes(a.bytes, b.bytes));
  return named.map(({ name, entry }) => [name, entry]);
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let at = 0; at < shared; at++) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

export async function* openBlobs(
  files: readonly Given[],
  options: InputOptions,
  onBytes: OnBytes = () => {},
): AsyncGenerator<Found> {
  const unpacker = new Unpacker(options);
  for (const [name, entry] of sorted(treeOf(files))) {
    const label = escapeLine(name);
    if (entry instanceof Blob) {
      yield* unpacker.read(streamOf(unpacker.node(null, label, 'file'), entry, onBytes));
      continue;
    }
    const node = unpacker.node(null, label, 'directory');
    yield { found: 'container', node };
    const walk: Walk = {
      unpacker,
      node,
      filter: new LayoutFilter(unpacker.layouts),
      tally: new Tally(),
      onBytes,
    };
    yield* walkFolder(walk, entry, '');
    for (const { code, detail, count } of walk.tally.entries()) {
      yield unpacker.problem(node, code, detail, label, count);
    }
  }
}

interface Walk {
  readonly unpacker: Unpacker;
  readonly node: SourceNode;
  readonly filter: LayoutFilter;
  readonly tally: Tally;
  readonly onBytes: OnBytes;
}

async function* walkFolder(walk: Walk, folder: Folder, inside: string): AsyncGenerator<Found> {
  const { unpacker, node, filter, tally } = walk;
  const named = sorted(folder).map(([name, entry]) => ({ at: `${inside}${escapeLine(name)}`, entry }));
  // Names identify a layout, so it sees all of them before the first is read.
  for (const { at, entry } of named) filter.see(entry instanceof Blob ? at : `${at}/`);
  for (const { at, entry } of named) {
    if (!(entry instanceof Blob)) yield* walkFolder(walk, entry, `${at}/`);
    else if (!filter.wants(at)) tally.unwanted(at, filter.layout);
    else {
      const file = unpacker.node(node.id, `${node.path}/${at}`, 'file');
      const incidentalIn = filter.incidentalIn(at);
      yield* unpacker.read(streamOf({ ...file, incidentalIn }, entry, walk.onBytes));
    }
  }
}

function streamOf(node: SourceNode, blob: Blob, onBytes: OnBytes): Stream {
  const plain = blob.size > 0;
  return {
    node,
    bytes: (report) => readBlob(blob, report, onBytes),
    size: plain ? blob.size : null,
    file: plain ? plainFile(blob, onBytes) : null,
  };
}

/** Only threads have it, whose types do not go together with those of pages. */
declare const FileReaderSync: new () => { readAsArrayBuffer(blob: Blob): ArrayBuffer };

/** A part of a file; throws where it has changed or gone since it was given. */
function partOf(blob: Blob, from: number, to: number): Uint8Array {
  return new Uint8Array(new FileReaderSync().readAsArrayBuffer(blob.slice(from, to)));
}

async function* readBlob(blob: Blob, report: Report, onBytes: OnBytes): AsyncGenerator<Uint8Array> {
  const feed = feedOf(blob, report, onBytes);
  for (;;) {
    const chunk = new Uint8Array(CHUNK_BYTES);
    const count = feed(chunk);
    if (count === 0) return;
    yield chunk.subarray(0, count);
  }
}

/** Bytes that are fetched at once: a browser needs a while for each part, however short. */
const FETCHED_BYTES = 4 * 1024 ** 2;

function feedOf(blob: Blob, report: Report, onBytes: OnBytes): (into: Uint8Array) => number {
  let at = 0;
  let held: Uint8Array = new Uint8Array(0);
  return (into) => {
    if (held.length === 0 && at < blob.size) {
      try {
        held = partOf(blob, at, Math.min(blob.size, at + FETCHED_BYTES));
      } catch (error) {
        report('input-unreadable', `${errorMessage(error)} after ${at} bytes`);
        return 0;
      }
      at += held.length;
      onBytes(held.length);
    }
    const count = Math.min(into.length, held.length);
    into.set(held.subarray(0, count));
    held = held.subarray(count);
    return count;
  };
}

function plainFile(blob: Blob, onBytes: OnBytes): PlainFile {
  return {
    size: blob.size,
    random: () => ({
      size: blob.size,
      read: (offset, length) => partOf(blob, offset, Math.min(blob.size, offset + length)),
    }),
    feed: (report) => feedOf(blob, report, onBytes),
    unpackBeside: () => null,
  };
}
