/** All layouts, and the filter that leaves out members which cannot matter before they are unpacked. */
import { ANDROID } from './android.js';
import { APPORT } from './apport.js';
import { CI_JOB } from './ci.js';
import { INSIGHTS } from './insights.js';
import { DEBUGFS, MODULE_TREE, TRACEFS } from './kernel.js';
import { globs, type Layout } from './layout.js';
import { SOSREPORT } from './sosreport.js';
import { SUPPORTCONFIG } from './supportconfig.js';

/** Where two have the same root, the first is asked first. */
export const LAYOUTS: readonly Layout[] = [
  SOSREPORT,
  INSIGHTS,
  SUPPORTCONFIG,
  ANDROID,
  APPORT,
  MODULE_TREE,
  TRACEFS,
  DEBUGFS,
  CI_JOB,
];

const COMPILED = LAYOUTS.map((layout) => ({
  ...layout,
  keeps: globs(layout.keep),
  leaves: globs(layout.leave),
}));

interface Rooted {
  readonly layout: (typeof COMPILED)[number];
  readonly root: string;
}

/**
 * For one archive or directory. A layout is told by the names met so far, so a few members before that may be offered
 * that would not be afterwards.
 */
export class LayoutFilter {
  readonly #all: boolean;
  readonly #roots: Rooted[] = [];
  readonly #known = new Set<string>();
  #layout = '';

  constructor(all = false) {
    this.#all = all;
  }

  /** The layout that the last `wants` went by. */
  get layout(): string {
    return this.#layout;
  }

  /** Takes note of a member's name; a directory's ends in a slash. */
  see(name: string): void {
    const path = name.replace(/^(?:\.\/)+/, '');
    for (const layout of COMPILED) {
      for (const pattern of layout.told) {
        const match = pattern.exec(path);
        if (!match) continue;
        const root = match[1] ?? '';
        const key = `${layout.name} ${root}`;
        if (this.#known.has(key)) continue;
        this.#known.add(key);
        this.#roots.push({ layout, root });
        // The innermost root knows best; among equals the order of LAYOUTS stays.
        this.#roots.sort((a, b) => b.root.length - a.root.length);
      }
    }
  }

  /** False where a layout says that the member cannot matter. */
  wants(name: string): boolean {
    if (this.#all) return true;
    const path = name.replace(/^(?:\.\/)+/, '');
    for (const { layout, root } of this.#roots) {
      if (!path.startsWith(root)) continue;
      const below = path.slice(root.length);
      if (layout.keeps.test(below)) return true;
      if (layout.leaves.test(below)) {
        this.#layout = layout.name;
        return false;
      }
    }
    return true;
  }
}
