// SPDX-License-Identifier: Apache-2.0
/** Linux 6.4 adds the errno of failed reads to invalid_kread_bytes. */
import { describe, expect, it } from 'vitest';
import { build, phasesOf } from './make.js';

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
