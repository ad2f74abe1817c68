// SPDX-License-Identifier: Apache-2.0
/** A format that says how sure it can be is not asked where another one is surer: what a source is stays the same. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { detect } from '../../src/ingest/detect.js';
import { headOf } from '../../src/ingest/head.js';
import { HEAD_BYTES } from '../../src/ingest/ingester.js';
import { INGESTERS } from '../../src/ingest/registry.js';

const FOLDERS = ['../../samples', '../fuzz/corpus', '../hostile/fixtures'];

function* heads(): Generator<ReturnType<typeof headOf>> {
  for (const folder of FOLDERS) {
    const root = join(import.meta.dirname, folder);
    for (const entry of readdirSync(root, { withFileTypes: true, recursive: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      const bytes = readFileSync(path);
      yield headOf(bytes.subarray(0, HEAD_BYTES), bytes.length <= HEAD_BYTES, path);
    }
  }
}

it('a source is the same whether all formats are asked or those that can be surer', () => {
  let seen = 0;
  for (const head of heads()) {
    const all = detect(head, INGESTERS, true);
    const { best } = detect(head, INGESTERS);
    expect(best?.ingester.name, head.path).toBe(all.best?.ingester.name);
    expect(best?.verdict, head.path).toEqual(all.best?.verdict);
    for (const { ingester, verdict } of all.candidates)
      expect(verdict.confidence, `${ingester.name} of ${head.path}`).toBeLessThanOrEqual(
        ingester.most ?? 100,
      );
    seen++;
  }
  expect(seen).toBeGreaterThan(100);
});
