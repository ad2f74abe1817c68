// SPDX-License-Identifier: Apache-2.0
/** Before all tests: unpacks the captures, once for each version of the archive. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { XzReadableStream } from 'xz-decompress';
import { UNPACKED } from './index.js';

const BLOCK = 512;
const ARCHIVE = new URL('captures.tar.xz', import.meta.url);

export default async function setup(): Promise<void> {
  const packed = readFileSync(ARCHIVE);
  const digest = createHash('sha256').update(packed).digest('hex');
  const stamp = join(UNPACKED, '..', 'modwaste-captures.sha256');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  rmSync(UNPACKED, { recursive: true, force: true });
  const tar = await new Response(new XzReadableStream(new Blob([packed]).stream())).arrayBuffer();
  for (const { path, bytes } of members(Buffer.from(tar))) {
    mkdirSync(dirname(join(UNPACKED, path)), { recursive: true });
    writeFileSync(join(UNPACKED, path), bytes);
  }
  writeFileSync(stamp, digest);
}

/** Files of a tar without extended headers. */
function* members(tar: Buffer): Generator<{ path: string; bytes: Buffer }> {
  for (let at = 0; tar[at]; ) {
    const field = (from: number, length: number): string =>
      tar.toString('latin1', at + from, at + from + length).replace(/\0.*$/s, '');
    const size = Number.parseInt(field(124, 12), 8);
    const path = [field(345, 155), field(0, 100)].filter(Boolean).join('/');
    if (field(156, 1) === '0') yield { path, bytes: tar.subarray(at + BLOCK, at + BLOCK + size) };
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
}
