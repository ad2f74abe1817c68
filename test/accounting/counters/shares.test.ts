// SPDX-License-Identifier: Apache-2.0
/** Bytes of duplicates by module, from a trace, from the kernel's list, and from both. */
import { describe, expect, it } from 'vitest';
import { solveBounds } from '../../../src/accounting/bounds/index.js';
import { build, counters, file, reading, Trace } from '../make.js';

const duplicate = (trace: Trace, pid: number, module: string, phase: 'becoming' | 'load', image: number) =>
  trace.finit(pid).listed(pid, module, phase).charge(pid, phase, module, image).exit(pid, -17);

describe('duplicates of a trace', () => {
  it('are measured, with both phases and the size that they share', () => {
    const trace = new Trace();
    duplicate(trace, 1, 'm', 'becoming', 500);
    duplicate(trace, 2, 'm', 'becoming', 500);
    duplicate(trace, 3, 'm', 'load', 500);
    duplicate(trace, 4, 'n', 'load', 90);
    expect(build({ events: trace.events }).model.attribution).toEqual([
      {
        boot: 1,
        module: 'm',
        times: 3n,
        reasons: 3,
        becoming: { low: 2n, high: 2n },
        load: { low: 1n, high: 1n },
        image: 500n,
        compressed: 0n,
        bytes: 2000n,
        low: 2000n,
        high: 2000n,
        basis: 'measured',
        origin: 'trace',
      },
      expect.objectContaining({ module: 'n', reasons: 2, becoming: { low: 0n, high: 0n }, bytes: 180n }),
    ]);
  });

  it('whose phase is open may be of either', () => {
    const trace = duplicate(new Trace(), 1, 'm', 'becoming', 20_000)
      .init(2, 20_000)
      .probe(2, { fact: 'patient-check', module: 'm', ret: -17, callOffset: null })
      .exit(2, -17, 'init_module')
      .init(3, 30_000)
      .probe(3, { fact: 'patient-check', module: 'm', ret: -17, callOffset: null })
      .exit(3, -17, 'init_module');
    const [row] = build({ events: trace.events }).model.attribution;
    expect(row).toMatchObject({
      times: 3n,
      reasons: null,
      becoming: { low: 1n, high: 3n },
      load: { low: 0n, high: 2n },
      image: null,
      compressed: 0n,
      bytes: null,
      // L of each is the length less a signature, and a load holds two.
      low: 20_000n + 11_808n + 21_808n,
      high: 20_000n + 40_000n + 60_000n,
      basis: 'bounded',
      origin: 'trace',
    });
  });

  it('that the trace does not name, or lost, may be of any module', () => {
    const bounds = (trace: Trace) =>
      build({ events: trace.events }).model.attribution.map(
        ({ times, becoming, load, bytes, low, high, basis }) => [
          ...[times, becoming.low, becoming.high, load.low, load.high],
          ...[bytes, low, high, basis],
        ],
      );
    const named = () => duplicate(new Trace(), 1, 'm', 'becoming', 20_000);
    expect(bounds(named())).toEqual([[1n, 1n, 1n, 0n, 0n, 20_000n, 20_000n, 20_000n, 'measured']]);
    const nameless = named().init(2, 30_000).exit(2, -17, 'init_module');
    expect(bounds(nameless)).toEqual([[1n, 1n, 2n, 0n, 1n, null, 20_000n, 80_000n, 'bounded']]);
    const waiting = named().finit(2).exit(2, -17);
    expect(bounds(waiting)).toEqual([[1n, 1n, 2n, 0n, 1n, null, 20_000n, null, 'bounded']]);
    expect(bounds(named().lost(1))).toEqual([[1n, 1n, null, 0n, null, null, 20_000n, null, 'bounded']]);
  });

  it('come by their bytes, then by name', () => {
    const sizes = { c: 10, a: 20, d: 20, b: 5 };
    for (const names of [
      ['a', 'b', 'c', 'd'],
      ['d', 'c', 'b', 'a'],
      ['c', 'd', 'a', 'b'],
    ] as const) {
      const trace = new Trace();
      for (const [index, name] of names.entries()) duplicate(trace, index + 1, name, 'becoming', sizes[name]);
      expect(build({ events: trace.events }).model.attribution.map(({ module }) => module)).toEqual([
        'a',
        'd',
        'c',
        'b',
      ]);
    }
  });
});

