// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { openCase } from '../../src/case.js';
import { allRows } from '../../src/query/database.js';

it('a limit of memory that the SQL of one case set does not hold for the next case', async () => {
  const limits: unknown[] = [];
  for (let round = 0; round < 2; round++) {
    const { db } = await (await openCase({ inputs: ['samples/failures'] })).store();
    limits.push(...allRows(db, 'PRAGMA hard_heap_limit'));
    allRows(db, 'PRAGMA hard_heap_limit = 100000000');
  }
  expect(limits).toEqual([[0n], [0n]]);
});
