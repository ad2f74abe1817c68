// SPDX-License-Identifier: Apache-2.0
/** What the counters, the duplicate list and the sizes of modules say together, by kernel/module/stats.c. */
import { describe, expect, it } from 'vitest';
import { conflictOf } from '../../../src/accounting/bounds/conflict.js';
import type { BoundsInput } from '../../../src/accounting/bounds/index.js';
import { formatStats } from '../../../src/accounting/counters/stats-table.js';
import { unwrapCounters, type WrapEvidence, wrapNotes } from '../../../src/accounting/counters/wraps.js';
import { WRAPS_AT } from '../../../src/accounting/kernel.js';
import type { ListRow, SizeRow, Snapshot } from '../../../src/accounting/model.js';
import type { CounterName } from '../../../src/model/counters.js';

const CITE = { source: 1, line: 1 };
const MIB = 2n ** 20n;
const G4 = 2n ** 32n;

function snapshot(
  values: Partial<Record<CounterName, bigint>>,
  rows: readonly (readonly [module: string, times: number, reasons: number | null])[] = [],
  more: Partial<Snapshot> = {},
): Snapshot {
  return {
    snapshot: 0,
    label: null,
    counters: new Map(
      Object.entries(values).map(([name, value]) => [name as CounterName, { value, cite: CITE }]),
    ),
    list: rows.length > 0 ? 'whole' : 'empty',
    rows: rows.map(([module, times, reasons]): ListRow => ({ module, times, reasons, cite: CITE })),
    wasted: null,
    cite: CITE,
    ...more,
  };
}

const size = (module: string, bytes: bigint, of: SizeRow['of'] = 'file'): SizeRow => ({
  boot: 1,
  module,
  of,
  bytes: Number(bytes),
  path: null,
  cite: CITE,
});

const NOTHING: WrapEvidence = { trace: null, attempts: [], sizes: [], area: null };
const zeros = {
  failed_kreads: 0n,
  invalid_kread_bytes: 0n,
  failed_decompress: 0n,
  invalid_decompress_bytes: 0n,
};

/** The phases of a dump of a 32-bit kernel. */
function counted(last: Snapshot, evidence: Partial<WrapEvidence> = {}, earlier: readonly Snapshot[] = []) {
  const found = unwrapCounters([...earlier, last], 32, { ...NOTHING, ...evidence });
  return { ...found, phases: found?.phases ?? new Map() };
}

