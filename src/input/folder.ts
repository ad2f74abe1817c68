// SPDX-License-Identifier: Apache-2.0
/** Walks a folder, wherever its files lie: on disk, or given to the browser page. */
import { errorMessage } from '../model/error-message.js';
import type { Found, SourceNode } from './found.js';
import { LayoutFilter } from './layout-filter.js';
import { Tally } from './tally.js';
import type { Unpacker } from './unpack.js';

export interface Folder {
  /** Its entries, sorted by the bytes of their names; throws an error with the reason if it cannot be read. */
  entries(): Promise<readonly Entry[]> | readonly Entry[];
}

/** The name is one line of visible text. */
export type Entry = { readonly name: string } & (
  | { readonly is: 'folder'; readonly folder: Folder }
  | {
      readonly is: 'file';
      /** True if it has no size, as a pipe of the tracing folder has none. */
      hasNoSize(): Promise<boolean> | boolean;
      read(node: SourceNode): AsyncIterable<Found>;
    }
  /** A link, device, fifo or socket, which is not read. */
  | { readonly is: 'special'; describe(): Promise<string> | string }
);

/** A folder that is being read, and its entries that are still to come. */
interface Level {
  readonly inside: string;
  readonly entries: Entry[];
}

/**
 * The folder's node and everything in it. Without recursion: what is found passes through no level, however deep it
 * lies.
 */
export async function* readFolder(unpacker: Unpacker, root: Folder, label: string): AsyncGenerator<Found> {
  const node = unpacker.node(null, label, 'directory');
  yield { found: 'container', node };
  const filter = new LayoutFilter(unpacker.layouts);
  const tally = new Tally();
  const labelOf = (at: string): string => `${label.replace(/\/+$/, '')}/${at}`;
  const levels: Level[] = [];
  for (let next: { folder: Folder; inside: string } | null = { folder: root, inside: '' }; next; ) {
    const { folder, inside }: { folder: Folder; inside: string } = next;
    try {
      const entries = await folder.entries();
      // Names identify a layout, so it sees all of them before the first is read.
      for (const { name, is } of entries) filter.see(`${inside}${name}${is === 'folder' ? '/' : ''}`);
      levels.push({ inside, entries: [...entries].reverse() });
    } catch (error) {
      const path = labelOf(inside);
      const unread = unpacker.node(node.id, path, 'file');
      yield unpacker.problem(unread, 'input-unreadable', errorMessage(error), path);
    }
    next = null;
    for (let level = levels.at(-1); level && !next; level = levels.at(-1)) {
      const entry = level.entries.pop();
      if (!entry) {
        levels.pop();
        continue;
      }
      const at = `${level.inside}${entry.name}`;
      if (entry.is === 'special') tally.special(at, await entry.describe());
      else if (entry.is === 'folder') next = { folder: entry.folder, inside: `${at}/` };
      else if (!filter.wants(at)) tally.unwanted(at, filter.layout);
      else if (unpacker.endless.test(at) && (await entry.hasNoSize())) tally.special(at, 'never ends');
      else {
        const file = unpacker.node(node.id, labelOf(at), 'file');
        yield* entry.read({ ...file, incidentalIn: filter.incidentalIn(at) });
      }
    }
  }
  for (const { code, detail, count } of tally.entries()) {
    yield unpacker.problem(node, code, detail, label, count);
  }
}
