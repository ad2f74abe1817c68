// SPDX-License-Identifier: Apache-2.0
/** Whatever the lines are: no throw, no hang, no more events than lines. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixture, ingest } from './ingest.js';

const LINES = [
  'tgid-trace.txt',
  'name-holds-newline-trace.txt',
  'addresses-only-host-report-l.txt',
  'failures.txt',
]
  .flatMap((name) => fixture(name).split('\n'))
  .filter((line) => line !== '');

describe('damaged traces', () => {
  it('cut, shuffled and flipped lines', () => {
    const damaged = fc.record({
      line: fc.constantFrom(...LINES),
      from: fc.nat(60),
      length: fc.nat(160),
      flip: fc.option(fc.tuple(fc.nat(150), fc.string({ minLength: 1, maxLength: 2 }))),
    });
    fc.assert(
      fc.property(fc.array(damaged, { maxLength: 60 }), (pieces) => {
        const text = pieces
          .map(({ line, from, length, flip }) => {
            const part = line.slice(from > 30 ? 0 : from, length < 40 ? undefined : length);
            return flip ? part.slice(0, flip[0]) + flip[1] + part.slice(flip[0] + 1) : part;
          })
          .join('\n');
        const { events } = ingest(text);
        const lines = text.split('\n').length;
        expect(
          events.filter(({ kind }) => kind !== 'trace-header' && kind !== 'lost-events').length,
        ).toBeLessThanOrEqual(lines);
        for (const event of events) expect(event.line).toBeLessThanOrEqual(lines);
      }),
      { numRuns: 300 },
    );
  });
});
