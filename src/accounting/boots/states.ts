// SPDX-License-Identifier: Apache-2.0
/**
 * Separates snapshots of different boots or machines: a post may hold the counters before and after a patch, or of two
 * hosts. Counters only grow, so a smaller value means another boot; labels about the kernel (`patched`, `without`) do
 * too. The order is by labels, then by lines.
 */
import { debugfsFile } from '../../model/debugfs.js';
import type { Event } from '../../model/event.js';
import { lastName } from '../../model/source-label.js';
import type { BootParts } from './boot-parts.js';
import {
  continued,
  type Figures,
  fell,
  figuresOf,
  highest,
  isElsewhere,
  NAMELESS,
  nameAt,
  type ReadingName,
  rankOf,
  signatureOf,
} from './figures.js';
import type { Part } from './parts.js';

/** Parts that hold one snapshot, or several consecutive ones. */
interface Unit {
  readonly parts: Part[];
  readonly name: ReadingName;
  first: Figures;
  all: Figures;
}

/** Splits off snapshots that contradict a boot's counters, as earlier boots. */
export function splitStates(boot: BootParts): BootParts[] {
  const units = unitsOf(boot.parts);
  if (units.length < 2) return [boot];
  const runs: { units: Unit[]; figures: Figures }[] = [];
  const known = new Map<string, Unit[]>();
  for (const unit of inOrder(units)) {
    const run = runs.at(-1);
    const last = run?.units.at(-1);
    const signature = signatureOf(unit.first);
    const same = signature === '' ? undefined : known.get(signature);
    if (same) same.push(unit);
    else if (run && last && !fell(run.figures, unit.first) && !isElsewhere(last.name, unit.name)) {
      run.units.push(unit);
      run.figures = highest(run.figures, unit.all);
      known.set(signature, run.units);
    } else {
      const started = { units: [unit], figures: unit.all };
      runs.push(started);
      known.set(signature, started.units);
    }
  }
  if (runs.length < 2) return [boot];
  const hosts = new Set(units.flatMap(({ name }) => name.host ?? [])).size;
  const earlier = runs.slice(0, -1).map((run): BootParts => {
    const parts = run.units.flatMap((unit) => unit.parts);
    return {
      identity: { ...(parts[0]?.identity ?? boot.identity) },
      parts,
      label: labelOf(run.units, hosts),
    };
  });
  const taken = new Set(earlier.flatMap(({ parts }) => parts));
  const rest = boot.parts.filter((part) => !taken.has(part));
  return [...earlier, { ...boot, parts: rest, label: labelOf(runs.at(-1)?.units ?? [], hosts) }];
}

/** What the text calls the snapshots, else, where there are several, the machine that they are of. */
function labelOf(units: readonly Unit[], hosts: number): string | null {
  const names = units.map(({ name }) => name);
  return names.find(({ label }) => label !== null)?.label ?? (hosts > 1 ? (names[0]?.host ?? null) : null);
}

/** Counter files of one folder are one snapshot, together with its `stats`. */
function unitsOf(parts: readonly Part[]): Unit[] {
  const units = new Map<string, Unit>();
  const cut = new Set(parts.filter(({ from }) => from > 0).map(({ source }) => source));
  const copies = new Map<string, number>();
  for (const part of parts) {
    if (part.kind !== 'counters') continue;
    const { path, id } = part.source;
    const alone = debugfsFile(path) !== null && part.from === 0;
    const copy = copies.get(path) ?? 0;
    if (alone) copies.set(path, copy + 1);
    const key = alone ? `${copy} ${part.folder.join('/')}` : `source ${id} ${part.from}`;
    const first = figuresOf(
      part.events,
      part.events.findIndex(({ kind }) => kind === 'snapshot'),
    );
    const all = lastFigures(part.events);
    const unit = units.get(key);
    if (unit) {
      unit.parts.push(part);
      unit.first = new Map([...first, ...unit.first]);
      unit.all = highest(unit.all, all);
    } else units.set(key, { parts: [part], name: nameOf(part, !cut.has(part.source)), first, all });
  }
  return [...units.values()].filter(({ all }) => all.size > 0);
}

function lastFigures(events: readonly Event[]): Figures {
  let all: Figures = new Map();
  events.forEach(({ kind }, index) => {
    if (kind === 'snapshot') all = highest(all, figuresOf(events, index));
  });
  return all;
}

/** The snapshot's label in the text, else the name of its file or folder, where that is a known label. */
function nameOf({ events, source, folder }: Part, alone: boolean): ReadingName {
  let name = NAMELESS;
  events.forEach((_, at) => {
    name = continued(nameAt(events, at), name);
  });
  if (name.label !== null || !alone) return name;
  const places = [lastName(source.path), ...folder.toReversed()];
  return { ...name, label: places.find((place) => rankOf(place) !== null) ?? null };
}

/** Sorts by labels, where both have one; else within one text by lines, and between texts by counters. */
function inOrder(units: readonly Unit[]): Unit[] {
  const sourceOf = ({ parts }: Unit): number => parts[0]?.source.id ?? 0;
  return units.toSorted((a, b) => {
    const [x, y] = [rankOf(a.name.label), rankOf(b.name.label)];
    if (x !== null && y !== null && x !== y) return x - y;
    if (sourceOf(a) === sourceOf(b)) return 0;
    return Number(fell(a.all, b.first)) - Number(fell(b.all, a.first));
  });
}
