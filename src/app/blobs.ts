// SPDX-License-Identifier: Apache-2.0
/** Finds the files that were given to the page, in the order in which those of a directory on disk are read. */
import { type Entry, type Folder, readFolder } from '../input/folder.js';
import type { Found, PlainFile } from '../input/index.js';
import type { InputOptions } from '../input/options.js';
import { type Stream, Unpacker } from '../input/unpack.js';
import { escapeLine } from '../model/escape.js';
import { unpackBeside } from './beside.js';
import { blobBytes, blobFeed, type OnBytes, randomAccess } from './blob-file.js';
import type { Drop } from './messages.js';

/** A folder's entries by name. */
type Tree = Map<string, Tree | Blob>;

/**
 * Puts files into their folders, those of each drop apart. What has the name of something given before gets the number
 * of its drop before its name.
 */
function treesOf(drops: readonly Drop[]): Tree {
  const roots: Tree = new Map();
  for (const [index, drop] of drops.entries()) {
    const root: Tree = new Map();
    for (const { path, blob } of drop) {
      const parts = path.split('/').filter((part) => part !== '');
      const name = parts.pop() ?? '-';
      let folder = root;
      for (const part of parts) {
        const known = folder.get(part);
        const below: Tree = known instanceof Map ? known : new Map();
        folder.set(part, below);
        folder = below;
      }
      folder.set(name, blob);
    }
    for (const [name, entry] of root) {
      roots.set(roots.has(name) ? `drop ${index + 1}/${name}` : name, entry);
    }
  }
  return roots;
}

const UTF8 = new TextEncoder();

/** By the bytes of their names. */
function sorted(tree: Tree): [name: string, entry: Tree | Blob][] {
  const named = [...tree].map(([name, entry]) => ({ name, entry, bytes: UTF8.encode(name) }));
  named.sort((a, b) => compareBytes(a.bytes, b.bytes));
  return named.map(({ name, entry }) => [escapeLine(name), entry]);
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let at = 0; at < shared; at++) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function plainFile(blob: Blob, onBytes: OnBytes): PlainFile {
  return {
    size: blob.size,
    random: () => randomAccess(blob),
    feed: (report) => blobFeed(blob, report, onBytes),
    unpackBeside: () => unpackBeside(blob, onBytes),
  };
}

/** Everything in the files given, named by their drops; `onBytes` is called with the bytes of files as they are read. */
export async function* openBlobs(
  drops: readonly Drop[],
  options: InputOptions,
  onBytes: OnBytes = () => {},
): AsyncGenerator<Found> {
  const unpacker = new Unpacker(options);
  const streamOf = (blob: Blob): Omit<Stream, 'node'> => ({
    bytes: (report) => blobBytes(blob, report, onBytes),
    size: blob.size || null,
    file: blob.size > 0 ? plainFile(blob, onBytes) : null,
  });
  const folderOf = (tree: Tree): Folder => ({
    entries: () =>
      sorted(tree).map(([name, entry]): Entry => {
        if (!(entry instanceof Blob)) return { name, is: 'folder', folder: folderOf(entry) };
        const read = (node: Stream['node']) => unpacker.read({ node, ...streamOf(entry) });
        return { name, is: 'file', hasNoSize: () => entry.size === 0, read };
      }),
  });
  for (const [name, entry] of sorted(treesOf(drops))) {
    if (entry instanceof Blob) {
      yield* unpacker.read({ node: unpacker.node(null, name, 'file'), ...streamOf(entry) });
    } else yield* readFolder(unpacker, folderOf(entry), name);
  }
}
