// SPDX-License-Identifier: Apache-2.0
/** `modwaste batch-merge`: merges the shards of a batch. */
import type { Command } from 'commander';
import { asUserError } from '../batch-error.js';
import { finishLine } from '../batch-progress.js';
import { type Context, longHelp, messagesFor } from '../context.js';
import { UserError } from '../errors.js';
import { EXIT } from '../io.js';
import { addMessageOptions, type OutputOptions } from '../options.js';

interface Options extends Pick<OutputOptions, 'quiet' | 'color'> {
  readonly out?: string;
  readonly sqlite?: string;
  readonly parquet?: boolean;
  readonly force?: boolean;
  readonly damagedOk?: boolean;
}

const HELP = `
The folders are the --out folders of modwaste batch --shard 1/N to N/N, including .modwaste, all
for the same inputs and options. The result equals that of one run over all cases, and can be
resumed like it.

Examples:
  modwaste batch logs/ --shard 1/2 --out shard1     on one machine
  modwaste batch logs/ --shard 2/2 --out shard2     on another
  modwaste batch-merge shard1 shard2 --out result
`;

async function merge(context: Context, folders: readonly string[], options: Options): Promise<void> {
  const { out } = options;
  if (out === undefined) throw new UserError('--out DIR must be given');
  const { mergeBatches } = await import('../../batch/merge.js');
  const messages = messagesFor(context, options);
  try {
    const summary = await mergeBatches(
      {
        folders,
        out,
        sqlite: options.sqlite ?? null,
        parquet: options.parquet ?? false,
        force: options.force ?? false,
        queries: context.queries(),
      },
      {
        said: (line) => messages.note(line),
        onInterrupt: (cleanup) => context.io.cleanups.add(cleanup),
      },
    );
    messages.note(`${finishLine(summary)}; results in ${out}`);
    const { incomplete, unrecognised, failed } = summary.by_status;
    if (incomplete + unrecognised + failed > 0 && !options.damagedOk) context.finish(EXIT.incomplete);
  } catch (error) {
    throw asUserError(error);
  }
}

export function batchMergeCommand(command: Command, context: Context): Command {
  command
    .description('Merge the shards of a batch (batch --shard).')
    .argument('<DIR...>', 'the --out folders of all shards')
    .optionsGroup('Results:')
    .option('--out <dir>', 'folder for the results; created if missing')
    .option('--sqlite <file>', 'also write all results to one SQLite file')
    .option('--parquet', 'also write Parquet files')
    .option('--force', 'replace an earlier batch')
    .option('--damaged-ok', 'exit with 0 even where cases are damaged');
  addMessageOptions(command);
  longHelp(command, context, HELP);
  return command.action((folders: string[], options: Options) => merge(context, folders, options));
}
