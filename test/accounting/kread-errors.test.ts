// SPDX-License-Identifier: Apache-2.0
/** Linux 6.4 adds the errno of failed reads to invalid_kread_bytes. */
import { describe, expect, it } from 'vitest';
import { build, counters, phasesOf, reading, Trace } from './make.js';

const FAILURES = 3n;
const BECOMING = 57_010_136n;

async function kreadOf(bytes: bigint | null, machine: { release: string | null; machine: string | null }) {
  const counter = (name: string, value: bigint) => ({
    kind: 'counter' as const,
    snapshot: 0,
    counter: name,
    value,
  });
  const { model, diagnostics } = build(
    { events: [{ kind: 'kernel-version' as const, ...machine }] },
    {
      events: [
        { kind: 'snapshot' as const, snapshot: 0, label: null, list: 'absent', wastedBytes: BECOMING - 66n },
        counter('failed_kreads', FAILURES),
        ...(bytes === null ? [] : [counter('invalid_kread_bytes', bytes)]),
        ...['failed_decompress', 'invalid_decompress_bytes', 'failed_load_modules', 'invalid_mod_bytes'].map(
          (name) => counter(name, 0n),
        ),
        counter('failed_becoming', 200n),
        counter('invalid_becoming_bytes', BECOMING),
      ],
    },
  );
  return { boot: model.boots[0], row: (await phasesOf(model))[0], said: diagnostics.map(({ code }) => code) };
}

describe('the kread counter', () => {
  it.each([
    ['6.4.12-generic', 'x86_64', 890_000n, 890_000n],
    ['6.4.12-generic', 'x86_64', 2n ** 64n - 66n, 0n],
    ['6.4.12-686', 'i686', 2n ** 32n - 66n, 0n],
    [null, null, 2n ** 64n - 66n, 0n],
    [null, null, 2n ** 32n - 66n, 0n],
  ])('of %s on %s, printed as %d, is at least %d', async (release, machine, printed, low) => {
    const { boot, row, said } = await kreadOf(printed, { release, machine });
    expect(row).toMatchObject({ failures: FAILURES, bytes: null, low, high: null, basis: 'bounded' });
    expect(boot).toMatchObject({ wasted: BECOMING + low, lowerBound: true });
    expect(said).toContain('counter-wrapped');
  });

  it.each([
    ['6.5.1', 'x86_64', 890_000n],
    ['6.12.1-686', 'i686', 2n ** 31n],
    [null, null, 890_000n],
  ])('of %s on %s, printed as %d, is what it says', async (release, machine, printed) => {
    expect((await kreadOf(printed, { release, machine })).row?.low).toBe(printed);
  });

  it('that no number could be read of leaves the phase unknown, and the sum no smaller than the phases', async () => {
    const { boot, row } = await kreadOf(null, { release: '6.4.0', machine: 'x86_64' });
    expect(row).toMatchObject({ bytes: null, low: 0n, basis: 'bounded' });
    expect(boot).toMatchObject({ wasted: BECOMING, lowerBound: true });
  });
});

describe('with a trace of all calls', () => {
  /** Two reads that failed, with EINVAL and EFBIG, and a copy of 500 bytes. */
  const trace = () =>
    new Trace()
      .finit(2)
      .read(2, -22)
      .exit(2, -22)
      .finit(2)
      .read(2, -27)
      .exit(2, -27)
      .init(2, 500)
      .exit(2, -14, 'init_module');
  const told = async (release: string | null, printed: bigint, machine = 'x86_64') => {
    const dump = reading(counters({ failed_kreads: 3 }), [], 'empty').map((event) =>
      event.counter === 'invalid_kread_bytes' ? { ...event, value: printed } : event,
    );
    const kernel =
      release === null ? [] : [{ events: [{ kind: 'kernel-version' as const, release, machine }] }];
    const { model } = build({ events: trace().events }, { events: dump }, ...kernel);
    const [row] = await phasesOf(model);
    return [model.ledger[0]?.verdict, row?.bytes, row?.basis];
  };

  it.each([
    ['6.4.12', 500n - 49n],
    [null, 500n - 49n],
  ])('the ledger of %s balances, and the bytes are those of the trace', async (release, printed) => {
    expect(await told(release, printed)).toEqual(['balanced', 500n, 'measured']);
  });

  it('the error codes take a counter of reads alone below 0', async () => {
    const reads = new Trace().finit(2).read(2, -22).exit(2, -22);
    for (const bits of [64n, 32n]) {
      const dump = reading(counters({ failed_kreads: 1 }), [], 'empty').map((event) =>
        event.counter === 'invalid_kread_bytes' ? { ...event, value: 2n ** bits - 22n } : event,
      );
      const machine = bits === 64n ? 'x86_64' : 'i686';
      const { model } = build(
        { events: reads.events },
        { events: dump },
        { events: [{ kind: 'kernel-version', release: '6.4.1', machine }] },
      );
      expect([model.ledger[0]?.verdict, (await phasesOf(model))[0]?.bytes]).toEqual(['balanced', 0n]);
      expect(model.ledger.map(({ verdict }) => verdict)).toEqual(Array(4).fill('balanced'));
    }
  });

  it.each([
    ['6.5.1', 500n - 49n],
    ['6.4.12', 500n - 48n],
  ])('the ledger of %s, printed as %d, does not', async (release, printed) => {
    expect((await told(release, printed))[0]).not.toBe('balanced');
  });
});
