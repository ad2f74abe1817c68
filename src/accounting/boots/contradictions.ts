// SPDX-License-Identifier: Apache-2.0
/** Sources that say nothing of their boot but what contradicts the one they were put to: they may be of another machine or day. */
import { getOrAdd } from '../../model/groups.js';
import type { Source } from '../../model/source.js';
import type { BootParts } from './boot-parts.js';
import { contradicts } from './boot-ties.js';
import type { Identity, Part } from './parts.js';

export interface Contradiction {
  readonly source: Source;
  readonly line: number | null;
  readonly detail: string;
  readonly count: number;
}

/** Of sizes of modules in two listings, some differ where one was taken in the midst of a load. */
const FEWEST_SIZES = 2;
const SIZES_TO_A_DIFFERENT = 4;

export function contradictionsIn({ identity, parts }: BootParts): Contradiction[] {
  const others = parts.filter(({ kind }) => kind !== 'log');
  return [...others.flatMap((part) => ofIdentity(identity, part)), ...ofSizes(others)];
}

function ofIdentity(boot: Identity, { identity, source, events }: Part): Contradiction[] {
  if (!contradicts(boot, identity)) return [];
  const differs = (key: 'release' | 'commandLine'): boolean =>
    boot[key] !== null && identity[key] !== null && boot[key] !== identity[key];
  const detail = differs('release')
    ? `it is of Linux ${identity.release}, the boot of ${boot.release}`
    : differs('commandLine')
      ? 'it has another command line'
      : 'it has another time or boot id';
  return [{ source, line: events[0]?.line ?? null, detail, count: 1 }];
}

/** Listings of loaded modules in which many sizes are others than in the first listing. */
function ofSizes(parts: readonly Part[]): Contradiction[] {
  const known = new Map<string, { readonly bytes: number; readonly source: Source }>();
  const found = new Map<Source, { shared: number; different: number; line: number; detail: string }>();
  for (const { source, events } of parts)
    for (const event of events) {
      if (event.kind !== 'module-size' || event.of !== 'memory') continue;
      const first = getOrAdd(known, event.module, () => ({ bytes: event.bytes, source }));
      if (first.source === source) continue;
      const own = getOrAdd(found, source, () => ({ shared: 0, different: 0, line: event.line, detail: '' }));
      own.shared += 1;
      if (first.bytes === event.bytes) continue;
      if (own.different === 0) {
        own.line = event.line;
        own.detail = `${event.module} has ${event.bytes} bytes, and ${first.bytes} in ${first.source.path}`;
      }
      own.different += 1;
    }
  return [...found].flatMap(([source, { shared, different, line, detail }]) =>
    different >= FEWEST_SIZES && different * SIZES_TO_A_DIFFERENT >= shared
      ? [{ source, line, detail, count: different }]
      : [],
  );
}
