// SPDX-License-Identifier: Apache-2.0
/** Damaged documents: no throw, no hang, no event outside the document. Seeded: the same damage in every run. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { traceJson } from '../../../src/ingest/trace-json/index.js';
import type { ParsedEvent } from '../../../src/model/event.js';

/** xorshift32. */
function random(seed: number): (below: number) => number {
  let state = seed || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

async function check(bytes: Uint8Array): Promise<void> {
  const events: ParsedEvent[] = [];
  await traceJson.ingest(
    (async function* () {
      yield bytes;
    })(),
    {
      form: '',
      path: '',
      emit: (event) => events.push(event),
      diagnose: () => undefined,
      clock: () => undefined,
      isFull: () => false,
      recognised: () => null,
      nothingFound: () => undefined,
      section: () => ({ line: () => undefined, end: () => undefined }),
    },
  );
  const wrong = events.filter(({ line, t }) => line < 1 || line > 11 || (t !== null && t < 0n));
  expect(wrong).toEqual([]);
}

test.each(['traceconv.json', 'chrome-ftrace.json', 'slices-unfinished.json'])('%s', async (name) => {
  const whole = readFileSync(new URL(`fixtures/${name}`, import.meta.url));
  const next = random(5);
  for (let round = 0; round < 300; round++) {
    const bytes = Uint8Array.from(whole);
    if (round % 3 === 0) {
      await check(bytes.subarray(0, next(bytes.length)));
      continue;
    }
    for (let flips = 1 + next(6); flips > 0; flips--) {
      const at = next(bytes.length);
      bytes[at] = round % 3 === 1 ? (bytes[at] ?? 0) ^ (1 << next(8)) : next(256);
    }
    await check(bytes);
  }
});
