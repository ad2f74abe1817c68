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
 *     member   every file below it, and of an archive every member
 *     input    the directory itself is one case
 *
 * Everything else (links, devices, files where only directories or archives are cases) is listed as skipped.
 */
import { createReadStream, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { LAYOUTS } from '../case.js';
import { type DiskEntry, listDirectory } from '../disk/disk.js';
import { pathBytes, pathText } from '../disk/path.js';
import { archiveOf, compressionOf, MAGIC_BYTES, unsupportedKind } from '../input/magic.js';
import type { BatchCase, CaseKind } from './case.js';
import { byName, filesOfOneBoot } from './collection.js';
import { firstBytes } from './file-bytes.js';
import { type BatchInput, isRemote } from './list.js';
import { forgetful, type Remember } from './looks.js';
import { openMembers } from './members.js';
import { compareHere } from './siblings.js';
import { Turns } from './turns.js';

interface Candidate extends Pick<BatchCase, 'skipped' | 'fault' | 'sha256' | 'version' | 'bytes'> {
  /** Its name in the outputs. */
  readonly path: string;
  /** The files, where they are several. */
  readonly inputs?: readonly string[];
  /** Why several files are one case. */
  readonly why?: string | null;
}

export interface DiscoverOptions {
  readonly kind: CaseKind;
  /** Identity of a directory that is never entered: where the outputs are. */
  readonly exclude: string | null;
  /** Asked once for each line of a list, and for each case of other inputs: false where it belongs to another shard. */
  readonly isOurs: (name: string) => boolean;
  readonly stdin: AsyncIterable<Uint8Array>;
  /** Told of a folder that is too large to look at all its files. */
  readonly said?: (line: string) => void;
  /** What files told when they were looked at before. */
  readonly remember?: Remember;
  /** Tells the cases of several files; may be asked again before it answers. */
  readonly compare?: typeof compareHere;
}

/** A candidate and its place. */
export type Discovered = Candidate & Pick<BatchCase, 'at'>;

/** Inputs in the order given, directories sorted by the bytes of their names. */
export async function* discover(
  inputs: AsyncIterable<BatchInput> | Iterable<BatchInput>,
  options: DiscoverOptions,
): AsyncGenerator<Discovered> {
  let input = -1;
  for await (const one of options.kind === 'auto' ? named(inputs, options) : inputs) {
    input++;
    const group = (one as Grouped).group ?? null;
    // What belongs to another shard is not looked at: it may lie far away.
    const isUnit = group !== null || one.listed;
    if (group) group.isOurs ??= options.isOurs(one.path);
    if (isUnit && !(group ? group.isOurs : options.isOurs(one.path))) continue;
    let index = -1;
    // Once for each case, in all shards.
    const isOurs = (name: string): boolean => {
      index++;
      return isUnit || options.isOurs(name);
    };
    if (group)
      group.cases ??= await siblingCases([group.paths.filter((path) => statOrNull(path)?.isFile())], options);
    const found = group?.cases?.get(one.path);
    if (found) yield { ...found, at: [input, 0] };
    else if (found === undefined) {
      for await (const candidate of inInput(one, { ...options, isOurs })) {
        yield { ...candidate, at: [input, index] };
      }
    }
  }
}

/** Inputs of one folder whose names let them be evidence of one boot: in one shard, as one is not told without the others. */
interface Group {
  readonly paths: string[];
  isOurs?: boolean;
  /** Once one of them was met. */
  cases?: Map<string, Candidate | null>;
}

/** What a list names as an archive is one. */
const ARCHIVE_NAME = /\.(?:tar(?:\.\w+)?|tgz|tbz2?|txz|tzst|zip|mbox|eml|crash)$/i;

type Grouped = BatchInput & { readonly group?: Group };

/** All inputs, each with its group. What a list names may lie far away, and is told by names alone. */
async function* named(
  inputs: AsyncIterable<BatchInput> | Iterable<BatchInput>,
  { said, remember }: DiscoverOptions,
): AsyncGenerator<Grouped> {
  const all: BatchInput[] = [];
  const folders = new Map<string, Set<string>>();
  const listed = new Set<string>();
  for await (const input of inputs) {
    all.push(input);
    const { path } = input;
    if (path === '-' || isRemote(path)) continue;
    // Directories side by side are no evidence of one boot: each of their cases has a shard of its own.
    if (!input.listed && statOrNull(path)?.isDirectory()) continue;
    // A case of its own, so that large reports of one folder have shards of their own.
    if (input.listed && ARCHIVE_NAME.test(path)) continue;
    if (input.listed) listed.add(dirname(path));
    const paths = folders.get(dirname(path));
    if (paths) paths.add(path);
    else folders.set(dirname(path), new Set([path]));
  }
  const groups = new Map<string, Group>();
  for (const [folder, paths] of folders) {
    const collection = listed.has(folder)
      ? { groups: byName([...paths]), note: null }
      : await filesOfOneBoot(folder, [...paths], remember);
    if (collection.note !== null) said?.(collection.note);
    for (const some of collection.groups) {
      const group = { paths: [...some] };
      if (some.length > 1) for (const path of some) groups.set(path, group);
    }
  }
  for (const input of all) {
    const group = groups.get(input.path);
    yield group ? { ...input, group } : input;
  }
}

async function* inInput(
  { path, listed: _, ...known }: BatchInput,
  options: DiscoverOptions,
): AsyncGenerator<Candidate> {
  const { kind, isOurs } = options;
  if (path === '-') yield* inArchive('', options.stdin, isOurs);
  else if (isRemote(path)) {
    if (isOurs(path)) yield { path, skipped: null, ...known };
  } else {
    const stats = statOrNull(path);
    if (kind === 'member' && stats?.isFile()) yield* membersOf(path, isOurs);
    // An unreadable input is a case that fails, so that it is reported.
    else if (!stats?.isDirectory() || kind === 'input') {
      if (isOurs(path)) yield { path, skipped: null, ...known };
    } else {
      for await (const candidate of inDirectory(path, options)) {
        if (kind === 'member' && candidate.skipped === null) yield* membersOf(candidate.path, isOurs);
        else if (isOurs(candidate.path)) yield candidate;
      }
    }
  }
}

/** The members of a file that is an archive; else the file. */
async function* membersOf(path: string, isOurs: DiscoverOptions['isOurs']): AsyncGenerator<Candidate> {
  if (isPacked(path)) yield* inArchive(path, createReadStream(pathBytes(path)), isOurs);
  else if (isOurs(path)) yield { path, skipped: null };
}

async function* inArchive(
  archive: string,
  bytes: AsyncIterable<Uint8Array>,
  isOurs: DiscoverOptions['isOurs'],
): AsyncGenerator<Candidate> {
  const nameOf = (member: string): string => (archive === '' ? member : `${archive}!${member}`);
  const members = await openMembers(bytes, (name) => isOurs(nameOf(name)));
  if (members) {
    for await (const { name, bytes: contents, skipped, fault } of members) {
      const path = name === '' ? archive || 'standard input' : nameOf(name);
      if (name === '' && !isOurs(path)) continue;
      yield { path, skipped, ...(contents ? { bytes: contents } : {}), ...(fault === null ? {} : { fault }) };
    }
  } else if (isOurs(archive)) {
    yield {
      path: archive || 'standard input',
      skipped: null,
      ...(archive ? {} : { fault: 'it is not an archive' }),
    };
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
  readonly files: Promise<Files>;
}

/** What the files of a folder are: null for one that belongs to the case of another. */
type Files = (path: string) => Candidate | null;

/** What a search met: a candidate, or a file whose folder may still be looked at. */
type Met = Candidate | { readonly file: string; readonly files: Promise<Files> };

/** So much is met ahead: folders are looked at side by side. */
const MOST_AHEAD = 512;

async function* inDirectory(root: string, options: DiscoverOptions): AsyncGenerator<Candidate> {
  const ahead: Met[] = [];
  const candidateOf = async (met: Met | undefined): Promise<Candidate | null> =>
    met && 'files' in met ? (await met.files)(met.file) : (met ?? null);
  for await (const met of search(root, options)) {
    ahead.push(met);
    const candidate = ahead.length < MOST_AHEAD ? null : await candidateOf(ahead.shift());
    if (candidate) yield candidate;
  }
  for (const met of ahead) {
    const candidate = await candidateOf(met);
    if (candidate) yield candidate;
  }
}

/** Without recursion: a case passes through no level, however deep it lies. */
async function* search(root: string, options: DiscoverOptions): AsyncGenerator<Met> {
  const { kind, exclude } = options;
  const levels: Level[] = [];
  // Notes about folders come in their order.
  const turns = new Turns();
  for (let next: string | null = root; next !== null; ) {
    const path: string = next;
    const entries = await listedUnless(path, exclude);
    if (entries === 'unreadable') yield { path, skipped: null };
    else if (kind === 'auto' && isReport(entries)) yield { path, skipped: null };
    else {
      const bare = path.replace(/\/+$/, '');
      const files =
        kind === 'auto'
          ? filesInFolder(bare, entries, options, turns)
          : Promise.resolve((at: string): Candidate => ({ path: at, skipped: reasonNotACase(at, kind) }));
      // Whoever waits for it gets the error.
      files.catch(() => undefined);
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
      else if (entry.is === 'file') yield { file: below, files: level.files };
      else if (kind === 'dir') yield { path: below, skipped: null };
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

async function filesInFolder(
  folder: string,
  entries: readonly DiskEntry[],
  options: DiscoverOptions,
  turns: Turns,
): Promise<Files> {
  const files = entries.filter(({ is }) => is === 'file').map(({ name }) => `${folder}/${pathText(name)}`);
  const { groups, note } = await turns.take(() => filesOfOneBoot(folder, files, options.remember));
  if (note !== null) options.said?.(note);
  const cases = await siblingCases(groups, options);
  return (at) => {
    const found = cases.get(at);
    if (found === undefined) return { path: at, skipped: null };
    // All files of a folder: the case has its name.
    return found?.inputs?.length === files.length ? { ...found, path: folder || '/' } : found;
  };
}

/** What tells a file from all others, whatever its path. */
export const identityOf = ({ dev, ino }: Stats): string => `${dev} ${ino}`;

/** The case of each file of a folder by its path; null for one that belongs to the case of another. */
async function siblingCases(
  groups: readonly (readonly string[])[],
  { remember = forgetful, compare = compareHere }: Pick<DiscoverOptions, 'remember' | 'compare'>,
): Promise<Map<string, Candidate | null>> {
  const cases = new Map<string, Candidate | null>();
  const several = groups.filter(({ length }) => length > 1);
  const found = await Promise.all(several.map((group) => remember('cases', group, () => compare(group))));
  for (const [index, group] of several.entries()) {
    for (const { at, why } of found[index] ?? []) {
      const inputs = at.flatMap((index) => group[index] ?? []);
      const [first = '', ...others] = inputs;
      cases.set(first, { path: first, inputs, why, skipped: null });
      for (const other of others) cases.set(other, null);
    }
  }
  return cases;
}

function reasonNotACase(path: string, kind: CaseKind): string | null {
  switch (kind) {
    case 'auto':
    case 'file':
    case 'member':
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
  try {
    const bytes = firstBytes(pathBytes(path), MAGIC_BYTES);
    return compressionOf(bytes) !== null || archiveOf(bytes) !== null || unsupportedKind(bytes) !== null;
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
