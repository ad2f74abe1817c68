// SPDX-License-Identifier: Apache-2.0
/**
 * The head of a query file. Comment lines before the SQL document its result:
 *
 *     -- One sentence: what a row is, and in which order.
 *     -- @param bucket_ms INTEGER = 100  Width of a bucket, in milliseconds.
 *     -- @column boot INTEGER -  Number of the boot, 1 for the first.
 *     -- @column bytes INTEGER bytes  Bytes allocated and freed unused.
 *     -- @needs attempts, boots
 *     -- @empty No load was seen.
 *
 * Two spaces separate a default or a unit from the meaning; `-` stands for no unit. A parameter without a default is required;
 * an INTEGER one beyond 32 bits reaches the SQL as a REAL, so CAST it before dividing. A line indented by three spaces
 * or more continues the line above.
 */

const COLUMN_TYPES = ['TEXT', 'INTEGER', 'REAL', 'SECONDS'] as const;
/**
 * SECONDS: the SQL gives integer nanoseconds, which are shown as an exact decimal number of seconds, or text
 * digits (a bare count of clock ticks), which are shown as that number.
 */
export type ColumnType = (typeof COLUMN_TYPES)[number];

/** SECONDS is bound as whole nanoseconds, so that a time is exact. */
const PARAM_TYPES = ['TEXT', 'INTEGER', 'REAL', 'SECONDS'] as const;
export type ParamType = (typeof PARAM_TYPES)[number];

/** A column of a query, as its head documents it. */
export interface QueryColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** `bytes`, `ms`, ...; null for counts and names. */
  readonly unit: string | null;
  readonly meaning: string;
}

/** A parameter of a query, as its head declares it. */
export interface QueryParam {
  readonly name: string;
  readonly type: ParamType;
  /** The default as written; null where the parameter is required. `NULL` stands for the SQL value. */
  readonly defaultText: string | null;
  readonly meaning: string;
}

/** A query: its SQL, and what its head says of parameters, columns and tables. */
export interface Query {
  readonly name: string;
  /** Path of its file, for messages. */
  readonly file: string;
  readonly summary: string;
  readonly params: readonly QueryParam[];
  readonly columns: readonly QueryColumn[];
  readonly needs: readonly string[];
  /** Meaning of an empty result. */
  readonly empty: string;
  /** The whole text, including the head, so that line numbers in errors are those of the file. */
  readonly sql: string;
}

/**
 * A head that does not follow the grammar: an error in a query file, never in evidence.
 *
 * @example
 * try {
 *   parseQuery('mine', 'SELECT 1', 'mine.sql');
 * } catch (error) {
 *   if (error instanceof QueryHeadError) console.error(error.file, error.line, error.fact);
 * }
 */
export class QueryHeadError extends Error {
  override readonly name = 'QueryHeadError';
  constructor(
    readonly file: string,
    readonly line: number,
    readonly fact: string,
  ) {
    super(`${file}:${line}: ${fact}`);
  }
}

/** True where the comments before the SQL hold a tag of a head. */
export function hasHead(text: string): boolean {
  return headLines(text).some((line) => /^@(?:param|column|needs|empty)\b/.test(line.text));
}

interface HeadLine {
  readonly line: number;
  text: string;
}

const LICENSE = ' SPDX-License-Identifier:';

/** The comment lines before the SQL, without the licence, with continuation lines joined. */
function headLines(text: string): HeadLine[] {
  const head: HeadLine[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    if (!raw.startsWith('--')) break;
    const body = raw.slice(2).trimEnd();
    if (body.startsWith(LICENSE)) continue;
    const last = head.at(-1);
    if (last && /^ {3,}\S/.test(body)) last.text += ` ${body.trim()}`;
    else if (body.trim() !== '') head.push({ line: index + 1, text: body.trim() });
  }
  return head;
}

const NAME = '([a-z][a-z0-9_]*)';
/** `bytes INTEGER bytes  Meaning`, `boot INTEGER -  Meaning`, `boot INTEGER  Meaning`. */
const COLUMN = new RegExp(`^${NAME} +([A-Z]+)(?: (\\S+))? {2,}(\\S.*)$`);
/** `bucket_ms INTEGER = 100  Meaning`, `name TEXT  Meaning`. */
const PARAM = new RegExp(`^${NAME} +([A-Z]+)(?: = (.*?))? {2,}(\\S.*)$`);

