// SPDX-License-Identifier: Apache-2.0
/** What ties a log to a boot, and what rules it out. */
import { getOrAdd } from '../../model/groups.js';
import { nsFromSeconds } from '../../model/time.js';
import type { BootParts } from './boot-parts.js';
import { LineIndex } from './line-index.js';
import type { Identity, Part } from './parts.js';
import { addLines, areOfOtherBoots, type StampedLines, stampedLines, tiesOf } from './ties.js';

/** Wall-clock offsets of one boot differ by steps of NTP, not by an hour. */
const SAME_WALL_OFFSET = 3_600_000_000_000n;

/** True where a mark that two logs can share is another one. */
function marksDiffer(a: Identity, b: Identity): boolean {
  if (a.bootId !== null && b.bootId !== null) return a.bootId !== b.bootId;
  return a.schedClock !== null && b.schedClock !== null && a.schedClock !== b.schedClock;
}

/** Finds the boot of a log by what no two boots share, however many boots there are. */
export class Ties {
  readonly #marks = new Map<string, BootParts>();
  /** The first boot with each line. */
  readonly #lines = new Map<string, BootParts>();
  readonly #index = new LineIndex();
  readonly #bootOf = new Map<Part, BootParts>();
  readonly #linesOf = new Map<Part, StampedLines | null>();
  /** Logs whose lines are not learned yet: no other log was compared with them. */
  readonly #unread: { readonly boot: BootParts; readonly part: Part }[] = [];

  /** The boot that the part was assigned or is tied to. */
  find(part: Part): BootParts | null {
    const known = this.bootOf(part);
    if (known) return known;
    for (const mark of marksOf(part.identity)) {
      const boot = this.#marks.get(mark);
      const isCertain = mark.startsWith('id ');
      if (!boot || marksDiffer(boot.identity, part.identity)) continue;
      // Machines that start in one second may have equal times.
      if (isCertain || !this.#haveOtherLines(boot, part)) return boot;
    }
    const { banner } = part.identity;
    const boot = banner === null ? undefined : this.#marks.get(`banner ${banner}`);
    if (boot && !contradicts(boot.identity, part.identity)) return boot;
    this.#learnLines();
    const lines = this.#lines.size === 0 ? null : this.linesOf(part);
    for (const line of lines ? tiesOf(lines) : []) {
      const tied = this.#lines.get(line);
      if (tied && !this.excludes(tied, part)) return tied;
    }
    return null;
  }

  /** The boot that the part was assigned to; null before that. */
  bootOf(part: Part): BootParts | null {
    return this.#bootOf.get(part) ?? null;
  }

  learn(boot: BootParts | undefined, part: Part): void {
    if (!boot || this.#bootOf.has(part)) return;
    this.#bootOf.set(part, boot);
    const { banner } = part.identity;
    const marks = banner === null ? marksOf(part.identity) : [...marksOf(part.identity), `banner ${banner}`];
    for (const mark of marks) if (!this.#marks.has(mark)) this.#marks.set(mark, boot);
    this.#unread.push({ boot, part });
  }

  #learnLines(): void {
    for (const { boot, part } of this.#unread.splice(0)) {
      const lines = this.linesOf(part);
      if (!lines) continue;
      for (const line of lines.at) if (!this.#lines.has(line)) this.#lines.set(line, boot);
      this.#index.addTexts(boot, lines);
      if (boot.lines) addLines(boot.lines, lines);
      else boot.lines = { ...lines, at: new Set(lines.at), texts: new Set(lines.texts) };
      this.#index.setTimes(boot, boot.lines);
    }
  }

  linesOf(part: Part): StampedLines | null {
    return getOrAdd(this.#linesOf, part, () => stampedLines(part));
  }

  /** True where the log cannot be of the boot. */
  excludes(boot: BootParts, part: Part): boolean {
    return contradicts(boot.identity, part.identity) || this.#haveOtherLines(boot, part);
  }

  /** Tells which boots the log cannot be of; null where it can be of none of `all`. */
  excluding(all: number, part: Part): ((boot: BootParts) => boolean) | null {
    this.#learnLines();
    const lines = this.linesOf(part);
    if (lines === null || [...lines.at].some((line) => this.#lines.has(line)))
      return (boot) => this.excludes(boot, part);
    const others = this.#index.ofOtherBoots(lines);
    if (others.size === all) return null;
    return (boot) => others.has(boot) || contradicts(boot.identity, part.identity);
  }

  #haveOtherLines(boot: BootParts, part: Part): boolean {
    this.#learnLines();
    const lines = this.linesOf(part);
    return !!lines && !!boot.lines && areOfOtherBoots(boot.lines, lines);
  }
}

/** Marks: two logs with one in common are of one boot. */
function marksOf({ bootId, schedClock, audit }: Identity): string[] {
  return [
    ...(bootId === null ? [] : [`id ${bootId}`]),
    ...(schedClock === null ? [] : [`clock ${schedClock}`]),
    ...(audit === null ? [] : [`audit ${audit}`]),
  ];
}

/** True where both have a mark that no two boots share: times to the nanosecond, or of the audit subsystem's first record. */
export function shareTime(a: Identity, b: Identity): boolean {
  const equal = (x: string | null, y: string | null): boolean => x !== null && x === y;
  return !marksDiffer(a, b) && (equal(a.schedClock, b.schedClock) || equal(a.audit, b.audit));
}

export function contradicts(a: Identity, b: Identity): boolean {
  const differs = <T>(x: T | null, y: T | null): boolean => x !== null && y !== null && x !== y;
  return (
    differs(a.bootId, b.bootId) ||
    differs(a.schedClock, b.schedClock) ||
    differs(a.release, b.release) ||
    differs(a.audit, b.audit) ||
    differs(a.rtc, b.rtc) ||
    differs(a.commandLine, b.commandLine) ||
    (a.wallOffset !== null &&
      b.wallOffset !== null &&
      distance(a.wallOffset, b.wallOffset) > SAME_WALL_OFFSET) ||
    startsAfter(a, b) ||
    startsAfter(b, a)
  );
}

/** Clocks are set by some seconds at the start of a boot. */
const CLOCK_SET_NS = 60_000_000_000n;

/** The earliest wall-clock time, in ns, at which the boot may have started; null where it does not say. */
export function earliestStart({ audit, wallOffset }: Identity): bigint | null {
  const [, seconds, millis] = /^(\d{9,10})\.(\d{3}):/.exec(audit ?? '') ?? [];
  if (seconds !== undefined && millis !== undefined) return nsFromSeconds(seconds, millis) - CLOCK_SET_NS;
  return wallOffset === null ? null : wallOffset - SAME_WALL_OFFSET;
}

/** True where the one boot started when the other log had been written. */
export function startsAfter(boot: Identity, { written }: Identity): boolean {
  if (written === null) return false;
  const start = earliestStart(boot);
  return start !== null && written < start;
}

function distance(a: bigint, b: bigint): bigint {
  return a > b ? a - b : b - a;
}
