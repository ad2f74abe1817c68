// SPDX-License-Identifier: Apache-2.0
/** Finds the files of the inputs: the inputs themselves, standard input, and the contents of directories. */
import { closeSync, statSync } from 'node:fs';
import { readlink, stat } from 'node:fs/promises';
import { type Entry, type Folder, readFolder } from '../input/folder.js';
import type { Found, Report, SourceNode } from '../input/found.js';
import { decodeName } from '../input/label.js';
import type { InputOptions } from '../input/options.js';
import { type Stream, Unpacker } from '../input/unpack.js';
import { escapeLine } from '../model/escape.js';
import {
  type DiskEntry,
  type DiskLeaf,
  listDirectory,
  openFile,
  readFile,
  specialKind,
  systemErrorMessage,
} from './disk.js';
import { chunksOf, type Input, type NamedInput } from './inputs.js';
import { pathBytes } from './path.js';
import { plainFile } from './plain-file.js';

/**
 * Everything in the inputs, in a fixed order: inputs as given, directories sorted by name, members in archive order. `-`
 * is standard input. What cannot be read yields a problem; nothing throws.
 */
export async function* openInputs(
  inputs: readonly Input[],
  options: InputOptions = {},
): AsyncGenerator<Found> {
  const unpacker = new Unpacker(options);
  for (const input of inputs) {
    if (typeof input !== 'string') yield* readBytes(unpacker, input);
    else if (input === '-') yield* readStdin(unpacker, options);
    else yield* readInput(unpacker, input);
  }
}

async function* readStdin(unpacker: Unpacker, options: InputOptions): AsyncGenerator<Found> {
  const node = unpacker.node(null, '-', 'stdin');
  const stdin = options.stdin ?? process.stdin;
  yield* unpacker.read({ node, bytes: (report) => readable(stdin, report), size: null, file: null });
}

async function* readBytes(unpacker: Unpacker, { name, bytes }: NamedInput): AsyncGenerator<Found> {
  const node = unpacker.node(null, escapeLine(name), 'file');
  const size = bytes instanceof Uint8Array ? bytes.length : null;
  yield* unpacker.read({ node, bytes: (report) => readable(chunksOf(bytes), report), size, file: null });
}

async function* readable(stdin: AsyncIterable<Uint8Array>, report: Report): AsyncGenerator<Uint8Array> {
  try {
    yield* stdin;
  } catch (error) {
    report('input-unreadable', systemErrorMessage(error));
  }
}

async function* readInput(unpacker: Unpacker, input: string): AsyncGenerator<Found> {
  const label = escapeLine(input);
  const path = pathBytes(input);
  let isDevice: boolean;
  try {
    const stats = statSync(path);
    isDevice = stats.isCharacterDevice();
    if (stats.isDirectory()) {
      yield* readFolder(unpacker, directory(unpacker, path), label);
      return;
    }
    if (stats.isSocket() || stats.isBlockDevice()) {
      yield unpacker.problem(null, 'input-skipped', specialKind(stats), label);
      return;
    }
  } catch (error) {
    const node = unpacker.node(null, label, 'file');
    yield unpacker.problem(node, 'input-unreadable', systemErrorMessage(error), label);
    return;
  }
  yield* readPath(unpacker, path, unpacker.node(null, label, 'file'), isDevice);
}

/** A plain file, or a pipe or device named as an input (`<(zcat x)`). */
async function* readPath(
  unpacker: Unpacker,
  path: Buffer,
  node: SourceNode,
  isDevice = false,
): AsyncGenerator<Found> {
  let file: DiskLeaf;
  try {
    file = openFile(path, isDevice);
  } catch (error) {
    yield unpacker.problem(node, 'input-unreadable', systemErrorMessage(error), node.path);
    return;
  }
  try {
    yield* unpacker.read(streamOf(node, file));
  } finally {
    // Its socket closes a pipe.
    if (!file.stats.isFIFO()) close(file.fd);
  }
}

function streamOf(node: SourceNode, file: DiskLeaf): Stream {
  const plain = file.stats.isFile() && file.stats.size > 0;
  return {
    node,
    bytes: (report) => readFile(file, report),
    size: plain ? file.stats.size : null,
    file: plain ? plainFile(file) : null,
  };
}

/** A network file system may report an error now; what was read stays. */
function close(fd: number): void {
  try {
    closeSync(fd);
  } catch {
    // The descriptor is closed in any case.
  }
}

/** A directory. Links are not followed. */
function directory(unpacker: Unpacker, path: Buffer): Folder {
  return {
    entries: async () => {
      try {
        return (await listDirectory(path)).map((entry) => entryOf(unpacker, path, entry));
      } catch (error) {
        throw new Error(systemErrorMessage(error));
      }
    },
  };
}

function entryOf(unpacker: Unpacker, folder: Buffer, { name: bytes, is, what }: DiskEntry): Entry {
  const path = Buffer.concat([folder, Buffer.from('/'), bytes]);
  const name = decodeName(bytes);
  if (is === 'directory') return { name, is: 'folder', folder: directory(unpacker, path) };
  if (is === 'special') {
    return { name, is, describe: () => (what === 'symbolic link' ? linkText(path) : what) };
  }
  return { name, is, hasNoSize: () => isLive(path), read: (node) => readPath(unpacker, path, node) };
}

async function isLive(path: Buffer): Promise<boolean> {
  return (await stat(path).catch(() => null))?.size === 0;
}

async function linkText(path: Buffer): Promise<string> {
  const target = await readlink(path, { encoding: 'buffer' }).catch(() => null);
  return target === null ? 'symbolic link' : `symbolic link to ${decodeName(target)}`;
}
