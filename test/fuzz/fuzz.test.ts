// SPDX-License-Identifier: Apache-2.0
/**
 * Damaged inputs of every format: no throw, no hang, memory within bounds, nothing cited that is not there. Each number
 * is a seed of its own: MODWASTE_FUZZ_SEED=n begins with n, MODWASTE_FUZZ_SEEDS says how many (120).
 */
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { caseOf } from '../../src/case.js';
import type { Evidence } from '../../src/ingest/collector.js';
import { allEvents } from '../forms/compare.js';
import { FIXTURES, fixtureBytes } from '../forms/fixtures.js';
import { readBytes, readStdin } from '../forms/read.js';
import { mutated, random } from './mutate.js';

const SEEDS = Number(process.env.MODWASTE_FUZZ_SEEDS ?? 120);
const FIRST_SEED = Number(process.env.MODWASTE_FUZZ_SEED ?? 1);
const MOST_HEAP = 1024 ** 3;
/** The shortest that says anything: `a 1 Load`. */
const LEAST_BYTES = 8;

interface Input {
  readonly name: string;
  readonly bytes: Buffer;
}

const input = (name: string, bytes: Uint8Array): Input => ({ name, bytes: Buffer.from(bytes) });

const TEXTS: readonly Input[] = [
  ...FIXTURES.map(({ name, bytes }) => input(name, bytes)),
  ...[
    'samples/dup-storm/grep-r.txt',
    'samples/failures/dmesg.json',
    'samples/failures/stats.txt',
    'samples/failures/trace.txt',
    'test/ingest/tracedat/fixtures/storm.v6.dat',
    'test/ingest/trace-json/fixtures/slices-unfinished.json',
    'test/ingest/ftrace/fixtures/name-holds-newline-trace.txt',
    ...readdirSync(new URL('corpus/', import.meta.url)).map((name) => `test/fuzz/corpus/${name}`),
  ].map((path) => input(path, fixtureBytes(path))),
];

const ARCHIVES: readonly Input[] = [
  ...readdirSync(new URL('../input/fixtures/', import.meta.url))
    .filter((name) => !/\.sh$|^bomb/.test(name))
    .map((name) => input(name, fixtureBytes(`test/input/fixtures/${name}`))),
  input('dmesg.txt.xz', fixtureBytes('samples/autoload/dmesg.txt.xz')),
];

test.each([
  ['sources', TEXTS, 0.7, (bytes: Buffer) => readBytes({ bytes })],
  ['archives', ARCHIVES, 0.3, readStdin],
] as const)('damaged %s', { timeout: 600_000 }, async (_what, inputs, share, read) => {
  for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS * share; seed++) {
    const next = random(seed);
    const pick = (): Input => inputs[Math.floor(next() * inputs.length)] ?? input('', Buffer.alloc(0));
    const { name, bytes: whole } = pick();
    const { bytes, how } = mutated(whole, next, pick().bytes);
    const what = `seed ${seed}: ${name}, ${how}`;
    try {
      check(await read(bytes));
    } catch (error) {
      throw new Error(what, { cause: error });
    }
    expect(process.memoryUsage().heapUsed, what).toBeLessThan(MOST_HEAP);
  }
});

function check(evidence: Evidence): void {
  caseOf(evidence);
  const { sources } = evidence;
  const bytes = sources.reduce((sum, source) => sum + (source.bytes ?? 0), 0);
  // A source has a head and a beginning of its own.
  expect(allEvents(evidence).length, 'events').toBeLessThanOrEqual(bytes / LEAST_BYTES + 2 * sources.length);
}
