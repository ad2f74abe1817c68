// SPDX-License-Identifier: Apache-2.0
/** `modwaste query`: canned queries and the user's SQL. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { findQuery } from '../../query/library.js';
import { bindParams, parseAssignments } from '../../query/params.js';
import { runQuery, runSql } from '../../query/run.js';
import { type Context, emitResult, longHelp } from '../context.js';
import { systemReason, UserError } from '../errors.js';
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
may use 128 MiB besides the tables.

CSV follows RFC 4180 with LF line ends: always a header; NULL is an empty field, an empty text
is "". Text that a spreadsheet would run as a formula gets a leading apostrophe.

Examples:
  modwaste query phase-waste /sys/kernel/debug/modules
  modwaste query attempts --format csv trace.txt > attempts.csv
  modwaste query timeline --param bucket_ms=500 trace.txt dmesg.txt
  modwaste query --sql 'SELECT outcome, count(*) FROM attempts GROUP BY 1' trace.txt
  modwaste query -f mine.sql --param boot=1 sosreport/
`;

/** The SQL of --sql or -f, with its name in errors; null for a canned query. */
function ownSql(options: QueryOptions): { file: string; sql: string } | null {
  if (options.sql !== undefined && options.file !== undefined) {
    throw new UserError('--sql and -f cannot be used together');
  }
  if (options.sql !== undefined) return { file: '--sql', sql: options.sql };
  if (options.file === undefined) return null;
  try {
    return { file: options.file, sql: readFileSync(options.file, 'utf8').replace(/^\uFEFF/, '') };
  } catch (error) {
    throw new UserError(`cannot read ${options.file}: ${systemReason(error)}`);
  }
}

async function query(context: Context, words: readonly string[], options: QueryOptions): Promise<void> {
  const given = parseAssignments(options.param ?? []);
  const own = ownSql(options);
  if (own) {
    const { case: opened } = await openInputs(context, words, options, 'rows');
    const store = await opened.store();
    await emitResult(context, options, runSql(store.db, own.file, own.sql, given), true);
    store.close();
    return;
  }
  const [name, ...inputs] = words;
  if (name === undefined) {
    throw new UserError('no query given', ['modwaste queries lists them; --sql runs your own']);
  }
  const canned = findQuery(context.queries(), name);
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
    .argument('[words...]', 'name of a canned query (not with --sql or -f), then files, directories, or -')
    .optionsGroup('Query:')
    .option('--sql <text>', 'SQL to run instead of a canned query')
    .option('-f, --file <file>', 'file with the SQL to run')
    .option('--timeout <seconds>', 'time limit for your own SQL (default: 600)', parseCount)
    .option('-p, --param <name=value>', 'value of a parameter; may be repeated', appendTo);
  addInputOptions(addOutputOptions(command));
  longHelp(command, context, HELP);
  return command.action((words: string[], options: Omit<QueryOptions, 'limits'>) =>
    query(context, words, { ...options, limits: limitsOf(options) }),
  );
}
