// SPDX-License-Identifier: Apache-2.0
/** `modwaste module`: the story of one module. */
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { allRows } from '../../query/database.js';
import { findQuery } from '../../query/library.js';
import { runQuery } from '../../query/run.js';
import { didYouMean } from '../../query/suggest.js';
import { type Context, emitResult, longHelp } from '../context.js';
import { UserError } from '../errors.js';
import { openInputs } from '../inputs.js';
import { addInputOptions, addOutputOptions, type InputOptions, limitsOf } from '../options.js';

const QUERY = 'module';

const HELP = `
The rows are the requests for the module, each call with its steps and its result, its inits, the
log lines about it, its sizes, and its row in the kernel's list, each with source and line. - and _
in NAME are equivalent. It is the canned query ${QUERY}, with --param name=NAME.

Examples:
  modwaste module i915 trace.txt dmesg.txt
  modwaste module snd-hda-intel sosreport.tar.xz --format csv
`;

async function story(context: Context, words: readonly string[], options: InputOptions): Promise<void> {
  const [name, ...inputs] = words;
  if (name === undefined || (inputs.length === 0 && existsSync(name))) {
    throw new UserError('no module given', ['for example: modwaste module i915 trace.txt']);
  }
  const query = findQuery(context.queries(), QUERY);
  const { case: opened, messages } = await openInputs(context, inputs, options, 'rows');
  const store = await opened.store(query.needs);
  const result = runQuery(store.db, query, new Map([['name', name]]));
  const rows = [...result.rows];
  await emitResult(context, options, { ...result, rows });
  if (rows.length === 0) {
    const known = allRows(store.db, 'SELECT DISTINCT module FROM events WHERE module IS NOT NULL');
    const near = didYouMean(name, known.map(String));
    if (near) messages.note(near);
  }
  store.close();
}

export function moduleCommand(command: Command, context: Context): Command {
  command
    .description('Show the history of one module, in order of time from all sources.')
    .argument('[NAME INPUT...]', 'name of the module, then files, directories, or - for stdin');
  addInputOptions(addOutputOptions(command));
  longHelp(command, context, HELP);
  return command.action((words: string[], options: Omit<InputOptions, 'limits'>) =>
    story(context, words, { ...options, limits: limitsOf(options) }),
  );
}
