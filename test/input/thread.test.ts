// SPDX-License-Identifier: Apache-2.0
/** Large compressed files are unpacked on a thread: what it gives is what the decoder gives in place. */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Built, build, PATIENCE_MS } from '../batch/built.js';

const EVENTS = 'SELECT path, line, e.kind, module, detail FROM events e JOIN sources USING (source)';
const DIAGNOSTICS = "SELECT path, count, code, detail, '' FROM diagnostics LEFT JOIN sources USING (source)";
const ASKED = ['query', '--format', 'csv', '--sql', `${EVENTS} UNION ALL ${DIAGNOSTICS}`];

/** The rows by the name of the file that they are of. */
function linesOf({ stdout }: { readonly stdout: string }): Map<string, string[]> {
  const lines = new Map<string, string[]>();
  for (const line of stdout.split('\n')) {
    const name = /([^/]*)\.gz[,#]/.exec(line)?.[1] ?? '';
    lines.set(name, [...(lines.get(name) ?? []), line]);
  }
  return lines;
}

/** A boot log of which gzip leaves more than 4 MiB: hashes of integrity measurement, and some modules. */
function largeLog(): string {
  let state = 1;
  const words = new Uint32Array(75);
  const hashes = (): string => {
    for (let at = 0; at < words.length; at++)
      words[at] = state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Buffer.from(words.buffer).toString('base64');
  };
  const lines = Array.from({ length: 15_000 }, (_, index) => {
    const stamp = `[${(1 + index / 1000).toFixed(6).padStart(12)}]`;
    return index % 150 === 0
      ? `${stamp} drv_${index / 150}: loading out-of-tree module taints kernel.`
      : `${stamp} integrity: ${hashes()}`;
  });
  return `[    0.000000] Linux version 6.12.0 (x@y) #1\n${lines.join('\n')}\n`;
}

let built: Built;
const packed = gzipSync(largeLog());
const damaged = Uint8Array.from(packed);
damaged[packed.length - 100_000] = 0xff ^ (packed[packed.length - 100_000] ?? 0);

const FILES: Readonly<Record<string, Uint8Array>> = {
  whole: packed,
  cut: packed.subarray(0, packed.length - 200_000),
  damaged,
  'two streams and junk': Buffer.concat([packed, gzipSync('[  200.000000] a: b\n'), Buffer.from('junk')]),
};

beforeAll(() => {
  built = build();
});
afterAll(() => built.remove());

describe('of each kind', () => {
  /** What is said of each file: on threads, and in place. */
  let onThread: ReadonlyMap<string, string[]>;
  let inPlace: ReadonlyMap<string, string[]>;

  beforeAll(() => {
    const inputs = join(built.folder, 'inputs');
    mkdirSync(inputs);
    for (const [name, bytes] of Object.entries(FILES)) writeFileSync(join(inputs, `${name}.gz`), bytes);
    const worker = join(built.folder, 'dist/disk/worker.js');
    onThread = linesOf(built.run([...ASKED, inputs]));
    renameSync(worker, `${worker}.away`);
    inPlace = linesOf(built.run([...ASKED, inputs]));
    renameSync(`${worker}.away`, worker);
  }, PATIENCE_MS);

  it.each(Object.keys(FILES))('%s', (name) => {
    expect(FILES[name]?.length).toBeGreaterThan(4 * 1024 ** 2);
    const lines = onThread.get(name) ?? [];
    expect(lines).toEqual(inPlace.get(name));
    expect(lines.filter((line) => line.includes('taint')).length).toBeGreaterThan(90);
    expect(lines.some((line) => line.includes('archive-damaged'))).toBe(name !== 'whole');
  });
});

it('reports why the thread failed', () => {
  const file = join(built.folder, 'log.gz');
  writeFileSync(file, packed);
  const worker = join(built.folder, 'dist/disk/worker.js');
  renameSync(worker, `${worker}.away`);
  writeFileSync(worker, "throw new Error('no memory');");
  const ran = built.run([...ASKED, file]);
  renameSync(`${worker}.away`, worker);
  expect(ran.stdout).toMatch(/archive-damaged,.*reading failed: no memory/);
});
