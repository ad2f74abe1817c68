// SPDX-License-Identifier: Apache-2.0
/** The digest of a case, which shows whether the case changed since it was last read. */
import { createHash, type Hash } from 'node:crypto';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { listDirectory, specialKind } from '../disk/disk.js';
import { pathBytes } from '../disk/path.js';

export interface Digest {
  /** SHA-256, in hexadecimal. */
  readonly digest: string;
  /** Bytes of the files. */
  readonly bytes: number;
}

/** Neither a file nor a directory: a read might never end, and could not be repeated. */
export class NoFileError extends Error {
  override readonly name = 'NoFileError';
}

const CHUNK_BYTES = 1024 * 1024;
let buffer: Buffer | null = null;

/**
 * Digest of one file or directory, or of several files as a group. As of one file, the names of a group do not matter: a
 * copy of a report in another place has the same digest. Throws where an input itself cannot be read.
 */
export async function digestOf(inputs: readonly string[]): Promise<Digest> {
  const paths = inputs.map(pathBytes);
  const [only] = paths;
  if (only !== undefined && paths.length === 1) {
    return statSync(only).isDirectory() ? digestOfDirectory(only) : digestOfFile(only);
  }
  const lines = paths.map((path) => lineOf({ at: Buffer.alloc(0), path, what: 'file' }));
  return digestOfLines(lines.sort((a, b) => Buffer.compare(a.line, b.line)));
}

/** The digest that sha256sum prints. */
function digestOfFile(path: Buffer): Digest {
  const stats = statSync(path);
  if (!stats.isFile()) throw new NoFileError(`it is not a file but a ${specialKind(stats)}`);
  const hash = createHash('sha256');
  const bytes = hashFile(path, hash);
  return { digest: hash.digest('hex'), bytes };
}

function hashFile(path: Buffer, hash: Hash): number {
  buffer ??= Buffer.allocUnsafe(CHUNK_BYTES);
  const descriptor = openSync(path, 'r');
  let bytes = 0;
  try {
    for (;;) {
      const count = readSync(descriptor, buffer, 0, buffer.length, null);
      if (count === 0) return bytes;
      hash.update(buffer.subarray(0, count));
      bytes += count;
    }
  } finally {
    closeSync(descriptor);
  }
}

interface Item {
  /** The name that is hashed and sorted by. */
  readonly at: Buffer;
  readonly path: Buffer;
  readonly what: string;
}

interface Line {
  readonly line: Buffer;
  /** Bytes of the file. */
  readonly bytes: number;
}

/** The item as sha256sum prints it; other things than files have their kind in place of a digest. */
function lineOf({ at, path, what }: Item): Line {
  let shown = what;
  let bytes = 0;
  if (what === 'file') {
    try {
      ({ digest: shown, bytes } = digestOfFile(path));
    } catch (error) {
      if (error instanceof NoFileError) throw error;
      // The case has a diagnostic for it. Here the digest must only differ from that of the readable file.
      shown = 'unreadable';
    }
  }
  return { line: Buffer.concat([Buffer.from(`${shown}  `), at, Buffer.from('\n')]), bytes };
}

function digestOfLines(lines: Iterable<Line>): Digest {
  const hash = createHash('sha256');
  let sum = 0;
  for (const { line, bytes } of lines) {
    hash.update(line);
    sum += bytes;
  }
  return { digest: hash.digest('hex'), bytes: sum };
}

/**
 * Digest of the names and contents of all files below; for plain files the same as
 * `find . -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum`.
 */
async function digestOfDirectory(path: Buffer): Promise<Digest> {
  const items: Item[] = [];
  await collect(path, Buffer.from('.'), items);
  return digestOfLines(items.sort((a, b) => Buffer.compare(a.at, b.at)).map(lineOf));
}

async function collect(root: Buffer, inside: Buffer, items: Item[]): Promise<void> {
  const folder = Buffer.concat([root, inside.subarray(1)]);
  for (const entry of (await listDirectory(folder).catch(() => null)) ?? []) {
    const at = Buffer.concat([inside, Buffer.from('/'), entry.name]);
    if (entry.is === 'directory') await collect(root, at, items);
    else items.push({ at, path: Buffer.concat([root, at.subarray(1)]), what: entry.what });
  }
}
