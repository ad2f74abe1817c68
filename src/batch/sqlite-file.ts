// SPDX-License-Identifier: Apache-2.0
/** A SQLite file of all results, written by an SQLite that works on disk, so that its size is not limited by memory. */
import { rmSync } from 'node:fs';
import sqlite from 'node-sqlite3-wasm';
import type { CsvRow } from './csv.js';
import { type BatchTable, createTable, insertInto, quoted } from './tables.js';

type Connection = InstanceType<typeof sqlite.Database>;
type Insert = ReturnType<Connection['prepare']>;

export class SqliteFile {
  readonly #db: Connection;
  readonly #inserts = new Map<string, Insert>();

  /** Creates a new file at a temporary path; the caller renames it when it is complete. */
  constructor(path: string, tables: readonly BatchTable[]) {
    rmSync(path, { force: true });
    this.#db = new sqlite.Database(path);
    // An incomplete file is discarded, so it needs no journal.
    this.#db.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN');
    for (const { name, columns } of tables) {
      this.#db.exec(createTable(name, columns));
      this.#inserts.set(name, this.#db.prepare(insertInto(name, columns)));
    }
  }

  /** Inserts values as text: STRICT columns convert digits into numbers without loss. */
  insert(table: string, rows: Iterable<CsvRow>): void {
    const insert = this.#inserts.get(table);
    for (const row of rows) insert?.run([...row]);
  }

  /** Adds an index by case to each table, commits and closes. */
  finish(): void {
    for (const [name, insert] of this.#inserts) {
      insert.finalize();
      const key = name === 'cases' ? 'path' : 'case';
      this.#db.exec(`CREATE INDEX ${quoted(`${name}_${key}`)} ON ${quoted(name)} (${quoted(key)})`);
    }
    this.#db.exec('COMMIT');
    this.#db.close();
  }

  abandon(): void {
    for (const insert of this.#inserts.values()) if (!insert.isFinalized) insert.finalize();
    if (this.#db.isOpen) this.#db.close();
  }
}
