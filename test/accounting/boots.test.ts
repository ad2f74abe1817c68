// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { boot, build, counters, failureLine, phasesOf, reading, Trace } from './make.js';

const started = (bootId: string | null, t = 0n) => ({
  kind: 'boot-start' as const,
  t,
  by: 'boot-id',
  bootId,
  complete: true,
});
const mark = (what: string, value: string) => ({ kind: 'boot-mark' as const, t: 1n, what, value });
const failure = (t: bigint) => failureLine('elf', null, 'Invalid ELF', t);

describe('boots', () => {
  it('of one log are split where another starts', () => {
    const { model } = build({ events: [started('a'), failure(5n), started('b'), failure(6n)] });
    expect(model.boots.map((row) => row.label)).toEqual(['a', 'b']);
    expect(model.failures.map((row) => row.boot)).toEqual([1, 2]);
    expect(model.spans).toEqual([
      { source: 1, from: 0, boot: 1 },
      { source: 1, from: 2, boot: 2 },
    ]);
  });

  it('of two logs are one where a mark is equal, and two where it differs', () => {
    const log = (value: string) => ({ events: [started(null), mark('sched-clock', value)] });
    expect(build(log('(1,2)->(3,4)'), log('(1,2)->(3,4)')).model.boots.length).toBe(1);
    expect(build(log('(1,2)->(3,4)'), log('(9,2)->(3,4)')).model.boots.length).toBe(2);
  });

  it('of two machines stay two where chance gives them one line at the same time', () => {
    const log = (times: readonly bigint[]) => ({
      events: [
        { ...started(null), by: 'banner', stamped: true },
        ...times.map((t, index) => failureLine('elf', `m${index}`, 'Invalid ELF', t)),
      ],
    });
    const one = [1_000_003_000n, 2_000_001_000n, 3_000_001_000n];
    // The first is at the same microsecond, the others are not.
    expect(build(log(one), log([1_000_003_000n, 2_000_201_000n, 2_900_401_000n])).model.boots.length).toBe(2);
    expect(build(log(one), log(one)).model.boots.length).toBe(1);
  });

  it('are in the order in which they started', () => {
    const log = (id: string, offset: string) => ({ events: [started(id), mark('wall-offset', offset)] });
    const { model } = build(log('late', '2000000000000000000'), log('early', '1000000000000000000'));
    expect(model.boots.map((row) => row.label)).toEqual(['early', 'late']);
  });

  it('get the nearest sources; those that name no boot go to the newest', async () => {
    const dump = (path: string, value: number) => ({
      path,
      events: reading(counters({ failed_becoming: value, invalid_becoming_bytes: 1 })),
    });
    const log = (path: string, id: string) => ({ path, events: [started(id)] });
    const near = build(
      log('a/dmesg', '1'),
      log('b/dmesg', '2'),
      dump('a/stats', 11),
      dump('b/stats', 22),
    ).model;
    expect(
      (await phasesOf(near)).filter((row) => row.phase === 'becoming').map((row) => row.failures),
    ).toEqual([11n, 22n]);
    const far = build(log('a/dmesg', '1'), log('b/dmesg', '2'), dump('elsewhere/stats', 33)).model;
    expect(
      (await phasesOf(far)).filter((row) => row.phase === 'becoming').map((row) => row.failures),
    ).toEqual([null, 33n]);
  });
});

describe('the row of a boot', () => {
  it('has the waste that the table prints where that row is all there is', () => {
    const { model } = build({
      events: [{ kind: 'snapshot', snapshot: 0, list: 'absent', label: null, wastedBytes: 338_000_000n }],
    });
    expect(model.boots).toMatchObject([{ wasted: 338_000_000n, failures: null, lowerBound: false }]);
  });

  it('knows no failure where there is neither counter nor trace', () => {
    expect(build({ events: boot() }).model.boots).toMatchObject([
      { wasted: null, failures: null, modulesLoaded: null, trace: null, lowerBound: false },
    ]);
  });

  const failing = () => new Trace().finit(2).charge(2, 'becoming', 'm', 500).exit(2, -17);

  it('gives lower bounds where the trace lost events, wherever the loss is recorded', async () => {
    const own = build({ events: failing().lost(3).events }).model;
    const beside = build(
      { events: failing().events },
      { events: [{ kind: 'lost-events', cpu: 1, count: 4 }] },
    ).model;
    for (const model of [own, beside]) {
      const phases = await phasesOf(model);
      expect(model.boots).toMatchObject([
        {
          wasted: 500n,
          lowerBound: true,
          complete: false,
          trace: { complete: false, reason: 'the trace lost events' },
        },
      ]);
      expect(phases.find((row) => row.phase === 'becoming')).toMatchObject({
        bytes: null,
        low: 500n,
        high: null,
      });
      expect(phases.find((row) => row.phase === 'load')).toMatchObject({
        failures: null,
        bytes: null,
        high: null,
      });
    }
  });

  it('does not take a buffer that lost nothing for a loss', () => {
    const { model } = build(
      { events: failing().events },
      { events: [{ kind: 'lost-events', cpu: 1, count: 0 }] },
    );
    expect(model.boots).toMatchObject([{ lowerBound: false, trace: { complete: true } }]);
  });

  it.each([
    ['started after module loading', () => new Trace().exit(9, 0)],
    ['ended before all attempts did', () => new Trace().finit(9)],
  ])('gives lower bounds where the trace %s', (words, make) => {
    const trace = make();
    const { model } = build({ events: [...failing().events, ...trace.at(9_000).events] });
    expect(model.boots).toMatchObject([{ lowerBound: true, trace: { complete: false } }]);
    expect(model.boots[0]?.trace?.reason).toContain(words);
  });

  it('gives lower bounds where the kernel threw the trace’s beginning away', () => {
    const log = (commandLine: string) => ({
      events: [
        ...boot(),
        { kind: 'command-line' as const, text: commandLine },
        mark('clock-switch', 'global'),
      ],
    });
    const { model, diagnostics } = build({ events: failing().events }, log('quiet trace_event=module:*'));
    expect(model.boots).toMatchObject([{ lowerBound: true, trace: { complete: false } }]);
    expect(diagnostics.map(({ code }) => code)).toContain('trace-clock-switched');
    // Set up by hand after the boot.
    expect(build({ events: failing().events }, log('quiet')).model.boots).toMatchObject([
      { lowerBound: false },
    ]);
  });

  it('takes the counters for the totals even beside an incomplete trace', () => {
    const dump = reading(counters({ failed_becoming: 7, invalid_becoming_bytes: 9000, modcount: 3 }));
    const { model } = build({ events: failing().lost(1).events }, { events: dump });
    expect(model.boots).toMatchObject([
      { failures: 7n, wasted: 9000n, modulesLoaded: 3n, lowerBound: false },
    ]);
  });
});
