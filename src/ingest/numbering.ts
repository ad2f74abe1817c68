/**
 * The numbers of sources: by where they lie, not by when they were met. A directory gives its files by name, a tar
 * as it was written, a zip as its index has them; the same evidence gets the same numbers in all of them, so that
 * whatever cites a source by its number is the same too.
 */
import type { Source } from '../model/source.js';

interface Place {
  readonly source: Source;
  /** Which of the inputs it is of, in the order in which they were given. */
  readonly input: number;
  /** Containers around it; a section counts as the file that it is in. */
  readonly depth: number;
  readonly container: boolean;
  /** The path of its file, cut at what separates names. */
  readonly names: readonly string[];
  /** Sections after their file, in the order of its lines. */
  readonly met: number;
}

/**
 * Sources in the order of their numbers: by input, then from the innermost out, so that a wrapping around a case
 * (an archive in an archive, a mail) adds numbers at the end and changes none; then by name.
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
      names: source.path.split(/[/!]/).filter((name) => name !== '.'),
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
  for (const [index, name] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    if (name !== other) return name < other ? -1 : 1;
  }
  return a.length - b.length;
}
