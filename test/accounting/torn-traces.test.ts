// SPDX-License-Identifier: Apache-2.0
/** Traces that start late or lack records in their middle: what they do not show is not taken as free. */
import { describe, expect, it } from 'vitest';
import type { ProbeFact } from '../../src/model/event.js';
import { build, Trace } from './make.js';

const LOAD: ProbeFact = { fact: 'load-module', point: 'entry', image: null, flags: 0, ret: null };

const outcomes = (trace: Trace) =>
  build({ events: trace.events }).model.attempts.map(({ outcome, basis }) => [outcome, basis]);

describe('a trace that starts late or lacks records', () => {
  /** What a whole trace shows: reads and loads of every call, and one that waited for another. */
  const whole = () =>
    new Trace().finit(1).read(1, 900).probe(1, LOAD).finit(2).loaded(1, 'm').exit(1, 0).exit(2, 0);

  it('has coalesced calls where it shows them from their start', () => {
    expect(outcomes(whole())).toEqual([
      ['loaded', 'measured'],
      ['coalesced', 'measured'],
    ]);
  });

  it('says nothing of a call whose start is missing: it may have paid before', () => {
    for (const ret of [-17, -2, -1]) {
      const [last] = outcomes(whole().exit(9, ret)).slice(-1);
      expect(last?.[0], String(ret)).toMatch(/^(?:duplicate|failed)$/);
      expect(last?.[1]).toBe(null);
    }
    expect(outcomes(whole().exit(9, 0)).at(-1)).toEqual(['unknown', null]);
  });

  it.each([
    ['a start without the end before it', (trace: Trace) => trace.finit(3).finit(3).exit(3, -17)],
    [
      'an end without its start, of a task that called before',
      (trace: Trace) => trace.finit(3).exit(3, -17).exit(3, -17),
    ],
  ])('lacks records by %s, whatever its head says: no call is free for want of them', (_name, torn) => {
    expect(outcomes(torn(whole())).at(-1)).toEqual(['duplicate', null]);
    expect(outcomes(whole().finit(3).exit(3, -17)).at(-1)).toEqual(['coalesced', 'measured']);
  });
});
