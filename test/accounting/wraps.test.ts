// SPDX-License-Identifier: Apache-2.0
/** Byte counters of 32-bit kernels, which wrap at 2^32: `stats` and trace of 216 duplicates of a 24 MiB module. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rebuildStats } from '../../src/accounting/counters/rebuilt-stats.js';
import { openCase } from '../../src/case.js';
import { statsText } from '../../src/report/stats.js';
import { KERNELS } from './kernels.js';
import { build, counters, phasesOf, reading } from './make.js';
import { FIXTURES, statsFile } from './truth.js';

const WRAPPED = 1141545344n;
const TRUE_BYTES = 5436512640n;

const wrap32 = (name: string): string => join(KERNELS, 'cases', 'wrap32', name);
const TRACE = join(KERNELS, 'o73-i386-wrap', 'trace.txt.xz');

async function becomingOf(...inputs: string[]) {
  const { model, diagnostics } = await openCase({ inputs });
  const said = diagnostics.filter(({ code }) => code === 'counter-wrapped').map(({ detail }) => detail);
  const phases = await phasesOf(model);
  return { model, phases, row: phases.find(({ phase }) => phase === 'becoming'), said };
}

describe('a byte counter of 32 bits', () => {
  it('is a lower bound where nothing but the dump of a 32-bit machine is there', async () => {
    const { model, row, said } = await becomingOf(wrap32('stats'), wrap32('uname.txt'));
    expect(row).toMatchObject({ failures: 216n, bytes: null, low: WRAPPED, high: null, basis: 'bounded' });
    expect(said).toEqual([`invalid_becoming_bytes is ${WRAPPED}; at least ${WRAPPED} bytes were counted`]);
    expect(model.boots[0]).toMatchObject({
      wasted: WRAPPED,
      lowerBound: true,
      lowerBoundReason:
        'A byte counter of a 32-bit kernel may have wrapped (invalid_becoming_bytes): each wrap hides 4 GiB.',
    });
    // All failures are duplicates of the one module.
    expect(model.attribution).toMatchObject([{ module: 'lab_huge', bytes: null, low: WRAPPED, high: null }]);
    expect(model.remainder[2]).toMatchObject({
      duplicateBytes: { low: WRAPPED, high: null },
      otherBytes: { low: 0n, high: 0n },
    });
  });

  it('wrapped as often as count times image size shows', async () => {
    const { model, row, said } = await becomingOf(
      wrap32('stats'),
      wrap32('uname.txt'),
      wrap32('modules-find-printf.txt.xz'),
    );
    expect(row).toMatchObject({ bytes: TRUE_BYTES, low: TRUE_BYTES, high: TRUE_BYTES, basis: 'derived' });
    expect(said).toHaveLength(1);
    expect(model.attribution).toMatchObject([{ module: 'lab_huge', bytes: TRUE_BYTES }]);
  });

  it('wrapped as often as the trace shows, and the ledger balances modulo 2^32', async () => {
    const { model, row, said } = await becomingOf(wrap32('stats'), wrap32('uname.txt'), TRACE);
    expect(row).toMatchObject({ bytes: TRUE_BYTES, basis: 'measured', origin: 'counters and trace' });
    expect(model.ledger.map(({ verdict }) => verdict)).toEqual(Array(4).fill('balanced'));
    expect(model.ledger[2]).toMatchObject({ counterBytes: WRAPPED, eventBytes: TRUE_BYTES });
    expect(model.remainder[2]).toMatchObject({ otherBytes: { low: 0n, high: 0n } });
    expect(said).toHaveLength(1);
  });

  it('is known to be of a 32-bit kernel by how the trace prints errors, without uname', async () => {
    const { row } = await becomingOf(wrap32('stats'), TRACE);
    expect(row?.bytes).toBe(TRUE_BYTES);
  });

  it('is taken as printed where so few failures cannot add up to a wrap', async () => {
    const folder = join(KERNELS, 'o73-i386-fail');
    const { phases, said } = await becomingOf(join(folder, 'stats'), join(folder, 'uname.txt'));
    expect(said).toEqual([]);
    expect(phases.map(({ bytes, basis }) => [bytes, basis])).toEqual(
      [123517n, 14569n, 113368n, 324686n].map((bytes) => [bytes, 'measured']),
    );
  });

  it('is not doubted on a 64-bit kernel, nor where as large modules failed as were loaded', async () => {
    const { row, said } = await becomingOf(join(FIXTURES, 's2-dup-storm', 'stats'));
    expect([row?.basis, said]).toEqual(['measured', []]);
  });

  it('prints in `stats` as the kernel prints it, the sum wrapped too', async () => {
    const { model } = await openCase({ inputs: [TRACE] });
    const [boot] = model.boots;
    if (!boot) throw new Error('no boot');
    const printed = statsFile(wrap32('.')).split('\n');
    const rebuilt = statsText(rebuildStats(model, boot)).trimEnd().split('\n');
    expect(rebuilt).toContain('    Failed becoming bytes\t1141545344');
    // The trace has no probe of the modules' memory.
    expect(printed.filter((line) => line !== '' && !/Total m|Average mod/.test(line))).toEqual(rebuilt);
  });
});

describe('wraps that several phases share', () => {
  const counter = (name: string, value: bigint) => ({ kind: 'counter', snapshot: 0, counter: name, value });
  const dump = (counters: Record<string, bigint>, rows: readonly object[] = []) =>
    build(
      {
        path: 'uname.txt',
        events: [{ kind: 'kernel-version', release: '7.3.4', machine: 'armv7l', banner: '' }],
      },
      {
        path: 'stats',
        events: [
          {
            kind: 'snapshot',
            snapshot: 0,
            label: null,
            list: rows.length > 0 ? 'whole' : 'empty',
            wastedBytes: null,
          } as never,
          ...Object.entries(counters).map(([name, value]) => counter(name, value) as never),
          ...(rows as never[]),
        ],
      },
    );

  it('leaves each phase a bound of its own, and the sum a lower one', async () => {
    const { model } = dump({
      failed_kreads: 0n,
      failed_decompress: 0n,
      failed_becoming: 300n,
      failed_load_modules: 200n,
      invalid_kread_bytes: 0n,
      invalid_decompress_bytes: 0n,
      invalid_becoming_bytes: 5n,
      invalid_mod_bytes: 7n,
    });
    expect((await phasesOf(model)).map(({ low, high, bytes }) => [low, high, bytes])).toEqual([
      [0n, 0n, 0n],
      [0n, 0n, 0n],
      [5n, null, null],
      [7n, null, null],
    ]);
    expect(model.boots[0]).toMatchObject({ wasted: 12n, lowerBound: true });
    for (const { otherBytes, duplicateBytes } of model.remainder)
      expect([otherBytes.low >= 0n, duplicateBytes.low >= 0n]).toEqual([true, true]);
  });
});

describe('a word size that nothing states', () => {
  it('leaves a counter in doubt that is little for so many failures of such large modules', async () => {
    const { model, row, said } = await becomingOf(wrap32('stats'));
    expect(row).toMatchObject({ bytes: null, low: WRAPPED, high: null, basis: 'bounded' });
    expect(said).toEqual([
      `invalid_becoming_bytes is ${WRAPPED}; at least ${WRAPPED} bytes were counted: more on 32 bit, where that is little for so many failures`,
    ]);
    expect(model.boots[0]).toMatchObject({ wordBits: null, wasted: WRAPPED, lowerBound: true });
    expect(model.captures.map(({ how }) => how)).toContain('`uname -a`');
  });

  it.each([
    [
      'failures of 1 MiB modules as loaded',
      { failed_becoming: 5000, invalid_becoming_bytes: 5000 << 10 },
      true,
    ],
    [
      'of 64 KiB ones',
      { failed_becoming: 5000, invalid_becoming_bytes: 5000 << 10, total_mod_size: 10 << 16 },
      false,
    ],
    ['a counter above 4 GiB', { failed_becoming: 9000, invalid_becoming_bytes: 5 * 2 ** 30 }, false],
    [
      'fewer bytes than failures',
      { failed_becoming: 9000, invalid_becoming_bytes: 99, total_mod_size: 0 },
      true,
    ],
  ])('%s: %o in doubt %s', (_name, given, doubted) => {
    const { model } = build({
      events: reading(counters({ modcount: 10, total_mod_size: 10 << 20, ...given }), [], 'absent'),
    });
    expect(model.boots[0]?.lowerBound).toBe(doubted);
  });

  it('is shown by a sum that wrapped', () => {
    const given = counters({
      failed_becoming: 90,
      invalid_becoming_bytes: 3 * 2 ** 30,
      failed_load_modules: 90,
      invalid_mod_bytes: 2 ** 31,
    });
    const events = reading(given, [], 'absent').map((event) =>
      event.kind === 'snapshot' ? { ...event, wastedBytes: 2n ** 30n } : event,
    );
    expect(build({ events }).model.boots[0]).toMatchObject({
      wordBits: 32,
      wasted: 5n * 2n ** 30n,
      lowerBound: true,
    });
  });

  it('is shown by a list and sizes that fit the counter only if it wrapped', async () => {
    const { model, row } = await becomingOf(wrap32('stats'), wrap32('modules-find-printf.txt.xz'));
    expect(row).toMatchObject({ bytes: TRUE_BYTES, basis: 'derived' });
    expect(model.boots[0]?.wordBits).toBe(32);
  });

  it('is shown by a trace that adds up to the counter only if it wrapped', async () => {
    const image = 25_169_040;
    const calls = Array.from({ length: 216 }, (_, index) => ({
      kind: 'probe' as const,
      pid: index + 1,
      comm: 'insmod',
      cpu: 0,
      event: 'becoming',
      fact: { fact: 'charge', phase: 'becoming', module: 'lab_huge', image, compressed: null, flags: 0 },
    }));
    const counters = (bytes: bigint) => ({
      events: [
        { kind: 'snapshot' as const, snapshot: 0, label: null, list: 'absent' },
        { kind: 'counter' as const, snapshot: 0, counter: 'failed_becoming', value: 216n },
        { kind: 'counter' as const, snapshot: 0, counter: 'invalid_becoming_bytes', value: bytes },
      ],
    });
    const wasted = async (bytes: bigint) =>
      (await phasesOf(build({ events: calls }, counters(bytes)).model))[2]?.bytes;
    expect(await wasted(WRAPPED)).toBe(TRUE_BYTES);
    expect(await wasted(WRAPPED + 4n)).toBe(WRAPPED + 4n);
  });

  it.each([
    '1167MB HIGHMEM available.\n[    0.000000] 879MB LOWMEM available.',
    'Memory: 2018736K/2096620K available (4752K kernel code, 75140K reserved, 0K cma-reserved, 1195900K highmem)',
  ])('is told by the log: %s', async (line) => {
    const stdin = (async function* () {
      yield Buffer.from(`[    0.000000] Linux version 7.3.4 (a@b) (gcc) #1 SMP\n[    0.000000] ${line}\n`);
    })();
    const { model } = await openCase({ inputs: ['-', wrap32('stats')], stdin });
    expect(model.boots).toMatchObject([{ wordBits: 32, lowerBound: true }]);
  });
});

describe('several snapshots of a 32-bit boot', () => {
  const dump = (failures: bigint, bytes: bigint, label: string) => ({
    path: `${label}.txt`,
    events: [
      { kind: 'snapshot' as const, snapshot: 0, label: null, list: 'absent' },
      { kind: 'counter' as const, snapshot: 0, counter: 'modcount', value: 1n },
      { kind: 'counter' as const, snapshot: 0, counter: 'failed_becoming', value: failures },
      { kind: 'counter' as const, snapshot: 0, counter: 'invalid_becoming_bytes', value: bytes },
    ],
  });

  it.each([
    ['a wrap from 1.2 GiB, by as large modules', [50n, 1_258_452_000n], [216n, WRAPPED], 1],
    ['from 3 GiB, by smaller ones', [50n, 3_221_225_472n], [9000n, 1_000_000n], 1],
    ['two wraps', [50n, 1_258_452_000n], [340n, 8_556_000_000n - 2n ** 33n], 1],
    ['less for more failures, far below 4 GiB', [100n, 50_000_000n], [200n, 40_000_000n], 2],
    ['more than 32 bits hold', [100n, 5_000_000_000n], [300n, 4_000_000_000n], 2],
  ] as const)('%s', (_name, [before, bytes], [after, left], boots) => {
    expect(build(dump(before, bytes, 'one'), dump(after, left, 'two')).model.boots).toHaveLength(boots);
  });

  it('are of one boot, in the order of their counts; what an earlier one printed is a lower bound', async () => {
    const machine = { events: [{ kind: 'kernel-version' as const, release: '7.3.4', machine: 'i686' }] };
    const earlier = dump(100n, 2_516_904_000n, 'one');
    const later = dump(216n, WRAPPED, 'two');
    for (const given of [
      [earlier, later, machine],
      [later, earlier, machine],
    ]) {
      const { model } = build(...given);
      expect(model.boots).toHaveLength(1);
      expect(model.snapshots.map(({ counters }) => counters.get('failed_becoming')?.value)).toEqual([
        100n,
        216n,
      ]);
      expect((await phasesOf(model))[2]).toMatchObject({ failures: 216n, low: TRUE_BYTES, bytes: null });
    }
  });
});
