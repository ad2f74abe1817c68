// SPDX-License-Identifier: Apache-2.0
/**
 * One flipped bit anywhere in compressed or archived evidence: the result is the same, or a diagnostic says that it may
 * not be. Bytes all over the file are hit, each at another bit; formats without a checksum cannot say it and are left out.
 */
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { openInputs } from '../../src/disk/walk.js';
import { INGESTERS } from '../../src/ingest/registry.js';
import { readEvidence } from '../../src/read.js';
import { fixtureBytes } from '../forms/fixtures.js';
import { zip } from '../input/helpers.js';

const LOG = Array.from(
  { length: 12 },
  (_, n) => `[    ${n}.000000] m${n * 7919}: Unknown symbol sym_${n * 104729} (err -2)\n`,
).join('');

const INPUTS: Readonly<Record<string, Uint8Array>> = {
  gz: gzipSync(LOG),
  'two members of gz': Buffer.concat([gzipSync(LOG), gzipSync(LOG)]),
  zip: zip({ 'dmesg.txt': LOG, 'lsmod.txt': 'Module                  Size  Used by\nfuse 16384 0\n' }),
  ...Object.fromEntries(
    [
      'two-frames.zst',
      'two-frames.lz4',
      'linked.lz4',
      'check-crc32.xz',
      'check-crc64.xz',
      'two-streams.bz2',
    ].map((name) => [name, fixtureBytes(`test/input/fixtures/${name}`)]),
  ),
};

async function read(bytes: Uint8Array): Promise<{ said: boolean; result: string }> {
  const evidence = await readEvidence(openInputs([{ name: 'x', bytes }]), INGESTERS);
  const said = evidence.diagnostics.some(({ code }) => /^(?:archive|input|text)-/.test(code));
  // A changed name of a member, which has no checksum, may put it in another place.
  const contents = evidence.sources.map(({ id, format, bytes }) =>
    JSON.stringify([format, bytes, evidence.events.get(id)], (key, value) =>
      key === 'source' ? undefined : typeof value === 'bigint' ? String(value) : value,
    ),
  );
  return { said, result: contents.sort().join('\n') };
}

it.each(Object.entries(INPUTS))('%s', async (_, bytes) => {
  const whole = await read(bytes);
  expect(whole.said).toBe(false);
  const silent: string[] = [];
  const step = Math.max(1, Math.floor(bytes.length / 40));
  for (let at = 0; at < bytes.length; at += step) {
    const bit = (at * 5) % 8;
    const flipped = Uint8Array.from(bytes);
    flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
    const { said, result } = await read(flipped);
    if (!said && result !== whole.result) silent.push(`byte ${at}, bit ${bit}`);
  }
  expect(silent).toEqual([]);
});
