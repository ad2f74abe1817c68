// SPDX-License-Identifier: Apache-2.0
/**
 * Parts: a source split where another boot (of a log, or of snapshots) or another recording (of a trace) starts. A part
 * belongs to one boot.
 */
import type { Event } from '../../model/event.js';
import type { Source } from '../../model/source.js';
import { labelParts } from '../../model/source-label.js';
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
  signatureOf,
} from './figures.js';
import { type Rotation, rotationOf } from './rotation.js';

type PartKind = 'log' | 'trace' | 'counters' | 'context';

/** What a part shows of its boot; null: unknown. */
export interface Identity {
  bootId: string | null;
  /** x86's `sched_clock: Marking stable (a, b)->(c, d)`: nanoseconds that no two boots share. */
  schedClock: string | null;
  /** The stamp of the audit subsystem's first record, where the clock was set by then: in milliseconds. */
  audit: string | null;
  /** The banner and its date, as both are printed. */
  banner: string | null;
  rtc: string | null;
  release: string | null;
  /** Vendor and model, by the firmware's tables (DMI) or the device tree. */
  hardware: string | null;
  /** The architecture, as uname prints it. */
  machine: string | null;
  commandLine: string | null;
  cpus: number | null;
  /** Epoch nanoseconds of boot time 0. */
  wallOffset: bigint | null;
  /** Epoch nanoseconds of the last event, of a source that has the wall clock's time only. */
  written: bigint | null;
}

export interface Part {
  readonly source: Source;
  /** Index of the part's first event among the source's. */
  readonly from: number;
  readonly kind: PartKind;
  readonly events: readonly Event[];
  readonly identity: Identity;
  /** Path components of the folder or archive that holds the source. */
  readonly folder: readonly string[];
  /** Which piece of which log the source is, by its path. */
  readonly rotation: Rotation;
}

const TRACE_KINDS: ReadonlySet<Event['kind']> = new Set<Event['kind']>([
  'syscall-enter',
  'syscall-exit',
  'module-load',
  'module-free',
  'module-request',
  'fork',
  'exec',
  'probe',
  'function-call',
  'trace-header',
]);

/** Seconds since 1970 that only a set clock can show. */
const CLOCK_SET = 1_000_000_000;

/** A source with more boots or recordings is damaged, or not a log: the rest stays with the last one. */
export const MOST_PARTS = 2000;

/** Splits each source into parts; sources without events have none. `onLimit` reports boots beyond MOST_PARTS. */
export function splitParts(
  sources: readonly Source[],
  events: ReadonlyMap<number, readonly Event[]>,
  onLimit: (source: Source, line: number, count: number) => void = () => undefined,
): Part[] {
  const parts: Part[] = [];
  for (const source of sources) {
    const all = events.get(source.id) ?? [];
    const snapshots = new SnapshotsOfOneBoot();
    const place = placeOf(source);
    let from = 0;
    let splits = 0;
    for (let i = 1; i <= all.length; i++) {
      const next = all[i];
      if (all[i - 1]?.kind === 'snapshot') snapshots.add(all, i - 1);
      const startsPart =
        next?.kind === 'boot-start' ||
        next?.kind === 'trace-header' ||
        (next?.kind === 'snapshot' && snapshots.isOther(all, i));
      if (startsPart && ++splits >= MOST_PARTS) onLimit(source, next.line, 1);
      else if (i === all.length || startsPart) {
        parts.push({
          ...place,
          ...contentsOf(from === 0 && i === all.length ? all : all.slice(from, i), source),
          source,
          from,
        });
        from = i;
      }
    }
  }
  return parts;
}

/** The snapshots of a text so far that can be of one boot. */
class SnapshotsOfOneBoot {
  #figures: Figures = new Map();
  #name: ReadingName = NAMELESS;
  #signatures = new Set<string>();
  /** Snapshots of the boots before, which a text may quote again. */
  readonly #earlier = new Set<string>();

  add(events: readonly Event[], at: number): void {
    const figures = figuresOf(events, at);
    const other = this.isOther(events, at);
    if (other) {
      for (const signature of this.#signatures) this.#earlier.add(signature);
      this.#signatures = new Set();
    }
    this.#signatures.add(signatureOf(figures));
    this.#figures = other ? figures : highest(this.#figures, figures);
    this.#name = continued(other ? NAMELESS : this.#name, nameAt(events, at));
  }

  /** True where the snapshot that starts there is of another boot. */
  isOther(events: readonly Event[], at: number): boolean {
    const figures = figuresOf(events, at);
    const signature = signatureOf(figures);
    const again = signature !== '' && this.#earlier.has(signature) && !this.#signatures.has(signature);
    return again || fell(this.#figures, figures) || isElsewhere(this.#name, nameAt(events, at));
  }
}

function placeOf({ path }: Source): Pick<Part, 'folder' | 'rotation'> {
  return { folder: labelParts(path).slice(0, -1), rotation: rotationOf(path) };
}

function contentsOf(events: readonly Event[], { clock }: Source): Pick<Part, 'kind' | 'events' | 'identity'> {
  const identity = identify(events);
  if (clock.unit === 'ns' && clock.zero === 'epoch') identity.written = lastTime(events);
  return { kind: kindOf(events), events, identity };
}

function lastTime(events: readonly Event[]): bigint | null {
  let last: bigint | null = null;
  for (const { t } of events) if (t !== null && (last === null || t > last)) last = t;
  return last;
}

function kindOf(events: readonly Event[]): PartKind {
  let kind: PartKind = 'context';
  for (const event of events) {
    if (event.kind === 'boot-start') return 'log';
    if (TRACE_KINDS.has(event.kind)) return 'trace';
    if (event.kind === 'snapshot' || event.kind === 'counter') kind = 'counters';
  }
  return kind;
}

/** The identity of a part that says nothing about its boot. */
export const UNIDENTIFIED: Identity = {
  bootId: null,
  schedClock: null,
  audit: null,
  banner: null,
  rtc: null,
  release: null,
  hardware: null,
  machine: null,
  commandLine: null,
  cpus: null,
  wallOffset: null,
  written: null,
};

function identify(events: readonly Event[]): Identity {
  const identity: Identity = { ...UNIDENTIFIED };
  let printed: string | undefined;
  for (const event of events) {
    switch (event.kind) {
      case 'boot-start':
        identity.bootId ??= event.bootId;
        printed ??= event.printed;
        break;
      case 'kernel-version':
        identity.release ??= event.release;
        if (printed !== undefined && event.banner !== '') identity.banner ??= `${printed} ${event.banner}`;
        identity.machine ??= event.machine;
        break;
      case 'command-line':
        identity.commandLine ??= event.text.trim();
        break;
      case 'snapshot':
        identity.release ??= event.release ?? null;
        break;
      case 'trace-header':
        identity.release ??= event.kernel;
        identity.cpus ??= event.cpus;
        break;
      case 'boot-mark':
        if (event.what === 'boot-id') identity.bootId ??= event.value;
        else if (event.what === 'sched-clock') identity.schedClock ??= event.value;
        else if (event.what === 'rtc') identity.rtc ??= event.value;
        // A board without a clock starts in 1970, each time at the same millisecond.
        else if (event.what === 'audit' && Number.parseFloat(event.value) > CLOCK_SET)
          identity.audit ??= event.value;
        else if (event.what === 'machine') identity.hardware ??= event.value;
        else if (event.what === 'cpus') identity.cpus ??= Number(event.value);
        else if (event.what === 'wall-offset') identity.wallOffset ??= BigInt(event.value);
        break;
      default:
        break;
    }
  }
  return identity;
}
