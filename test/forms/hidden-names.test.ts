// SPDX-License-Identifier: Apache-2.0
/** What a source is taken for is told by its contents: a name that says nothing changes nothing. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openInputs } from '../../src/disk/walk.js';
import { detect } from '../../src/ingest/detect.js';
import { headOf } from '../../src/ingest/head.js';
import { HEAD_BYTES } from '../../src/ingest/ingester.js';
import { INGESTERS } from '../../src/ingest/registry.js';
import { ByteReader } from '../../src/input/index.js';
import { CORPUS, captures, sampled } from '../corpus/index.js';
import { FIXTURES } from './fixtures.js';

/** These say nothing of themselves: a bare number, or a word, is a counter, a setting or nothing. */
const NAMED = new Set(['debugfs-counter', 'tracefs-settings', 'tool-versions']);

function verdictOf(bytes: Uint8Array, path: string): string {
  const head = headOf(bytes.subarray(0, HEAD_BYTES), bytes.length <= HEAD_BYTES, path);
  const { best } = detect(head, INGESTERS);
  if (!best) return 'nothing';
  return NAMED.has(best.ingester.name) || best.verdict.form === 'nproc'
    ? 'by name'
    : `${best.ingester.name}: ${best.verdict.form}, ${best.verdict.confidence}`;
}

test.each(FIXTURES.map(({ name, bytes }) => [name, bytes] as const))('%s', (name, bytes) => {
  expect(verdictOf(bytes, 'x')).toBe(verdictOf(bytes, name));
});

describe('whole captures', () => {
  test('every file and member', async () => {
    const different: unknown[] = [];
    let tried = 0;
    const folders = sampled(captures(/^[a-z]\d/)).map((name) => join(CORPUS, name));
    for await (const thing of openInputs(folders, { allMembers: true })) {
      if (thing.found !== 'leaf') continue;
      const { path } = thing.leaf.node;
      const bytes = await new ByteReader(thing.leaf.open()).peek(HEAD_BYTES + 1);
      await thing.leaf.skip();
      tried++;
      const named = verdictOf(bytes, path);
      const hidden = verdictOf(bytes, 'x');
      if (named !== 'by name' && named !== hidden) different.push({ path, named, hidden });
    }
    expect(different).toEqual([]);
    expect(tried).toBeGreaterThan(10 * folders.length);
  });
});
