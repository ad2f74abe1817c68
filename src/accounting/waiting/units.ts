// SPDX-License-Identifier: Apache-2.0
/**
 * Units of systemd that a boot waited for, and the load calls that failed or waited meanwhile. The boot would not
 * save all of that time: the unit may have waited for something else as well.
 */
import type { Event, UnitTime } from '../../model/event.js';
import { BOOT_CLOCK } from '../../model/source.js';
import type { Attempt, Cite } from '../attempt.js';
import { LogClock } from '../boots/log-clock.js';
import type { BootTimeRow, CaptureStepRow } from '../model.js';
import { common, lengthOf, type TimeSpan, union } from '../time-span.js';
import { isSpent } from './spent.js';
import type { UnitRow } from './types.js';

export interface UnitEvidence {
  readonly boot: number;
  readonly events: readonly Event[];
  readonly log: readonly Event[];
  readonly attempts: readonly Attempt[];
  /** Whether the trace holds all load calls. */
  readonly complete: boolean;
  readonly alone: readonly TimeSpan[] | null;
  readonly times: readonly BootTimeRow[];
  readonly captureSteps: readonly CaptureStepRow[];
  readonly commandLine: string | null;
}

/** systemd-analyze truncates each of the times that it adds up to milliseconds. */
const ROUNDING = 4_000_000n;

export function unitRows(evidence: UnitEvidence): UnitRow[] {
  const chain = chainSpans(evidence);
  const named = new Set(chain.map(({ unit }) => unit));
  const logged = loggedSpans(evidence.log).filter(({ unit }) => !named.has(unit));
  for (const { unit } of logged) named.add(unit);
  const blamed = blamedUnits(evidence.events).filter(({ unit }) => !named.has(unit));
  const hasChain = chain.length > 0;
  const started = userSpace(evidence.times);
  const isOff = (from: bigint | null): boolean | null =>
    hasChain && (from === null || (started !== null && from >= started)) ? false : null;
  const overlap = overlapsOf(evidence);
  return [
    ...chain.map((span) => ({ ...overlap(span, isMonotonic(evidence)), onChain: true })),
    ...logged.map((span) => ({ ...overlap(span, false), onChain: isOff(span.from) })),
    ...blamed.map((span) => ({ ...overlap(span, false), onChain: isOff(null) })),
  ];
}

interface UnitSpan {
  readonly unit: string;
  readonly from: bigint | null;
  readonly took: bigint | null;
  readonly cite: Cite;
}

const citeOf = ({ source, line }: UnitTime): Cite => ({ source, line });

/** Of the chain, the units that took time. */
function chainSpans({ events, times }: UnitEvidence): UnitSpan[] {
  const started = userSpace(times);
  return unitTimes(events, 'chain').flatMap((event) =>
    event.took === null
      ? []
      : [
          {
            unit: event.unit,
            from: started === null || event.after === null ? null : started + event.after,
            took: event.took,
            cite: citeOf(event),
          },
        ],
  );
}

function unitTimes(events: readonly Event[], ...whats: readonly UnitTime['what'][]): UnitTime[] {
  const seen = new Set<string>();
  return events.filter((event): event is UnitTime => {
    if (event.kind !== 'unit-time' || !whats.includes(event.what)) return false;
    const key = `${event.what} ${event.unit} ${event.t} ${event.after} ${event.took}`;
    return !seen.has(key) && seen.add(key) !== undefined;
  });
}

/** When the kernel, and the initrd, had started user space, by systemd-analyze. */
function userSpace(times: readonly BootTimeRow[]): bigint | null {
  const of = (part: BootTimeRow['what']): bigint | null =>
    times.find(({ what }) => what === part)?.ns ?? null;
  const kernel = of('kernel');
  return kernel === null ? null : kernel + (of('initrd') ?? 0n);
}

/** From `Starting` to the next `Started` or `Finished`; a unit may start in the initrd and again later. */
function loggedSpans(log: readonly Event[]): UnitSpan[] {
  const spans: UnitSpan[] = [];
  const open = new Map<string, UnitTime>();
  for (const event of unitTimes(log, 'starting', 'started')) {
    const first = open.get(event.unit);
    if (event.what === 'starting') open.set(event.unit, event);
    else if (first?.t != null && event.t !== null && event.t >= first.t) {
      open.delete(event.unit);
      // 0: the stamps are too coarse.
      spans.push({ unit: event.unit, from: first.t, took: event.t - first.t || null, cite: citeOf(first) });
    }
  }
  return spans;
}

const blamedUnits = (events: readonly Event[]): UnitSpan[] =>
  unitTimes(events, 'blame')
    .filter(({ unit }) => awaitsOf(unit) !== null)
    .map((event) => ({ unit: event.unit, from: null, took: event.took, cite: citeOf(event) }));

function awaitsOf(unit: string): UnitRow['awaits'] {
  if (/^systemd-udev-(?:settle|trigger)\.service$|^dracut-initqueue\.service$/.test(unit)) return 'udev';
  return /^systemd-modules-load\.service$|^modprobe@.*\.service$/.test(unit) ? 'modules' : null;
}

/** Whether the trace has the clock of systemd. */
function isMonotonic({ captureSteps, commandLine }: UnitEvidence): boolean {
  const captured = captureSteps.find(({ what, result }) => what === 'clock' && result === 'setting');
  const clock = captured?.detail ?? /(?:^|\s)trace_clock=(\w+)/.exec(commandLine ?? '')?.[1];
  return clock === 'mono';
}

function overlapsOf({ boot, attempts, log, complete, alone }: UnitEvidence) {
  const clock = new LogClock(log);
  const spent = attempts.filter(isSpent).filter((one) => one.clock.zero === BOOT_CLOCK.zero);
  const isTraced = attempts.some(({ start, clock: { unit, zero } }) => {
    return start !== null && unit === 'ns' && zero === BOOT_CLOCK.zero;
  });
  const covered = union(spent.map(({ start, end }) => ({ from: start, to: end })));
  return ({ unit, from, took, cite }: UnitSpan, isSameClock: boolean): Omit<UnitRow, 'onChain'> => {
    const row = { boot, unit, awaits: awaitsOf(unit), from, took, cite };
    if (from === null || took === null || !isTraced) return { ...row, inFlight: null, alone: null };
    const to = from + took;
    const early = isSameClock ? ROUNDING : clock.near;
    const late = isSameClock ? ROUNDING : clock.near + (clock.ahead.at(-1) ?? 0n);
    const certain = [{ from: from + late, to: to - early }].filter((span) => span.from < span.to);
    const possible = lengthOf(common(covered, [{ from: from - early, to: to + late }]));
    return {
      ...row,
      inFlight: {
        low: lengthOf(common(covered, certain)),
        high: complete && possible < took ? possible : took,
      },
      alone: alone === null ? null : lengthOf(common(alone, certain)),
    };
  };
}
