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
import { fileWriter, ParquetWriter, type SchemaElement } from 'hyparquet-writer';
import type { QueryColumn } from '../query/head.js';
import { readRows } from './csv.js';
import { type Column, columnOf, SCALE } from './parquet-columns.js';
import type { BatchTable } from './tables.js';

/** A row group is that of a million rows; fewer of a wide table, so that it takes less than some 150 MB. */
const MOST_ROWS = 2 ** 20;
const MOST_CELLS = 2 ** 23;

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
  /** The cases, each with its first row: rows of one case stand together. */
  #cases: { readonly name: Buffer; readonly start: number }[] = [];
  #last: string | null = null;
  rows = 0;

  constructor(table: BatchTable, most: number) {
    this.#table = table;
    this.#most = most;
    this.#columns = table.columns.map(({ type }) => columnOf(type, most));
  }

  get isFull(): boolean {
    return this.rows === this.#most;
  }

  push(row: readonly (string | null)[]): void {
    const name = row[0] ?? '';
    if (name !== this.#last) this.#cases.push({ name: Buffer.from(name), start: this.rows });
    this.#last = name;
    for (const [index, column] of this.#columns.entries()) column.push(row[index] ?? null);
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
    const order = this.#order();
    const values = this.#columns;
    // Each column's values are made when the writer comes to it, and gone after it.
    const columnData = columns.map(({ name }, index) => ({
      name,
      get data() {
        return values[index]?.values(order) ?? [];
      },
    }));
    if (order.length > 0) writer.write({ columnData, rowGroupSize: order.length });
    for (const group of writer.row_groups) {
      group.sorting_columns = [{ column_idx: 0, descending: false, nulls_first: false }];
    }
    writer.finish();
    for (const column of this.#columns) column.clear();
    this.#cases = [];
    this.#last = null;
    this.rows = 0;
  }

  /** The rows by case, in the order of its bytes; those of a case as they came. */
  #order(): Uint32Array {
    const ends = this.#cases.slice(1).map(({ start }) => start);
    const runs = this.#cases.map(({ name, start }, index) => ({
      name,
      start,
      end: ends[index] ?? this.rows,
    }));
    runs.sort((a, b) => Buffer.compare(a.name, b.name) || a.start - b.start);
    const order = new Uint32Array(this.rows);
    let at = 0;
    for (const { start, end } of runs) for (let row = start; row < end; row++) order[at++] = row;
    return order;
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
