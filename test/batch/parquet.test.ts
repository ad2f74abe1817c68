// SPDX-License-Identifier: Apache-2.0
/** Parquet files of a batch, read by two readers that did not write them. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { partsOf, removeParts, replaceParts, writeParquet } from '../../src/batch/parquet.js';
import type { BatchTable } from '../../src/batch/tables.js';
import type { Value } from '../../src/query/result.js';
import { formatCsv } from '../../src/report/csv.js';

const TABLE: BatchTable = {
  name: 'some_rows',
  file: 'some-rows',
  summary: 'Rows of all types.',
  columns: [
    { name: 'case', type: 'TEXT', unit: null, meaning: 'the case' },
    { name: 'n', type: 'INTEGER', unit: 'bytes', meaning: 'a number' },
    { name: 't', type: 'SECONDS', unit: 's', meaning: 'a time' },
    { name: 'share', type: 'REAL', unit: 'ratio', meaning: 'a share' },
    { name: 'text', type: 'TEXT', unit: null, meaning: 'a text' },
  ],
};

const ROWS: readonly (readonly Value[])[] = [
  ['b', 9_223_372_036_854_775_807n, { digits: '1764266152.123456789' }, 0.1, ''],
  ['b', -9_223_372_036_854_775_808n, { digits: '0.000001' }, null, null],
  // A bare count of clock ticks.
  ['a', 9_007_199_254_740_993n, { digits: '9223372036854775807' }, 1 / 3, '=1+1'],
  ['\u{1f600}', null, { digits: '-0.5' }, 5e-324, 'line\nfeed, "quoted"'],
  ['\uffee', 0n, null, 0, 'né'],
];
/** By the bytes of the case: U+FFEE is below U+1F600, whose UTF-16 units are smaller. */
const BY_CASE = [2, 0, 1, 4, 3].map((index) => ROWS[index] ?? []);

let folder: string;
let parts: string;

async function write(name: string, rows: typeof ROWS, mostRows?: number): Promise<string> {
  const csv = join(folder, `${name}.csv`);
  writeFileSync(csv, [...formatCsv({ columns: TABLE.columns, rows, empty: null })].join(''));
  await writeParquet(csv, TABLE, join(folder, name), '1.2.3', mostRows);
  return join(folder, name);
}

async function duck(sql: string): Promise<string[][]> {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  const rows = (await connection.runAndReadAll(sql)).getRows();
  connection.closeSync();
  instance.closeSync();
  return rows.map((row) => row.map((value) => (value === null ? 'NULL' : String(value))));
}

const buffer = (path: string): ArrayBuffer => new Uint8Array(readFileSync(path)).buffer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'modwaste-parquet-'));
  parts = await write('whole', ROWS);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('Parquet', () => {
  it('has every value exactly, by DuckDB', async () => {
    const shown = await duck(`SELECT * FROM '${parts}/*.parquet'`);
    expect(
      shown.map((row) => row.map((text) => text.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, ''))),
    ).toEqual(
      BY_CASE.map((row) =>
        row.map((value) =>
          value === null
            ? 'NULL'
            : String(typeof value === 'object' && 'digits' in value ? value.digits : value),
        ),
      ),
    );
    expect(
      await duck(`SELECT typeof(n), typeof(t), typeof(share) FROM '${parts}/*.parquet' LIMIT 1`),
    ).toEqual([['BIGINT', 'DECIMAL(38,9)', 'DOUBLE']]);
    expect(await duck(`SELECT sum(t)::VARCHAR FROM '${parts}/*.parquet' WHERE "case" = 'b'`)).toEqual([
      ['1764266152.123457789'],
    ]);
  });

  it('has the same rows by hyparquet, with the documentation of its columns', async () => {
    const file = buffer(join(parts, 'part-00000.parquet'));
    const rows = await parquetReadObjects({ file, compressors: { GZIP: (bytes) => gunzipSync(bytes) } });
    expect(rows.map((row) => [row.case, row.n, row.share, row.text])).toEqual(
      BY_CASE.map(([name, n, , share, text]) => [name, n, share, text]),
    );
    const metadata = parquetMetadata(file);
    const known = new Map(metadata.key_value_metadata?.map(({ key, value }) => [key, value]));
    expect(known.get('modwaste.query')).toBe('some-rows');
    expect(known.get('modwaste.version')).toBe('1.2.3');
    expect(JSON.parse(known.get('modwaste.columns') ?? '')).toContainEqual({
      ...{ name: 'n', type: 'INTEGER', unit: 'bytes', meaning: 'a number' },
    });
    expect(metadata.row_groups[0]?.sorting_columns).toMatchObject([{ column_idx: 0, descending: false }]);
  });

  it('is written in parts that are one table, of row groups sorted by case', async () => {
    const rows = Array.from({ length: 1000 }, (_, n): readonly Value[] => [
      ...[`case${(n * 7) % 50}`, BigInt(n), { digits: '1.5' }, null, 'same'],
    ]);
    const many = await write('many', rows, 30);
    // Row groups of 30 rows, 16 in a part.
    expect(partsOf(many)).toHaveLength(3);
    expect(
      await duck(`SELECT count(*), sum(n), sum(t), count(DISTINCT "case") FROM '${many}/*.parquet'`),
    ).toEqual([['1000', '499500', '1500.000000000', '50']]);
    const first = await duck(`SELECT "case" FROM '${many}/part-00000.parquet'`);
    for (let at = 0; at < first.length; at += 30) {
      const group = first.slice(at, at + 30);
      expect(group).toEqual([...group].sort());
    }
    // The same rows give the same bytes.
    const again = await write('again', rows, 30);
    for (const name of partsOf(many)) {
      expect(readFileSync(join(again, name)).equals(readFileSync(join(many, name)))).toBe(true);
    }
  });

  it('of a table without rows still has its columns', async () => {
    const none = await write('none', []);
    expect(await duck(`SELECT column_name FROM (DESCRIBE FROM '${none}/*.parquet')`)).toEqual(
      TABLE.columns.map(({ name }) => [name]),
    );
    expect(await duck(`SELECT count(*) FROM '${none}/*.parquet'`)).toEqual([['0']]);
  });

  it('replaces earlier parts and leaves what else is in the folder', async () => {
    const to = join(folder, 'kept');
    mkdirSync(to);
    for (const name of ['mine.txt', 'part-00000.parquet', 'part-00007.parquet'])
      writeFileSync(join(to, name), '');
    replaceParts(await write('new', ROWS), to);
    expect(partsOf(to)).toEqual(['part-00000.parquet']);
    removeParts(to);
    expect(readFileSync(join(to, 'mine.txt'), 'utf8')).toBe('');
  });
});
