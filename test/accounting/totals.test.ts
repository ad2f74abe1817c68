// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { build, counters, phasesOf, reading, Trace } from './make.js';

const duplicate = (trace: Trace, pid: number, module: string, image: number): Trace =>
  trace.finit(pid).listed(pid, module, 'becoming').charge(pid, 'becoming', module, image).exit(pid, -17);

const becoming = <T extends { phase: string }>(rows: readonly T[]): T | undefined =>
  rows.find((row) => row.phase === 'becoming');

describe('phase totals', () => {
  it('are the counters’ where there are any, with the duplicates that the list shows', async () => {
    const dump = reading(counters({ failed_becoming: 5, invalid_becoming_bytes: 5000 }), [['m', 4, 1]]);
    const phases = await phasesOf(build({ events: dump }).model);
    expect(becoming(phases)).toMatchObject({
      failures: 5n,
      duplicates: 4n,
      bytes: 5000n,
      basis: 'measured',
      origin: 'counters',
    });
    expect(phases.find((row) => row.phase === 'kread')).toMatchObject({
      failures: 0n,
      duplicates: 0n,
      allocations: 0n,
    });
  });

  it('never exclude duplicates where the list is absent', async () => {
    const dump = reading(counters({ failed_becoming: 5, invalid_becoming_bytes: 5000 }), [], 'absent');
    const { model } = build({ events: dump });
    expect(becoming(await phasesOf(model))).toMatchObject({ failures: 5n, duplicates: null });
    expect(becoming(model.remainder)).toMatchObject({
      duplicates: { low: 0n, high: 5n },
      duplicateBytes: { low: 0n, high: 5000n },
      otherFailures: { low: 0n, high: 5n },
    });
    expect(model.failures.filter((row) => row.phase === 'becoming')).toEqual([]);
  });

  it('of a cut list leave room for the rows that were lost', async () => {
    const dump = reading(
      counters({ failed_becoming: 9, invalid_becoming_bytes: 9000 }),
      [['m', 4, 1]],
      'cut',
    );
    const { model } = build({ events: dump });
    expect(becoming(await phasesOf(model))?.duplicates).toBeNull();
    expect(becoming(model.remainder)).toMatchObject({
      duplicates: { low: 4n, high: 9n },
      otherFailures: { low: 0n, high: 5n },
    });
    expect(becoming(await phasesOf(model))).toMatchObject({ duplicatesLow: 4n, duplicatesHigh: 9n });
    const [row] = model.attribution;
    expect(row).toMatchObject({ module: 'm', times: 4n });
    // 64 bytes is the least that an image can have; the five others may have had no bytes at all.
    expect(row?.high).toBe(9000n);
  });

  it('of an empty list have none', async () => {
    const dump = reading(counters({ failed_becoming: 3, invalid_becoming_bytes: 900 }));
    expect(becoming(await phasesOf(build({ events: dump }).model))).toMatchObject({
      failures: 3n,
      duplicates: 0n,
    });
  });

  it('count allocations as the kernel makes them', async () => {
    const trace = new Trace().finit(2, 4).read(2, 100).charge(2, 'becoming', 'm', 900, 100).exit(2, -17);
    trace.finit(2).charge(2, 'load', 'n', 900).exit(2, -17);
    const phases = await phasesOf(build({ events: trace.events }).model);
    expect(phases.map((row) => row.allocations)).toEqual([0n, 0n, 2n, 2n]);
  });

  it('of calls with an unknown phase are bounded', async () => {
    const trace = new Trace().init(2, 1000).exit(2, -17, 'init_module');
    const phases = await phasesOf(build({ events: trace.events }).model);
    expect(becoming(phases)).toMatchObject({
      failures: null,
      bytes: null,
      low: 0n,
      high: 2000n,
      basis: 'bounded',
    });
  });
});

describe('the ledger', () => {
  const dump = (failures: number, bytes: number) =>
    reading(counters({ failed_becoming: failures, invalid_becoming_bytes: bytes }), [['m', failures, 1]]);

  it('balances where both agree', () => {
    const { ledger } = build(
      { events: dump(1, 500) },
      { events: duplicate(new Trace(), 2, 'm', 500).events },
    ).model;
    expect(becoming(ledger)).toMatchObject({ verdict: 'balanced', counterBytes: 500n, eventBytes: 500n });
  });

  it('balances since an earlier snapshot where the trace started there', () => {
    const { ledger } = build(
      { path: 'a.txt', events: dump(3, 1500) },
      { path: 'b.txt', events: dump(4, 2000) },
      { events: duplicate(new Trace(), 2, 'm', 500).events },
    ).model;
    expect(becoming(ledger)).toMatchObject({ verdict: 'balanced', reason: 'since snapshot 0' });
  });

  it('gives the reason where the events are fewer', () => {
    const trace = duplicate(new Trace(), 2, 'm', 500);
    const short = build({ events: dump(4, 2000) }, { events: trace.events }).model;
    expect(becoming(short.ledger)).toMatchObject({ verdict: 'events incomplete' });
    expect(becoming(short.ledger)?.reason).toContain('does not cover');
    const lost = build({ events: dump(4, 2000) }, { events: trace.lost(9).events }).model;
    expect(becoming(lost.ledger)?.reason).toBe('the trace lost events');
  });

  it('does not explain away events beyond the counters', () => {
    const trace = duplicate(duplicate(new Trace(), 2, 'm', 500), 3, 'm', 500);
    const { ledger } = build({ events: dump(1, 500) }, { events: trace.events }).model;
    expect(becoming(ledger)).toMatchObject({ verdict: 'unexplained' });
  });

  it('misses the counters where only a trace was given', () => {
    const { ledger } = build({ events: duplicate(new Trace(), 2, 'm', 500).events }).model;
    expect(ledger.map((row) => row.verdict)).toEqual(Array(4).fill('counters missing'));
  });
});

describe('snapshots of the counters', () => {
  const stats = (path: string, modcount: number) => ({ path, events: reading({ modcount }) });

  it('are in the order of their values, whatever the order of the files', () => {
    const { snapshots } = build(stats('z.txt', 9), stats('a.txt', 3), stats('m.txt', 5)).model;
    expect(snapshots.map((row) => [row.snapshot, row.counters.get('modcount')?.value])).toEqual([
      [0, 3n],
      [1, 5n],
      [2, 9n],
    ]);
  });

  it('are one where they are equal, or files of one folder', () => {
    expect(build(stats('a.txt', 3), stats('b.txt', 3)).model.snapshots.length).toBe(1);
    const folder = build(
      { path: 'd/modcount', events: reading({ modcount: 3 }, [], 'absent') },
      { path: 'd/stats', events: reading({ failed_becoming: 2 }, [['m', 2, 1]]) },
      { path: 'd/total_mod_size', events: reading({ total_mod_size: 7 }, [], 'absent') },
    ).model;
    expect(folder.snapshots).toMatchObject([{ list: 'whole', rows: [{ module: 'm' }] }]);
    expect(folder.snapshots[0]?.counters.size).toBe(3);
  });

  it('that cannot be of one boot are of two', () => {
    const { model } = build(
      { path: 'a.txt', events: reading({ modcount: 3, failed_kreads: 9 }) },
      { path: 'b.txt', events: reading({ modcount: 9, failed_kreads: 3 }) },
    );
    expect(model.boots.map(({ modulesLoaded }) => modulesLoaded)).toEqual([3n, 9n]);
  });
});