/** What a head says; null or empty where it says nothing. */
type Head = Pick<Query, 'params' | 'columns' | 'needs'> & {
  readonly summary: string;
  readonly empty: string | null;
  /** The error of the head as a whole. */
  fail(fact: string): Error;
};

/**
 * Reads the head of one query file.
 *
 * @param file Its path, for messages.
 * @throws QueryHeadError where the head lacks its sentence, a column, or what no rows mean.
 * @example
 * const mine = parseQuery('mine', readFileSync('mine.sql', 'utf8'), 'mine.sql');
 * const opened = await openCase({ inputs: ['trace.txt'], queries: [mine] });
 * await opened.query('mine');
 */
export function parseQuery(name: string, text: string, file: string): Query {
  const { fail, ...head } = parseHead(text, file);
  if (head.summary === '') throw fail('the head has no sentence');
  if (head.columns.length === 0) throw fail('the head has no @column');
  if (head.empty === null) throw fail('the head has no @empty');
  return { ...head, empty: head.empty, name, file, sql: text };
}

/** SQL of the user's, with as much of a head as it has: without @column, `columns` is empty. */
export function parseOwnQuery(text: string, file: string): Query {
  const { fail: _, ...head } = parseHead(text, file);
  return { ...head, empty: head.empty ?? '', name: file, file, sql: text };
}

function parseHead(text: string, file: string): Head {
  const summary: string[] = [];
  const params: QueryParam[] = [];
  const columns: QueryColumn[] = [];
  const needs: string[] = [];
  let empty: string | null = null;

  const lines = headLines(text);
  for (const { line, text: body } of lines) {
    const fail = (fact: string) => new QueryHeadError(file, line, fact);
    const tag = /^@(\w+)\s+(.*)$/.exec(body);
    const rest = tag?.[2] ?? '';
    switch (tag?.[1]) {
      case undefined:
        if (body.startsWith('@')) throw fail(`nothing follows ${body}`);
        if (columns.length + params.length > 0) throw fail('the sentence stands before the tags');
        summary.push(body);
        break;
      case 'param':
        params.push(parseParam(rest, fail));
        break;
      case 'column':
        columns.push(parseColumn(rest, fail));
        break;
      case 'needs':
        needs.push(...rest.split(/[\s,]+/).filter((table) => table !== ''));
        break;
      case 'empty':
        empty = rest;
        break;
      default:
        throw fail(`@${tag?.[1]} is not one of @param, @column, @needs, @empty`);
    }
  }

  const end = (fact: string) => new QueryHeadError(file, (lines.at(-1)?.line ?? 0) + 1, fact);
  for (const names of [columns, params].map((list) => list.map((item) => item.name))) {
    const twice = names.find((item, index) => names.indexOf(item) !== index);
    if (twice !== undefined) throw end(`${twice} is declared twice`);
  }
  return { summary: summary.join(' '), params, columns, needs, empty, fail: end };
}

function oneOf<T extends string>(types: readonly T[], type: string, fail: (fact: string) => Error): T {
  const found = types.find((candidate) => candidate === type);
  if (found === undefined) throw fail(`${type} is not a type here: ${types.join(', ')}`);
  return found;
}

function parseColumn(text: string, fail: (fact: string) => Error): QueryColumn {
  const [, name, type, unit, meaning] = COLUMN.exec(text) ?? [];
  if (!name || !type || !meaning) throw fail('expected `@column name TYPE unit  meaning`');
  return {
    name,
    type: oneOf(COLUMN_TYPES, type, fail),
    unit: unit === undefined || unit === '-' ? null : unit,
    meaning,
  };
}

function parseParam(text: string, fail: (fact: string) => Error): QueryParam {
  const [, name, type, defaultText, meaning] = PARAM.exec(text) ?? [];
  if (!name || !type || !meaning) throw fail('expected `@param name TYPE = default  meaning`');
  return { name, type: oneOf(PARAM_TYPES, type, fail), defaultText: defaultText ?? null, meaning };
}
