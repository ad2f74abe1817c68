// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { allRows } from '../../src/query/database.js';
import { startEngine } from '../../src/store/engine.js';
import { Inserter } from '../../src/store/fill.js';
import type { Row } from '../../src/store/table.js';
import { ddl, table } from '../../src/store/table.js';

const T = table(
  't',
  'A table.',
  ['n'],
  [
    ['n', 'INTEGER!', '', 'number'],
    ['x', 'INTEGER', '', 'any integer'],
    ['s', 'TEXT', '', 'any text'],
  ],
);

it.each([0, 1, 15, 16, 17, 31, 32, 100])(
  '%i rows are put in, each once and in its columns',
  async (count) => {
    const { Database } = await startEngine();
    const db = new Database();
    db.run(ddl(T));
    const inserter = new Inserter(db, T);
    const rowsFrom = (from: number): Row[] =>
      Array.from({ length: count }, (_, index): Row => {
        const n = from + index;
        return [n, n % 3 ? 2n ** 62n + BigInt(n) : null, n % 2 ? `s${n}` : null];
      });
    const rows = [...rowsFrom(0), ...rowsFrom(1000)];
    expect(inserter.insert(rowsFrom(0)) + inserter.insert(rowsFrom(1000))).toBe(rows.length);
    inserter.free();
    expect(allRows(db, 'SELECT * FROM t')).toEqual(rows.map(([n, x, s]) => [BigInt(Number(n)), x, s]));
    db.close();
  },
);
