// SPDX-License-Identifier: Apache-2.0
/** Rows that are taken once, boot after boot, give the answer that kept rows give: each query sorts by boot first. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openCase } from '../../src/case.js';
import { loadQueries } from '../../src/query/library.js';
import { Asked, AskedInOrder } from '../../src/report/answer/ask.js';
import { answerFrom } from '../../src/report/answer/index.js';

const SAMPLES = ['dup-storm', 'failures', 'stock-debian', 'autoload'].map((name) => join('samples', name));

it('is the same for a case of several boots', async () => {
  const { db, close } = await (await openCase({ inputs: SAMPLES })).store();
  const queries = loadQueries();
  const kept = answerFrom(new Asked(db, queries));
  expect(kept.boots.length).toBeGreaterThan(3);
  expect(answerFrom(new AskedInOrder(db, queries))).toEqual(kept);
  close();
});

it('shows the worst of many boots in full, and tells of all', async () => {
  const logs = Array.from({ length: 30 }, (_, i) => {
    const failures = Array.from(
      { length: i },
      (_, n) => `[    1.00000${n % 10}] m${n}: Unknown symbol x (err -2)\n`,
    );
    return `[    0.000000] Linux version 6.1.${i} (a@b) (gcc) #1 SMP\n${failures.join('')}`;
  });
  const bytes = Buffer.from(logs.join(''));
  const { db, close } = await (await openCase({ inputs: [{ name: 'log', bytes }] })).store();
  const { boots, inFull } = answerFrom(new AskedInOrder(db, loadQueries()));
  close();
  expect(boots).toHaveLength(30);
  expect(inFull.map(({ boot }) => boot)).toEqual(boots.slice(0, inFull.length).map(({ boot }) => boot));
  expect(inFull.length).toBeGreaterThan(5);
  expect(inFull[0]?.failures.length).toBeGreaterThan(0);
});
