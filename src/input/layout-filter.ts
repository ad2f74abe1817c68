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

/** No machine has longer paths: bounds the folders that are looked up. */
const LONGEST_ROOT = 1024;

/**
 * For one archive or directory. Layouts are identified by the names seen so far, so members before the first marker are
 * not skipped.
 */
export class LayoutFilter {
  readonly #layouts: readonly Compiled[];
  /** By the folder that holds it: empty, or a path that ends in a slash. */
  readonly #roots = new Map<string, Compiled[]>();
  #longest = 0;
  #layout = '';

  constructor(layouts: readonly Layout[]) {
    this.#layouts = compile(layouts);
  }

  /** The layout whose evidence the member is not; null if it may be evidence. */
  incidentalIn(name: string): string | null {
    let outermost: string | null = null;
    for (const { layout, isEvidence, below } of this.#around(plain(name))) {
      if (isEvidence.test(below)) return null;
      outermost = layout.name;
    }
    return outermost;
  }

  /** The layout by which `wants` last skipped a member. */
  get layout(): string {
    return this.#layout;
  }

  /** Notes a member's name; a directory's ends in a slash. */
  see(name: string): void {
    const path = plain(name);
    for (const one of this.#layouts) {
      for (const pattern of one.layout.markers) {
        const root = pattern.exec(path)?.[1];
        if (root === undefined || root.length > LONGEST_ROOT) continue;
        const known = this.#roots.get(root) ?? [];
        if (known.includes(one)) continue;
        this.#roots.set(root, [...known, one]);
        this.#longest = Math.max(this.#longest, root.length);
      }
    }
  }

  /** False if a layout skips the member. */
  wants(name: string): boolean {
    for (const { layout, keeps, skips, below } of this.#around(plain(name))) {
      if (keeps.test(below)) return true;
      if (skips.test(below)) {
        this.#layout = layout.name;
        return false;
      }
    }
    return true;
  }

  /** The layouts that a path lies in, the innermost first. */
  *#around(path: string): Generator<Compiled & { readonly below: string }> {
    for (let end = this.#longest; end >= 0; ) {
      end = end === 0 ? 0 : path.lastIndexOf('/', end - 1) + 1;
      for (const one of this.#roots.get(path.slice(0, end)) ?? []) yield { ...one, below: path.slice(end) };
      end = end === 0 ? -1 : end - 1;
    }
  }
}

const plain = (name: string): string => name.replace(/^(?:\.\/)+/, '');
