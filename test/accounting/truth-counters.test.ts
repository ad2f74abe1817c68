// SPDX-License-Identifier: Apache-2.0
/** The counters of captures: the kernel's own, from the trace alone, from the table alone, and from both. */
import { afterAll, describe, expect, it } from 'vitest';
import { rebuildStats } from '../../src/accounting/counters/rebuilt-stats.js';
import { PHASES } from '../../src/model/counters.js';
import { statsText } from '../../src/report/stats.js';
import { type PhaseRow, phasesOf } from './make.js';
import { COUNTED, closeCaptures, folder, onlyBoot, shared, statsFile } from './truth.js';

afterAll(closeCaptures);

/** The counters of the kernel's own file, by phase. */
function counted(name: string): Map<string, [failures: bigint, bytes: bigint]> {
  const value = (label: string): bigint =>
    BigInt(new RegExp(`${label}\\s+(\\d+)`).exec(statsFile(folder(name)))?.[1] ?? -1);
  return new Map([
    ['kread', [value('Mods failed on kread'), value('Failed kread bytes')]],
    ['decompress', [value('Mods failed on decompress'), value('Failed decompress bytes')]],
    ['becoming', [value('Mods failed on becoming'), value('Failed becoming bytes')]],
    ['load', [value('Mods failed on load'), value('Failed kmod bytes')]],
  ]);
}

const totals = (phases: readonly PhaseRow[]) =>
  new Map(phases.map(({ phase, failures, bytes }) => [phase, [failures, bytes]]));

describe.each(COUNTED)('counters of %s', (name, traces) => {
  it('from the trace alone are the kernel’s own in every phase', async () => {
    const { model } = await shared(name, ...traces);
    const phases = await phasesOf(model);
    expect(totals(phases)).toEqual(counted(name));
    expect(phases.map((phase) => phase.origin)).toEqual(PHASES.map(() => 'trace'));
    expect(onlyBoot(model)).toMatchObject({
      complete: true,
      lowerBound: false,
      trace: { complete: true, reason: '' },
    });
  });

  it('from the table alone are the table’s', async () => {
    const { model } = await shared(name, 'stats');
    expect(totals(await phasesOf(model))).toEqual(counted(name));
    expect(onlyBoot(model)).toMatchObject({ trace: null, lowerBound: false });
    expect(onlyBoot(model).wasted).toBe(
      [...counted(name).values()].reduce((sum, [, bytes]) => sum + bytes, 0n),
    );
  });

  it('balance with the trace', async () => {
    const { model } = await shared(name, 'stats', ...traces);
    expect(model.ledger.map(({ verdict }) => verdict)).toEqual(PHASES.map(() => 'balanced'));
    for (const row of model.ledger) expect(row.eventBytes).toBe(row.counterBytes);
  });

  it('print byte for byte as the kernel did, rebuilt from the trace alone', async () => {
    const { model } = await shared(name, ...traces);
    const rebuilt = rebuildStats(model, onlyBoot(model));
    // Recorded without the probe that reads how large a module becomes.
    const whole = name !== 's12-loadrace' && name !== 's1-quiet';
    expect(rebuilt.missing.length).toBe(whole ? 0 : 1);
    const text = statsText(rebuilt);
    if (whole) expect(text).toBe(statsFile(folder(name)));
    else expect(text).toBe(withoutSizes(statsFile(folder(name))));
  });

  it('share out between duplicates and the rest without a rest', async () => {
    for (const inputs of [['stats'], ['stats', ...traces]]) {
      const { model } = await shared(name, ...inputs);
      expect(model.remainder.map((row) => row.phase)).toEqual([...PHASES]);
      for (const row of model.remainder) {
        expect(row.duplicates.low + (row.otherFailures.high ?? -1n)).toBe(row.counterFailures);
        expect(row.duplicateBytes.low + (row.otherBytes.high ?? -1n)).toBe(row.counterBytes);
        expect((row.duplicateBytes.high ?? -1n) + row.otherBytes.low).toBe(row.counterBytes);
      }
    }
  });
});

const withoutSizes = (text: string): string =>
  text
    .split('\n')
    .filter((line) => !/Total mod|Average mod/.test(line))
    .join('\n');
