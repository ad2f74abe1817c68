// SPDX-License-Identifier: Apache-2.0
/** Calls in flight while a unit of systemd was started, and CPUs that ran nothing else, by clocks that may differ. */
import { describe, expect, it } from 'vitest';
import type { Attempt } from '../../../src/accounting/model.js';
import { failedAlone } from '../../../src/accounting/waiting/alone.js';
import { unitRows } from '../../../src/accounting/waiting/units.js';
import { BOOT_CLOCK, type SourceClock } from '../../../src/model/source.js';
import { attempt, cite } from '../advice-evidence.js';

const SECOND = 1_000_000_000n;
const s = (seconds: number) => BigInt(Math.round(seconds * 1000)) * 1_000_000n;
const call = (from: number, to: number, some: Partial<Attempt> = {}) =>
  attempt({ start: s(from), end: s(to), ...some });

describe('a unit', () => {
  const step = (what: string, unit: string, at: number | null, some: object = {}) => ({
    kind: 'unit-time',
    what,
    unit,
    t: at === null ? null : s(at),
    after: null,
    took: null,
    source: 1,
    line: 1,
    ...some,
  });
  type Evidence = Parameters<typeof unitRows>[0];
  const units = (log: object[], attempts: Attempt[], some: Partial<Evidence> = {}) =>
    unitRows({
      boot: 1,
      events: [],
      log: log as unknown as Evidence['log'],
      attempts,
      complete: true,
      alone: null,
      times: [],
      captureSteps: [],
      commandLine: null,
      ...some,
    });
  const settle = 'systemd-udev-settle.service';
  const started = [step('starting', settle, 100), step('started', settle, 200)];
  const inFlight = (attempts: Attempt[], some: Partial<Evidence> = {}, log: object[] = started) => {
    const [row] = units(log, attempts, some);
    return row?.inFlight && [row.inFlight.low / SECOND, (row.inFlight.high ?? -1n) / SECOND];
  };
  const mark = (ahead: string) => ({
    kind: 'boot-mark',
    what: 'sched-clock',
    value: `(1, 2)->(3, -${ahead})`,
    t: 0n,
    source: 1,
    line: 1,
  });

  it.each<[string, Attempt[], bigint[]]>([
    ['in the midst of it', [call(140, 150)], [10n, 10n]],
    ['in two calls at once', [call(140, 150), call(145, 160)], [20n, 20n]],
    // Log and trace may be 20 s apart.
    ['near its start', [call(110, 130)], [10n, 20n]],
    ['just before it', [call(85, 95)], [0n, 10n]],
    ['far before it', [call(60, 79)], [0n, 0n]],
    ['just after it', [call(210, 215)], [0n, 5n]],
    ['all of the time', [call(50, 300)], [60n, 100n]],
    ['in a call that loaded', [call(140, 150, { outcome: 'loaded' })], [0n, 0n]],
    ['in a call that waited', [call(140, 150, { outcome: 'coalesced' })], [10n, 10n]],
  ])('had calls in flight %s', (_, attempts, expected) => {
    expect(inFlight(attempts)).toEqual(expected);
  });

  it('is nearer where the log ties the clocks, by that much later', () => {
    // Within 5 s; the trace may be 15 s ahead.
    const log = [mark('15000000000'), ...started];
    expect(inFlight([call(102, 104)], {}, log)).toEqual([0n, 2n]);
    expect(inFlight([call(94, 96)], {}, log)).toEqual([0n, 1n]);
    expect(inFlight([call(115, 125)], {}, log)).toEqual([5n, 10n]);
    expect(inFlight([call(190, 230)], {}, log)).toEqual([5n, 30n]);
    expect(inFlight([call(190, 230)], {}, [mark('0'), ...started])).toEqual([5n, 15n]);
  });

  it('has no upper bound but its own time where calls are missing', () => {
    expect(inFlight([call(140, 150)], { complete: false })).toEqual([10n, 100n]);
    expect(inFlight([])).toBeNull();
    expect(inFlight([call(140, 150, { clock: { unit: 'ns', zero: 'epoch' } })])).toBeNull();
  });

  it('has the time in which failed calls ran alone, as far as that is certain', () => {
    const [row] = units(started, [call(140, 150)], { alone: [{ from: s(110), to: s(130) }] });
    expect(row).toEqual({
      boot: 1,
      unit: settle,
      awaits: 'udev',
      onChain: null,
      from: s(100),
      took: s(100),
      cite,
      inFlight: { low: s(10), high: s(10) },
      alone: s(10),
    });
  });

  it.each<[string, 'udev' | 'modules' | null]>([
    ['systemd-udev-settle.service', 'udev'],
    ['systemd-udev-trigger.service', 'udev'],
    ['dracut-initqueue.service', 'udev'],
    ['systemd-modules-load.service', 'modules'],
    ['modprobe@fuse.service', 'modules'],
    ['systemd-udevd.service', null],
    ['my-systemd-udev-settle.service', null],
    ['modprobe.service', null],
  ])('%s awaits %s', (unit, awaits) => {
    expect(units([step('starting', unit, 1), step('started', unit, 2)], [])[0]?.awaits).toBe(awaits);
    const blamed = units([], [], {
      events: [step('blame', unit, null, { took: s(3) })] as unknown as Evidence['events'],
    });
    expect(blamed.map(({ took, from, onChain }) => [took, from, onChain])).toEqual(
      awaits === null ? [] : [[s(3), null, null]],
    );
  });
});

describe('calls alone on the CPUs', () => {
  /** CPU 0 runs task 7 from 10 to 90 ms, CPU 1 its idle task. */
  const switches = (source: number) => ({
    kind: 'cpu-switches' as const,
    t: null,
    source,
    line: 1,
    times: BigInt64Array.from([0n, 10n, 90n, 100n, 0n, 100n]),
    cpus: Uint16Array.from([0, 0, 0, 0, 1, 1]),
    previous: Int32Array.from([0, 0, 7, 0, 9, 0]),
    next: Int32Array.from([0, 7, 0, 9, 0, 9]),
  });
  const failed = (source: number, clock: SourceClock) =>
    attempt({ pid: 7, start: 20n, end: 50n, clock, cite: { source, line: 1 } });
  const alone = (of: number, own: SourceClock, call: Attempt) =>
    failedAlone([{ clock: own, events: [switches(of) as never] }], [call], 2);
  const relative: SourceClock = { unit: 'ns', zero: 'relative' };

  it('are those of its clock; relative clocks of two recordings are not one', () => {
    expect(alone(1, BOOT_CLOCK, failed(1, BOOT_CLOCK))).toEqual([{ from: 20n, to: 50n }]);
    expect(alone(1, BOOT_CLOCK, failed(2, BOOT_CLOCK))).toEqual([{ from: 20n, to: 50n }]);
    expect(alone(1, relative, failed(1, relative))).toEqual([{ from: 20n, to: 50n }]);
    expect(alone(1, relative, failed(2, relative))).not.toEqual([{ from: 20n, to: 50n }]);
    expect(alone(1, BOOT_CLOCK, failed(1, { unit: 'ns', zero: 'epoch' }))).not.toEqual([
      { from: 20n, to: 50n },
    ]);
    expect(alone(1, { unit: 'ticks', zero: 'relative' }, failed(1, BOOT_CLOCK))).toBeNull();
  });
});
