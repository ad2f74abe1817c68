// SPDX-License-Identifier: Apache-2.0
/** What single calls would have cost under each remedy, by the kernel's rules. */
import { describe, expect, it } from 'vitest';
import type { Attempt, SizeRow } from '../../../src/accounting/model.js';
import { costsOf } from '../../../src/accounting/remedies/costs.js';
import { Removals } from '../../../src/accounting/remedies/removals.js';
import { maskOf } from '../../../src/accounting/remedies/types.js';
import { modulesOfManyFiles, waitsOf } from '../../../src/accounting/remedies/waits.js';
import { attempt, cite } from '../advice-evidence.js';

const exactly = (bytes: number) => ({ low: bytes, high: bytes });

describe('what a failed load cost', () => {
  it.each<[string, Partial<Attempt>, [copy: object, layout: object, compressed: object]]>([
    [
      'in kread',
      { phase: 'kread', wasted: exactly(900), compressed: null },
      [exactly(900), exactly(0), exactly(0)],
    ],
    [
      'in decompress',
      { phase: 'decompress', wasted: exactly(300), compressed: 300 },
      [exactly(300), exactly(0), exactly(0)],
    ],
    [
      'in becoming',
      { phase: 'becoming', wasted: exactly(1300), compressed: 300 },
      [exactly(1000), exactly(0), exactly(300)],
    ],
    [
      'in becoming, of unknown compression',
      { phase: 'becoming', wasted: exactly(1300), compressed: null },
      [exactly(1300), exactly(0), exactly(0)],
    ],
    [
      'in load',
      { phase: 'load', image: 1000, wasted: exactly(2300), compressed: 300 },
      [exactly(1000), exactly(1000), exactly(300)],
    ],
    // 2 L within bounds: at least half of the least is the layout's.
    [
      'in load, of a plain file of unknown length',
      { phase: 'load', image: null, wasted: { low: 1800, high: 2000 }, compressed: 0 },
      [{ low: 900, high: 1000 }, { low: 900, high: 1000 }, exactly(0)],
    ],
    [
      'in load, of unknown compression',
      { phase: 'load', image: null, wasted: { low: 1800, high: null }, compressed: null },
      [{ low: 1800, high: null }, { low: 0, high: null }, exactly(0)],
    ],
    [
      'in becoming or load',
      { phase: null, image: null, wasted: { low: 900, high: 2000 }, compressed: 0 },
      [{ low: 900, high: 1000 }, { low: 0, high: 1000 }, exactly(0)],
    ],
  ])('%s', (_, some, [copy, layout, compressed]) => {
    expect(costsOf(attempt(some))).toEqual({ copy, layout, compressed });
  });
});

describe('a call that would have waited', () => {
  const call = (start: number, end: number, some: Partial<Attempt> = {}) =>
    attempt({ start: BigInt(start), end: BigInt(end), ...some });
  const load = (start: number, end: number, some: Partial<Attempt> = {}) =>
    call(start, end, { outcome: 'loaded', phase: null, errno: null, ...some });

  it.each<[string, Attempt[], (string | undefined)[]]>([
    ['in a load', [load(10, 50), call(20, 60)], [undefined, 'certain']],
    ['before its load, which it then leads', [call(5, 60), load(10, 50)], ['certain', undefined]],
    ['after a load', [load(10, 50), call(50, 60)], [undefined, 'no']],
    [
      'in a load whose init failed',
      [call(10, 50, { outcome: 'failed', phase: 'init' }), call(20, 60)],
      [undefined, 'certain'],
    ],
    ['beside a failure', [call(10, 50), call(20, 60)], ['no', 'possible']],
    ['of another module', [load(10, 50), call(20, 60, { module: 'b' })], [undefined, 'no']],
    ['given late', [call(20, 60), load(10, 50)], ['certain', undefined]],
    ['at the same time as its load', [load(10, 50), call(10, 60)], [undefined, 'certain']],
    [
      'past the end of its load, in one flight',
      [call(10, 70), load(20, 50), call(60, 80)],
      ['certain', undefined, 'possible'],
    ],
    ['that waited already', [load(10, 50), call(20, 60, { outcome: 'coalesced' })], [undefined, undefined]],
    ['that was refused', [load(10, 50), call(20, 60, { outcome: 'refused' })], [undefined, undefined]],
    ['without an end', [load(10, 50), attempt({ start: 20n, end: null })], [undefined, undefined]],
    ['of no name', [load(10, 50), call(20, 60, { module: null })], [undefined, undefined]],
  ])('%s', (_, calls, expected) => {
    const waits = waitsOf(calls);
    expect(calls.map((one) => waits.get(one))).toEqual(expected);
  });

  it('did not, where the files of a module are several', () => {
    expect([...modulesOfManyFiles([load(10, 50), call(20, 60)])]).toEqual(['a']);
    expect([...modulesOfManyFiles([load(10, 50), call(50, 60)])]).toEqual([]);
    expect([...modulesOfManyFiles([load(10, 50), call(20, 60, { call: 'init_module' })])]).toEqual([]);
    expect([...modulesOfManyFiles([load(10, 50), call(20, 60, { outcome: 'failed', errno: 12 })])]).toEqual(
      [],
    );
  });
});

