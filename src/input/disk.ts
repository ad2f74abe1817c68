/** Files on disk: as a stream, as random access, and as the sorted list of a directory. */
import { closeSync, fstatSync, open, openSync, read, readSync, type Stats } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { RandomAccess } from '../model/bytes.js';
import { CHUNK_BYTES } from './bytes.js';
import type { Report } from './found.js';
import type { ByteFeed } from './prefilter/feed.js';

export interface DiskLeaf {
  readonly fd: number;
  readonly stats: Stats;
}

const openLater = promisify(open);
const readLater = promisify(read);

/** Nobody is kept waiting by a plain file, and to open it at once costs a fraction; a pipe waits for its writer. */
export async function openFile(path: Buffer, plain: boolean): Promise<DiskLeaf> {
  const fd = plain ? openSync(path, 'r') : await openLater(path, 'r');
  try {
    return { fd, stats: fstatSync(fd) };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** A file up to this size is read at once; while a larger one is read, others get to run. */
const AT_ONCE_BYTES = 256 * 1024;

/**
 * All bytes. A file that grows is read up to the size it had; one that states no size (a pipe, a file of /proc) up to
 * its end, which files of /sys reach before the page that they state.
 */
export async function* readFile({ fd, stats }: DiskLeaf, report: Report): AsyncGenerator<Uint8Array> {
  const plain = stats.isFile();
  const size = plain && stats.size > 0 ? stats.size : Number.POSITIVE_INFINITY;
  const atOnce = size <= AT_ONCE_BYTES;
  let at = 0;
  try {
    while (at < size) {
      const buffer = new Uint8Array(Math.min(CHUNK_BYTES, size - at));
      const count = atOnce
        ? readSync(fd, buffer, 0, buffer.length, at)
        : (await readLater(fd, buffer, 0, buffer.length, plain ? at : null)).bytesRead;
      if (count === 0) break;
      at += count;
      yield buffer.subarray(0, count);
    }
    if (plain && hasChanged(stats, fstatSync(fd))) report('input-changed', CHANGED);
  } catch (error) {
    report('input-unreadable', `${reasonOf(error)} after ${at} bytes`);
  }
}

/** What tells a file's bytes and whether it has changed. */
export interface OpenFile {
  readonly fd: number;
  readonly stats: FileState;
}

type FileState = Pick<Stats, 'size' | 'mtimeMs'>;

/** The same of a plain file, put where the reader wants it. */
export function fileFeed({ fd, stats }: OpenFile, report: Report): ByteFeed {
  let at = 0;
  return (into) => {
    try {
      const count = readSync(fd, into, 0, Math.min(into.length, stats.size - at), at);
      at += count;
      if (count === 0 && hasChanged(stats, fstatSync(fd))) report('input-changed', CHANGED);
      return count;
    } catch (error) {
      report('input-unreadable', `${reasonOf(error)} after ${at} bytes`);
      return 0;
    }
  };
}

const CHANGED = 'the file changed while it was read';

function hasChanged(before: FileState, after: FileState): boolean {
  return after.size !== before.size || after.mtimeMs !== before.mtimeMs;
}

export function randomAccess({ fd, stats }: DiskLeaf): RandomAccess {
  return {
    size: stats.size,
    read(offset, length) {
      const buffer = new Uint8Array(Math.max(0, Math.min(length, stats.size - offset)));
      let filled = 0;
      while (filled < buffer.length) {
        const count = readSync(fd, buffer, filled, buffer.length - filled, offset + filled);
        if (count === 0) break;
        filled += count;
      }
      return buffer.subarray(0, filled);
    },
  };
}

export interface Entry {
  /** As bytes: a name need not be UTF-8. */
  readonly name: Buffer;
  readonly is: 'file' | 'directory' | 'special';
  readonly what: string;
}

/** The entries of a directory, sorted by the bytes of their names. Links are not followed. */
export async function listDirectory(path: Buffer): Promise<Entry[]> {
  const entries = await readdir(path, { withFileTypes: true, encoding: 'buffer' });
  return entries
    .map((entry): Entry => {
      if (entry.isFile()) return { name: entry.name, is: 'file', what: 'file' };
      if (entry.isDirectory()) return { name: entry.name, is: 'directory', what: 'directory' };
      return { name: entry.name, is: 'special', what: specialKind(entry) };
    })
    .sort((a, b) => Buffer.compare(a.name, b.name));
}

interface Typed {
  isSymbolicLink(): boolean;
  isFIFO(): boolean;
  isSocket(): boolean;
  isBlockDevice(): boolean;
  isCharacterDevice(): boolean;
}

export function specialKind(entry: Typed): string {
  if (entry.isSymbolicLink()) return 'symbolic link';
  if (entry.isFIFO()) return 'fifo';
  if (entry.isSocket()) return 'socket';
  if (entry.isBlockDevice()) return 'block device';
  if (entry.isCharacterDevice()) return 'character device';
  return 'special file';
}

/** What the system says of a failed call: `EACCES: permission denied`. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Node ends its messages with the call and the path: `ENOENT: no such file or directory, open 'x'`.
  return error.message.replace(/, [a-z]+(?: '.*')?$/s, '');
}
