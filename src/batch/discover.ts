// SPDX-License-Identifier: Apache-2.0
/**
 * Finds the cases in the inputs. A file named as an input is always a case. In a directory, by kind:
 *
 *     auto     a directory that looks like a report is one case as a whole; of other files, those of a directory that
 *              are evidence of one boot are one case (siblings.ts); archives are cases of their own
 *     file     every file below it is a case
 *     dir      every directory directly inside it is a case
 *     archive  every archive or compressed file below it is a case
 *     input    the directory itself is one case
 *
 * Everything else (links, devices, files where only directories or archives are cases) is listed as skipped.
 */
import { closeSync, openSync, readSync, realpathSync, type Stats, statSync } from 'node:fs';
import { LAYOUTS } from '../case.js';
import { type Entry, listDirectory } from '../disk/disk.js';
import { archiveOf, compressionOf, MAGIC_BYTES, unsupportedKind } from '../input/magic.js';
import { probe } from '../probe.js';
import type { CaseKind } from './case.js';
import { casesOf } from './siblings.js';

export interface Candidate {
  /** Its name in the outputs. */
  readonly path: string;
  /** The files, where they are several. */
  readonly inputs?: readonly string[];
  /** Why several files are one case. */
  readonly why?: string | null;
  /** Why it is not a case; null where it is one. */
  readonly skipped: string | null;
}

export interface DiscoverOptions {
  readonly kind: CaseKind;
  /** Real path of a directory that is never entered: where the outputs are. */
  readonly exclude: string | null;
}

/** Inputs in the order given, directories sorted by the bytes of their names. Opens files only for `archive`. */
export async function* discover(
  inputs: AsyncIterable<string> | Iterable<string>,
  options: DiscoverOptions,
): AsyncGenerator<Candidate> {
  for await (const input of inputs) {
    const stats = statOrNull(input);
    // An unreadable input is a case that fails, so that it is reported.
    if (!stats?.isDirectory() || options.kind === 'input') yield { path: input, skipped: null };
    else yield* inDirectory(input, options, true);
  }
}

function statOrNull(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}

async function* inDirectory(
  path: string,
  options: DiscoverOptions,
  isInput: boolean,
): AsyncGenerator<Candidate> {
  const { kind, exclude } = options;
  let entries: Entry[];
  try {
    if (realpathSync(path) === exclude) return;
    entries = await listDirectory(Buffer.from(path));
  } catch {
    // A case that fails with the reason.
    yield { path, skipped: null };
    return;
  }
  if (kind === 'auto' && isReport(entries)) {
    yield { path, skipped: null };
    return;
  }
  if (kind === 'auto') {
    yield* siblingCases(path, entries, options);
    return;
  }
  for (const entry of entries) {
    const below = `${path.replace(/\/+$/, '')}/${entry.name.toString()}`;
    if (entry.is === 'special') yield { path: below, skipped: entry.what };
    else if (entry.is === 'file') yield { path: below, skipped: reasonNotACase(below, kind) };
    else if (kind === 'dir' && isInput) yield { path: below, skipped: null };
    else yield* inDirectory(below, options, false);
  }
}

/** Files of a directory beyond which each is a case: a collection of logs rather than a report. */
const MOST_SIBLINGS = 64;

async function* siblingCases(
  path: string,
  entries: readonly Entry[],
  options: DiscoverOptions,
): AsyncGenerator<Candidate> {
  const below = ({ name }: Entry): string => `${path.replace(/\/+$/, '')}/${name.toString()}`;
  const files = entries.filter(({ is }) => is === 'file').map(below);
  const alone = files.length < 2 || files.length > MOST_SIBLINGS;
  const siblings = alone
    ? []
    : await Promise.all(files.map(async (one) => ({ path: one, probe: await probe(one) })));
  const cases = new Map(casesOf(siblings).map((one) => [one.paths[0], one]));
  const grouped = new Set([...cases.values()].flatMap(({ paths }) => paths.slice(1)));
  for (const entry of entries) {
    const at = below(entry);
    if (entry.is === 'special') yield { path: at, skipped: entry.what };
    else if (entry.is !== 'file') yield* inDirectory(at, options, false);
    else if (!grouped.has(at)) {
      const { paths = [at], why = null } = cases.get(at) ?? {};
      // All files of a folder: the case has its name.
      const name = paths.length > 1 && paths.length === files.length ? path.replace(/(?!^)\/+$/, '') : at;
      yield { path: name, skipped: null, ...(paths.length > 1 ? { inputs: paths, why } : {}) };
    }
  }
}

function reasonNotACase(path: string, kind: CaseKind): string | null {
  switch (kind) {
    case 'auto':
    case 'file':
    case 'input':
      return null;
    case 'dir':
      return 'file beside the directories that are cases';
    case 'archive':
      return isPacked(path) ? null : 'not an archive';
  }
}

/** Judged by its first bytes. A file that cannot be opened counts, so that it fails and is reported. */
function isPacked(path: string): boolean {
  const head = Buffer.alloc(MAGIC_BYTES);
  try {
    const descriptor = openSync(path, 'r');
    try {
      const bytes = head.subarray(0, readSync(descriptor, head, 0, head.length, 0));
      return compressionOf(bytes) !== null || archiveOf(bytes) !== null || unsupportedKind(bytes) !== null;
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return true;
  }
}

/** Names under which a report keeps copies of kernel file systems. */
const KERNEL_FOLDER = /^(?:sys|proc|tracing|tracefs|ftrace|debugfs|modules|debugfs-modules)\/$/;
/** A file of /sys/kernel/debug/modules: a directory that holds it is a copy of that. */
const COUNTER = 'failed_becoming';

/** True for a directory with a known report layout, or with a copy of a kernel file system. */
function isReport(entries: readonly Entry[]): boolean {
  return entries.some((entry) => {
    const name = `${entry.name.toString()}${entry.is === 'directory' ? '/' : ''}`;
    if (name === COUNTER || KERNEL_FOLDER.test(name)) return true;
    return LAYOUTS.some(({ markers }) => markers.some((pattern) => pattern.exec(name)?.[1] === ''));
  });
}
