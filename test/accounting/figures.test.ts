// SPDX-License-Identifier: Apache-2.0
/** The arithmetic below the accounting: times, charges, and the kernel's table replayed from attempts. */
import { describe, expect, it } from 'vitest';
import { allocations, charge, imageOfFile } from '../../src/accounting/charges.js';
import { rebuildStats } from '../../src/accounting/counters/rebuilt-stats.js';
import { laterPlace, SortedTimes } from '../../src/accounting/sorted-times.js';
import { common, lengthOf, spanOf, union, without } from '../../src/accounting/time-span.js';
import { boot, build, type GivenSource, reading, Trace } from './make.js';

const spans = (...given: [number, number][]) =>
  given.map(([from, to]) => ({ from: BigInt(from), to: BigInt(to) }));

describe('spans of time', () => {
  it.each<[string, [number, number][], [number, number][]]>([
    [
      'apart',
      [
        [5, 9],
        [1, 3],
      ],
      [
        [1, 3],
        [5, 9],
      ],
    ],
    [
      'that touch',
      [
        [1, 3],
        [3, 5],
      ],
      [[1, 5]],
    ],
    [
      'of which one holds another',
      [
        [1, 9],
        [3, 5],
        [8, 9],
      ],
      [[1, 9]],
    ],
    [
      'that overlap',
      [
        [3, 7],
        [1, 4],
      ],
      [[1, 7]],
    ],
    ['of no length', [[3, 3]], []],
    ['none', [], []],
  ])('%s are a union', (_, given, expected) => {
    expect(union(spans(...given))).toEqual(spans(...expected));
    expect(lengthOf(union(spans(...given)))).toBe(
      expected.reduce((sum, [from, to]) => sum + BigInt(to - from), 0n),
    );
  });

  it.each<[[number, number][], [number, number][], [number, number][], [number, number][]]>([
    [
      [[1, 9]],
      [[3, 5]],
      [[3, 5]],
      [
        [1, 3],
        [5, 9],
      ],
    ],
    [[[1, 5]], [[3, 9]], [[3, 5]], [[1, 3]]],
    [[[3, 9]], [[1, 5]], [[3, 5]], [[5, 9]]],
    [[[1, 3]], [[3, 5]], [], [[1, 3]]],
    [
      [
        [1, 3],
        [5, 9],
      ],
      [
        [2, 6],
        [8, 12],
      ],
      [
        [2, 3],
        [5, 6],
        [8, 9],
      ],
      [
        [1, 2],
        [6, 8],
      ],
    ],
    [[[1, 3]], [], [], [[1, 3]]],
    [[], [[1, 3]], [], []],
    [[[4, 5]], [[1, 9]], [[4, 5]], []],
  ])('%j and %j', (a, b, both, rest) => {
    expect(common(spans(...a), spans(...b))).toEqual(spans(...both));
    expect(common(spans(...b), spans(...a))).toEqual(spans(...both));
    expect(without(spans(...a), spans(...b))).toEqual(spans(...rest));
  });

  it('are from the first to the last time', () => {
    expect(spanOf([5n, null, 2n, 9n], (t) => t)).toEqual({ from: 2n, to: 9n });
    expect(spanOf([5n], (t) => t)).toEqual({ from: 5n, to: 5n });
    expect(spanOf([null], (t) => t)).toBeNull();
  });
});

describe('times in order', () => {
  it('are found wherever they were added', () => {
    const times = new SortedTimes();
    const all = Array.from({ length: 3000 }, (_, index) => BigInt((index * 7919) % 3000) * 10n);
    for (const t of all) times.add(t);
    for (const t of [0n, 5n, 10n, 11_995n, 29_980n, 29_990n])
      expect(times.at(times.placeOf(t))).toBe(((t + 9n) / 10n) * 10n);
    expect(times.at(times.placeOf(29_991n))).toBeNull();
    let place = times.placeOf(0n);
    const seen: bigint[] = [];
    for (let t = times.at(place); t !== null; t = times.at(place)) {
      seen.push(t);
      place = times.after(place);
    }
    expect(seen).toEqual(all.toSorted((a, b) => (a < b ? -1 : 1)));
    expect(new SortedTimes().at({ block: 0, index: 0 })).toBeNull();
  });

  it('have places that can be compared', () => {
    const at = (block: number, index: number) => ({ block, index });
    expect(laterPlace(at(1, 0), at(0, 9))).toEqual(at(1, 0));
    expect(laterPlace(at(0, 9), at(1, 0))).toEqual(at(1, 0));
    expect(laterPlace(at(1, 2), at(1, 3))).toEqual(at(1, 3));
    expect(laterPlace(at(1, 3), at(1, 2))).toEqual(at(1, 3));
  });
});

describe('what the kernel charges', () => {
  // kernel/module/main.c: load_module, mod_stat_bump_*; decompress.c; stats.c
  it.each<[Parameters<typeof charge>[0], bigint, bigint, bigint]>([
    ['kread', 900n, 1n, 1n],
    ['decompress', 300n, 1n, 1n],
    ['becoming', 1200n, 2n, 1n],
    ['load', 2100n, 3n, 2n],
  ])('in %s', (phase, bytes, compressed, plain) => {
    expect(charge(phase, 900n, 300n)).toBe(bytes);
    expect(allocations(phase, true, true)).toBe(compressed);
    expect(allocations(phase, true, false)).toBe(plain);
    expect(allocations(phase, false, false)).toBe(phase === 'kread' ? 0n : plain);
  });

  // kernel/module/signing.c: only a file longer than the marker can end in one
  it.each<[number, number, number]>([
    [28, 28, 28],
    [29, 1, 29],
    [8192, 1, 8192],
    [8193, 1, 8193],
    [8194, 2, 8194],
    [100_000, 91_808, 100_000],
  ])('of a file of %i bytes is at least %i', (bytes, low, high) => {
    expect(imageOfFile(bytes)).toEqual({ low, high });
  });
});

