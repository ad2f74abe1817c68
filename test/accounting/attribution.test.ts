// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REASON_BECOMING, REASON_LOAD } from '../../src/model/counters.js';
import { build, counters, file, reading, Trace } from './make.js';

const SIGNATURE = 721;

/** A duplicate as the simulation made it. */
interface Made {
  readonly module: number;
  readonly load: boolean;
  readonly compressed: boolean;
}

interface World {
  readonly images: readonly number[];
  readonly duplicates: readonly Made[];
  /** Other failures: bytes of each, and whether it came as far as load. */
  readonly others: readonly { readonly load: boolean; readonly bytes: number }[];
  readonly listed: readonly boolean[];
}

const worlds: fc.Arbitrary<World> = fc.integer({ min: 1, max: 5 }).chain((modules) =>
  fc.record({
    images: fc.array(fc.integer({ min: 100, max: 60_000 }), { minLength: modules, maxLength: modules }),
    listed: fc.array(fc.boolean(), { minLength: modules, maxLength: modules }),
    duplicates: fc.array(
      fc.record({ module: fc.nat(modules - 1), load: fc.boolean(), compressed: fc.constant(false) }),
      { minLength: 1, maxLength: 30 },
    ),
    others: fc.array(fc.record({ load: fc.boolean(), bytes: fc.integer({ min: 64, max: 5_000 }) }), {
      maxLength: 3,
    }),
  }),
);

const name = (module: number): string => `m${module}`;
const costOf = ({ images }: World, { module, load }: Made): number => (images[module] ?? 0) * (load ? 2 : 1);

/** The counters and the list that the kernel would have, and the listing of the modules' files. */
function evidence(world: World) {
  const sums = counters({});
  const rows = new Map<string, { times: number; reasons: number }>();
  const post = (load: boolean, bytes: number): void => {
    const [count, total] = load
      ? ['failed_load_modules', 'invalid_mod_bytes']
      : ['failed_becoming', 'invalid_becoming_bytes'];
    sums[count as string] = (sums[count as string] ?? 0) + 1;
    sums[total as string] = (sums[total as string] ?? 0) + bytes;
  };
  for (const made of world.duplicates) {
    post(made.load, costOf(world, made));
    const row = rows.get(name(made.module)) ?? { times: 0, reasons: 0 };
    row.times++;
    row.reasons |= made.load ? REASON_LOAD : REASON_BECOMING;
    rows.set(name(made.module), row);
  }
  for (const { load, bytes } of world.others) post(load, load ? 2 * bytes : bytes);
  const list = [...rows].map(([module, { times, reasons }]) => [module, times, reasons] as const);
  const files = world.images.flatMap((image, module) =>
    world.listed[module] ? [file(name(module), image + SIGNATURE)] : [],
  );
  return { sums, list, files };
}

/** The same duplicates as the probes of a trace report them. */
function traceOf(world: World): Trace {
  const trace = new Trace();
  for (const made of world.duplicates) {
    const phase = made.load ? 'load' : 'becoming';
    trace.finit(2).listed(2, name(made.module), phase);
    trace.charge(2, phase, name(made.module), world.images[made.module] ?? 0).exit(2, -17);
  }
  for (const { load, bytes } of world.others) {
    trace
      .finit(3)
      .charge(3, load ? 'load' : 'becoming', 'other', bytes)
      .exit(3, -8);
  }
  return trace;
}

function truth(world: World, module: string) {
  const own = world.duplicates.filter((made) => name(made.module) === module);
  return {
    becoming: BigInt(own.filter((made) => !made.load).length),
    load: BigInt(own.filter((made) => made.load).length),
    bytes: BigInt(own.reduce((sum, made) => sum + costOf(world, made), 0)),
  };
}

