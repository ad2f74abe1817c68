// SPDX-License-Identifier: Apache-2.0
/** Bytes that are no UTF-8 are counted in every form of a log, not replaced in silence. */
import { describe, expect, it } from 'vitest';
import { fixtureBytes } from '../forms/fixtures.js';
import { readBytes } from '../forms/read.js';

const FORMS: readonly (readonly [form: string, path: string, word: string])[] = [
  ['dmesg', 'test/ingest/dmesg/fixtures/failures.plain.txt', 'Linux version'],
  ['dmesg -J', 'test/ingest/dmesg/fixtures/failures.J.json', 'Linux version'],
  ['journalctl -o json', 'test/ingest/dmesg/fixtures/two-boots.json.txt', 'Linux version'],
  ['journalctl -o export', 'test/ingest/dmesg/fixtures/two-boots.export.bin', 'Linux version'],
  ['trace JSON', 'test/ingest/trace-json/fixtures/chrome-ftrace.json', 'module_load'],
];

describe.each(FORMS)('%s', (_, path, word) => {
  const whole = Buffer.from(fixtureBytes(path));
  const at = whole.indexOf(word) + 2;
  const withBytes = (hex: string): Buffer =>
    Buffer.concat([whole.subarray(0, at), Buffer.from(hex, 'hex'), whole.subarray(at)]);
  const invalid = async (bytes: Uint8Array, chunk: number): Promise<number> => {
    const { diagnostics } = await readBytes({ bytes, chunk });
    return diagnostics.find(({ code }) => code === 'text-invalid-utf8')?.count ?? 0;
  };

  // Latin-1, a sequence without its end, a surrogate half; U+FFFD itself, and what it looks like in two chunks.
  it.each<[string, number]>([
    ['fc', 1],
    ['fffec3', 3],
    ['eda080', 3],
    ['efbfbd', 0],
    ['c3bc', 0],
    ['efbfbdfc', 1],
  ])('%s', async (hex, count) => {
    for (const chunk of [whole.length + 9, 997, at + 1, at + 2])
      expect(await invalid(withBytes(hex), chunk), `chunks of ${chunk}`).toBe(count);
  });
});
