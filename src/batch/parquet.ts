// SPDX-License-Identifier: Apache-2.0
/**
 * A table of a batch as Parquet: `NAME/part-00000.parquet`, made from the finished CSV, so that memory holds one row
 * group of one table. Rows are sorted by case within a row group. INTEGER is INT64, REAL is DOUBLE, SECONDS is an exact
 * DECIMAL in seconds, as in the CSV. What the query says of itself and of its columns stands in the metadata of each file.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type ColumnSource, fileWriter, ParquetWriter } from 'hyparquet-writer';
import { type CsvRow, readRows } from './csv.js';
import { type Column, columnOf, textElement } from './parquet-columns.js';
import { type BatchTable, isInParquet } from './tables.js';

/** A row group: fewer rows of a wide table, because its writer holds all of it. */
const MOST_ROWS = 2 ** 18;
const MOST_CELLS = 2 ** 20;
const GROUPS_OF_PART = 16;

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
  // Takes no space on a disk that may be full by now.
  if (!existsSync(to)) renameSync(from, to);
  else {
    for (const name of partsOf(from)) renameSync(join(from, name), join(to, name));
    rmdirSync(from);
  }
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
  const parts = new Parts(
    table,
    folder,
    version,
    Math.min(mostRows, Math.ceil(cells / table.columns.length)),
  );
  for await (const rows of readRows(csv)) for (const row of rows) parts.push(row);
  parts.finish();
}

/** Fills row groups and writes them. */
class Parts {
  readonly #folder: string;
  readonly #options: Omit<ConstructorParameters<typeof ParquetWriter>[0], 'writer'>;
  readonly #columns: readonly { readonly index: number; readonly column: Column }[];
  readonly #nameColumn: string;
  readonly #mostRows: number;
  /** The cases of the row group with their rows, which stand together. */
  #cases: { readonly name: Buffer; readonly start: number; end: number }[] = [];
  #lastName: string | null = null;
  #rows = 0;
  #parts = 0;
  #path = '';
  #writer: ParquetWriter | null = null;

  constructor(table: BatchTable, folder: string, version: string, mostRows: number) {
    this.#folder = folder;
    this.#mostRows = mostRows;
    const [first, ...others] = table.columns;
    this.#nameColumn = first?.name ?? '';
    this.#columns = others.flatMap((column, index) =>
      isInParquet(table, column.name) ? [{ index: index + 1, column: columnOf(column, mostRows) }] : [],
    );
    const elements = [textElement(this.#nameColumn), ...this.#columns.map(({ column }) => column.element)];
    this.#options = {
      schema: [{ name: 'modwaste', num_children: elements.length }, ...elements],
      codec: CODEC,
      compressors,
      kvMetadata: metadataOf(table, version),
      createdBy: `modwaste version ${version}`,
    };
  }

  push(row: CsvRow): void {
    if (this.#rows === this.#mostRows) this.#writeGroup();
    const name = row[0] ?? '';
    const last = this.#cases.at(-1);
    if (last && name === this.#lastName) last.end++;
    else this.#cases.push({ name: Buffer.from(name), start: this.#rows, end: this.#rows + 1 });
    this.#lastName = name;
    for (const { index, column } of this.#columns) column.push(row[index] ?? null);
    this.#rows++;
  }

  /** In the order of the bytes of the names; rows of one case stay as they came. */
  #writeGroup(): void {
    this.#cases.sort((a, b) => Buffer.compare(a.name, b.name));
    const order = new Uint32Array(this.#rows);
    const names: Buffer[] = [];
    for (const { name, start, end } of this.#cases) {
      for (let row = start; row < end; row++) {
        order[names.length] = row;
        names.push(name);
      }
    }
    const columnData: ColumnSource[] = [
      // Sorted names: each is told by where it differs from the one before.
      { name: this.#nameColumn, data: names, encoding: 'DELTA_BYTE_ARRAY' },
      ...this.#columns.map(({ column }) => ({
        name: column.element.name,
        // Made when the writer comes to the column, and gone after it.
        get data() {
          return column.values(order);
        },
      })),
    ];
    const writer = this.#writer ?? this.#startPart();
    writer.write({ columnData, rowGroupSize: order.length });
    for (const { column } of this.#columns) column.clear();
    this.#cases = [];
    this.#lastName = null;
    this.#rows = 0;
    if (writer.row_groups.length === GROUPS_OF_PART) this.#finishPart(writer);
  }

  #startPart(): ParquetWriter {
    const name = `part-${String(this.#parts++).padStart(5, '0')}.parquet`;
    this.#path = join(this.#folder, name);
    this.#writer = new ParquetWriter({ ...this.#options, writer: fileWriter(this.#path) });
    return this.#writer;
  }

  #finishPart(writer: ParquetWriter): void {
    for (const group of writer.row_groups) {
      group.sorting_columns = [{ column_idx: 0, descending: false, nulls_first: false }];
    }
    writer.finish();
    this.#writer = null;
    flushToDisk(this.#path);
  }

  finish(): void {
    if (this.#rows > 0) this.#writeGroup();
    if (this.#writer || this.#parts === 0) this.#finishPart(this.#writer ?? this.#startPart());
  }
}

/** The file takes the place of an earlier one: what the disk says of it must come before. */
function flushToDisk(path: string): void {
  const descriptor = openSync(path, 'r+');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
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
