// SPDX-License-Identifier: Apache-2.0
/** Damaged files: no throw, no hang, no event outside the recording. Seeded: the same damage in every run. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ingestBytes } from './harness.js';

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

/** All records of the fixtures are fewer; a damaged file cannot have many more. */
const RECORDS = 60_000;
const MAX_TIME = 2n ** 63n;

function check(bytes: Uint8Array): void {
  const wrong = ingestBytes(bytes).events.filter(
    ({ line, t }) => line < 1 || line >= RECORDS || (t !== null && (t < 0n || t >= MAX_TIME)),
  );
  expect(wrong).toEqual([]);
}

describe.each(['storm.v6.dat', 'storm.v7-zstd.dat'])('%s', (name) => {
  const whole = readFileSync(new URL(`fixtures/${name}`, import.meta.url));

  test('cut anywhere', () => {
    const next = random(4);
    for (let length = 0; length < 300; length += 7) check(whole.subarray(0, length));
    for (let round = 0; round < 60; round++) check(whole.subarray(0, next(whole.length)));
  });

  test('flipped bits, anywhere and in the parts with offsets and sizes', () => {
    const next = random(7);
    for (let round = 0; round < 60; round++) {
      const bytes = Uint8Array.from(whole);
      const within = round % 2 ? whole.length : 400;
      const from = round % 4 === 2 ? whole.length - 4096 : 0;
      for (let flips = 1 + next(8); flips > 0; flips--) {
        const at = Math.max(0, from) + next(Math.min(within, whole.length - Math.max(0, from)));
        bytes[at] = (bytes[at] ?? 0) ^ (1 << next(8));
      }
      check(bytes);
    }
  });

  test('stretches of ones, zeros and of other places', () => {
    const next = random(11);
    for (let round = 0; round < 60; round++) {
      const bytes = Uint8Array.from(whole);
      const at = next(whole.length);
      const length = next(64);
      if (round % 3 === 0) bytes.fill(0xff, at, at + length);
      else if (round % 3 === 1) bytes.fill(0, at, at + length);
      else bytes.copyWithin(at, next(whole.length), next(whole.length));
      check(bytes);
    }
  });
});

test('the magic, and then noise', () => {
  const next = random(3);
  for (let round = 0; round < 200; round++) {
    const bytes = Uint8Array.from({ length: 64 + next(4096) }, () => next(256));
    bytes.set(Buffer.from(`\x17\x08Dtracing${6 + (round % 2)}\0\0\x08\0\x10\0\0`, 'latin1'));
    if (round % 4 === 1) bytes.set(Buffer.from('zlib\x001\0', 'latin1'), 18);
    check(bytes);
  }
});

test('options that lead back to themselves end', () => {
  const bytes = Buffer.alloc(200);
  bytes.write('\x17\x08Dtracing7\0\0\x08\0\x10\0\0none\0\0', 'latin1');
  const options = 64;
  bytes.writeBigUInt64LE(BigInt(options), 24);
  bytes.writeBigUInt64LE(40n, options + 8); // section header: id 0, size 40
  bytes.writeUInt32LE(8, options + 18); // DONE, 8 bytes
  bytes.writeBigUInt64LE(BigInt(options), options + 22); // the next options section: this one
  expect(ingestBytes(bytes).events).toHaveLength(1);
});
