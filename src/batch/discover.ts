// SPDX-License-Identifier: Apache-2.0
/**
 * Finds the cases in the inputs, by kind. Files that are named are treated as those of a directory are, and are never
 * skipped:
 *
 *     auto     a directory that looks like a report is one case as a whole; of other files, those of a folder that
 *              are evidence of one boot are one case (siblings.ts); archives are cases of their own
 *     file     every file below it is a case
 *     dir      every directory directly inside it is a case
 *     archive  every archive or compressed file below it is a case
 *     input    the directory itself is one case
 *
 * Everything else (links, devices, files where only directories or archives are cases) is listed as skipped.
 */
import { closeSync, openSync, readSync, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { LAYOUTS } from '../case.js';
import { type DiskEntry, listDirectory } from '../disk/disk.js';
import { pathBytes, pathText } from '../disk/path.js';
import { archiveOf, compressionOf, MAGIC_BYTES, unsupportedKind } from '../input/magic.js';
import { probe } from '../probe.js';
import type { CaseKind } from './case.js';
import { casesOf, mayBeOneBoot, type Sibling } from './siblings.js';

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
  /** Identity of a directory that is never entered: where the outputs are. */
  readonly exclude: string | null;
}

/** Inputs in the order given, directories sorted by the bytes of their names. Opens files only for `archive`. */
export async function* discover(
  inputs: AsyncIterable<string> | Iterable<string>,
  options: DiscoverOptions,
): AsyncGenerator<Candidate> {
  for await (const input of options.kind === 'auto' ? named(inputs) : inputs) {
    if (typeof input !== 'string') yield input;
    // An unreadable input is a case that fails, so that it is reported.
    else if (!statOrNull(input)?.isDirectory() || options.kind === 'input')
      yield { path: input, skipped: null };
    else yield* inDirectory(input, options);
  }
}

function statOrNull(path: string): Stats | null {
  try {
    return statSync(pathBytes(path));
  } catch {
    return null;
  }
}

/** A directory that is being searched, and its entries that are still to come. */
interface Level {
  readonly path: string;
  readonly entries: DiskEntry[];
  /** What its files are. */
  readonly files: (path: string) => Candidate | null;
}

/** Without recursion: a case passes through no level, however deep it lies. */
async function* inDirectory(root: string, { kind, exclude }: DiscoverOptions): AsyncGenerator<Candidate> {
  const levels: Level[] = [];
  for (let next: string | null = root; next !== null; ) {
    const path: string = next;
    const entries = await listedUnless(path, exclude);
    if (entries === 'unreadable') yield { path, skipped: null };
    else if (kind === 'auto' && isReport(entries)) yield { path, skipped: null };
    else {
      const bare = path.replace(/\/+$/, '');
      const files =
        kind === 'auto'
          ? await caseInFolder(bare, entries)
          : (at: string): Candidate => ({ path: at, skipped: reasonNotACase(at, kind) });
      levels.push({ path: bare, entries: entries.reverse(), files });
    }
    next = null;
    for (let level = levels.at(-1); level && next === null; level = levels.at(-1)) {
      const entry = level.entries.pop();
      if (!entry) {
        levels.pop();
        continue;
      }
      const below = `${level.path}/${pathText(entry.name)}`;
      if (entry.is === 'special') yield { path: below, skipped: entry.what };
      else if (entry.is === 'file') {
        const candidate = level.files(below);
        if (candidate) yield candidate;
      } else if (kind === 'dir') yield { path: below, skipped: null };
      else next = below;
    }
  }
}

/** None of an excluded directory. */
async function listedUnless(path: string, exclude: string | null): Promise<DiskEntry[] | 'unreadable'> {
  const bytes = pathBytes(path);
  try {
    return identityOf(statSync(bytes)) === exclude ? [] : await listDirectory(bytes);
  } catch {
    // A case that fails with the reason.
    return 'unreadable';
  }
}

/** What the files of a directory are. */
async function caseInFolder(
  folder: string,
  entries: readonly DiskEntry[],
): Promise<(path: string) => Candidate | null> {
  const files = entries.filter(({ is }) => is === 'file').map(({ name }) => `${folder}/${pathText(name)}`);
  const cases = await siblingCases(files);
  return (at) => {
    const found = cases.get(at);
    if (found === undefined) return { path: at, skipped: null };
    // All files of a folder: the case has its name.
    return found?.inputs?.length === files.length ? { ...found, path: folder || '/' } : found;
  };
}

/** The inputs; named files of one folder that are evidence of one boot are one case, as those of a directory are. */
async function* named(inputs: AsyncIterable<string> | Iterable<string>): AsyncGenerator<string | Candidate> {
  const all: string[] = [];
  const folders = new Map<string, Set<string>>();
  for await (const input of inputs) {
    all.push(input);
    if (!statOrNull(input)?.isFile()) continue;
    const files = folders.get(dirname(input));
    if (files) files.add(input);
    else folders.set(dirname(input), new Set([input]));
  }
  const known = new Map<Set<string>, Map<string, Candidate | null>>();
  for (const input of all) {
    const files = folders.get(dirname(input));
    if (files && !known.has(files)) known.set(files, await siblingCases([...files]));
    const found = files && known.get(files)?.get(input);
    if (found !== null) yield found ?? input;
  }
}

/** What tells a file from all others, whatever its path. */
export const identityOf = ({ dev, ino }: Stats): string => `${dev} ${ino}`;

/** The case of each file of a folder by its path; null for one that belongs to the case of another. */
async function siblingCases(files: readonly string[]): Promise<Map<string, Candidate | null>> {
  const cases = new Map<string, Candidate | null>();
  for (const group of mayBeOneBoot(files)) {
    if (group.length < 2) continue;
    const siblings: Sibling[] = [];
    // One by one: descriptors may be few.
    for (const path of group) siblings.push({ path, probe: await probe(path) });
    for (const { paths, why } of casesOf(siblings)) {
      const [first, ...others] = paths;
      if (first === undefined || others.length === 0) continue;
      cases.set(first, { path: first, inputs: paths, why, skipped: null });
      for (const other of others) cases.set(other, null);
    }
  }
  return cases;
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
    const descriptor = openSync(pathBytes(path), 'r');
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
function isReport(entries: readonly DiskEntry[]): boolean {
  return entries.some((entry) => {
    const name = `${entry.name.toString()}${entry.is === 'directory' ? '/' : ''}`;
    if (name === COUNTER || KERNEL_FOLDER.test(name)) return true;
    return LAYOUTS.some(({ markers }) => markers.some((pattern) => pattern.exec(name)?.[1] === ''));
  });
}
