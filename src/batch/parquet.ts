// SPDX-License-Identifier: Apache-2.0
/**
 * A table of a batch as Parquet: `NAME/part-00000.parquet`, one row group each, made from the finished CSV, so that
 * memory holds one row group of one table. Rows are sorted by case within a part. INTEGER is INT64, REAL is DOUBLE,
 * SECONDS is an exact DECIMAL in seconds, as in the CSV. What the query says of itself and of its columns stands in the
 * metadata of each file.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type ColumnSource, fileWriter, ParquetWriter, type SchemaElement } from 'hyparquet-writer';
import type { QueryColumn } from '../query/head.js';
import { readRows } from './csv.js';
import { type Column, columnOf, ownText, SCALE } from './parquet-columns.js';
import type { BatchTable } from './tables.js';

/** A row group: half a million rows, fewer of a wide table, because its writer holds all of it. */
const MOST_ROWS = 2 ** 19;
const MOST_CELLS = 2 ** 22;

/** Every reader knows it, and it halves what Snappy leaves; Node 20 has no Zstandard. */
const CODEC = 'GZIP';
const compressors = { [CODEC]: (bytes: Uint8Array): Uint8Array => gzipSync(bytes) };

const PART = /^part-\d{5}\.parquet$/;

/** Names of the Parquet files of a table in a folder of results. */
export function partsOf(folder: string): string[] {
  return existsSync(folder) && statSync(folder).isDirectory()
    ? readdirSync(folder)
        .filter((name) => PART.test(name))
        .sort()
    : [];
}

/** Removes those files, and the folder if nothing else is in it. */
export function removeParts(folder: string): void {
  const parts = partsOf(folder);
  for (const name of parts) rmSync(join(folder, name));
  if (parts.length > 0 && readdirSync(folder).length === 0) rmdirSync(folder);
}

/** Puts finished parts in the place of earlier ones. */
export function replaceParts(from: string, to: string): void {
  removeParts(to);
  mkdirSync(to, { recursive: true });
  for (const name of partsOf(from)) renameSync(join(from, name), join(to, name));
  rmdirSync(from);
}

/** Writes the rows of a CSV file as parts into a folder; at least one, so that the table has its columns. */
export async function writeParquet(
  csv: string,
  table: BatchTable,
  folder: string,
  version: string,
  mostRows = MOST_ROWS,
): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  // A cell takes at least the byte that ends it.
  const cells = Math.min(MOST_CELLS, statSync(csv).size);
  const group = new RowGroup(table, Math.min(mostRows, Math.ceil(cells / table.columns.length)));
  let parts = 0;
  const flush = (): void => {
    group.write(join(folder, `part-${String(parts++).padStart(5, '0')}.parquet`), version);
  };
  let isHeader = true;
  for await (const rows of readRows(csv)) {
    for (const row of isHeader ? rows.slice(1) : rows) {
      if (group.isFull) flush();
      group.push(row);
    }
    isHeader &&= rows.length === 0;
  }
  if (parts === 0 || group.rows > 0) flush();
}

class RowGroup {
  readonly #table: BatchTable;
  readonly #columns: readonly Column[];
  readonly #most: number;
  /** The cases with their rows, which stand together. */
  #cases: { readonly name: string; readonly start: number; end: number }[] = [];
  rows = 0;

  constructor(table: BatchTable, most: number) {
    this.#table = table;
    this.#most = most;
    this.#columns = table.columns.slice(1).map(({ type }) => columnOf(type, most));
  }

  get isFull(): boolean {
    return this.rows === this.#most;
  }

  push(row: readonly (string | null)[]): void {
    const name = row[0] ?? '';
    const last = this.#cases.at(-1);
    if (last?.name === name) last.end++;
    else this.#cases.push({ name: ownText(name), start: this.rows, end: this.rows + 1 });
    for (const [index, column] of this.#columns.entries()) column.push(row[index + 1] ?? null);
    this.rows++;
  }

  /** Writes the rows to a file, and starts anew. */
  write(path: string, version: string): void {
    const { columns } = this.#table;
    const writer = new ParquetWriter({
      writer: fileWriter(path),
      schema: [{ name: 'modwaste', num_children: columns.length }, ...columns.map(elementOf)],
      codec: CODEC,
      compressors,
      kvMetadata: metadataOf(this.#table, version),
      createdBy: `modwaste version ${version}`,
    });
    this.#sort();
    const order = Uint32Array.from(this.#rowNumbers());
    const [first, ...others] = columns;
    const columnData: ColumnSource[] = [
      // Sorted names: each is told by where it differs from the one before.
      { name: first?.name ?? '', data: this.#names(), encoding: 'DELTA_BYTE_ARRAY' },
      // The values of a column are made when the writer comes to it, and gone after it.
      ...others.map(({ name }, index) => {
        const column = this.#columns[index];
        return {
          name,
          get data() {
            return column?.values(order) ?? [];
          },
        };
      }),
    ];
    if (order.length > 0) writer.write({ columnData, rowGroupSize: order.length });
    for (const group of writer.row_groups) {
      group.sorting_columns = [{ column_idx: 0, descending: false, nulls_first: false }];
    }
    writer.finish();
    for (const column of this.#columns) column.clear();
    this.#cases = [];
    this.rows = 0;
  }

  /** By the bytes of their names; rows of one case stay as they came. */
  #sort(): void {
    this.#cases.sort((a, b) =>
      a.name === b.name ? 0 : Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)),
    );
  }

  *#rowNumbers(): Generator<number> {
    for (const { start, end } of this.#cases) for (let row = start; row < end; row++) yield row;
  }

  #names(): string[] {
    const names: string[] = [];
    for (const { name, start, end } of this.#cases) for (let row = start; row < end; row++) names.push(name);
    return names;
  }
}

function elementOf({ name, type }: QueryColumn): SchemaElement {
  const repetition_type = 'OPTIONAL';
  switch (type) {
    case 'TEXT':
      return {
        name,
        repetition_type,
        type: 'BYTE_ARRAY',
        converted_type: 'UTF8',
        logical_type: { type: 'STRING' },
      };
    case 'INTEGER':
      return { name, repetition_type, type: 'INT64' };
    case 'REAL':
      return { name, repetition_type, type: 'DOUBLE' };
    case 'SECONDS': {
      const decimal = { precision: 38, scale: SCALE };
      const bytes = { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 16, converted_type: 'DECIMAL' } as const;
      return { name, repetition_type, ...bytes, ...decimal, logical_type: { type: 'DECIMAL', ...decimal } };
    }
  }
}

function metadataOf(
  { file, summary, columns }: BatchTable,
  version: string,
): { key: string; value: string }[] {
  const documented = columns.map(({ name, type, unit, meaning }) => ({ name, type, unit, meaning }));
  return [
    { key: 'modwaste.version', value: version },
    { key: 'modwaste.query', value: file },
    { key: 'modwaste.summary', value: summary },
    { key: 'modwaste.columns', value: JSON.stringify(documented) },
  ];
}