describe('the table rebuilt', () => {
  const rebuilt = (...sources: GivenSource[]) => {
    const { model } = build(...sources);
    const [only] = model.boots;
    if (!only) throw new Error('no boot');
    const { counters, duplicates, missing, modulus } = rebuildStats(model, only);
    const list =
      duplicates === null
        ? null
        : duplicates.map(({ module, times, reasons }) => `${module} ${times} ${reasons}`);
    return { counters: Object.fromEntries(counters), list, missing, modulus };
  };
  const trace = () =>
    new Trace()
      .finit(1)
      .listed(1, 'old', 'becoming')
      .charge(1, 'becoming', 'old', 500)
      .exit(1, -17)
      .finit(2)
      .listed(2, 'new', 'load')
      .charge(2, 'load', 'new', 700)
      .exit(2, -17)
      .finit(3)
      .listed(3, 'old', 'load')
      .charge(3, 'load', 'old', 500)
      .exit(3, -17);
  const NO_LIST =
    "omitted: the duplicate list; capture the kernel's stats file, or a probe on try_add_failed_module";
  const CUT = 'the duplicate list is truncated, by the kernel or in the copy: its oldest names are lost';

  it('from a trace has its sums, and the list with the newest name first', () => {
    expect(rebuilt({ events: trace().events })).toEqual({
      counters: {
        modcount: 0n,
        total_mod_size: 0n,
        total_text_size: 0n,
        failed_kreads: 0n,
        failed_decompress: 0n,
        failed_becoming: 1n,
        failed_load_modules: 2n,
        invalid_kread_bytes: 0n,
        invalid_decompress_bytes: 0n,
        invalid_becoming_bytes: 500n,
        invalid_mod_bytes: 2400n,
      },
      list: ['new 1 2', 'old 2 3'],
      missing: [],
      modulus: null,
    });
  });

  it('lacks what a trace does not show, and says why', () => {
    const loaded = rebuilt({ events: trace().finit(4).loaded(4, 'm').exit(4, 0).events });
    expect(loaded.counters.modcount).toBe(1n);
    expect(loaded.missing).toEqual([
      'omitted: Total module size, Total mod text size; the trace does not show them; capture a copy of /sys/kernel/debug/modules',
    ]);
    const lost = rebuilt({ events: trace().lost(3).events });
    expect([lost.counters, lost.list]).toEqual([{}, null]);
    expect(lost.missing[0]).toMatch(
      /^omitted: Mods ever loaded, .*; the trace lost events, so its sums are lower bounds; capture/,
    );
    expect(lost.missing[1]).toBe(NO_LIST);
    const none = rebuilt({ events: boot() });
    expect(none.missing[0]).toContain('; there is no trace of attempts; capture');
  });

  it.each<[string, 'whole' | 'cut' | 'empty' | 'absent', boolean, string[] | null, string[]]>([
    ['a whole list', 'whole', true, ['x 5 1'], []],
    ['a truncated list', 'cut', false, ['x 5 1'], [CUT]],
    ['a truncated list, and the trace', 'cut', true, ['new 1 2', 'old 2 3'], []],
    ['no list', 'absent', false, null, [NO_LIST]],
    ['no list, and the trace', 'absent', true, ['new 1 2', 'old 2 3'], []],
    ['an empty list', 'empty', false, [], []],
  ])('with %s', (_, list, traced, expected, missing) => {
    const rows: [string, number, number][] = list === 'whole' || list === 'cut' ? [['x', 5, 1]] : [];
    const dump = { events: reading({ modcount: 9 }, rows, list) };
    const made = rebuilt(dump, ...(traced ? [{ events: trace().events }] : []));
    expect(made.list).toEqual(expected);
    expect(
      made.missing.filter((one) => !one.startsWith('omitted: M') && !one.startsWith('omitted: T')),
    ).toEqual(missing);
  });

  it('has no rows whose reason was not printed, and says how many', () => {
    const dump = {
      events: reading(
        { modcount: 9 },
        [
          ['x', 5, 1],
          ['y', 1, null as never],
        ],
        'whole',
      ),
    };
    const made = rebuilt(dump);
    expect(made.list).toEqual(['x 5 1']);
    expect(made.missing.at(-1)).toBe('omitted: 1 duplicates without a printed reason');
  });

  it('of 32 bit wraps', () => {
    const machine = {
      events: [{ kind: 'kernel-version' as const, t: 0n, release: '7.3.4', machine: 'i686', banner: '' }],
    };
    const made = rebuilt(machine, { events: reading({ modcount: 9, invalid_mod_bytes: 2 ** 31 }) });
    expect([made.modulus, made.counters.invalid_mod_bytes]).toEqual([2n ** 32n, 2n ** 31n]);
  });
});
