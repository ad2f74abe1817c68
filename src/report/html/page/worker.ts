// SPDX-License-Identifier: Apache-2.0
/** The thread that SQL runs on: SQLite over the case's tables. It is ended to stop a statement. */
import initSqlJs, { type Database } from 'sql.js';
import { parseQuery, type Query } from '../../../query/head.js';
import { ParamError } from '../../../query/params.js';
import type { Result, ResultColumn, Value } from '../../../query/result.js';
import { runQuery, runSql } from '../../../query/run.js';
import { SqlError } from '../../../query/sql-error.js';
import { namedParams } from '../../../query/sql-text.js';
import { fillDatabase } from '../../../store/fill.js';
import { TABLES } from '../../../store/schema.js';
import type { Row } from '../../../store/table.js';
import { formatResult } from '../../format.js';
import { type PackedTable, unpackColumn } from '../columns.js';
import { gunzip } from './gunzip.js';
import type { SqlFailure, SqlReply, SqlRequest } from './sql-messages.js';

const port = self as unknown as {
  onmessage: ((event: MessageEvent<SqlRequest>) => void) | null;
  postMessage(reply: SqlReply): void;
};

let database: Database | null = null;

async function open(wasm: ArrayBuffer | null): Promise<Database> {
  if (database) return database;
  if (!wasm) throw new Error('the first request carries SQLite');
  const engine = await initSqlJs({ wasmBinary: await gunzip(wasm).arrayBuffer() });
  database = new engine.Database();
  return database;
}

async function fill(db: Database, packed: SqlRequest['tables']): Promise<void> {
  const tables = new Map<string, PackedTable>();
  for (const [name, bytes] of packed) tables.set(name, (await gunzip(bytes).json()) as PackedTable);
  db.run('BEGIN');
  fillDatabase(
    db,
    ({ name }) => rowsOf(tables.get(name)),
    TABLES.filter(({ name }) => tables.has(name)),
  );
  db.run('COMMIT');
}

function* rowsOf(table: PackedTable | undefined): Generator<Row> {
  const columns = table?.columns.map(unpackColumn) ?? [];
  for (let row = 0; row < (table?.rows ?? 0); row++) yield columns.map((column) => column[row] ?? null);
}

/** A changed query keeps the types and units of the columns whose names are left. */
function typed(columns: readonly ResultColumn[], query: Query | null): readonly ResultColumn[] {
  return columns.map(
    (column) => query?.columns.find(({ name, type }) => name === column.name && type !== 'SECONDS') ?? column,
  );
}

function ask(db: Database, { query: text, sql, given }: SqlRequest): Result {
  const values = new Map(given);
  const query = text && parseQuery(text.name, text.sql, text.name);
  if (query && sql === null) return runQuery(db, query, values);
  const named = namedParams(sql ?? '');
  const own = new Map([...values].filter(([name]) => named.includes(name)));
  const result = runSql(db, 'SQL', sql ?? '', own);
  return { ...result, columns: typed(result.columns, query) };
}

async function answer(request: SqlRequest): Promise<SqlReply> {
  const db = await open(request.wasm);
  if (request.tables.length > 0) await fill(db, request.tables);
  const { columns, rows, empty } = ask(db, request);
  if (request.format !== null) {
    const text = new Blob([...formatResult({ columns, rows, empty }, request.format)]);
    return { id: request.id, columns, empty, text, rows: [], more: false };
  }
  const first: (readonly Value[])[] = [];
  let more = false;
  for (const row of rows) {
    more = first.length === request.most;
    if (more) break;
    first.push(row);
  }
  return { id: request.id, columns, empty, text: null, rows: first, more };
}

function failureOf(error: unknown): SqlFailure {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof SqlError) return { message, suggestion: error.suggestion, place: error.place };
  return { message, suggestion: error instanceof ParamError ? error.suggestion : null, place: null };
}

/** Requests are answered one after another: the first one opens the database. */
let last: Promise<void> = Promise.resolve();

port.onmessage = ({ data }) => {
  last = last.then(async () => {
    try {
      port.postMessage(await answer(data));
    } catch (error) {
      port.postMessage({ id: data.id, failed: failureOf(error) });
    }
  });
};
