// SPDX-License-Identifier: Apache-2.0
/** What loads hold at once, in small traces: what is certain, and what may be. */
import { describe, expect, it } from 'vitest';
import { heldPoints } from '../../../src/accounting/held/index.js';
import { MAX_SIGNATURE } from '../../../src/model/signature.js';
import { boot, build, file, type GivenSource, Trace } from '../make.js';

const memory = (what: string, bytes: number) => ({ kind: 'memory-figure' as const, what, bytes });

/** load_module starts: what was read is held until then, at least. */
const loads = (trace: Trace, pid: number): Trace =>
  trace.probe(pid, { fact: 'load-module', point: 'entry', image: null, flags: null, ret: null });
/** Reads a file and loads its module. */
const read = (trace: Trace, pid: number, bytes: number, name: string): Trace =>
  loads(trace.read(pid, bytes, `${name}.ko`), pid);

const held = (trace: Trace, ...more: GivenSource[]) => build({ events: trace.events }, ...more).model.held[0];

describe('the peak of a load', () => {
  // mod_stat_bump_invalid charges the image twice: the copy that was read, and the layout.
  it('is its file and its layout, of a file that is not compressed', () => {
    const trace = read(new Trace().finit(1), 1, 50_000, 'm').loaded(1, 'm').exit(1, 0);
    expect(held(trace)).toMatchObject({
      peak: { low: 50_000, high: 100_000 },
      basis: 'bounded',
      t: 1_002_000_000n,
      loads: 1,
      module: 'm',
      byFate: { loaded: { low: 50_000, high: 50_000 }, duplicate: { low: 0, high: 0 } },
    });
  });

  it('of init_module is what its caller passed, whatever else is known', () => {
    const trace = loads(new Trace().init(1, 50_000), 1).loaded(1, 'm').exit(1, 0, 'init_module');
    // Without a probe on the copy, nothing is certain but the layout, of which a signature may have been cut off.
    expect(held(trace)).toMatchObject({ peak: { low: 50_000 - MAX_SIGNATURE, high: 100_000 } });
    const failed = new Trace().init(1, 50_000).exit(1, -14, 'init_module');
    // The copy that failed had been allocated, perhaps.
    expect(held(failed)).toBeUndefined();
  });

  it('of a compressed file is its copy, its image and its layout, one after the other', () => {
    const trace = new Trace()
      .finit(1, 4)
      .read(1, 10_000, 'm.ko.xz')
      .probe(1, { fact: 'decompress', ret: 0, compressed: 10_000, image: 40_000 })
      .probe(1, { fact: 'load-module', point: 'entry', image: 40_000, flags: 4, ret: null })
      .probe(1, { fact: 'layout', module: 'm' })
      .loaded(1, 'm')
      .probe(1, { fact: 'load-module', point: 'return', image: 39_000, flags: 4, ret: 0 })
      .exit(1, 0);
    const row = held(trace);
    expect(row?.peak).toEqual({ low: 40_000, high: 79_000 });
    const points = build({ events: trace.events }).model.heldCurves.flatMap((curve) => [
      ...heldPoints(curve),
    ]);
    expect(points.map(({ t, all }) => [t / 1_000_000n - 1000n, all.low, all.high])).toEqual([
      [1n, 0, 10_000],
      [2n, 10_000, 50_000],
      [3n, 40_000, 50_000],
      [4n, 40_000, 40_000],
      [5n, 0, 79_000],
      [6n, 39_000, 39_000],
      [8n, 0, 0],
    ]);
  });

  it('is nothing of calls that waited or were refused, or of files that could not be opened', () => {
    const coalesced = read(new Trace().finit(1).finit(2), 1, 9_000, 'm').loaded(1, 'm').exit(1, 0).exit(2, 0);
    expect(held(coalesced)).toMatchObject({ loads: 1, peak: { low: 9_000, high: 18_000 } });
    // fs/kernel_read_file.c: ETXTBSY, EINVAL, EFBIG and ENOMEM come before the buffer.
    for (const ret of [-12, -22, -27, -26])
      expect(
        held(new Trace().finit(1).read(1, ret).exit(1, ret), { events: [file('m', 9)] }),
      ).toBeUndefined();
  });

  it('takes L from another call of a file as long, where all that were measured agree', () => {
    const layoutsOf = (...images: number[]) => {
      const trace = new Trace();
      for (const image of images)
        trace.init(1, 50_000).charge(1, 'load', 'm', image).exit(1, -2, 'init_module');
      trace.init(2, 50_000).loaded(2, 'm').exit(2, 0, 'init_module');
      const curves = build({ events: trace.events }).model.heldCurves;
      const [last] = curves.flatMap((curve) => [...curve.loads].slice(-1));
      return last?.holdings.map(({ what, bytes }) => [what, bytes]);
    };
    expect(layoutsOf(49_000, 49_000)?.[1]).toEqual(['layout', { low: 49_000, high: 49_000 }]);
    expect(layoutsOf(49_000, 49_500)).toEqual([
      ['file', { low: 50_000, high: 50_000 }],
      ['layout', { low: 50_000 - MAX_SIGNATURE, high: 50_000 }],
    ]);
  });

  it('has no upper bound where the trace lacks records', () => {
    const trace = read(new Trace().finit(1), 1, 9_000, 'm').loaded(1, 'm').exit(1, 0).lost(3);
    expect(held(trace)?.peak).toEqual({ low: 9_000, high: null });
    expect(held(trace)?.basis).toBe('bounded');
  });
});

