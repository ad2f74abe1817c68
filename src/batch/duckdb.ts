// SPDX-License-Identifier: Apache-2.0
/** Questions about batches by DuckDB, an optional package: reads Parquet or CSV where they lie, and spills to disk. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { DuckDBConnection, DuckDBType, DuckDBValue } from '@duckdb/node-api';
import { errorMessage } from '../model/error-message.js';
import type { ColumnType, Query } from '../query/head.js';
import { bindOwnParams, bindParams, type ParamValue } from '../query/params.js';
import type { Result, ResultColumn, Value } from '../query/result.js';
import { refuseForeign } from '../query/run.js';
import { SqlError } from '../query/sql-error.js';
import { bareSql, firstKeyword, namedParams } from '../query/sql-text.js';
import { FORMULA } from '../report/csv.js';
import { BatchError } from './case.js';
import type { Answers, EngineOptions, OpenedTable } from './engine-types.js';
import { firstBytes } from './file-bytes.js';
import type { TableFiles } from './folders.js';
import { SCALE } from './parquet-columns.js';
import { FUNCTIONS, type SqlFunction } from './statistics.js';
import { CASES, isCaseName, isInParquet, quoted } from './tables.js';

type Duckdb = typeof import('@duckdb/node-api');

/** With it, the process stays below a gigabyte. */
const DEFAULT_MEMORY = 600 * 1024 ** 2;

/** What SQL means here as in SQLite: integers divide as integers, NULL comes first. */
const SETTINGS = `
  SET integer_division = true; SET default_null_order = 'sqlite'; SET preserve_insertion_order = false;
  SET autoinstall_known_extensions = false; SET autoload_known_extensions = false;
`;

const SQL_TYPES: Readonly<Record<ColumnType, string>> = {
  TEXT: 'VARCHAR',
  INTEGER: 'BIGINT',
  REAL: 'DOUBLE',
  SECONDS: `DECIMAL(38, ${SCALE})`,
};

async function load(): Promise<Duckdb | null> {
  try {
    return await import('@duckdb/node-api');
  } catch {
    // Not installed, or no binary for this system.
    return null;
  }
}