describe('the byte counter of a 32-bit kernel', () => {
  const storm = (bytes: bigint, list: Snapshot['list'] = 'whole') =>
    snapshot(
      {
        ...zeros,
        failed_becoming: 300n,
        invalid_becoming_bytes: bytes,
        failed_load_modules: 0n,
        invalid_mod_bytes: 0n,
      },
      [['big', 300, 1]],
      { list },
    );
  const BIG = 20n * MIB;

  it('is raised to what list and sizes make it, where only one multiple of 4 GiB fits', () => {
    const { phases, snapshot: last, bits } = counted(storm(300n * BIG - G4), { sizes: [size('big', BIG)] });
    expect(bits).toBe(32);
    expect(phases.get('becoming')).toEqual({
      printed: 300n * BIG - G4,
      bytes: 300n * BIG,
      low: 300n * BIG,
      basis: 'derived',
      origin: 'counters, list and sizes',
    });
    expect(last?.counters.get('invalid_becoming_bytes')?.value).toBe(300n * BIG);
    expect(last?.wasted).toBe(300n * BIG);
    expect(wrapNotes(phases, 32)).toEqual([
      `invalid_becoming_bytes is ${300n * BIG - G4}; ${300n * BIG} bytes were counted (counters, list and sizes)`,
    ]);
  });

  it('is taken as printed where no wrap fits', () => {
    const { phases, snapshot: last } = counted(storm(300n * MIB), { sizes: [size('big', MIB)] });
    expect(phases.get('becoming')).toMatchObject({
      bytes: 300n * MIB,
      basis: 'measured',
      origin: 'counters',
    });
    expect(last?.wasted).toBe(300n * MIB);
    expect(wrapNotes(phases, 32)).toEqual([]);
  });

  // The list prints at most what its buffer holds: a truncated one does not say how many of the failures it lacks.
  it.each<Snapshot['list']>(['cut', 'absent'])('is a lower bound where the list is %s', (list) => {
    const { phases, snapshot: last } = counted(storm(300n * MIB, list), { sizes: [size('big', MIB)] });
    expect(phases.get('becoming')).toEqual({
      printed: 300n * MIB,
      bytes: null,
      low: 300n * MIB,
      basis: 'bounded',
      origin: 'counters (32 bits wide)',
    });
    expect(last?.counters.has('invalid_becoming_bytes')).toBe(false);
    expect(last?.wasted).toBeNull();
    expect(wrapNotes(phases, 32)).toEqual([
      `invalid_becoming_bytes is ${300n * MIB}; at least ${300n * MIB} bytes were counted`,
    ]);
  });

  it('counts failures that are in no list with the largest image that there is', () => {
    const few = (failures: bigint) =>
      snapshot({ failed_becoming: failures, invalid_becoming_bytes: 5n, failed_load_modules: 0n }, []);
    // 128 MiB, the vmalloc area of i386: 31 of them are below 4 GiB, 32 may be above.
    expect(counted(few(31n)).phases.get('becoming')).toMatchObject({ bytes: 5n, basis: 'measured' });
    expect(counted(few(33n)).phases.get('becoming')).toMatchObject({ bytes: null, low: 5n });
    expect(counted(few(33n), { area: 2 ** 24 }).phases.get('becoming')).toMatchObject({ bytes: 5n });
    expect(counted(few(33n), { sizes: [size('m', MIB)] }).phases.get('becoming')).toMatchObject({
      bytes: 5n,
    });
    expect(counted(few(33n), { sizes: [size('m', MIB, 'memory')] }).phases.get('becoming')).toMatchObject({
      bytes: null,
    });
  });

  it('counts the load phase with two copies of the image', () => {
    const last = snapshot(
      { failed_becoming: 0n, failed_load_modules: 150n, invalid_mod_bytes: 300n * BIG - G4 },
      [['big', 150, 2]],
    );
    const { phases } = counted(last, { sizes: [size('big', BIG)] });
    expect(phases.get('load')).toMatchObject({ bytes: 300n * BIG, basis: 'derived' });
    expect(phases.has('becoming')).toBe(false);
  });

  it('of a row with both reasons holds one failure at least, and all but one at most', () => {
    const both = (becoming: bigint, bytes: bigint) =>
      snapshot(
        {
          failed_becoming: becoming,
          failed_load_modules: 300n - becoming,
          invalid_becoming_bytes: bytes,
          invalid_mod_bytes: 0n,
        },
        [['big', 300, 3]],
      );
    const of = (becoming: bigint, bytes: bigint) =>
      counted(both(becoming, bytes), { sizes: [size('big', BIG)] }).phases.get('becoming');
    // One image, which may be signed, at least, and 299 images, 5980 MiB, at most.
    expect(of(299n, BIG - 8192n)).toMatchObject({ bytes: null, low: BIG - 8192n });
    expect(of(299n, BIG - 8193n)).toMatchObject({ bytes: BIG - 8193n + G4, basis: 'derived' });
    expect(of(299n, 299n * BIG - G4)).toMatchObject({ bytes: null, low: 299n * BIG - G4 });
    expect(of(299n, 299n * BIG - G4 + 1n)).toMatchObject({ bytes: 299n * BIG - G4 + 1n, basis: 'measured' });
    expect(of(204n, BIG)).toMatchObject({ bytes: BIG, basis: 'measured' });
  });

  it('holds what an earlier snapshot printed, at least', () => {
    const earlier = storm(4000n * MIB);
    const { phases } = counted(storm(10n * MIB), {}, [earlier]);
    expect(phases.get('becoming')).toMatchObject({ bytes: null, low: 4106n * MIB });
  });

  it('is measured by a complete trace that agrees with it, and by no other', () => {
    const totals = (failures: bigint, bytes: bigint) =>
      ({ phases: { becoming: { failures, bytes: { low: bytes, high: bytes } } } }) as never;
    const last = storm(300n * BIG - G4);
    const by = (failures: bigint, bytes: bigint, complete: boolean) =>
      counted(last, { trace: { totals: totals(failures, bytes), complete } }).phases.get('becoming');
    expect(by(300n, 300n * BIG, true)).toMatchObject({
      bytes: 300n * BIG,
      basis: 'measured',
      origin: 'counters and trace',
    });
    // An incomplete one is a lower bound; one of other counts, or other bytes, is no proof.
    expect(by(300n, 300n * BIG, false)).toMatchObject({ bytes: null, low: 300n * BIG, basis: 'bounded' });
    expect(by(299n, 300n * BIG, true)).toMatchObject({ bytes: null, low: 300n * BIG });
    expect(by(300n, 300n * BIG - 8n, true)).toMatchObject({ bytes: null, low: 300n * BIG });
    expect(by(300n, 300n * BIG - G4, true)).toMatchObject({ bytes: 300n * BIG - G4, origin: 'counters' });
  });

  it('leaves the table’s own total alone where the table has no byte counter', () => {
    expect(counted(snapshot({ failed_becoming: 3n }, [], { wasted: 77n })).snapshot?.wasted).toBe(77n);
    expect(counted(snapshot({ failed_becoming: 3n }, [], { wasted: 77n })).phases.size).toBe(0);
  });
});

