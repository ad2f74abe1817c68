// SPDX-License-Identifier: Apache-2.0
/** Files on disk: as a stream, as random access, and as the sorted list of a directory. */
import { closeSync, constants, fstatSync, openSync, read, readSync, type Stats } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { Socket } from 'node:net';
import { promisify } from 'node:util';
import { CHUNK_BYTES } from '../input/bytes.js';
import type { Report } from '../input/found.js';
import type { ByteFeed } from '../input/prefilter/feed.js';
import { errorMessage } from '../model/error-message.js';
import { systemCode, systemReason } from '../model/system-error.js';

export interface DiskLeaf {
  readonly fd: number;
  readonly stats: Stats;
}

const readLater = promisify(read);

/** Nothing waits for a pipe's writer here: a read of it can be given up, an open cannot. */
export function openFile(path: Buffer, isDevice: boolean): DiskLeaf {
  const fd = openSync(path, isDevice ? constants.O_RDONLY : constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    return { fd, stats: fstatSync(fd) };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** Files up to this size are read synchronously; larger ones let other work run. */
const SYNC_BYTES = 256 * 1024;

/**
 * All bytes of a file. A growing file is read up to its size when it was opened; one without a size (a pipe, a file in
 * /proc) up to its end. Files in /sys end before the page size that they report.
 */
export async function* readFile({ fd, stats }: DiskLeaf, report: Report): AsyncGenerator<Uint8Array> {
  const plain = stats.isFile();
  if (stats.isFIFO()) {
    yield* readPipe(fd, report);
    return;
  }
  const size = plain && stats.size > 0 ? stats.size : Number.POSITIVE_INFINITY;
  const sync = size <= SYNC_BYTES;
  let at = 0;
  try {
    while (at < size) {
      const buffer = new Uint8Array(Math.min(CHUNK_BYTES, size - at));
      const count = sync
        ? readSync(fd, buffer, 0, buffer.length, at)
        : (await readLater(fd, buffer, 0, buffer.length, plain ? at : null)).bytesRead;
      if (count === 0) break;
      at += count;
      yield buffer.subarray(0, count);
    }
    if (plain && hasChanged(stats, fstatSync(fd))) report('input-changed', CHANGED);
  } catch (error) {
    report('input-unreadable', `${systemErrorMessage(error)} after ${at} bytes`);
  }
}

/** Through the event loop: a thread that waits in a read would keep the process from its end. */
async function* readPipe(fd: number, report: Report): AsyncGenerator<Uint8Array> {
  try {
    yield* new Socket({ fd, readable: true, writable: false });
  } catch (error) {
    report('input-unreadable', systemErrorMessage(error));
  }
}

/** An open file, and its state when it was opened. */
export interface OpenFile {
  readonly fd: number;
  readonly stats: FileState;
}

type FileState = Pick<Stats, 'size' | 'mtimeMs'>;

/** Reads a plain file into the reader's own buffer. */
export function fileFeed({ fd, stats }: OpenFile, report: Report): ByteFeed {
  let at = 0;
  return (into) => {
    try {
      const count = readSync(fd, into, 0, Math.min(into.length, stats.size - at), at);
      at += count;
      if (count === 0 && hasChanged(stats, fstatSync(fd))) report('input-changed', CHANGED);
      return count;
    } catch (error) {
      report('input-unreadable', `${systemErrorMessage(error)} after ${at} bytes`);
      return 0;
    }
  };
}

const CHANGED = 'the file changed while it was read';

function hasChanged(before: FileState, after: FileState): boolean {
  return after.size !== before.size || after.mtimeMs !== before.mtimeMs;
}

export interface DiskEntry {
  /** As bytes: a name need not be UTF-8. */
  readonly name: Buffer;
  readonly is: 'file' | 'directory' | 'special';
  readonly what: string;
}

/** The entries of a directory, sorted by the bytes of their names. Links are not followed. */
export async function listDirectory(path: Buffer): Promise<DiskEntry[]> {
  const entries = await readdir(path, { withFileTypes: true, encoding: 'buffer' });
  return entries
    .map((entry): DiskEntry => {
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

/** Why a system call failed, in words: `permission denied`. */
export function systemErrorMessage(error: unknown): string {
  const reason = systemReason(error);
  if (reason !== errorMessage(error) && reason !== systemCode(error)) return reason;
  // Node's own words stand between the code, and the call and the path: `ENXIO: no such device or address, open 'x'`.
  return errorMessage(error)
    .replace(/^E[A-Z]+: /, '')
    .replace(/, [a-z]+(?: '.*')?$/s, '');
}