describe('what removes a call', () => {
  const size = (module: string, of: SizeRow['of'], bytes: number): SizeRow => ({
    boot: 1,
    module,
    of,
    bytes,
    path: null,
    cite,
  });
  const removals = (attempts: Attempt[], some: Partial<ConstructorParameters<typeof Removals>[0]> = {}) =>
    new Removals({
      release: '6.12.0',
      attempts,
      complete: true,
      sizes: [],
      requesters: ['(udev-worker)'],
      modules: ['a'],
      ...some,
    });

  it('for udev is the first of its calls for the module, perhaps', () => {
    const calls = [
      attempt({}),
      attempt({ start: 30n, end: 40n }),
      attempt({ requester: 'modprobe', comm: 'modprobe' }),
    ];
    const made = removals(calls);
    const byUdev = (one: Attempt | undefined) =>
      one && made.ofCall(one).filter(({ mask }) => mask === maskOf('udev-coalescing'));
    expect(byUdev(calls[0])).toEqual([]);
    expect(byUdev(calls[1])).toEqual([{ mask: maskOf('udev-coalescing'), certain: false }]);
    expect(byUdev(calls[2])).toEqual([]);
  });

  it('is dropping its module, for certain, also where it is no duplicate', () => {
    const failed = attempt({ outcome: 'failed', errno: 8 });
    expect(removals([failed]).ofCall(failed)).toContainEqual({
      mask: maskOf('drop-module-1'),
      certain: true,
    });
    const second = attempt({ module: 'b' });
    const masks = removals([failed, second], { modules: ['a', 'b'] }).ofCall(second);
    expect(masks).toContainEqual({ mask: maskOf('drop-module-2'), certain: true });
    expect(masks).toContainEqual({ mask: maskOf('fix-requester-1'), certain: true });
  });

  it.each<[string, Partial<Attempt>, SizeRow[], object | null]>([
    ['finit_module read its file already', {}, [size('a', 'compressed-file', 300)], null],
    [
      'init_module of a listed file',
      { call: 'init_module' },
      [size('a', 'compressed-file', 300)],
      { low: 300, high: 300 },
    ],
    [
      'init_module of a file listed with two lengths',
      { call: 'init_module' },
      [size('a', 'compressed-file', 300), size('a', 'compressed-file', 200)],
      { low: 200, high: 300 },
    ],
    [
      'init_module of a file that is there in both forms',
      { call: 'init_module' },
      [size('a', 'compressed-file', 300), size('a', 'file', 900)],
      { low: 0, high: 300 },
    ],
    ['init_module of a plain file', { call: 'init_module' }, [size('a', 'file', 900)], null],
    [
      'init_module of an unknown file',
      { call: 'init_module', wasted: exactly(1000) },
      [size('b', 'file', 900)],
      { low: 0, high: 1000 },
    ],
    [
      'init_module of an unknown module',
      { call: 'init_module', module: null, wasted: exactly(7) },
      [size('a', 'file', 9)],
      { low: 0, high: 7 },
    ],
  ])('in place of init_module costs the compressed file: %s', (_, some, sizes, expected) => {
    const one = attempt(some);
    expect(removals([one], { sizes }).compressedFile(one)).toEqual(expected);
  });

  // early_mod_check came in 6.4.
  it.each<[string | null, boolean[]]>([
    ['6.3.9', [true]],
    ['6.4.0', []],
    [null, []],
  ])('on %s is the early check, for the layout', (release, certain) => {
    const calls = [
      attempt({ outcome: 'loaded', phase: null, start: 1n, loadedAt: 3n, end: 5n }),
      attempt({ phase: 'load' }),
    ];
    const [, late] = calls;
    expect(
      late &&
        removals(calls, { release })
          .ofLayout(late)
          .map((one) => one.certain),
    ).toEqual(certain);
  });

  it('is a look at initstate where the module was live', () => {
    const live = (some: Partial<Attempt>, load: Partial<Attempt> | null, complete = true) => {
      const own = attempt(some);
      const calls = load ? [attempt({ outcome: 'loaded', phase: null, errno: null, ...load }), own] : [own];
      return removals(calls, { complete })
        .ofCall(own)
        .filter(({ mask }) => mask === maskOf('check-initstate'))
        .map(({ certain }) => certain);
    };
    expect(live({}, { start: 1n, end: 9n })).toEqual([true]);
    expect(live({}, { start: 1n, end: 10n })).toEqual([]);
    expect(live({}, { start: 1n, end: null })).toEqual([false]);
    expect(live({}, null)).toEqual([true]);
    expect(live({}, null, false)).toEqual([false]);
    expect(live({ errno: 16 }, null)).toEqual([]);
    expect(live({ start: null }, { start: 1n, end: 9n })).toEqual([false]);
    expect(live({ module: null }, { start: 1n, end: 9n })).toEqual([false]);
  });
});
