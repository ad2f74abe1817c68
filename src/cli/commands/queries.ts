// SPDX-License-Identifier: Apache-2.0
/** `modwaste queries`: what canned queries there are, and what one of them gives. */
import type { Command } from 'commander';
import { findQuery } from '../../query/library.js';
import { type Context, emitPage, longHelp } from '../context.js';
import { addOutputOptions, type OutputOptions } from '../options.js';
import { queriesPage, queryPage } from '../query-pages.js';

const HELP = `
Names and columns are stable, so scripts can rely on them. --format csv, json and so on give
the same facts as data.

Examples:
  modwaste queries
  modwaste queries attempts
  modwaste queries --format json | jq -r '.[].query'
`;

async function queries(context: Context, name: string | undefined, options: OutputOptions): Promise<void> {
  const all = context.queries();
  await emitPage(context, options, name === undefined ? queriesPage(all) : queryPage(findQuery(all, name)));
}

export function queriesCommand(command: Command, context: Context): Command {
  command
    .description('List the canned queries, or describe one: its parameters and columns.')
    .argument('[NAME]', 'a query');
  addOutputOptions(command);
  longHelp(command, context, HELP);
  return command.action((name: string | undefined, options: OutputOptions) =>
    queries(context, name, options),
  );
}