describe('a kernel whose word size is not known', () => {
  const table = (becoming: bigint, load: bigint, wasted: bigint | null) =>
    snapshot(
      {
        ...zeros,
        modcount: 10n,
        total_mod_size: 10n * MIB,
        failed_becoming: 3n,
        failed_load_modules: 3n,
        invalid_becoming_bytes: becoming,
        invalid_mod_bytes: load,
      },
      [],
      { wasted },
    );
  const bits = (last: Snapshot) => unwrapCounters([last], null, NOTHING)?.bits;

  // The sum of the phases is an unsigned long as well: only on 32 bit is it less than they are.
  it.each<[string, Snapshot, 32 | null | undefined]>([
    ['wraps the sum', table(3n * 2n ** 30n, 3n * 2n ** 30n, 2n * 2n ** 30n), 32],
    ['prints the sum', table(3n * 2n ** 30n, 3n * 2n ** 30n, 6n * 2n ** 30n), undefined],
    ['prints another sum', table(3n * 2n ** 30n, 3n * 2n ** 30n, 5n), undefined],
    ['prints fewer bytes than failures', table(2n, 3n * MIB, null), null],
    ['prints a byte for each failure', table(3n, 3n * MIB, null), undefined],
  ])('has %s', (_, last, expected) => {
    expect(bits(last)).toBe(expected);
  });

  it('is doubted where failures of modules as large as those loaded would have wrapped', () => {
    const many = (loads: bigint) =>
      snapshot(
        { modcount: 10n, total_mod_size: 10n * MIB, failed_load_modules: loads, invalid_mod_bytes: 5n * MIB },
        [],
      );
    expect(bits(many(2047n))).toBeUndefined();
    const found = unwrapCounters([many(2048n)], null, NOTHING);
    expect(found?.bits).toBeNull();
    expect(wrapNotes(found?.phases ?? new Map(), null)).toEqual([
      `invalid_mod_bytes is ${5n * MIB}; at least ${5n * MIB} bytes were counted: more on 32 bit, where that is little for so many failures`,
    ]);
    expect(unwrapCounters([many(2048n)], 64, NOTHING)).toBeNull();
  });
});

describe('the table of a 32-bit kernel', () => {
  it('prints a sum that wraps, as unsigned long does', () => {
    const values = {
      invalid_kread_bytes: 0n,
      invalid_decompress_bytes: 0n,
      invalid_becoming_bytes: 3n * 2n ** 30n,
      invalid_mod_bytes: 2n ** 30n + 5n,
    };
    const wasted = (modulus: bigint | null) =>
      /Virtual mem wasted bytes\t(\d+)/.exec(formatStats(values, [], modulus))?.[1];
    expect(wasted(WRAPS_AT)).toBe('5');
    expect(wasted(null)).toBe(`${2n ** 32n + 5n}`);
    expect(formatStats({ ...values, invalid_mod_bytes: undefined }, [], WRAPS_AT)).not.toContain('Virtual');
  });
});

describe('counters that contradict the list or the sizes', () => {
  const plain = (bytes: number) => [{ image: { of: 'image' as const, bytes }, compressed: 0 }];
  const input = (
    counters: Partial<BoundsInput['counters']>,
    rows: readonly (readonly [string, number, number | null])[],
    bytes = 1000,
  ): BoundsInput => ({
    counters: { failedBecoming: null, failedLoad: null, becomingBytes: null, loadBytes: null, ...counters },
    rows: rows.map(([module, times, reasons]) => ({ module, times, reasons, forms: plain(bytes) })),
    list: 'whole',
  });
  const OTHER =
    'With these sizes, no split of the listed duplicates between becoming and load matches the counters.';

  it.each<[string, BoundsInput, string]>([
    [
      'a row',
      input({}, [
        ['a', 1, 1],
        ['c', 1, 3],
      ]),
      'The list gives c both reasons but only 1 call.',
    ],
    [
      'the sum of failures',
      input({ failedBecoming: 2n, failedLoad: 1n }, [['a', 4, 1]]),
      'The list holds 4 duplicates, more than the 3 failures counted.',
    ],
    [
      'the failures in becoming',
      input({ failedBecoming: 2n, failedLoad: 9n }, [['a', 3, 1]]),
      'The list holds at least 3 duplicates in becoming, failed_becoming only 2.',
    ],
    [
      'the failures in load',
      input({ failedBecoming: 9n, failedLoad: 2n }, [['a', 3, 2]]),
      'The list holds at least 3 duplicates in load, failed_load_modules only 2.',
    ],
    [
      'no count',
      input({ failedBecoming: 3n, failedLoad: 3n }, [
        ['a', 3, 1],
        ['b', 3, 2],
      ]),
      OTHER,
    ],
    [
      'the bytes of becoming',
      input({ becomingBytes: 2999n }, [['a', 3, 1]]),
      'The sizes give at least 3000 bytes in becoming, invalid_becoming_bytes holds 2999.',
    ],
    ['no bytes of becoming', input({ becomingBytes: 3000n }, [['a', 3, 1]]), OTHER],
    [
      'the bytes of load, of which each holds two copies',
      input({ loadBytes: 5999n }, [['a', 3, 2]]),
      'The sizes give at least 6000 bytes in load, invalid_mod_bytes holds 5999.',
    ],
    ['no bytes of load', input({ loadBytes: 6000n }, [['a', 3, 2]]), OTHER],
  ])('are said to by %s', (_, given, expected) => {
    expect(conflictOf(given)).toBe(expected);
  });
});
