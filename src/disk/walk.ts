// SPDX-License-Identifier: Apache-2.0
/** Finds the files of the inputs: the inputs themselves, standard input, and the contents of directories. */

import { closeSync, statSync } from 'node:fs';
import { readlink, stat } from 'node:fs/promises';
import type { Found, Report, SourceNode } from '../input/found.js';
import { decodeName } from '../input/label.js';
import { LayoutFilter } from '../input/layout-filter.js';
import type { InputOptions } from '../input/options.js';
import { Tally } from '../input/tally.js';
import { type Stream, Unpacker } from '../input/unpack.js';
import { escapeLine } from '../model/escape.js';
import {
  type DiskLeaf,
  type Entry,
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
      yield* readDirectory(unpacker, path, label);
      return;
    }
    if (stats.isSocket() || stats.isBlockDevice()) {
      yield unpacker.problem(null, 'input-skipped', specialKind(stats), label);
      return;
    }
  } catch (error) {
    yield unreadable(unpacker, null, label, error);
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

function unreadable(unpacker: Unpacker, parent: number | null, label: string, error: unknown): Found {
  return unpacker.problem(
    unpacker.node(parent, label, 'file'),
    'input-unreadable',
    systemErrorMessage(error),
    label,
  );
}

async function* readDirectory(unpacker: Unpacker, path: Buffer, label: string): AsyncGenerator<Found> {
  const node = unpacker.node(null, label, 'directory');
  yield { found: 'container', node };
  const walk: Walk = {
    unpacker,
    node,
    filter: new LayoutFilter(unpacker.layouts),
    tally: new Tally(),
  };
  yield* walkDirectory(walk, path);
  for (const { code, detail, count } of walk.tally.entries()) {
    yield unpacker.problem(node, code, detail, label, count);
  }
}

async function isLive(path: Buffer): Promise<boolean> {
  return (await stat(path).catch(() => null))?.size === 0;
}

async function linkText(path: Buffer): Promise<string> {
  const target = await readlink(path, { encoding: 'buffer' }).catch(() => null);
  return target === null ? 'symbolic link' : `symbolic link to ${decodeName(target)}`;
}

interface Walk {
  readonly unpacker: Unpacker;
  readonly node: SourceNode;
  readonly filter: LayoutFilter;
  readonly tally: Tally;
}

/** A directory that is being read, and its entries that are still to come. */
interface Level {
  readonly path: Buffer;
  readonly inside: string;
  readonly entries: Entry[];
}

/** Without recursion: what is found passes through no level, however deep it lies. */
async function* walkDirectory(walk: Walk, root: Buffer): AsyncGenerator<Found> {
  const { unpacker, node, filter, tally } = walk;
  const labelOf = (name: string): string => `${node.path.replace(/\/+$/, '')}/${name}`;
  const levels: Level[] = [];
  for (let next: { path: Buffer; inside: string } | null = { path: root, inside: '' }; next; ) {
    try {
      const entries = await listDirectory(next.path);
      // Names identify a layout, so it sees all of them before the first is read.
      for (const { name, is } of entries)
        filter.see(`${next.inside}${decodeName(name)}${is === 'directory' ? '/' : ''}`);
      levels.push({ ...next, entries: entries.reverse() });
    } catch (error) {
      yield unreadable(unpacker, node.id, labelOf(next.inside), error);
    }
    next = null;
    for (let level = levels.at(-1); level && !next; level = levels.at(-1)) {
      const entry = level.entries.pop();
      if (!entry) {
        levels.pop();
        continue;
      }
      const { name, is, what } = entry;
      const at = `${level.inside}${decodeName(name)}`;
      const path = Buffer.concat([level.path, Buffer.from('/'), name]);
      if (is === 'special') tally.special(at, what === 'symbolic link' ? await linkText(path) : what);
      else if (is === 'directory') next = { path, inside: `${at}/` };
      else if (!filter.wants(at)) tally.unwanted(at, filter.layout);
      else if (unpacker.endless.test(at) && (await isLive(path))) tally.special(at, 'never ends');
      else {
        const file = unpacker.node(node.id, labelOf(at), 'file');
        yield* readPath(unpacker, path, { ...file, incidentalIn: filter.incidentalIn(at) });
      }
    }
  }
}