describe('the peak of several loads', () => {
  const both = () =>
    read(read(new Trace().finit(1).finit(2), 1, 30_000, 'a'), 2, 20_000, 'b')
      .listed(2, 'b', 'becoming')
      .charge(2, 'becoming', 'b', 20_000)
      .exit(2, -17)
      .loaded(1, 'a')
      .exit(1, 0);

  it('is what they hold at once, by what became of them', () => {
    expect(held(both())).toMatchObject({
      peak: { low: 30_000, high: 80_000 },
      t: 1_003_000_000n,
      loads: 1,
      module: 'a',
      moduleBytes: { low: 30_000, high: 30_000 },
      byFate: {
        loaded: { low: 30_000, high: 30_000 },
        // Its read may be done.
        duplicate: { low: 0, high: 20_000 },
        failed: { low: 0, high: 0 },
        other: { low: 0, high: 0 },
      },
    });
  });

  it('of two clocks is the larger one', () => {
    const later = read(new Trace().finit(7), 7, 90_000, 'c').loaded(7, 'c').exit(7, 0);
    const other: GivenSource = { events: later.events, clock: { unit: 'ns', zero: 'epoch' } };
    expect(held(both(), other)).toMatchObject({ peak: { low: 90_000, high: 180_000 }, module: 'c' });
    expect(held(later, { events: both().events, clock: { unit: 'ns', zero: 'epoch' } })?.peak.high).toBe(
      180_000,
    );
  });

  it('lies in the areas of the machine, layouts in that of modules', () => {
    const machine = (name: string, ...events: ReturnType<typeof memory>[]): GivenSource => ({
      events: [
        ...boot(),
        { kind: 'kernel-version', t: 0n, release: '6.12.0', machine: name, banner: '' },
        ...events,
      ],
    });
    const areas = (...sources: GivenSource[]) =>
      held(both(), ...sources)?.areas.map(({ area, bytes, basis, peak }) => [
        area,
        bytes,
        basis,
        peak.low,
        peak.high,
      ]);
    expect(areas(machine('x86_64'))).toEqual([
      ['modules', 1008 * 2 ** 20, 'estimated', 30_000 - MAX_SIGNATURE, 30_000],
      ['vmalloc', 2 ** 45 - 1, 'estimated', 30_000, 50_000],
    ]);
    expect(areas(machine('i686'))).toEqual([['vmalloc', 2 ** 27, 'estimated', 30_000, 80_000]]);
    // What was allocated had room.
    expect(areas(machine('i686', memory('vmalloc-total', 60_000)))).toEqual([
      ['vmalloc', 60_000, 'measured', 30_000, 60_000],
    ]);
    expect(held(both(), machine('i686', memory('vmalloc-total', 60_000)))?.peak).toEqual({
      low: 30_000,
      high: 60_000,
    });
    expect(areas(machine('i686', memory('vmalloc-total', 90_000)))?.[0]?.[4]).toBe(80_000);
    // Where modules have an area of their own, one area is no bound for both.
    expect(held(both(), machine('x86_64', memory('vmalloc-total', 60_000)))?.peak.high).toBe(80_000);
    expect(areas()).toEqual([]);
  });
});
