// SPDX-License-Identifier: Apache-2.0
/**
 * Groups the parts of a case by boot. Logs belong to one boot where they share something unique to it (a boot id, the
 * scheduler clock's marks); parts without such a mark go with the nearest log, and there with the newest boot.
 */
import { groupBy } from '../../model/groups.js';
import { Folders } from './boot-folders.js';
import { inOrderOfAge } from './boot-order.js';
import type { BootParts } from './boot-parts.js';
import { contradicts, earliestStart, startsAfter, Ties } from './boot-ties.js';
import type { Identity, Part } from './parts.js';
import { splitStates } from './states.js';

/** Groups parts by boot, oldest first; every part is in exactly one group. */
export function groupByBoot(parts: readonly Part[]): BootParts[] {
  const grouping = new Grouping();
  const logs = parts.filter((part) => part.kind === 'log').sort(byAge);
  grouping.placeMarked(logs.filter((part) => isMarked(part.identity)));
  inOrderOfAge(grouping.boots);
  grouping.placeUnmarked(logs);
  inOrderOfAge(grouping.boots);
  const logsOf = groupBy(logs, ({ source }) => source.id);
  for (const part of parts)
    if (part.kind !== 'log') grouping.place(part, around(part, logsOf.get(part.source.parent ?? 0)));
  return grouping.boots.flatMap(splitStates);
}

/** Of a log with several boots, the one in which a section of it stands. */
function around({ events: [first] }: Part, logs: readonly Part[] = []): Part | undefined {
  return first && logs.findLast(({ events }) => (events[0]?.line ?? 0) <= first.line);
}

/** The pieces of a rotated log in the order in which they were written. */
const byAge = (a: Part, b: Part): number => b.rotation.age - a.rotation.age;

function isMarked({ bootId, schedClock, audit }: Identity): boolean {
  return bootId !== null || schedClock !== null || audit !== null;
}

class Grouping {
  readonly boots: BootParts[] = [];
  readonly #ties = new Ties();
  readonly #folders = new Folders();
  readonly #releases = new Set<string>();
  readonly #withoutRelease = new Set<BootParts>();
  /** The latest start of all boots; null as long as none says when it started. */
  #latestStart: bigint | null = null;

  placeMarked(logs: readonly Part[]): void {
    for (const part of logs)
      this.#joinLog(this.#ties.find(part) ?? this.#start(part, this.boots.length), part);
  }

  /** Places logs without marks: a piece of a rotated log continues the boot of the piece before; else newest to newest. */
  placeUnmarked(logs: readonly Part[]): void {
    const before = olderPieces(logs);
    for (const mine of groupBy(logs, ({ source }) => source).values()) {
      const [first] = mine;
      if (first && !holdsStart(first) && !isMarked(first.identity)) this.#continue(before.get(first), first);
      // From the end: the newest boot of one log is the newest of the others, and so on back.
      let below = this.boots.length;
      for (const part of mine.toReversed()) {
        const tied = this.#ties.find(part);
        const at = tied
          ? this.boots.lastIndexOf(tied)
          : this.#nearest(part, below, () => this.#ties.excluding(this.boots.length, part));
        this.#joinLog(this.boots[at] ?? this.#start(part, this.#placeOf(part, below)), part);
        if (at >= 0) below = Math.min(below, at);
      }
    }
  }

  /** Assigns a part that is not a log to the boot of the log `around` it, or to the nearest, that it does not contradict. */
  place(part: Part, around: Part | undefined): void {
    const { boots } = this;
    const outer = around && this.#ties.bootOf(around);
    if (outer && !contradicts(outer.identity, part.identity)) {
      this.#join(outer, part);
      return;
    }
    const at = this.#nearest(part, boots.length, () => (boot) => contradicts(boot.identity, part.identity));
    const saysItsKernel = part.kind !== 'context' && part.identity.release !== null;
    const boot = boots[at] ?? (saysItsKernel ? undefined : boots.at(-1));
    this.#join(boot ?? this.#start(part, boots.length), part);
  }

  /** Before the boots that started when the log had been written. */
  #placeOf({ identity }: Part, below: number): number {
    const { written } = identity;
    // Most logs were written after all boots had started, or do not say when.
    if (written === null || this.#latestStart === null || written >= this.#latestStart) return below;
    const later = this.boots.findIndex((boot) => startsAfter(boot.identity, identity));
    return later < 0 ? below : Math.min(later, below);
  }

  /** A boot without parts as yet. */
  #start(part: Part, at: number): BootParts {
    const boot: BootParts = { identity: { ...part.identity }, parts: [] };
    this.boots.splice(at, 0, boot);
    return boot;
  }

  #join(boot: BootParts, part: Part): void {
    boot.parts.push(part);
    this.#folders.add(boot, part.folder);
    for (const key of Object.keys(part.identity) as (keyof Identity)[]) {
      if (boot.identity[key] === null) Object.assign(boot.identity, { [key]: part.identity[key] });
    }
    const start = earliestStart(boot.identity);
    if (start !== null && (this.#latestStart === null || start > this.#latestStart))
      this.#latestStart = start;
    if (boot.identity.release === null) this.#withoutRelease.add(boot);
    else {
      this.#releases.add(boot.identity.release);
      this.#withoutRelease.delete(boot);
    }
  }

  #joinLog(boot: BootParts, part: Part): void {
    if (this.#ties.bootOf(part) !== null) return;
    this.#join(boot, part);
    this.#ties.learn(boot, part);
  }

  /** Assigns a log to the boot that the next older piece of it ends with. */
  #continue(older: Part | undefined, part: Part): void {
    const boot = older && this.#ties.bootOf(older);
    if (boot && !contradicts(boot.identity, part.identity)) this.#joinLog(boot, part);
  }

  /** `excluding`: gives what tells the boots that it cannot be of; null where it can be of none. */
  #nearest(part: Part, below: number, excluding: () => ((boot: BootParts) => boolean) | null): number {
    const { release } = part.identity;
    // This separates most boots of a large case without comparing each.
    if (release !== null && !this.#releases.has(release) && this.#withoutRelease.size === 0) return -1;
    const isExcluded = excluding();
    return isExcluded === null ? -1 : this.#folders.nearest(part.folder, this.boots, below, isExcluded);
  }
}

function holdsStart(part: Part): boolean {
  return part.events.some((event) => event.kind === 'boot-start' && event.complete);
}

/** Of each part the last one of the next older piece of its rotated log; `logs` from the oldest piece. */
function olderPieces(logs: readonly Part[]): Map<Part, Part> {
  const older = new Map<Part, Part>();
  const pieces = new Map<string, { readonly older: Part | undefined; readonly last: Part }>();
  for (const part of logs) {
    const { log, age } = part.rotation;
    const known = pieces.get(log);
    const before = known?.last.rotation.age === age ? known.older : known?.last;
    if (before) older.set(part, before);
    pieces.set(log, { older: before, last: part });
  }
  return older;
}
