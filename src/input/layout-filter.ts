// SPDX-License-Identifier: Apache-2.0
/** Skips members of known layouts that cannot hold evidence, before they are unpacked. */
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

/** A regular expression for whole paths that match any of the globs. */
function globs(patterns: readonly string[]): RegExp {
  const sources = patterns.map((pattern) =>
    pattern.replace(/\*\*|\*|[.+?^${}()|[\]\\]/g, (found) => {
      if (found === '**') return '.*';
      return found === '*' ? '[^/]*' : `\\${found}`;
    }),
  );
  // Without patterns it matches nothing.
  return new RegExp(sources.length > 0 ? `^(?:${sources.join('|')})$` : '^(?!)', 's');
}

interface Rooted extends Compiled {
  readonly root: string;
}

/**
 * For one archive or directory. Layouts are identified by the names seen so far, so members before the first marker are
 * not skipped.
 */
export class LayoutFilter {
  readonly #layouts: readonly Compiled[];
  readonly #roots: Rooted[] = [];
  readonly #known = new Set<string>();
  #layout = '';

  constructor(layouts: readonly Layout[]) {
    this.#layouts = compile(layouts);
  }

  /** The layout whose evidence the member is not; null if it may be evidence. */
  incidentalIn(name: string): string | null {
    const path = name.replace(/^(?:\.\/)+/, '');
    const inside = this.#roots.filter(({ root }) => path.startsWith(root));
    if (inside.some(({ isEvidence, root }) => isEvidence.test(path.slice(root.length)))) return null;
    return inside.at(-1)?.layout.name ?? null;
  }

  /** The layout by which `wants` last skipped a member. */
  get layout(): string {
    return this.#layout;
  }

  /** Notes a member's name; a directory's ends in a slash. */
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
        // The innermost root takes precedence; equal ones stay in the order of the layouts.
        this.#roots.sort((a, b) => b.root.length - a.root.length);
      }
    }
  }

  /** False if a layout skips the member. */
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
