// SPDX-License-Identifier: Apache-2.0
/** Large compressed files are unpacked on a thread: what it gives is what the decoder gives in place. */
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Built, build } from '../batch/built.js';

const EVENTS = 'SELECT line, kind, module, detail FROM events';
const ASKED = [
  'query',
  '--format',
  'csv',
  '--sql',
  `${EVENTS} UNION ALL SELECT count, code, detail, '' FROM diagnostics`,
];

/** A boot log of more than 8 MB that gzip makes half as long: hashes of integrity measurement, and some modules. */
function largeLog(): string {
  let state = 1;
  const hash = (): string => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state.toString(16).padStart(8, '0');
  };
  const lines = Array.from({ length: 100_000 }, (_, index) => {
    const time = `[${String(index / 1000 + 1).padStart(5)}${'0'.repeat(6)}`.slice(0, 6);
    const stamp = `${time}.${String(index % 1000).padStart(3, '0')}000]`;
    return index % 1000 === 0
      ? `${stamp} drv_${index / 1000}: loading out-of-tree module taints kernel.`
      : `${stamp} integrity: ${Array.from({ length: 10 }, hash).join('')}`;
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

it.each(Object.keys(FILES))('%s', (name) => {
  const bytes = FILES[name] ?? new Uint8Array(0);
  expect(bytes.length).toBeGreaterThan(4 * 1024 ** 2);
  const file = join(built.folder, 'log.gz');
  writeFileSync(file, bytes);
  const onThread = built.run([...ASKED, file]);
  const worker = join(built.folder, 'dist/disk/worker.js');
  renameSync(worker, `${worker}.away`);
  const inPlace = built.run([...ASKED, file]);
  renameSync(`${worker}.away`, worker);
  expect(onThread).toEqual(inPlace);
  expect(onThread.stdout.match(/taint/g)?.length).toBeGreaterThan(90);
  expect(/archive-damaged/.test(onThread.stdout)).toBe(name !== 'whole');
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
