// SPDX-License-Identifier: Apache-2.0
/** The query that a batch names at its end. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { nextQuery } from '../../src/batch/next.js';

const out = mkdtempSync(join(tmpdir(), 'modwaste-next-'));
afterEach(() => rmSync(out, { recursive: true, force: true }));

it('follows what there is: duplicates before failures, before requests, before boots alone', () => {
  const write = (name: string, rows: string): void =>
    writeFileSync(join(out, `${name}.csv`), `case,boot\n${rows}`);
  expect(nextQuery(out)).toBeNull();
  write('boots', '');
  expect(nextQuery(out)).toBeNull();
  write('boots', 'a,1\n');
  expect(nextQuery(out)).toBe('waste-by-kernel');
  write('duplicates', '');
  write('failures', 'a,1\n');
  expect(nextQuery(out)).toBe('top-failures');
  write('duplicates', 'a,1\n');
  expect(nextQuery(out)).toBe('top-modules');
});
