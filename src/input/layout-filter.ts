/** The filter that leaves out members which cannot matter, by the layouts that are known, before they are unpacked. */
import type { Layout } from '../model/layout.js';

interface Compiled {
  readonly layout: Layout;
  readonly keeps: RegExp;
  readonly skips: RegExp;
  readonly isEvidence: RegExp;
}

const compiled = new WeakMap<readonly Layout[], readonly Compiled[]>();

function compile(layouts: readonly Layout[]): readonly Compiled[] {
  const known = compiled.get(layouts);
  if (known) return known;
  const made = layouts.map((layout) => {
    const { keep, skip, evidence } = layout;
    const isEvidence = evidence ? globs(evidence) : /^/;
    return { layout, keeps: globs([...keep, ...(evidence ?? [])]), skips: globs(skip), isEvidence };
  });
  compiled.set(layouts, made);
  return made;
}

/** One expression that matches any of the globs, as a whole. */
function globs(patterns: readonly string[]): RegExp {
  const sources = patterns.map((pattern) =>
    pattern.replace(/\*\*|\*|[.+?^${}()|[\]\\]/g, (found) => {
      if (found === '**') return '.*';
      return found === '*' ? '[^/]*' : `\\${found}`;
    }),
  );
  // Without patterns: an expression that nothing matches.
  return new RegExp(sources.length > 0 ? `^(?:${sources.join('|')})$` : '^(?!)', 's');
}

interface Rooted extends Compiled {
  readonly root: string;
}

/**
 * For one archive or directory. A layout is told by the names met so far, so a few members before that may be offered
 * that would not be afterwards.
 */
export class LayoutFilter {
  readonly #layouts: readonly Compiled[];
  readonly #roots: Rooted[] = [];
  readonly #known = new Set<string>();
  #layout = '';

  constructor(layouts: readonly Layout[]) {
    this.#layouts = compile(layouts);
  }

  /** The layout of which the member is a part that need not be evidence; null where it may be. */
  incidentalIn(name: string): string | null {
    const path = name.replace(/^(?:\.\/)+/, '');
    const inside = this.#roots.filter(({ root }) => path.startsWith(root));
    if (inside.some(({ isEvidence, root }) => isEvidence.test(path.slice(root.length)))) return null;
    return inside.at(-1)?.layout.name ?? null;
  }

  /** The layout that the last `wants` went by. */
  get layout(): string {
    return this.#layout;
  }

  /** Takes note of a member's name; a directory's ends in a slash. */
  see(name: string): void {
    const path = name.replace(/^(?:\.\/)+/, '');
    for (const one of this.#layouts) {
      for (const pattern of one.layout.markers) {
        const match = pattern.exec(path);
        if (!match) continue;
        const root = match[1] ?? '';
        const key = `${one.layout.name} ${root}`;
        if (this.#known.has(key)) continue;
        this.#known.add(key);
        this.#roots.push({ ...one, root });
        // The innermost root knows best; among equals the order of the layouts stays.
        this.#roots.sort((a, b) => b.root.length - a.root.length);
      }
    }
  }

  /** False where a layout says that the member cannot matter. */
  wants(name: string): boolean {
    const path = name.replace(/^(?:\.\/)+/, '');
    for (const { layout, keeps, skips, root } of this.#roots) {
      if (!path.startsWith(root)) continue;
      const below = path.slice(root.length);
      if (keeps.test(below)) return true;
      if (skips.test(below)) {
        this.#layout = layout.name;
        return false;
      }
    }
    return true;
  }
}
