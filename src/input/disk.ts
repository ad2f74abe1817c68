/** Files on disk: as a stream, as random access, and as the sorted list of a directory. */
import { fstatSync, readSync, type Stats } from 'node:fs';
import { type FileHandle, open, readdir } from 'node:fs/promises';
import type { RandomAccess } from '../model/bytes.js';
import { CHUNK_BYTES } from './bytes.js';
import type { Report } from './found.js';
import type { ByteFeed } from './prefilter/feed.js';

export interface DiskLeaf {
  readonly handle: FileHandle;
  readonly stats: Stats;
}

export async function openFile(path: string | Buffer): Promise<DiskLeaf> {
  const handle = await open(path, 'r');
  try {
    return { handle, stats: await handle.stat() };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/**
 * All bytes. A file that grows is read up to the size it had; one that states no size (a pipe, a file of /proc) up to
 * its end, which files of /sys reach before the page that they state.
 */
export async function* readFile({ handle, stats }: DiskLeaf, report: Report): AsyncGenerator<Uint8Array> {
  const plain = stats.isFile();
  const size = plain && stats.size > 0 ? stats.size : Number.POSITIVE_INFINITY;
  let at = 0;
  try {
    while (at < size) {
      const buffer = new Uint8Array(Math.min(CHUNK_BYTES, size - at));
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, plain ? at : null);
      if (bytesRead === 0) break;
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
    if (plain && hasChanged(stats, await handle.stat())) report('input-changed', CHANGED);
  } catch (error) {
    report('input-unreadable', `${reasonOf(error)} after ${at} bytes`);
  }
}

/** What tells a file's bytes and whether it has changed. */
export interface OpenFile {
  readonly handle: Pick<FileHandle, 'fd'>;
  readonly stats: FileState;
}

type FileState = Pick<Stats, 'size' | 'mtimeMs'>;

/** The same of a plain file, put where the reader wants it. */
export function fileFeed({ handle, stats }: OpenFile, report: Report): ByteFeed {
  let at = 0;
  return (into) => {
    try {
      const count = readSync(handle.fd, into, 0, Math.min(into.length, stats.size - at), at);
      at += count;
      if (count === 0 && hasChanged(stats, fstatSync(handle.fd))) report('input-changed', CHANGED);
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

export function randomAccess({ handle, stats }: DiskLeaf): RandomAccess {
  return {
    size: stats.size,
    read(offset, length) {
      const buffer = new Uint8Array(Math.max(0, Math.min(length, stats.size - offset)));
      let filled = 0;
      while (filled < buffer.length) {
        const count = readSync(handle.fd, buffer, filled, buffer.length - filled, offset + filled);
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
