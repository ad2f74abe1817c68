// SPDX-License-Identifier: Apache-2.0
/**
 * Which files of a folder may be evidence of one boot, so that only those are read and compared. Of a large folder each file
 * is looked at once, at its start and its end: files that share a mark of a boot, or a name besides words for kinds of
 * evidence, go together.
 */

import { rotationOf } from '../accounting/boots/rotation.js';
import { marksOf } from '../marks.js';
import { addTo } from '../model/groups.js';
import { forgetful, type Remember } from './looks.js';
import { stemOf } from './siblings.js';

/** Files that are compared, each with each. */
const MOST_SIBLINGS = 64;
/** A folder of so many files may still be one report with one log. */
const MOST_OF_REPORT = 512;
/** Files that are looked at; their marks are in memory. */
const MOST_LOOKED_AT = 100_000;

/** What files share: a sum of what they hold, or a part of their names. */
type Mark = number | string;

/** Files that may be of one boot, and what to say where the folder is too large to look at them all. */
export interface Collection {
  readonly groups: readonly (readonly string[])[];
  readonly note: string | null;
}

/** Looks at the files of one folder. */
export async function filesOfOneBoot(
  folder: string,
  paths: readonly string[],
  remember: Remember = forgetful,
): Promise<Collection> {
  if (paths.length <= MOST_SIBLINGS) return { groups: [paths], note: null };
  if (paths.length > MOST_LOOKED_AT) {
    return {
      groups: byName(paths),
      note: `${folder} has more than ${MOST_LOOKED_AT} files: files of one boot are recognised by their names alone`,
    };
  }
  const found: (readonly number[])[] = [];
  // One by one: descriptors may be few.
  for (const path of paths) found.push(await rememberedMarks(path, remember));
  const logs = new Set(together(found).filter((_, index) => (found[index] ?? []).length > 0));
  if (logs.size === 1 && paths.length <= MOST_OF_REPORT) return { groups: [paths], note: null };
  const marks = rareOnes<Mark>(found);
  const stems = rareOnes(paths.map((path) => [`name ${stemOf(path)}`]));
  const pieces = rareOnes(paths.map((path) => [`log ${rotationOf(path).log}`]));
  const groups = groupsOf(
    paths,
    together(marks.map((some, at) => [...some, ...(stems[at] ?? []), ...(pieces[at] ?? [])])),
  );
  const alike = found.filter((some, at) => some.length > 0 && marks[at]?.length === 0).length;
  const isLarge = (group: readonly string[]): boolean => group.length > MOST_SIBLINGS;
  const files = groups.filter(isLarge).reduce((sum, { length }) => sum + length, alike);
  return {
    groups: groups.flatMap((group) => (isLarge(group) ? byName(group) : [group])),
    note:
      files === 0
        ? null
        : `${folder}: ${files} files share lines with more than ${MOST_SIBLINGS} others: files of one boot are recognised by their names alone`,
  };
}

async function rememberedMarks(path: string, remember: Remember): Promise<readonly number[]> {
  const packed = await remember('marks', [path], async () =>
    Buffer.from(Uint32Array.from(await marksOf(path)).buffer).toString('base64'),
  );
  return Array.from(new Uint32Array(Uint8Array.from(Buffer.from(packed, 'base64')).buffer));
}

/** Files of one folder that have one name besides words for kinds of evidence; all of a small folder. */
export function byName(paths: readonly string[]): readonly (readonly string[])[] {
  if (paths.length <= MOST_SIBLINGS) return [paths];
  return groupsOf(paths, together(rareOnes(paths.map((path) => [`name ${stemOf(path)}`]))));
}

/** What so few files share that those can be compared. */
function rareOnes<T extends Mark>(marks: readonly (readonly T[])[]): (readonly T[])[] {
  const times = new Map<T, number>();
  for (const mark of marks.flat()) times.set(mark, (times.get(mark) ?? 0) + 1);
  return marks.map((some) => some.filter((mark) => (times.get(mark) ?? 0) <= MOST_SIBLINGS));
}

/** For each file the first one that it hangs together with, by what they share, in time that grows with the number of marks. */
function together(marks: readonly (readonly Mark[])[]): number[] {
  const first = marks.map((_, index) => index);
  const rootOf = (index: number): number => {
    let root = index;
    for (let up = first[root] ?? root; up !== root; up = first[root] ?? root) {
      first[root] = first[up] ?? up;
      root = up;
    }
    return root;
  };
  const holders = new Map<Mark, number>();
  for (const [index, some] of marks.entries()) {
    for (const mark of some) {
      const holder = holders.get(mark);
      if (holder === undefined) {
        holders.set(mark, index);
        continue;
      }
      const [a, b] = [rootOf(holder), rootOf(index)];
      first[Math.max(a, b)] = Math.min(a, b);
    }
  }
  return marks.map((_, index) => rootOf(index));
}

function groupsOf(paths: readonly string[], first: readonly number[]): (readonly string[])[] {
  const groups = new Map<number, string[]>();
  for (const [index, path] of paths.entries()) addTo(groups, first[index] ?? index, path);
  return [...groups.values()];
}