describe('rows of the list', () => {
  const list = reading(
    counters({ failed_becoming: 3, invalid_becoming_bytes: 2300, failed_load_modules: 0 }),
    [
      ['b', 1, 1],
      ['a', 2, 1],
    ],
  );

  it('that no trace holds have what those that it holds leave of the counters', () => {
    const trace = new Trace();
    for (const pid of [1, 2]) duplicate(trace, pid, 'a', 'becoming', 500);
    trace.lost(1);
    expect(build({ events: trace.events }, { events: list }).model.attribution).toMatchObject([
      {
        module: 'b',
        times: 1n,
        bytes: 1300n,
        low: 1300n,
        high: 1300n,
        basis: 'derived',
        origin: 'counters and list',
      },
      { module: 'a', times: 2n, bytes: 1000n, basis: 'measured', origin: 'trace' },
    ]);
  });

  it('have nothing of counters that are older than the trace', () => {
    const trace = new Trace();
    for (const pid of [1, 2, 3]) duplicate(trace, pid, 'a', 'becoming', 500);
    trace.lost(1);
    expect(build({ events: trace.events }, { events: list }).model.attribution).toMatchObject([
      { module: 'a', times: 3n, bytes: 1500n, reasons: 1 },
      { module: 'b', times: 1n, bytes: null, high: null },
    ]);
  });

  it('may be of a file that user space unpacked where the trace has one that the kernel did', () => {
    const trace = new Trace()
      .finit(1, 4)
      .read(1, 200)
      .listed(1, 'a', 'becoming')
      .charge(1, 'becoming', 'a', 500, 200)
      .exit(1, -17)
      .lost(1);
    // One of `a` took 700; the other one 500 or 700, and so did both for all that the counters tell.
    expect(build({ events: trace.events }, { events: list }).model.attribution).toMatchObject([
      { module: 'a', bytes: null, low: 1000n, high: 1400n, basis: 'bounded' },
      { module: 'b', bytes: null, low: 900n, high: 1300n, basis: 'bounded' },
    ]);
  });

  it('are held to what a trace shows of them, at least', () => {
    const trace = duplicate(new Trace(), 1, 'a', 'becoming', 700).lost(1);
    const [first, second] = build({ events: trace.events }, { events: list }).model.attribution;
    expect([first?.module, second?.module].sort()).toEqual(['a', 'b']);
    const a = first?.module === 'a' ? first : second;
    // The trace measured its image.
    expect(a).toMatchObject({ times: 2n, becoming: { low: 2n, high: 2n }, bytes: 1400n, basis: 'derived' });
  });

  it.each<[string, object[], string, bigint | null]>([
    ['nothing', [], 'counters and list', null],
    [
      'files',
      [file('a', 500), file('b', 1300)],
      'counters, list and file sizes (signature bytes: 0 solved)',
      1300n,
    ],
    ['a file of one', [file('b', 1300)], 'counters, list and file sizes (signature bytes: 0 to 1236)', null],
    [
      'memory',
      [{ kind: 'module-size', module: 'b', of: 'memory', bytes: 1500, path: null }],
      "counters and list; estimated with the memory size as the image's",
      1500n,
    ],
  ])('with %s have that as their origin', (_, sizes, origin, bytes) => {
    const rows = build({ events: list }, { events: sizes as never }).model.attribution;
    const row = rows.find(({ module }) => module === 'b');
    expect([row?.origin, row?.bytes]).toEqual([origin, bytes]);
  });
});

describe('the solver', () => {
  it('shares the counters out by the sizes, and has the rest for other failures', () => {
    const plain = (bytes: number) => [{ image: { of: 'image' as const, bytes }, compressed: 0 }];
    const solved = solveBounds({
      counters: { failedBecoming: 5n, failedLoad: 3n, becomingBytes: 4000n, loadBytes: 2800n },
      rows: [
        { module: 'a', times: 4, reasons: 3, forms: plain(1000) },
        { module: 'b', times: 3, reasons: 3, forms: plain(200) },
      ],
      list: 'whole',
    });
    // Load holds one of a, 2000 bytes, and two of b; becoming the other four, and 800 bytes of something else.
    expect(solved.conflict).toBeNull();
    expect(
      solved.rows.map(({ becoming, load, bytes }) => [
        becoming.low,
        becoming.high,
        load.low,
        load.high,
        bytes,
      ]),
    ).toEqual([
      [3, 3, 1, 1, { low: 5000n, high: 5000n }],
      [1, 1, 2, 2, { low: 1000n, high: 1000n }],
    ]);
    expect(solved.unexplained.becoming.calls).toEqual({ low: 1, high: 1 });
    expect(solved.unexplained.load.calls).toEqual({ low: 0, high: 0 });
    expect(solved.unexplained.bytes).toEqual({ low: 800n, high: 800n });
  });
});
