// SPDX-License-Identifier: Apache-2.0
/**
 * Numbers sources by their place rather than by reading order. Directories list files by name, tar and zip in their own
 * order; the same evidence gets the same numbers, and so the same citations, in all of them.
 */
import type { Source } from '../model/source.js';
import { labelParts } from '../model/source-label.js';

interface Place {
  readonly source: Source;
  /** The index of its input. */
  readonly input: number;
  /** The number of containers around it; a section has its file's. */
  readonly depth: number;
  readonly container: boolean;
  /** The names in its file's path. */
  readonly names: readonly string[];
  /** Reading order: sections follow their file, in line order. */
  readonly met: number;
}

/**
 * Sources in the order of their numbers: by input, then from the innermost out, then by name. A container around a case (an
 * archive, a mail) thus adds numbers at the end and changes none.
 */
export function inOrder(sources: readonly Source[]): Source[] {
  const places = new Map<number, Place>();
  let inputs = 0;
  for (const [met, source] of sources.entries()) {
    const around = source.parent === null ? undefined : places.get(source.parent);
    if (source.kind === 'section' && around) {
      places.set(source.id, { ...around, source, met });
      continue;
    }
    places.set(source.id, {
      source,
      input: around ? around.input : inputs++,
      depth: around ? around.depth + 1 : 0,
      container: source.kind === 'directory' || source.kind === 'archive',
      names: labelParts(source.path).filter((name) => name !== '.'),
      met,
    });
  }
  return [...places.values()].sort(compare).map((place) => place.source);
}

function compare(a: Place, b: Place): number {
  return (
    a.input - b.input ||
    b.depth - a.depth ||
    Number(b.container) - Number(a.container) ||
    compareNames(a.names, b.names) ||
    a.met - b.met
  );
}

function compareNames(a: readonly string[], b: readonly string[]): number {
  const shared = Math.min(a.length, b.length);
  for (let index = 0; index < shared; index++) {
    const [name = '', other = ''] = [a[index], b[index]];
    if (name !== other) return name < other ? -1 : 1;
  }
  return a.length - b.length;
}
