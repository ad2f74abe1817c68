/**
 * Tells the boots of a case apart. Logs are the same boot where something says so that no other boot shares
 * (a boot id, the scheduler clock's marks); what says nothing of its boot goes with the nearest log, and there
 * with the newest boot.
 */
import type { Identity, Part } from './parts.js';

export interface BootParts {
  readonly identity: Identity;
  readonly parts: Part[];
}

/** Wall-clock offsets of one boot differ by what NTP steps, not by an hour. */
const SAME_WALL_OFFSET = 3_600_000_000_000n;

/** Groups parts by boot, oldest first; every part is in exactly one group. */
export function groupByBoot(parts: readonly Part[]): BootParts[] {
  const boots: BootParts[] = [];
  const logs = parts.filter((part) => part.kind === 'log');
  const marked = logs.filter((part) => isMarked(part.identity));

  for (const part of marked) {
    const boot = boots.find((known) => sameMarks(known.identity, part.identity));
    if (boot) join(boot, part);
    else boots.push({ identity: { ...part.identity }, parts: [part] });
  }
  for (const part of logs.filter((log) => !isMarked(log.identity))) place(boots, part, parts);
  sortByAge(boots);
  for (const part of parts.filter((other) => other.kind !== 'log')) place(boots, part, parts);
  return boots;
}

function isMarked(identity: Identity): boolean {
  return identity.bootId !== null || identity.schedClock !== null;
}

/** True where a mark is equal and none differs. */
function sameMarks(a: Identity, b: Identity): boolean {
  if (a.bootId !== null && b.bootId !== null) return a.bootId === b.bootId;
  if (a.schedClock !== null && b.schedClock !== null) return a.schedClock === b.schedClock;
  return false;
}

function contradicts(a: Identity, b: Identity): boolean {
  const differs = <T>(x: T | null, y: T | null): boolean => x !== null && y !== null && x !== y;
  return (
    differs(a.bootId, b.bootId) ||
    differs(a.schedClock, b.schedClock) ||
    differs(a.release, b.release) ||
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

/** Puts a part without marks of its own with the nearest boot that it does not contradict. */
function place(boots: BootParts[], part: Part, all: readonly Part[]): void {
  let best: BootParts | null = null;
  let bestNear = -1;
  for (const boot of boots) {
    if (contradicts(boot.identity, part.identity)) continue;
    // Two boots of one log are two, even where nothing tells them apart.
    if (part.kind === 'log' && boot.parts.some((p) => p.kind === 'log' && p.source.id === part.source.id))
      continue;
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

/** By wall-clock start where both have one, else as met. */
function sortByAge(boots: BootParts[]): void {
  boots.sort((a, b) => {
    const x = a.identity.wallOffset;
    const y = b.identity.wallOffset;
    return x === null || y === null || x === y ? 0 : x < y ? -1 : 1;
  });
}
