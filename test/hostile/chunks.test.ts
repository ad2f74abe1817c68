// SPDX-License-Identifier: Apache-2.0
/** The limit of events ends a case at the same line, however its bytes come. */
import { deepStrictEqual } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { openCase } from '../../src/case.js';
import type { Input } from '../../src/disk/inputs.js';
import { openInputs } from '../../src/disk/walk.js';
import { INGESTERS } from '../../src/ingest/registry.js';
import type { Limits } from '../../src/input/index.js';
import { readEvidence } from '../../src/read.js';
import { tar, zip } from '../input/helpers.js';

const SIZES = [61, 65_537, 1_000_000];

const CALL = ' a-51  [001] .....    7.000000: sys_finit_module(fd: 5, uargs: 7f00, flags: 0)\n';
const CALLS = Buffer.from(`# tracer: nop\n#\n${CALL.repeat(20_000)}`);
const LOG = Buffer.from('[    1.000000] m: Unknown symbol x (err -2)\n'.repeat(5000));
const RECORDS = Buffer.from(
  JSON.stringify({
    dmesg: Array.from({ length: 5000 }, (_, at) => ({
      pri: 4,
      time: at / 1000,
      msg: `m${at}: Unknown symbol x (err -2)`,
    })),
  }),
);

async function* chunksOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
}

/** What a case says of its sources, and their events. */
async function read(input: Input, limits: Partial<Limits>) {
  const { sources, diagnostics, events } = await readEvidence(openInputs([input], { limits }), INGESTERS, {
    limits,
  });
  return {
    sources: sources.map(({ status, events, lines, bytes }) => ({ status, events, lines, bytes })),
    diagnostics,
    events,
  };
}

describe('the limit of events', () => {
  const folder = mkdtempSync(join(tmpdir(), 'modwaste-chunks-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const packed = (command: string, bytes: Uint8Array): Buffer =>
    execFileSync(command, ['-c'], { input: bytes, maxBuffer: 2 ** 30 });
  const noise = Buffer.from(`# ${randomBytes(1_500_000).toString('base64')}\n`);

  it.each<[name: string, bytes: Uint8Array, limits: Partial<Limits>]>([
    ['calls.gz', gzipSync(CALLS), {}],
    ['calls.xz', packed('xz', CALLS), {}],
    ['calls.bz2', packed('bzip2', CALLS), {}],
    ['calls.tar.gz', gzipSync(tar({ 'a/trace.txt': CALLS, 'b/dmesg.txt': LOG })), {}],
    ['calls.tar', tar({ 'a/trace.gz': gzipSync(CALLS), 'b/dmesg.txt': LOG }), {}],
    ['beside.gz', gzipSync(Buffer.concat([CALLS, noise, noise])), {}],
    ['trace.txt', CALLS, { events: 7000 }],
    ['dmesg.txt', LOG, { events: 7 }],
    ['dmesg.json', RECORDS, { events: 7 }],
  ])('ends %s at the same line in a file and in chunks of any size', async (name, bytes, limits) => {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    const fromDisk = await read(path, limits);
    expect(JSON.stringify(fromDisk.diagnostics)).toContain('--max-events');
    for (const size of SIZES)
      deepStrictEqual(await read({ name, bytes: chunksOf(bytes, size) }, limits), fromDisk, `${size}`);
  });

  it('is said only where an event is lost, and once', async () => {
    const inputs = ['a', 'b'].map((name) => ({ name, bytes: CALLS.subarray(0, CALL.length * 100) }));
    const all = await openCase({ inputs });
    const events = all.sources.reduce((sum, source) => sum + source.events, 0);
    for (const lost of [0, 1, 150]) {
      const { diagnostics, sources } = await openCase({ inputs, limits: { events: events - lost } });
      const said = diagnostics.filter(({ code }) => code === 'input-limit').map(({ count }) => count);
      expect(said, `${lost} lost`).toEqual(lost > 0 ? [1] : []);
      expect(sources.reduce((sum, source) => sum + source.events, 0)).toBe(events - lost);
    }
  });

  it('reads a zip from disk as far as it does from a stream', async () => {
    const bytes = zip({ 'a/trace.txt': CALLS });
    const path = join(folder, 'calls.zip');
    writeFileSync(path, bytes);
    deepStrictEqual(await read(path, {}), await read({ name: path, bytes: chunksOf(bytes, 999) }, {}));
  });
});
