// SPDX-License-Identifier: Apache-2.0
/** `modwaste batch-query`: queries over all boots of a batch. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { batchQueries, openBatch, openForQuery } from '../../batch/query.js';
import { UnknownQueryError } from '../../query/library.js';
import { bindParams, parseAssignments } from '../../query/params.js';
import { runQuery, runSql } from '../../query/run.js';
import { asUserError } from '../batch-error.js';
import { type Context, emitPage, emitResult, longHelp, messagesFor } from '../context.js';
import { UserError } from '../errors.js';
import { addOutputOptions, appendTo, type OutputOptions } from '../options.js';
import { queriesPage, queryPage } from '../query-pages.js';

interface Options extends OutputOptions {
  readonly sql?: string;
  readonly param: readonly string[];
}

const HELP = `
Without a name: lists the queries. With a name and no folder: describes its parameters and
columns. --sql reads the table cases and one table for each canned query, with _ for -; their
columns are those of the CSV files ("case" must be quoted).

Examples:
  modwaste batch-query
  modwaste batch-query waste-by-kernel result
  modwaste batch-query top-modules result --format markdown
  modwaste batch-query regressions --param before='6.1.*' --param after='6.12.*' result
  modwaste batch-query --sql 'SELECT status, count(*) FROM cases GROUP BY 1' result
`;

/** The folder operand; throws where there is none or more than one. */
function folderOf(words: readonly string[]): string {
  const [folder, more] = words;
  if (folder === undefined) throw new UserError('no folder given', ['give the --out folder of a batch']);
  if (more !== undefined) {
    throw new UserError('more than one folder given', ['modwaste batch-merge merges the shards of a batch']);
  }
  return folder;
}

async function ask(context: Context, words: readonly string[], options: Options): Promise<void> {
  const canned = batchQueries();
  const given = parseAssignments(options.param);
  if (options.sql === undefined) {
    const [name, ...rest] = words;
    if (name === undefined) return emitPage(context, options, queriesPage(canned));
    const query = canned.get(name);
    if (!query) throw unknownQuery(name, canned.keys());
    if (rest.length === 0) return emitPage(context, options, queryPage(query));
    bindParams(query, given);
    const folder = folderOf(rest);
    const db = await openForQuery(folder, query, context.queries());
    noteUnfinished(context, folder, options);
    await emitResult(context, options, runQuery(db, query, given));
    db.close();
    return;
  }
  const folder = folderOf(words);
  const db = await openBatch(folder, options.sql, context.queries());
  noteUnfinished(context, folder, options);
  await emitResult(context, options, runSql(db, '--sql', options.sql, given), true);
  db.close();
}

function unknownQuery(name: string, known: Iterable<string>): UserError {
  const { message, suggestion } = new UnknownQueryError(name, known);
  const advice = 'modwaste batch-query lists them; --sql runs your own';
  return new UserError(message, suggestion === null ? [advice] : [suggestion, advice]);
}

function noteUnfinished(context: Context, folder: string, options: Options): void {
  if (existsSync(join(folder, 'run.json'))) return;
  messagesFor(context, options).note(
    `${folder} is incomplete: a run was interrupted while replacing its files; batch --resume repairs it`,
  );
}

export function batchQueryCommand(command: Command, context: Context): Command {
  command
    .description('Run a query over all boots of a batch.')
    .usage('[options] NAME DIR\n       modwaste batch-query [options] --sql TEXT DIR')
    .argument('[words...]', 'name of a query (not with --sql), then the --out folder of a batch')
    .optionsGroup('Query:')
    .option('--sql <text>', 'SQL to run instead of a canned query')
    .option('-p, --param <name=value>', 'value of a parameter; may be repeated', appendTo, []);
  addOutputOptions(command);
  longHelp(command, context, HELP);
  return command.action(async (words: string[], options: Options) => {
    try {
      await ask(context, words, options);
    } catch (error) {
      throw asUserError(error);
    }
  });
}
