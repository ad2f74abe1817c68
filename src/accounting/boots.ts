/**
 * Tells the boots of a case apart. Logs are the same boot where something says so that no other boot shares
 * (a boot id, the scheduler clock's marks); what says nothing of its boot goes with the nearest log, and there
 * with the newest boot.
 */
import type { Identity, Part } from './parts.js';
import { areRotated, rotationOf } from './rotation.js';
import { splitStates } from './states.js';

export interface BootParts {
  readonly identity: Identity;
  readonly parts: Part[];
  /** What a text calls it, where it tells several apart by name. */
  readonly label?: string | null;
}

/** Wall-clock offsets of one boot differ by what NTP steps, not by an hour. */
const SAME_WALL_OFFSET = 3_600_000_000_000n;

/** Groups parts by boot, oldest first; every part is in exactly one group. */
export function groupByBoot(parts: readonly Part[]): BootParts[] {
  const boots: BootParts[] = [];
  const logs = oldestFirst(parts.filter((part) => part.kind === 'log'));
  const marked = logs.filter((part) => isMarked(part.identity));

  for (const part of marked) {
    const boot = boots.find((known) => sameMarks(known.identity, part.identity));
    if (boot) join(boot, part);
    else boots.push({ identity: { ...part.identity }, parts: [part] });
  }
  inOrderOfAge(boots);
  placeUnmarked(boots, logs);
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

/** True where a mark is equal and none differs. */
function sameMarks(a: Identity, b: Identity): boolean {
  if (a.bootId !== null && b.bootId !== null) return a.bootId === b.bootId;
  if (a.schedClock !== null && b.schedClock !== null) return a.schedClock === b.schedClock;
  return a.audit !== null && a.audit === b.audit;
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
function placeUnmarked(boots: BootParts[], logs: readonly Part[]): void {
  const sources = [...new Set(logs.map((part) => part.source))];
  for (const source of sources) {
    const mine = logs.filter((part) => part.source === source);
    const [first] = mine;
    const before =
      first && !begins(first) && !isMarked(first.identity) ? continued(boots, logs, first) : null;
    if (first && before) join(before, first);
    // From the end: the newest boot of one log is the newest of the others, and so on back.
    let below = boots.length;
    for (const part of [...mine].reverse()) {
      const known = boots.findIndex((boot) => boot.parts.includes(part));
      const at = known >= 0 ? known : nearest(boots.slice(0, below), part);
      const boot = boots[at];
      if (!boot) boots.splice(below, 0, { identity: { ...part.identity }, parts: [part] });
      else if (known < 0) join(boot, part);
      if (boot) below = at;
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
function nearest(boots: readonly BootParts[], part: Part): number {
  let best = -1;
  let bestNear = -1;
  for (const [index, boot] of boots.entries()) {
    if (contradicts(boot.identity, part.identity)) continue;
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
