// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCase } from '../../src/case.js';
import { allRows } from '../../src/query/database.js';
import { loadQueries } from '../../src/query/library.js';
import { runQuery } from '../../src/query/run.js';
import { formatCsv } from '../../src/report/csv.js';
import { CORPUS, captures, sampled, WHOLE } from '../corpus/index.js';
import { required } from '../queries/required.js';
import { filesOf, packings } from './pack.js';

const SAMPLES = fileURLToPath(new URL('../../samples/', import.meta.url));
/** Samples are packed in all ways, captures each in one of this many parts of them. */
const PARTS = 3;
const scenarios: (readonly [string, number | null])[] = [
  ...['dup-storm', 'failures'].map((name) => [join(SAMPLES, name), null] as const),
  ...(WHOLE ? sampled(captures(/^s\d/)) : []).map(
    (name, index) => [join(CORPUS, name), index % PARTS] as const,
  ),
];

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'modwaste-packed-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Each canned query as CSV, and of the sources all that is not their label. */
async function results(input: string): Promise<Map<string, string>> {
  const opened = await openCase({ inputs: [input] });
  const store = await opened.store();
  const { db } = store;
  const all = new Map<string, string>();
  for (const [name, query] of loadQueries()) {
    if (name !== 'sources') all.set(name, [...formatCsv(runQuery(db, query, required(query)))].join(''));
  }
  const leaves = `SELECT source, format, bytes, lines, events, boot, status, why FROM sources
    WHERE status <> 'container' AND path NOT LIKE '%!text' ORDER BY source`;
  all.set(
    'sources',
    JSON.stringify([...allRows(db, leaves)], (_, v) => (typeof v === 'bigint' ? String(v) : v)),
  );
  store.close();
  return all;
}

describe.each(scenarios)('%s', (scenario, part) => {
  it('gives the same results however it is packed', async () => {
    const files = filesOf(scenario);
    const plain = join(folder, 'plain', 'sosreport-host-2026-11-22-abcdefg');
    rmSync(join(folder, 'plain'), { recursive: true, force: true });
    for (const [name, bytes] of Object.entries(files)) {
      mkdirSync(dirname(join(plain, name)), { recursive: true });
      writeFileSync(join(plain, name), bytes);
    }
    const expected = await results(join(folder, 'plain'));
    expect(expected.get('boots')?.split('\n').length).toBeGreaterThan(2);
    for (const [index, [name, bytes]] of Object.entries(packings(files)).entries()) {
      if (part !== null && index % PARTS !== part) continue;
      writeFileSync(join(folder, name), bytes);
      const got = await results(join(folder, name));
      for (const [query, csv] of expected) expect(got.get(query), `${query} of ${name}`).toBe(csv);
    }
  });
});
