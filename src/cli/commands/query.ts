// SPDX-License-Identifier: Apache-2.0
/** `modwaste query`: canned queries and the user's SQL. */
import { existsSync, readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { hasHead, parseOwnQuery, type Query } from '../../query/head.js';
import { findQuery } from '../../query/library.js';
import { bindParams, parseAssignments } from '../../query/params.js';
import { runOwnQuery, runQuery, runSql } from '../../query/run.js';
import { type Context, emitResult, longHelp } from '../context.js';
import { systemFailure, UserError } from '../errors.js';
import { openInputs } from '../inputs.js';
import {
  addInputOptions,
  addOutputOptions,
  appendTo,
  type InputOptions,
  limitsOf,
  parseCount,
} from '../options.js';

interface QueryOptions extends InputOptions {
  readonly sql?: string;
  readonly file?: string;
  readonly param?: readonly string[];
}

const HELP = `
modwaste queries lists the canned queries with their columns. Your own SQL is one SQLite
statement, which can only read; modwaste tables describes the tables. Integers above 2^53 stay
exact in every format. Ctrl-C ends a query at once, --timeout ends one that runs too long; a query
may use 128 MiB besides the tables. A file for -f may have a head like those of the canned queries
(@param, @column, @empty): then its parameters have defaults and its columns types and units.

CSV follows RFC 4180 with LF line ends: always a header; NULL is an empty field, an empty text
is "". Text that a spreadsheet would run as a formula gets a leading apostrophe.

Examples:
  modwaste query phase-waste /sys/kernel/debug/modules
  modwaste query attempts --format csv trace.txt > attempts.csv
  modwaste query timeline --param bucket_ms=500 trace.txt dmesg.txt
  modwaste query --sql 'SELECT outcome, count(*) FROM attempts GROUP BY 1' trace.txt
  modwaste query -f mine.sql --param boot=1 sosreport/
  cat mine.sql | modwaste query -f - trace.txt
`;

/** The SQL of --sql or -f, with its name in errors; null for a canned query. */
async function ownSql(options: QueryOptions): Promise<{ file: string; sql: string } | null> {
  if (options.sql !== undefined && options.file !== undefined) {
    throw new UserError('--sql and -f cannot be used together');
  }
  if (options.sql !== undefined) return { file: '--sql', sql: options.sql };
  if (options.file === undefined) return null;
  const fromStdin = options.file === '-';
  const file = fromStdin ? 'stdin' : options.file;
  try {
    const sql = fromStdin ? await text(process.stdin) : readFileSync(file, 'utf8');
    return { file, sql: sql.replace(/^\uFEFF/, '') };
  } catch (error) {
    throw systemFailure(`cannot read ${file}`, error);
  }
}

/** Runs SQL of the user's; a file with a head of its own is checked, typed and explained like a canned query. */
async function queryOwn(
  context: Context,
  { file, sql }: { file: string; sql: string },
  given: ReadonlyMap<string, string>,
  inputs: readonly string[],
  options: QueryOptions,
): Promise<void> {
  if (options.file === '-' && inputs.includes('-')) {
    throw new UserError('stdin cannot be both the SQL and an input');
  }
  const headed = hasHead(sql) ? parseOwnQuery(sql, file) : null;
  if (headed) bindParams(headed, given);
  const { case: opened } = await openInputs(context, inputs, options, 'rows');
  const store = await opened.store();
  const result = headed ? runOwnQuery(store.db, headed, given) : runSql(store.db, file, sql, given);
  await emitResult(context, options, result, true);
  store.close();
}

/** The canned query of that name; where a path stands in its place, says what belongs there. */
function cannedQuery(context: Context, name: string, inputs: readonly string[]): Query {
  if (!context.queries().has(name) && existsSync(name)) {
    const named = inputs.find((input) => context.queries().has(input)) ?? 'NAME';
    const paths = [name, ...inputs.filter((input) => input !== named)].join(' ');
    throw new UserError(`the name of a query comes before the inputs, and ${name} is a path`, [
      `modwaste query ${named} ${paths}`,
      'modwaste queries lists the names; --sql runs your own',
    ]);
  }
  return findQuery(context.queries(), name);
}

async function query(context: Context, words: readonly string[], options: QueryOptions): Promise<void> {
  const given = parseAssignments(options.param ?? []);
  const own = await ownSql(options);
  if (own) return queryOwn(context, own, given, words, options);
  const [name, ...inputs] = words;
  if (name === undefined) {
    throw new UserError('no query given', ['modwaste queries lists them; --sql runs your own']);
  }
  const canned = cannedQuery(context, name, inputs);
  bindParams(canned, given);
  const { case: opened } = await openInputs(context, inputs, options, 'rows');
  const store = await opened.store(canned.needs);
  await emitResult(context, options, runQuery(store.db, canned, given));
  store.close();
}

export function queryCommand(command: Command, context: Context): Command {
  command
    .description('Run a canned query, or your own SQL, on the inputs.')
    .usage('[options] NAME INPUT...\n       modwaste query [options] (--sql TEXT | -f FILE) INPUT...')
    .argument(
      '[NAME INPUT...]',
      'name of a canned query (not with --sql or -f), then files, directories, or -',
    )
    .optionsGroup('Query:')
    .option('--sql <text>', 'SQL to run instead of a canned query')
    .option('-f, --file <file>', 'file with the SQL to run; - for stdin')
    .option('--timeout <seconds>', 'time limit for your own SQL (default: 600)', parseCount)
    .option('-p, --param <name=value>', 'value of a parameter; may be repeated', appendTo);
  addInputOptions(addOutputOptions(command));
  longHelp(command, context, HELP);
  return command.action((words: string[], options: Omit<QueryOptions, 'limits'>) =>
    query(context, words, { ...options, limits: limitsOf(options) }),
  );
}
