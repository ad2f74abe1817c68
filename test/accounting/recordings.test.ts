// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { build, phasesOf, Trace } from './make.js';

function calls(from: number, pids: readonly number[]): Trace {
  const trace = new Trace().at(from);
  for (const pid of pids) {
    trace
      .finit(pid)
      .read(pid, 400)
      .listed(pid, 'm', 'becoming')
      .charge(pid, 'becoming', 'm', 400)
      .exit(pid, -17);
  }
  return trace;
}
const failures = async (model: ReturnType<typeof build>['model']) =>
  (await phasesOf(model)).find((row) => row.phase === 'becoming')?.failures;

describe('traces of one boot', () => {
  it('given twice are counted once', async () => {
    const { model, diagnostics } = build(
      { events: calls(1000, [2, 3]).events },
      { events: calls(1000, [2, 3]).events },
    );
    expect(await failures(model)).toBe(2n);
    expect(diagnostics.map(({ code }) => code)).toEqual(['source-repeated']);
  });

  it('given twice, once with another clock, are counted once', async () => {
    const other = calls(5, [2, 3]);
    const relative = { unit: 'ns', zero: 'relative' } as const;
    const { model } = build(
      { events: calls(1000, [2, 3]).events },
      { events: other.events, clock: relative },
    );
    expect(await failures(model)).toBe(2n);
    expect(model.attempts.every((attempt) => attempt.clock.zero === 'boot')).toBe(true);
  });

  it('that follow each other add up, even where the same tasks did the same', async () => {
    const { model } = build({ events: calls(1000, [2, 3]).events }, { events: calls(5000, [2, 3]).events });
    expect(await failures(model)).toBe(4n);
  });

  it('that overlap are counted once where they do', async () => {
    const whole = calls(1000, [2, 3, 4, 5, 6, 7]).events;
    const { model } = build({ events: whole.slice(0, 20) }, { events: whole.slice(10) });
    expect(await failures(model)).toBe(6n);
  });

  it('with one call cut in two join it', async () => {
    const whole = calls(1000, [2, 3]).events;
    const { model } = build({ events: whole.slice(0, 7) }, { events: whole.slice(7) });
    expect(await failures(model)).toBe(2n);
    expect(model.boots).toMatchObject([{ trace: { complete: true } }]);
  });

  it('of clocks that cannot be compared stay apart', async () => {
    const ticks = { unit: 'ticks', zero: 'relative' } as const;
    const { model } = build(
      { events: calls(1000, [2]).events, clock: ticks },
      { events: calls(1, [3]).events, clock: ticks },
    );
    expect(await failures(model)).toBe(2n);
  });
});
