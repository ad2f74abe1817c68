// SPDX-License-Identifier: Apache-2.0
/** Paths by the shortest names that tell them apart. */
import { groupBy } from '../../model/groups.js';

/** `a/dmesg.txt`, `b/dmesg.txt`, `b/kern.log` -> `a/dmesg.txt`, `b/dmesg.txt`, `kern.log`; of an archive, the member. */
export function shortNames(paths: Iterable<string>): Map<string, string> {
  const all = [...new Set(paths)];
  const names = new Map<string, string>();
  let unnamed = all.map((path) => ({ path, starts: startsOf(path) }));
  for (let parts = 0; unnamed.length > 0; parts++) {
    const byName = groupBy(unnamed, ({ path, starts }) => path.slice(starts[parts] ?? 0));
    for (const [name, alike] of byName) if (alike.length === 1) names.set(alike[0]?.path ?? name, name);
    unnamed = [...byName.values()].filter(({ length }) => length > 1).flat();
  }
  return names;
}

/** Where its last part starts, its last two, and so on. */
function startsOf(path: string): number[] {
  const starts = [...path.matchAll(/[/!](?=[^/!])/g)].map(({ index }) => index + 1);
  return starts.reverse();
}
