// SPDX-License-Identifier: Apache-2.0
/** Which boots have parts in which folders: a source that does not identify its boot goes with the nearest one. */
import { getOrAdd } from '../../model/groups.js';
import type { BootParts } from './boot-parts.js';

interface Folder {
  readonly folders: Map<string, Folder>;
  /** Boots with a part in it or below it. */
  readonly boots: Set<BootParts>;
}

const emptyFolder = (): Folder => ({ folders: new Map(), boots: new Set() });

export class Folders {
  readonly #root = emptyFolder();

  add(boot: BootParts, path: readonly string[]): void {
    let folder = this.#root;
    folder.boots.add(boot);
    for (const name of path) {
      const below = getOrAdd(folder.folders, name, emptyFolder);
      below.boots.add(boot);
      folder = below;
    }
  }

  /**
   * The boot with a part in the folder, or in the next one above it, as far as any; of several the last in `boots`.
   * Only the first `below` of `boots` count, and none that is excluded. -1 where there is none.
   */
  nearest(
    path: readonly string[],
    boots: readonly BootParts[],
    below: number,
    isExcluded: (boot: BootParts) => boolean,
  ): number {
    const excluded = new Set<BootParts>();
    for (const candidates of this.#around(path)) {
      // Those of a folder are all in those of the one above it.
      if (candidates.size === excluded.size) continue;
      if (candidates.size === 1) {
        const [only] = candidates;
        const index = only ? boots.lastIndexOf(only) : -1;
        if (only && index >= 0 && index < below && !isExcluded(only)) return index;
        if (only) excluded.add(only);
        continue;
      }
      for (let index = below - 1; index >= 0; index--) {
        const boot = boots[index];
        if (!boot || !candidates.has(boot) || excluded.has(boot)) continue;
        if (!isExcluded(boot)) return index;
        excluded.add(boot);
      }
    }
    return -1;
  }

  /** The boots of the folder, then of the one above it, and so on. */
  #around(path: readonly string[]): ReadonlySet<BootParts>[] {
    const around: ReadonlySet<BootParts>[] = [this.#root.boots];
    let folder: Folder | undefined = this.#root;
    for (const name of path) {
      folder = folder.folders.get(name);
      if (!folder) break;
      around.unshift(folder.boots);
    }
    return around;
  }
}
