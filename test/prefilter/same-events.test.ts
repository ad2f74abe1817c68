/** With the prefilter and without it, sources say the same: events, counts, diagnostics, to the last line number. */
import { expect, test } from 'vitest';
import { CORPUS } from '../corpus/index.js';
import { FIXTURES, fixtureBytes } from '../forms/fixtures.js';
import { mutated, random } from '../fuzz/mutate.js';
import { type Both, readBoth, readBothPaths } from './both.js';

const SECONDS = Number(process.env.MODWASTE_FUZZ_SECONDS ?? (process.env.CI ? 30 : 5));
const FIRST_SEED = Number(process.env.MODWASTE_FUZZ_SEED ?? 1);

const SAMPLES = [
  'samples/dup-storm/dmesg.txt',
  'samples/dup-storm/trace.txt',
  'samples/failures/trace.txt',
  'samples/failures/dmesg.json',
  'test/ingest/ftrace/fixtures/name-holds-newline-trace.txt',
  'test/ingest/ftrace/fixtures/tgid-trace-latency-verbose.txt',
  'test/ingest/ftrace/fixtures/addresses-only-host-report.txt',
].map((name) => ({ name, bytes: fixtureBytes(name) }));

const INPUTS = [...FIXTURES.filter(({ is }) => is !== 'binary'), ...SAMPLES].map(({ name, bytes }) => ({
  name,
  bytes: Buffer.from(bytes),
}));

function expectSame({ filtered, unfiltered }: Both, what: string): void {
  expect(filtered.sources, what).toEqual(unfiltered.sources);
  expect(filtered.diagnostics, what).toEqual(unfiltered.diagnostics);
  expect(filtered.events, what).toEqual(unfiltered.events);
}

/** Lines of no interest, of which most inputs of size consist. */
const BUSY =
  '          <idle>-0       [003] d..2.   900.321026: sched_switch: prev_comm=swapper/3 prev_pid=0 ==> next_comm=x\n';
const CHATTER = '[  900.321026] usb 1-1: New USB device found, idVendor=8087\n';

test.each(INPUTS)('$name', async ({ name, bytes }) => {
  for (const chunk of [bytes.length, 997]) expectSame(await readBoth(bytes, chunk), name);
  expectSame(
    await readBoth(Buffer.from(bytes.toString('latin1').replaceAll('\n', '\r\n'), 'latin1')),
    `${name}, CRLF`,
  );
  for (const line of [BUSY, CHATTER]) {
    const long = Buffer.concat([bytes, Buffer.from(line.repeat(20_000)), bytes]);
    expectSame(await readBoth(long), `${name}, then 20,000 lines of no interest, then again`);
  }
});

test('damaged', { timeout: SECONDS * 1000 + 60_000 }, async () => {
  const end = performance.now() + SECONDS * 1000;
  let seed = FIRST_SEED;
  for (; performance.now() < end; seed++) {
    const next = random(seed);
    const pick = () => INPUTS[Math.floor(next() * INPUTS.length)] ?? { name: '', bytes: Buffer.alloc(0) };
    const { name, bytes: whole } = pick();
    const { bytes, how } = mutated(whole, next, pick().bytes);
    expectSame(await readBoth(bytes), `seed ${seed}: ${name}, ${how}`);
  }
  expect(seed - FIRST_SEED).toBeGreaterThan(10);
});

test('the captures', { timeout: 600_000 }, async () => {
  const both = await readBothPaths(CORPUS);
  expectSame(both, 'corpus');
  expect(both.filtered.sources.length).toBeGreaterThan(100);
});
