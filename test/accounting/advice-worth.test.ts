// SPDX-License-Identifier: Apache-2.0
/** What advice would save, and what counters alone say, on small evidence. */
import { describe, expect, it } from 'vitest';
import type { AdviceEvidence } from '../../src/accounting/advice/evidence.js';
import type { AdviceRow, AttributionRow, Boot } from '../../src/accounting/model.js';
import { advise, allocation, attempt, BOOT, cite, failure, listed, on } from './advice-evidence.js';

describe('counters alone', () => {
  const MIB = 2n ** 20n;
  const counters = (given: Readonly<Record<string, bigint>>) =>
    new Map(Object.entries(given).map(([name, value]) => [name, { value, cite }]));
  const dump = (given: Readonly<Record<string, bigint>>, boot: Partial<Boot> = {}) =>
    advise({
      boot: { ...BOOT, trace: null, failures: 9n, wasted: 5n, ...boot },
      last: { list: 'absent', counters: counters(given) } as unknown as AdviceEvidence['last'],
    });

  it('give the average of each phase that holds bytes, and of load its images', () => {
    const given = {
      failed_kreads: 4n,
      invalid_kread_bytes: 0n,
      failed_decompress: 0n,
      failed_becoming: 1_200n,
      invalid_becoming_bytes: 1_200n * 3n * MIB + 5n,
      failed_load_modules: 1n,
      invalid_mod_bytes: 300n * 1024n,
    };
    const [row] = dump(given);
    expect(row?.text).toBe(
      'Capture the duplicate list and a trace of the boot first: counters alone name neither modules nor tasks.' +
        ' What they show: 1,200 loads failed in becoming, 3.0 MiB each on average, as when the module is already live or being loaded;' +
        ' 1 load failed in load, 300.0 KiB each on average (images of 150.0 KiB at most), as when loads of one module race.',
    );
    expect(row).toMatchObject({ low: 0n, high: 5n, basis: 'bounded', calls: 9n, evidence: 'phase-waste' });
    expect(dump(given, { lowerBound: true })[0]?.high).toBeNull();
    const [decompress] = dump({ failed_decompress: 2n, invalid_decompress_bytes: 2n * MIB });
    expect(decompress?.text).toContain(
      'What they show: 2 loads failed in decompress, 1.0 MiB each on average.',
    );
  });

  // finit_module's failed reads are counted with 0 bytes.
  it('of failures that wasted nothing are no reason to capture more', () => {
    expect(dump({ failed_kreads: 9n }, { wasted: 0n })).toEqual([]);
    expect(dump({ failed_kreads: 9n }, { wasted: null })).toEqual([]);
  });
});

describe('what advice would save', () => {
  const row = (module: string, bytes: bigint, basis: AttributionRow['basis']): AttributionRow => ({
    ...listed(module, 2n),
    bytes,
    low: bytes,
    high: bytes,
    basis,
  });
  const worth = ({ low, high, basis, calls, modules, who }: AdviceRow) => ({
    low,
    high,
    basis,
    calls,
    modules,
    who,
  });
  const duplicates = (...attribution: AttributionRow[]) => {
    const remainder = (['becoming', 'load'] as const).map((phase) => ({
      phase,
      duplicateBytes: { low: 0n, high: null },
    }));
    const [first] = advise({
      boot: on(null),
      attribution,
      remainder: remainder as unknown as AdviceEvidence['remainder'],
    });
    return first && worth(first);
  };

  it('is as firm as the least firm of its modules', () => {
    const all = [
      row('a', 10n, 'measured'),
      row('b', 30n, 'derived'),
      row('c', 20n, 'bounded'),
      row('d', 1n, 'estimated'),
    ];
    expect(duplicates(...all.slice(0, 1))).toEqual({
      low: 10n,
      high: 10n,
      basis: 'measured',
      calls: 2n,
      modules: ['a'],
      who: [],
    });
    expect(duplicates(...all.slice(0, 2))?.basis).toBe('derived');
    expect(duplicates(...all.slice(0, 3))).toMatchObject({
      low: 60n,
      basis: 'bounded',
      modules: ['b', 'c', 'a'],
    });
    expect(duplicates(...all.toReversed())).toMatchObject({
      low: 61n,
      basis: 'estimated',
      modules: ['b', 'c', 'a'],
    });
  });

  it('of failures is their bytes, exact only where all are', () => {
    const failures = (...given: Parameters<typeof failure>[1][]) => {
      const [first] = advise({
        failures: given.map((one) => failure('elf', one)),
        attempts: [
          attempt({
            outcome: 'failed',
            module: 'm',
            phase: 'becoming',
            errno: 8,
            comm: 'insmod',
            requester: 'insmod',
            parentComm: 'sh',
          }),
        ],
      }).filter(({ evidence }) => evidence === 'failures');
      return first && worth(first);
    };
    expect(failures({}, { module: 'n', times: 2, wasted: 700n })).toEqual({
      low: 1200n,
      high: 1200n,
      basis: 'derived',
      calls: 3n,
      modules: ['n', 'm'],
      who: ['insmod run by sh'],
    });
    expect(failures({}, { wasted: 700n, basis: 'bounded' })).toMatchObject({
      low: 1200n,
      high: null,
      basis: 'bounded',
    });
    expect(failures({}, { wasted: null, basis: null })).toMatchObject({
      low: 500n,
      high: null,
      basis: 'bounded',
    });
    expect(failures({ wasted: null, basis: null })).toMatchObject({ low: null, high: null, basis: null });
    expect(failures({ errno: 12 })?.who).toEqual([]);
    expect(failures({ phase: 'load' })?.who).toEqual([]);
  });

  it('of a line that another repeats is taken from the one that knows it', () => {
    const rows = advise({
      allocationFailures: [allocation('percpu')],
      failures: [failure('percpu', { module: 'n', wasted: 900n, errno: 12 })],
    });
    expect(rows.map(worth)).toEqual([
      { low: 900n, high: 900n, basis: 'derived', calls: 1n, modules: ['n'], who: [] },
    ]);
    const named = advise({
      allocationFailures: [allocation('percpu', 'k')],
      failures: [failure('percpu', { module: 'n', wasted: null, basis: null, errno: 12 })],
    });
    expect(named.map(worth)).toEqual([
      { low: null, high: null, basis: null, calls: 1n, modules: ['k'], who: [] },
    ]);
  });
});
