/**
 * Tells the boots of a case apart. Logs are the same boot where something says so that no other boot shares
 * (a boot id, the scheduler clock's marks); what says nothing of its boot goes with the nearest log, and there
 * with the newest boot.
 */
import type { Source } from '../model/source.js';
import type { BootParts } from './boot-parts.js';
import type { Identity, Part } from './parts.js';
import { areRotated, rotationOf } from './rotation.js';
import { splitStates } from './states.js';
import { addLines, areOfOtherBoots, type StampedLines, stampedLines, tiesOf } from './ties.js';

/** Wall-clock offsets of one boot differ by what NTP steps, not by an hour. */
const SAME_WALL_OFFSET = 3_600_000_000_000n;

/** Groups parts by boot, oldest first; every part is in exactly one group. */
export function groupByBoot(parts: readonly Part[]): BootParts[] {
  const boots: BootParts[] = [];
  const logs = oldestFirst(parts.filter((part) => part.kind === 'log'));
  const marked = logs.filter((part) => isMarked(part.identity));

  const ties = new Ties();
  for (const part of marked) {
    const boot = ties.find(part);
    if (boot) join(boot, part);
    else boots.push({ identity: { ...part.identity }, parts: [part] });
    ties.learn(boot ?? boots.at(-1), part);
  }
  inOrderOfAge(boots);
  placeUnmarked(boots, logs, ties);
  inOrderOfAge(boots);
  for (const part of parts.filter((other) => other.kind !== 'log')) place(boots, part, parts);
  return boots.flatMap(splitStates);
}

/** The pieces of a rotated log in the order in which they were written. */
function oldestFirst(logs: readonly Part[]): Part[] {
  const rotations = new Map(logs.map(({ source }) => [source, rotationOf(source.path)]));
  const ageOf = (part: Part): number => rotations.get(part.source)?.age ?? 0;
  return [...logs].sort((a, b) => ageOf(b) - ageOf(a));
}

function isMarked({ bootId, schedClock, audit }: Identity): boolean {
  return bootId !== null || schedClock !== null || audit !== null;
}

/** True where a mark that two logs can share is another one. */
function marksDiffer(a: Identity, b: Identity): boolean {
  if (a.bootId !== null && b.bootId !== null) return a.bootId !== b.bootId;
  return a.schedClock !== null && b.schedClock !== null && a.schedClock !== b.schedClock;
}

/** Finds the boot of a log by what no two boots share, however many boots there are. */
class Ties {
  readonly #marks = new Map<string, BootParts>();
  readonly #lines = new Map<string, BootParts>();
  readonly #bootOf = new Map<Part, BootParts>();
  readonly #linesOf = new Map<Part, StampedLines | null>();

  /** The boot that the part was put to, or that it is tied to. */
  find(part: Part): BootParts | null {
    const known = this.#bootOf.get(part);
    if (known) return known;
    for (const mark of marksOf(part.identity)) {
      const boot = this.#marks.get(mark);
      if (boot && !marksDiffer(boot.identity, part.identity)) return boot;
    }
    const { banner } = part.identity;
    const boot = banner === null ? undefined : this.#marks.get(`banner ${banner}`);
    if (boot && !contradicts(boot.identity, part.identity)) return boot;
    const lines = this.#lines.size === 0 ? null : this.linesOf(part);
    for (const line of lines ? tiesOf(lines) : []) {
      const tied = this.#lines.get(line);
      if (tied && !contradicts(tied.identity, part.identity)) return tied;
    }
    return null;
  }

  /** True for a part that is in a boot. */
  has(part: Part): boolean {
    return this.#bootOf.has(part);
  }