describe('attribution of simulated loads', () => {
  it('solved from counters, list and files alone holds the truth', () => {
    fc.assert(
      fc.property(worlds, fc.nat(3), (world, cut) => {
        const { sums, list, files } = evidence(world);
        const kept = list.slice(0, Math.max(1, list.length - cut));
        const state = kept.length < list.length ? 'cut' : 'whole';
        const { model } = build({ events: [...reading(sums, kept, state), ...files] });
        for (const row of model.attribution) {
          const own = truth(world, row.module);
          expect(row.becoming.low <= own.becoming && own.becoming <= (row.becoming.high ?? -1n)).toBe(true);
          expect(row.load.low <= own.load && own.load <= (row.load.high ?? -1n)).toBe(true);
          expect(row.low <= own.bytes && (row.high === null || own.bytes <= row.high)).toBe(true);
          if (row.basis === 'derived') expect(row.bytes).toBe(own.bytes);
          expect(row.bytes === null || row.basis === 'derived').toBe(true);
        }
        for (const phase of ['becoming', 'load'] as const) {
          const row = model.remainder.find((one) => one.phase === phase);
          const made = world.duplicates.filter((one) => one.load === (phase === 'load'));
          const bytes = BigInt(made.reduce((sum, one) => sum + costOf(world, one), 0));
          expect(row && row.duplicates.low <= BigInt(made.length)).toBe(true);
          expect(BigInt(made.length) <= (row?.duplicates.high ?? -1n)).toBe(true);
          expect(row && row.duplicateBytes.low <= bytes && bytes <= (row.duplicateBytes.high ?? -1n)).toBe(
            true,
          );
          expect((row?.duplicateBytes.high ?? 0n) + (row?.otherBytes.low ?? 0n)).toBe(row?.counterBytes);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('measured from the probes of a trace is the truth, and the rest is exactly the others', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const { sums, list, files } = evidence(world);
        const { model } = build(
          { events: traceOf(world).events },
          { events: [...reading(sums, list), ...files] },
        );
        for (const row of model.attribution) {
          expect(row).toMatchObject({ basis: 'measured', bytes: truth(world, row.module).bytes });
        }
        const rest = world.others.reduce(
          (sum, { load, bytes }) => sum + BigInt(load ? 2 * bytes : bytes),
          0n,
        );
        const others = model.remainder.map((row) => row.otherBytes);
        expect(others.reduce((sum, { low }) => sum + low, 0n)).toBe(rest);
        expect(others.every(({ low, high }) => low === high)).toBe(true);
        const rows = model.attribution.reduce((sum, row) => sum + (row.bytes ?? 0n), 0n);
        expect(rows + rest).toBe(model.boots[0]?.wasted);
        expect(model.failures.reduce((sum, row) => sum + (row.wasted ?? 0n), 0n)).toBe(rest);
      }),
      { numRuns: 40 },
    );
  });

  it('measured in part leaves the truth within the bounds of what is open', () => {
    fc.assert(
      fc.property(worlds, fc.nat(29), (world, from) => {
        const { sums, list, files } = evidence(world);
        const part = { ...world, duplicates: world.duplicates.slice(0, from), others: [] };
        const { model } = build(
          { events: traceOf(part).lost(9).events },
          { events: [...reading(sums, list), ...files] },
        );
        for (const row of model.attribution) {
          const own = truth(world, row.module);
          expect(row.low <= own.bytes && (row.high === null || own.bytes <= row.high)).toBe(true);
          expect(row.becoming.low <= own.becoming && own.becoming <= (row.becoming.high ?? -1n)).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('attribution', () => {
  const one = (
    rows: readonly (readonly [string, number, number])[],
    sums: Readonly<Record<string, number>>,
  ) => reading(counters(sums), rows);

  it('derives a row that is alone in its phase', () => {
    const { attribution } = build({
      events: one(
        [
          ['a', 3, REASON_BECOMING],
          ['b', 2, REASON_LOAD],
        ],
        {
          failed_becoming: 3,
          invalid_becoming_bytes: 3000,
          failed_load_modules: 2,
          invalid_mod_bytes: 8000,
        },
      ),
    }).model;
    expect(attribution).toMatchObject([
      { module: 'b', bytes: 8000n, basis: 'derived' },
      { module: 'a', bytes: 3000n, basis: 'derived' },
    ]);
  });

  it('solves the signature length where the sums allow, and names it', () => {
    const { attribution, remainder } = build({
      events: [
        ...one(
          [
            ['a', 3, REASON_BECOMING],
            ['b', 1, REASON_BECOMING],
          ],
          {
            failed_becoming: 4,
            invalid_becoming_bytes: 3 * 10_000 + 20_000,
          },
        ),
        file('a', 10_000 + SIGNATURE),
        file('b', 20_000 + SIGNATURE),
      ],
    }).model;
    expect(attribution).toMatchObject([
      { module: 'a', bytes: 30_000n, image: 10_000n, basis: 'derived' },
      { module: 'b', bytes: 20_000n, image: 20_000n, basis: 'derived' },
    ]);
    expect(attribution[0]?.origin).toContain('signature bytes: 721 solved');
    expect(remainder.find((row) => row.phase === 'becoming')?.signature).toMatchObject({
      low: 721,
      high: 721,
    });
  });

  it('gives bounds of the signature length where the sums leave it open', () => {
    const { attribution } = build({
      events: [
        ...one([['a', 2, REASON_BECOMING]], { failed_becoming: 3, invalid_becoming_bytes: 30_000 }),
        file('a', 10_721),
      ],
    }).model;
    expect(attribution[0]).toMatchObject({ basis: 'bounded', bytes: null });
    expect(attribution[0]?.origin).toMatch(/signature bytes: \d+ to \d+/);
  });

  it('learns the signature from an image that a probe measured', () => {
    const trace = new Trace().finit(2).charge(2, 'becoming', 'seen', 5_000).exit(2, -8).lost(1);
    const sums = { failed_becoming: 9, invalid_becoming_bytes: 90_000 };
    const { attribution } = build(
      { events: trace.events },
      {
        events: [
          ...one([['a', 2, REASON_BECOMING]], sums),
          file('seen', 5_000 + SIGNATURE),
          file('a', 10_000 + SIGNATURE),
        ],
      },
    ).model;
    expect(attribution).toMatchObject([{ module: 'a', bytes: 20_000n, image: 10_000n, basis: 'derived' }]);
  });

  it('takes a copy as long as the tree’s own file for a copy of it', () => {
    const sums = { failed_becoming: 2, invalid_becoming_bytes: 20_000 };
    const { attribution } = build({
      events: [
        ...one([['a', 2, REASON_BECOMING]], sums),
        file('a', 10_721),
        file('a', 10_721, '/lib/modules/6.12.0/updates/a.ko'),
      ],
    }).model;
    expect(attribution[0]?.origin).toContain('721 solved');
  });

  it('leaves a compressed way open where the kernel was seen to decompress', () => {
    const sums = {
      failed_becoming: 2,
      invalid_becoming_bytes: 13_000,
      failed_decompress: 1,
      invalid_decompress_bytes: 9,
    };
    const { attribution } = build({
      events: [...one([['a', 1, REASON_BECOMING]], sums), file('a', 10_000)],
    }).model;
    expect(attribution[0]?.high).toBe(13_000n);
    expect(attribution[0]?.compressed).toBeNull();
  });

  it('estimates from memory sizes, labelled, and within bounds', () => {
    const { attribution } = build({
      events: [
        ...one([['a', 2, REASON_BECOMING]], { failed_becoming: 5, invalid_becoming_bytes: 90_000 }),
        { kind: 'module-size', module: 'a', of: 'memory', bytes: 16_384, path: null },
      ],
    }).model;
    expect(attribution[0]).toMatchObject({ basis: 'estimated', bytes: 32_768n, low: 128n, high: 90_000n });
    expect(attribution[0]?.origin).toContain('memory size');
  });

  it('has the rows that a cut list lost, where the trace names them', () => {
    const trace = new Trace()
      .finit(2)
      .listed(2, 'lost', 'becoming')
      .charge(2, 'becoming', 'lost', 700)
      .exit(2, -17);
    const events = reading(
      counters({ failed_becoming: 2, invalid_becoming_bytes: 1700 }),
      [['m', 1, 1]],
      'cut',
    );
    const { attribution } = build({ events: trace.events }, { events }).model;
    expect(attribution.map((row) => row.module).sort()).toEqual(['lost', 'm']);
  });

  it('contradicted by the sizes is diagnosed, and keeps the counters', () => {
    const { model, diagnostics } = build({
      events: [
        ...one([['a', 2, REASON_BECOMING]], { failed_becoming: 2, invalid_becoming_bytes: 500 }),
        file('a', 900_000),
      ],
    });
    expect(diagnostics.map(({ code }) => code)).toContain('attribution-conflict');
    expect(model.attribution[0]?.high).toBe(500n);
    expect(model.boots[0]?.wasted).toBe(500n);
  });
});
