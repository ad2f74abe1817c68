// SPDX-License-Identifier: Apache-2.0
/** With the prefilter and without it, sources say the same: events, counts, diagnostics, to the last line number. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { HEAD_BYTES } from '../../src/ingest/ingester.js';
import { CORPUS, captures, sampled, UNHURRIED, WHOLE } from '../corpus/index.js';
import { FIXTURES, fixtureBytes } from '../forms/fixtures.js';
import { mutated, random } from '../fuzz/mutate.js';
import { type Both, readBoth, readBothPaths } from './both.js';

const SEEDS = Number(process.env.MODWASTE_FUZZ_SEEDS ?? (UNHURRIED ? 300 : 60));
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
/** More than the head by which a source is recognised. */
const MUCH_BYTES = 4 * HEAD_BYTES;

test.each(INPUTS)('$name', async ({ name, bytes }) => {
  for (const chunk of [bytes.length, 997]) expectSame(await readBoth(bytes, chunk), name);
  expectSame(
    await readBoth(Buffer.from(bytes.toString('latin1').replaceAll('\n', '\r\n'), 'latin1')),
    `${name}, CRLF`,
  );
  for (const line of [BUSY, CHATTER]) {
    const much = line.repeat(Math.ceil(MUCH_BYTES / line.length));
    const long = Buffer.concat([bytes, Buffer.from(much), bytes]);
    expectSame(await readBoth(long), `${name}, then lines of no interest, then again`);
  }
});

test('damaged', { timeout: 600_000 }, async () => {
  for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
    const next = random(seed);
    const pick = () => INPUTS[Math.floor(next() * INPUTS.length)] ?? { name: '', bytes: Buffer.alloc(0) };
    const { name, bytes: whole } = pick();
    const { bytes, how } = mutated(whole, next, pick().bytes);
    expectSame(await readBoth(bytes), `seed ${seed}: ${name}, ${how}`);
  }
});

if (WHOLE)
  test('the captures', { timeout: 600_000 }, async () => {
    const paths = sampled(captures(/^[a-z]\d/)).map((name) => join(CORPUS, name));
    const both = await readBothPaths(...paths);
    expectSame(both, 'corpus');
    expect(both.filtered.sources.length).toBeGreaterThan(10 * paths.length);
  });

test('units that load a module, whose needles do not count', async () => {
  const unit = (text: string, at: number): string => `[${String(at).padStart(5)}.000000] ${text}\n`;
  const lines = [
    'Linux version 6.12.1 (build@host) (gcc 14.2.0) #1 SMP',
    'systemd[1]: Starting modprobe@fuse.service - Load Kernel Module fuse...',
    'systemd[1]: Finished modprobe@fuse.service - Load Kernel Module fuse.',
    'usb 1-1: systemd[1]: Started modprobe@fuse.service',
    'systemd[1]: Starting modprobe@a.service: modprobe crashed',
    'systemd[1]: Starting modprobe@a.service, modprobe@b.service: odd',
    'systemd[12]: Starting modprobe@a.service',
    'systemd[1]: Restarting modprobe@a.service',
    'systemd[1]: modprobe@a.service: Start request repeated too quickly.',
    'usb 1-1: new device',
  ].map((text, at) => unit(text, 6 * at));
  for (const some of [lines.join(''), lines.flatMap((line) => [line, CHATTER]).join('')]) {
    const both = await readBoth(Buffer.from(some));
    expectSame(both, some);
    const notUnderstood = both.filtered.diagnostics.find(({ code }) => code === 'loading-not-understood');
    expect(notUnderstood).toMatchObject({ count: 2, line: some === lines.join('') ? 8 : 15 });
  }
});

test('lines with timestamps after a banner with a date', async () => {
  const panic = '[   10.000012] Kernel panic - not syncing: Fatal exception';
  const lines = [
    '[ue Nov 14 08:00:01 2023] Linux version 6.1.0-13-amd64 (x@y) (gcc-12) #1 SMP PREEMPT_00009]  load_module+0x1e60/0x2000',
    '[   10.000010]  </TASK>[   10.000011] ---[ end trace 0000000000000000 ]---',
    panic,
    panic,
    '[Tue Nov 14 08:00:01 ',
    '[   10.000010]  </TASK>',
    '[   10.000011] ---[ end trace 0000000000000000 ]---',
    panic,
    '[Tue Nov 14 08:00:01 2023] Linux version 6.',
    '[10.000011]',
    '[10.000012]Kernel panic - not syncing: Fatal exception',
    '',
  ];
  expectSame(await readBoth(Buffer.from(lines.join('\n'))), 'dated banners');
});
