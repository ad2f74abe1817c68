// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseRows, readRows } from '../../src/batch/csv.js';
import { escapeHidden } from '../../src/model/escape.js';
import { FORMULA, formatCsv } from '../../src/report/csv.js';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'modwaste-csv-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function csvOf(rows: readonly (readonly (string | null)[])[]): string {
  const columns = ['a', 'b'].map((name) => ({ name, type: 'TEXT' as const, unit: null }));
  return [...formatCsv({ columns, rows, empty: null })].join('');
}

describe('the CSV of a batch', () => {
  it('reads back as written: NULL, empty text, quotes, line ends and formulas stay distinct', () => {
    const cell = fc.option(
      fc.oneof(
        fc.string(),
        fc.constantFrom(
          '',
          '=1+1',
          '-1',
          '"',
          '""',
          ',',
          '\n',
          '\r\n',
          ' x ',
          'é',
          '\u2028',
          "it's",
          'a"b,c\nd',
        ),
      ),
    );
    // A text that starts with an apostrophe and a formula is written like the formula, and is read as one.
    const distinct = cell.filter((value) => !value?.startsWith("'") || !FORMULA.test(value.slice(1)));
    fc.assert(
      fc.property(fc.array(fc.tuple(distinct, distinct)), (rows) => {
        // Hidden characters are escaped on the way out, and stay so.
        const shown = rows.map((row) => row.map((value) => value && escapeHidden(value)));
        expect(parseRows(Buffer.from(csvOf(rows))).slice(1)).toEqual(shown);
      }),
    );
  });

  it('is read in pieces as it is at once', async () => {
    const rows = Array.from({ length: 40_000 }, (_, n) => [
      `é "${n}"\n${'x'.repeat(n % 90)}`,
      n % 3 ? `${n}` : null,
    ]);
    const path = join(folder, 'large.csv');
    writeFileSync(path, csvOf(rows));
    const read: (readonly (string | null)[])[] = [];
    for await (const some of readRows(path)) read.push(...some);
    expect(read).toEqual(rows);
  });
});
