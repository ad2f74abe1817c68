// SPDX-License-Identifier: Apache-2.0
/** `modwaste batch-query`: queries over all boots of a batch. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { openBatches } from '../../batch/engine.js';
import { type BatchEngine, ENGINES, type EngineName } from '../../batch/engine-types.js';
import { batchQueries } from '../../batch/query.js';
import { UnknownQueryError } from '../../query/library.js';
import { bindParams, parseAssignments } from '../../query/params.js';
import type { Result } from '../../query/result.js';
import { asUserError } from '../batch-error.js';
import { type Context, emitPage, emitResult, longHelp, messagesFor } from '../context.js';
import { UserError } from '../errors.js';
import { addOutputOptions, appendTo, type OutputOptions, parseCount, parseSize } from '../options.js';
import { queriesPage, queryPage } from '../query-pages.js';

interface Options extends OutputOptions {
  readonly sql?: string;
  readonly param?: readonly string[];
  readonly engine: EngineName;
  readonly memory?: number;
  readonly threads?: number;
}

const HELP = `
Without a name: lists the queries. With a name and no folder: describes its parameters and
columns. --sql reads the table cases and one table for each canned query, with _ for -; their
columns are those of the CSV files ("case" must be quoted).

Several folders, and patterns with * and ? in quotes, are queried as one batch: shards need not be
merged. Where several have a case of the same name, each name starts with its folder.

DuckDB answers where it is installed (npm install @duckdb/node-api, 70 MB), from Parquet if the
batch was made with --format csv,parquet, else from CSV; what exceeds --memory goes to the disk.
Without it, SQLite answers from CSV in memory, which is enough for some ten thousand boots. Both
give the same for canned queries; with --sql, the SQL is that of the engine.

Examples:
  modwaste batch-query
  modwaste batch-query waste-by-kernel result
  modwaste batch-query top-modules result --format markdown
  modwaste batch-query regressions --param before='6.1.*' --param after='6.12.*' result
  modwaste batch-query --sql 'SELECT status, count(*) FROM cases GROUP BY 1' result
  modwaste batch-query top-modules 'shards/*/result' --memory 4G
`;

async function ask(context: Context, words: readonly string[], options: Options): Promise<void> {
  const canned = batchQueries();
  const given = parseAssignments(options.param ?? []);
  const { sql } = options;
  if (sql === undefined) {
    const [name, ...folders] = words;
    if (name === undefined) return emitPage(context, options, queriesPage(canned));
    const query = canned.get(name);
    if (!query) throw unknownQuery(name, canned.keys());
    if (folders.length === 0) return emitPage(context, options, queryPage(query));
    bindParams(query, given);
    await answer(context, folders, options, query.sql, query.needs, (engine) => engine.answer(query, given));
    return;
  }
  if (words.length === 0) throw new UserError('no folder given', ['give the --out folder of a batch']);
  await answer(context, words, options, sql, [], (engine) => engine.answerOwn(sql, given));
}

async function answer(
  context: Context,
  folders: readonly string[],
  options: Options,
  sql: string,
  needs: readonly string[],
  question: (engine: BatchEngine) => Promise<Result>,
): Promise<void> {
  const { engine: wanted, memory = null, threads = null } = options;
  const chosen = { engine: wanted, memory, threads };
  const engine = await openBatches(folders, [sql], context.queries(), chosen, needs);
  context.io.cleanups.add(engine.abandon);
  try {
    const note = (text: string): void => messagesFor(context, options).note(text);
    for (const folder of engine.folders) {
      if (!existsSync(join(folder, 'run.json'))) note(unfinished(folder));
    }
    if (engine.areNamed) note('the folders share case names: each name starts with its folder');
    await emitResult(context, options, await question(engine), options.sql !== undefined);
  } finally {
    engine.close();
  }
}

const unfinished = (folder: string): string =>
  `${folder} is incomplete: a run was interrupted while replacing its files; batch --resume repairs it`;

function unknownQuery(name: string, known: Iterable<string>): UserError {
  const { message, suggestion } = new UnknownQueryError(name, known);
  const advice = 'modwaste batch-query lists them; --sql runs your own';
  return new UserError(message, suggestion === null ? [advice] : [suggestion, advice]);
}

export function batchQueryCommand(command: Command, context: Context): Command {
  command
    .description('Run a query over all boots of a batch.')
    .usage('[options] NAME DIR...\n       modwaste batch-query [options] --sql TEXT DIR...')
    .argument('[NAME DIR...]', 'name of a query (not with --sql), then --out folders of batches')
    .optionsGroup('Query:')
    .option('--sql <text>', 'SQL to run instead of a canned query')
    .option('-p, --param <name=value>', 'value of a parameter; may be repeated', appendTo)
    .addOption(
      new Option('--engine <name>', 'auto: DuckDB where it is installed').choices(ENGINES).default('auto'),
    )
    .option('--memory <size>', 'memory of DuckDB (default: 600M)', parseSize)
    .option('--threads <n>', 'threads of DuckDB (default: number of CPUs)', parseCount);
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
