// SPDX-License-Identifier: Apache-2.0
/** Writes files atomically: under a temporary name, renamed when they are complete. */
import {
  closeSync,
  existsSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { makeFolder } from '../batch/make-folder.js';
import { systemFailure, UserError } from './errors.js';
import type { Io } from './io.js';

const encoder = new TextEncoder();

/** Characters collected before they are written. */
const CHUNK = 64 * 1024;

/** Joins chunks to larger ones; `step` wraps the computation of each. */
export function* collect(
  chunks: Iterable<string | Uint8Array>,
  step: <T>(work: () => T) => T = (work) => work(),
): Generator<string | Uint8Array> {
  const source = chunks[Symbol.iterator]();
  try {
    for (let done = false; !done; ) {
      let text = '';
      let bytes: Uint8Array | null = null;
      step(() => {
        while (text.length < CHUNK && bytes === null && !done) {
          const next = source.next();
          if (next.done) done = true;
          else if (typeof next.value === 'string') text += next.value;
          else bytes = next.value;
        }
      });
      if (text !== '') yield text;
      if (bytes !== null) yield bytes;
    }
  } finally {
    source.return?.();
  }
}

function writeAll(descriptor: number, data: string | Uint8Array): void {
  const bytes = typeof data === 'string' ? encoder.encode(data) : data;
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
}

/** Devices, pipes and terminals are written to directly: they cannot be replaced by a rename. */
function isSpecial(path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats !== undefined && !stats.isFile() && !stats.isDirectory();
}

function resolveLink(path: string): string {
  return attemptOr(() => realpathSync(path), path);
}

/**
 * Throws where an output is one of the input files, under any name, or would replace a file in an input directory; a
 * terminal or a pipe may be both.
 */
export function refuseInputs(inputs: readonly string[], outputs: readonly (string | undefined)[]): void {
  const identity = (path: string): string | null => {
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats?.isFile() ? `${stats.dev} ${stats.ino}` : null;
  };
  for (const output of outputs) {
    const written = output === undefined ? null : attemptOr(() => identity(output), null);
    if (output === undefined || written === null) continue;
    if (inputs.some((input) => attemptOr(() => identity(input), null) === written)) {
      throw new UserError(`${output} is an input; writing there would destroy the evidence`, [
        'choose another name',
      ]);
    }
    const place = resolveLink(output);
    const folder = inputs.find((input) => place.startsWith(`${resolveLink(input).replace(/\/$/, '')}/`));
    if (folder === undefined) continue;
    throw new UserError(`${output} lies in the input ${folder}; writing there could destroy evidence`, [
      'choose another name; or remove it first, if it is not evidence',
    ]);
  }
}

function attemptOr<T>(work: () => T, otherwise: T): T {
  try {
    return work();
  } catch {
    return otherwise;
  }
}

/** Temporary name under which a process writes the file. */
export function temporaryName(path: string, pid: number): string {
  const target = resolveLink(path);
  return join(dirname(target), `.${basename(target)}.${pid}.tmp`);
}

/** Writes one file atomically; on failure the old file, if any, stays. `shown`: its name in errors. */
export function writeFileWhole(
  path: string,
  chunks: Iterable<string | Uint8Array>,
  cleanups: Io['cleanups'],
  shown: string = path,
): void {
  const failed = (error: unknown) => systemFailure(`cannot write ${shown}`, error);
  const target = resolveLink(path);
  const special = isSpecial(target);
  const temporary = special ? target : temporaryName(target, process.pid);
  const remove = () => {
    if (!special) rmSync(temporary, { force: true });
  };
  const source = collect(chunks);
  // Compute the first chunk before creating the file: an error leaves nothing behind.
  let next = source.next();
  cleanups.add(remove);
  try {
    const descriptor = attempt(() => openSync(temporary, 'w'), failed);
    try {
      for (; !next.done; next = source.next()) {
        const { value } = next;
        attempt(() => writeAll(descriptor, value), failed);
      }
    } finally {
      attempt(() => closeSync(descriptor), failed);
    }
    if (!special) attempt(() => renameSync(temporary, target), failed);
  } catch (error) {
    remove();
    throw error;
  } finally {
    cleanups.delete(remove);
    source.return(undefined);
  }
}

function attempt<T>(work: () => T, failed: (error: unknown) => Error): T {
  try {
    return work();
  } catch (error) {
    throw failed(error);
  }
}

/** One file of a folder written by `writeFolder`. */
export interface FolderFile {
  /** Path inside the folder. */
  readonly path: string;
  content(): Iterable<string | Uint8Array>;
}

/**
 * Writes files into a folder: first all of them into a hidden folder inside it, then renames them one by one.
 * A failure before the renames leaves nothing behind.
 */
export function writeFolder(folder: string, files: readonly FolderFile[], cleanups: Io['cleanups']): void {
  const failed = (error: unknown) => systemFailure(`cannot write to ${folder}`, error);
  if (existsSync(folder) && !statSync(folder).isDirectory()) {
    throw new UserError(`cannot write to ${folder}: not a directory`);
  }
  const created = attempt(() => makeFolder(folder), failed);
  const staging = join(folder, `.modwaste.${process.pid}.tmp`);
  const remove = () => {
    rmSync(staging, { recursive: true, force: true });
  };
  cleanups.add(remove);
  try {
    for (const file of files) {
      attempt(() => makeFolder(dirname(join(staging, file.path))), failed);
      writeFileWhole(join(staging, file.path), file.content(), cleanups, join(folder, file.path));
    }
    for (const file of files) {
      const target = join(folder, file.path);
      attempt(() => {
        makeFolder(dirname(target));
        renameSync(join(staging, file.path), target);
      }, failed);
    }
  } catch (error) {
    remove();
    if (created !== null) rmSync(created, { recursive: true, force: true });
    throw error;
  } finally {
    remove();
    cleanups.delete(remove);
  }
}
