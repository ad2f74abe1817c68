// SPDX-License-Identifier: Apache-2.0
/** Suggestions for mistyped names. */

/** Edits (insert, delete, replace, swap of neighbours) that turn `a` into `b`, ignoring case. */
export function editDistance(a: string, b: string): number {
  const left = a.toLowerCase();
  const right = b.toLowerCase();
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const row = [i];
    for (let j = 1; j <= right.length; j++) {
      const same = left[i - 1] === right[j - 1];
      let best = Math.min((last[j - 1] ?? 0) + (same ? 0 : 1), (last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
      const swapped = i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1];
      if (swapped) best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1);
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[right.length] ?? 0;
}

const MOST = 3;

/** True where the letters of `word` stand in `name` in their order, the first one at its start: `dups`, `duplicates`. */
function abbreviates(word: string, name: string): boolean {
  let at = -1;
  for (const letter of word) {
    at = name.indexOf(letter, at + 1);
    if (at < 0) return false;
  }
  return name[0] === word[0];
}

/**
 * The candidates close to `word`, nearest first: an edit distance of at most a third of its length (at least one).
 * Where there are none, names that start with the word, else contain it, else are abbreviated by it.
 */
export function nearMisses(word: string, candidates: Iterable<string>): string[] {
  const limit = Math.max(1, Math.floor(word.length / 3));
  const all = [...new Set(candidates)].map((name) => ({ name, distance: editDistance(word, name) }));
  all.sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1));
  const near = all.filter(({ distance }) => distance <= limit).map(({ name }) => name);
  if (near.length > 0 || word.length < 3) return near.slice(0, MOST);
  const lower = word.toLowerCase();
  const names = all.map(({ name }) => name);
  const looser = [
    (name: string) => name.startsWith(lower),
    (name: string) => name.includes(lower),
    (name: string) => abbreviates(lower, name),
  ];
  for (const fits of looser) {
    const found = names.filter((name) => fits(name.toLowerCase()));
    if (found.length > 0) return found.slice(0, MOST);
  }
  return [];
}

/** `did you mean a?`, `did you mean a, b or c?`, or null where nothing is near. */
export function didYouMean(word: string, candidates: Iterable<string>): string | null {
  const near = nearMisses(word, candidates);
  const last = near.pop();
  if (last === undefined) return null;
  return `did you mean ${near.length > 0 ? `${near.join(', ')} or ` : ''}${last}?`;
}