  learn(boot: BootParts | undefined, part: Part): void {
    if (!boot || this.#bootOf.has(part)) return;
    this.#bootOf.set(part, boot);
    const { banner } = part.identity;
    const marks = banner === null ? marksOf(part.identity) : [...marksOf(part.identity), `banner ${banner}`];
    for (const mark of marks) if (!this.#marks.has(mark)) this.#marks.set(mark, boot);
    const lines = this.linesOf(part);
    if (!lines) return;
    for (const line of tiesOf(lines)) if (!this.#lines.has(line)) this.#lines.set(line, boot);
    if (boot.lines) addLines(boot.lines, lines);
    else boot.lines = { ...lines, at: new Set(lines.at), texts: new Set(lines.texts) };
  }

  linesOf(part: Part): StampedLines | null {
    let lines = this.#linesOf.get(part);
    if (lines === undefined) {
      lines = stampedLines(part);
      this.#linesOf.set(part, lines);
    }
    return lines;
  }

  /** True where the log cannot be of the boot. */
  excludes(boot: BootParts, part: Part): boolean {
    const lines = this.linesOf(part);
    return (
      contradicts(boot.identity, part.identity) ||
      (!!lines && !!boot.lines && areOfOtherBoots(boot.lines, lines))
    );
  }
}

/** Marks of which one that is equal makes two logs one boot's. */
function marksOf({ bootId, schedClock, audit }: Identity): string[] {
  return [
    ...(bootId === null ? [] : [`id ${bootId}`]),
    ...(schedClock === null ? [] : [`clock ${schedClock}`]),
    ...(audit === null ? [] : [`audit ${audit}`]),
  ];
}

function contradicts(a: Identity, b: Identity): boolean {
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
      distance(a.wallOffset, b.wallOffset) > SAME_WALL_OFFSET)
  );
}

function distance(a: bigint, b: bigint): bigint {
  return a > b ? a - b : b - a;
}

function join(boot: BootParts, part: Part): void {
  boot.parts.push(part);
  for (const key of Object.keys(part.identity) as (keyof Identity)[]) {
    if (boot.identity[key] === null) Object.assign(boot.identity, { [key]: part.identity[key] });
  }
}

/** Logs without marks: what continues a rotated log is of the boot that this ends with; else newest to newest. */
function placeUnmarked(boots: BootParts[], logs: readonly Part[], ties: Ties): void {
  const bySource = new Map<Source, Part[]>();
  for (const part of logs) {
    const mine = bySource.get(part.source);
    if (mine) mine.push(part);
    else bySource.set(part.source, [part]);
  }
  for (const mine of bySource.values()) {
    const [first] = mine;
    const before =
      first && !begins(first) && !isMarked(first.identity) ? continued(boots, logs, first) : null;
    if (first && before) {
      join(before, first);
      ties.learn(before, first);
    }
    // From the end: the newest boot of one log is the newest of the others, and so on back.
    let below = boots.length;
    for (const part of [...mine].reverse()) {
      const tied = ties.find(part);
      const at = tied ? boots.indexOf(tied) : nearest(boots.slice(0, below), part, ties);
      const boot = boots[at] ?? { identity: { ...part.identity }, parts: [] };
      if (at < 0) boots.splice(below, 0, boot);
      if (!ties.has(part)) join(boot, part);
      ties.learn(boot, part);
      if (at >= 0) below = Math.min(below, at);
    }
  }
}

function begins(part: Part): boolean {
  return part.events.some((event) => event.kind === 'boot-start' && event.complete);
}

/** The boot that the next older piece of the part's rotated log ends with. */
function continued(boots: readonly BootParts[], logs: readonly Part[], part: Part): BootParts | null {
  const at = logs.indexOf(part);
  const last = logs.findLast((other, index) => index < at && areRotated(other.source.path, part.source.path));
  const boot = last && boots.find(({ parts }) => parts.includes(last));
  return boot && !contradicts(boot.identity, part.identity) ? boot : null;
}

/** The boot in whose folder the part lies, as far as any; of several the newest; -1 where it contradicts all. */
function nearest(boots: readonly BootParts[], part: Part, ties: Ties): number {
  let best = -1;
  let bestNear = -1;
  for (const [index, boot] of boots.entries()) {
    if (ties.excludes(boot, part)) continue;
    const near = Math.max(...boot.parts.map((other) => commonFolders(other, part)));
    if (near >= bestNear) [best, bestNear] = [index, near];
  }
  return best;
}

/** Puts what is no log with the nearest boot that it does not contradict. */
function place(boots: BootParts[], part: Part, all: readonly Part[]): void {
  let best: BootParts | null = null;
  let bestNear = -1;
  for (const boot of boots) {
    if (contradicts(boot.identity, part.identity)) continue;
    const near = Math.max(...boot.parts.map((other) => commonFolders(other, part)));
    if (near >= bestNear) {
      best = boot;
      bestNear = near;
    }
  }
  if (best) join(best, part);
  else if (boots.length > 0 && part.kind !== 'log' && !saysItsKernel(part, all)) {
    const newest = boots.at(-1);
    if (newest) join(newest, part);
  } else boots.push({ identity: { ...part.identity }, parts: [part] });
}

function saysItsKernel(part: Part, all: readonly Part[]): boolean {
  return part.kind !== 'context' && all.length > 1 && part.identity.release !== null;
}

function commonFolders(a: Part, b: Part): number {
  let n = 0;
  while (n < a.folder.length && n < b.folder.length && a.folder[n] === b.folder[n]) n++;
  return n;
}

/** By wall-clock start where both have one, else by their order in a log that holds both, else as met. */
function inOrderOfAge(boots: BootParts[]): void {
  const sorted: Aged[] = [];
  for (const boot of boots) {
    const one = { boot, places: placesOf(boot) };
    const at = sorted.findIndex((other) => isBefore(one, other));
    sorted.splice(at < 0 ? sorted.length : at, 0, one);
  }
  boots.splice(0, boots.length, ...sorted.map(({ boot }) => boot));
}

/** Where in a log (of which there may be rotated pieces) a boot is first met. */
interface Place {
  readonly age: number;
  readonly from: number;
}

function placesOf({ parts }: BootParts): Map<string, Place> {
  const places = new Map<string, Place>();
  for (const { kind, source, from } of parts) {
    if (kind !== 'log') continue;
    const { log, age } = rotationOf(source.path);
    const known = places.get(log);
    if (!known || comparePlaces({ age, from }, known) < 0) places.set(log, { age, from });
  }
  return places;
}

const comparePlaces = (a: Place, b: Place): number => b.age - a.age || a.from - b.from;

interface Aged {
  readonly boot: BootParts;
  readonly places: ReadonlyMap<string, Place>;
}

function isBefore(a: Aged, b: Aged): boolean {
  const [x, y] = [a.boot.identity.wallOffset, b.boot.identity.wallOffset];
  if (x !== null && y !== null && x !== y) return x < y;
  for (const [log, place] of a.places) {
    const other = b.places.get(log);
    if (other) return comparePlaces(place, other) < 0;
  }
  return false;
}