/** Null where DuckDB is not there. */
export async function openDuckdb(
  tables: readonly OpenedTable[],
  cases: readonly TableFiles[],
  { memory, threads }: EngineOptions,
): Promise<Answers | null> {
  const duckdb = await load();
  if (!duckdb) return null;
  const spill = mkdtempSync(join(tmpdir(), 'modwaste-duckdb-'));
  const instance = await duckdb.DuckDBInstance.create(':memory:', {
    memory_limit: `${Math.ceil((memory ?? DEFAULT_MEMORY) / 1024)}KiB`,
    temp_directory: spill,
    ...(threads === null ? {} : { threads: String(threads) }),
  });
  const db = await instance.connect();
  const removeSpill = (): void => rmSync(spill, { recursive: true, force: true });
  /** The process would wait for the end of a query that runs. */
  const abandon = (): void => {
    db.interrupt();
    removeSpill();
  };
  const close = (): void => {
    db.closeSync();
    instance.closeSync();
    removeSpill();
  };
  try {
    for (const one of FUNCTIONS) register(duckdb, db, one);
    await db.run(SETTINGS);
    const areNamed = cases.length > 1 && (await haveSameName(db, cases));
    for (const opened of tables) {
      await db.run(`CREATE VIEW ${quoted(opened.table.name)} AS ${await selectOf(db, opened, areNamed)}`);
    }
    const files = tables.flatMap((opened) =>
      opened.files.flatMap(({ csv, parquet }) => [csv ?? [], parquet].flat()),
    );
    const folders = [...new Set(files.map((file) => dirname(resolve(file))))].map(literal).join(', ');
    // Own SQL reads these results and nothing else on the machine.
    await db.run(
      `SET allowed_directories = [${folders}]; SET enable_external_access = false; SET lock_configuration = true`,
    );
    return {
      name: 'duckdb',
      areNamed,
      answer: async (query, given) => ({
        ...(await ask(duckdb, db, query.file, query.sql, bindParams(query, given), query)),
        empty: query.empty,
      }),
      answerOwn: async (sql, given) => {
        refuseForeign('--sql', sql);
        return ask(duckdb, db, '--sql', sql, bindOwnParams(namedParams(sql), given), null);
      },
      close,
      abandon,
    };
  } catch (error) {
    close();
    throw error;
  }
}

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
/** A path, in which no character is a pattern. */
const pathLiteral = (path: string): string => literal(resolve(path).replace(/[*?[]/g, '[$&]'));

/** The rows of a table in all folders; a column that a folder of an earlier version lacks is NULL. */
async function selectOf(
  db: DuckDBConnection,
  { table, files }: OpenedTable,
  areNamed: boolean,
): Promise<string> {
  const selects: string[] = [];
  for (const file of files) {
    const isWhole = table.columns.every(({ name }) => isInParquet(table, name));
    const isCsv = file.parquet.length === 0 || (file.csv !== null && !isWhole);
    const source = isCsv
      ? readCsv(file, csvColumns(file, table))
      : `read_parquet([${file.parquet.map(pathLiteral).join(', ')}])`;
    const has = await columnsOf(db, source, file.folder);
    const shown = table.columns.map(({ name, type }) => {
      const column = quoted(name);
      if (!has.includes(name)) return `CAST(NULL AS ${SQL_TYPES[type]}) AS ${column}`;
      const value = isCsv && type === 'TEXT' ? withoutApostrophe(column) : column;
      const isName = areNamed && isCaseName(table, name);
      return `${isName ? `${literal(`${file.folder}:`)} || ${value}` : value} AS ${column}`;
    });
    selects.push(`SELECT ${shown.join(', ')} FROM ${source}`);
  }
  return selects.join(' UNION ALL ');
}

async function columnsOf(db: DuckDBConnection, source: string, folder: string): Promise<string[]> {
  try {
    return (await db.run(`SELECT * FROM ${source} LIMIT 0`)).columnNames();
  } catch (error) {
    const [why = ''] = errorMessage(error).split('\n');
    throw new BatchError(`${folder}: a file of its results is damaged: ${why}`, [
      'run modwaste batch again into this folder with --resume: what is known is not read again',
    ]);
  }
}

/** The writer puts an apostrophe before what a spreadsheet would run as a formula. */
function withoutApostrophe(column: string): string {
  const expression = literal(FORMULA.source.replace('^', "^'").replace(/\\u(\w{4})/g, '\\x{$1}'));
  return `CASE WHEN ${column}[1] = '''' AND regexp_matches(${column}, ${expression}) THEN ${column}[2:] ELSE ${column} END`;
}

/** More than the header of any table has. */
const HEADER_BYTES = 64 * 1024;

type Columns = readonly { readonly name: string; readonly type: ColumnType }[];

/** The columns of the file by its header, so that one of another version is read as well. */
function csvColumns({ csv }: TableFiles, { columns }: OpenedTable['table']): Columns {
  const [header = ''] = firstBytes(csv ?? '', HEADER_BYTES)
    .toString()
    .split('\n');
  return header
    .split(',')
    .map((name) => ({ name, type: columns.find((known) => known.name === name)?.type ?? 'TEXT' }));
}

/** NULL is an empty field, an empty text is `""`. */
function readCsv({ csv }: TableFiles, columns: Columns): string {
  const types = columns.map(({ name, type }) => `${literal(name)}: ${literal(SQL_TYPES[type])}`);
  return (
    `read_csv(${pathLiteral(csv ?? '')}, header = true, auto_detect = false, delim = ',', quote = '"', escape = '"', ` +
    `new_line = '\\n', nullstr = '', allow_quoted_nulls = false, max_line_size = 16777216, columns = {${types.join(', ')}})`
  );
}

async function haveSameName(db: DuckDBConnection, cases: readonly TableFiles[]): Promise<boolean> {
  const all = await selectOf(db, { table: CASES, files: cases }, false);
  const reader = await db.runAndReadAll(`SELECT 1 FROM (${all}) GROUP BY path HAVING count(*) > 1 LIMIT 1`);
  return reader.currentRowCount > 0;
}

function register(duckdb: Duckdb, db: DuckDBConnection, { name, params, returns, run }: SqlFunction): void {
  const { BIGINT, DOUBLE, VARCHAR } = duckdb;
  const typeOf = { TEXT: VARCHAR, INTEGER: BIGINT, REAL: DOUBLE };
  db.registerScalarFunction(
    duckdb.DuckDBScalarFunction.create({
      name,
      parameterTypes: params.map((type) => typeOf[type]),
      returnType: typeOf[returns],
      mainFunction: (_info, chunk, output) => {
        const columns = params.map((_, index) => chunk.getColumnVector(index));
        for (let row = 0; row < chunk.rowCount; row++) {
          const values = columns.map((column) => column.getItem(row));
          const given = values.map((value) => (typeof value === 'bigint' ? Number(value) : value));
          output.setItem(row, given.includes(null) ? null : run(...(given as (string | number)[])));
        }
        output.flush();
      },
    }),
  );
}

/** `EXPLAIN ANALYZE` runs what it explains. */
function refuseWrites({ StatementType }: Duckdb, file: string, sql: string, type: number): void {
  const reads =
    type === StatementType.SELECT || (type === StatementType.EXPLAIN && !/\banalyze\b/i.test(bareSql(sql)));
  if (!reads) throw new SqlError(file, `${firstKeyword(sql)} is not allowed: queries can only read`);
}

async function ask(
  duckdb: Duckdb,
  db: DuckDBConnection,
  file: string,
  sql: string,
  given: ReadonlyMap<string, ParamValue>,
  query: Query | null,
): Promise<Result> {
  try {
    const statement = await db.prepare(sql);
    if (!query) refuseWrites(duckdb, file, sql, statement.statementType);
    for (const name of namedParams(sql)) {
      const value = given.get(name) ?? null;
      const isReal = query?.params.find((param) => param.name === name)?.type === 'REAL';
      const isInteger = !isReal && Number.isSafeInteger(value);
      if (isInteger) statement.bindBigInt(statement.parameterIndex(name), BigInt(value ?? 0));
      else
        statement.bindValue(
          statement.parameterIndex(name),
          value,
          typeof value === 'number' ? duckdb.DOUBLE : duckdb.VARCHAR,
        );
    }
    const result = await statement.run();
    const chunks = await result.fetchAllChunks();
    const names = result.columnNames();
    const types = result.columnTypes();
    const columns: readonly ResultColumn[] =
      query?.columns ?? names.map((name) => ({ name, type: null, unit: null }));
    function* rows(): Generator<readonly Value[]> {
      for (const chunk of chunks) {
        for (const row of chunk.getRows()) {
          yield row.map((value, index) => shownValue(value, types[index], columns[index]?.type ?? null));
        }
      }
    }
    return { columns, rows: rows(), empty: null };
  } catch (error) {
    throw error instanceof SqlError ? error : explain(file, sql, errorMessage(error));
  }
}

/** A value as SQLite would give it; times stay exact. */
function shownValue(value: DuckDBValue, type: DuckDBType | undefined, shown: ColumnType | null): Value {
  if (value === null || typeof value === 'bigint' || typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value === 'number') {
    return type !== undefined && INTEGERS.test(String(type)) ? BigInt(value) : value;
  }
  if (type !== undefined && String(type).startsWith('DECIMAL')) {
    return shown === 'REAL' ? Number(String(value)) : { digits: trimmed(String(value)) };
  }
  return String(value);
}

const INTEGERS = /^U?(?:TINY|SMALL)?INT(?:EGER)?$|^U(?:TINYINT|SMALLINT|INTEGER)$/;

/** `1.500000000` -> `1.5`. */
const trimmed = (digits: string): string => digits.replace(/(?<=\.\d*?)0+$/, '').replace(/\.$/, '');

/** `Parser Error: ...\n\nLINE 2: SELECT x\n       ^`: what is wrong, and where. */
function explain(file: string, sql: string, message: string): SqlError {
  const [fact = message, ...more] = message.split('\n').filter((line) => line.trim() !== '');
  const suggestion = more.find((line) => /^(?:Did you mean|Candidate bindings)/.test(line)) ?? null;
  const [, number, text = ''] =
    /^LINE (\d+): (.*)$/.exec(more.find((line) => line.startsWith('LINE ')) ?? '') ?? [];
  const caret = more.find((line) => /^\s*\^$/.test(line))?.indexOf('^') ?? -1;
  const line = Number(number);
  const whole = sql.split('\n')[line - 1];
  const isWhole = caret >= 0 && whole === text;
  const place = isWhole ? { line, column: caret - `LINE ${line}: `.length + 1, text } : null;
  return new SqlError(file, fact, place, suggestion);
}
