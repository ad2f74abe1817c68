/** `modwaste queries`: what canned queries there are, and what one of them gives. */
import type { Command } from 'commander';
import type { Query } from '../../query/head.js';
import { findQuery } from '../../query/library.js';
import { type Context, emitPage, longHelp } from '../context.js';
import { textTable } from '../document.js';
import { addOutputOptions, type OutputOptions } from '../options.js';

const HELP = `
Names and columns are stable, so scripts can rely on them. --format csv, json and so on give
the same facts as data.

Examples:
  modwaste queries
  modwaste queries attempts
  modwaste queries --format json | jq -r '.[].query'
`;

/** Sentence, parameters, columns, what no rows mean, where the file is. */
function describe(query: Query): string {
  const params = query.params.map((param) => [
    param.name,
    param.type,
    param.defaultText === null ? 'must be given' : `default ${param.defaultText}`,
    param.meaning,
  ]);
  const columns = query.columns.map((column) => [
    column.name,
    column.type,
    column.unit ?? '',
    column.meaning,
  ]);
  return [
    `${query.name}: ${query.summary}\n`,
    ...(params.length > 0 ? [`Parameters (--param name=value):\n${textTable(params)}`] : []),
    `Columns:\n${textTable(columns)}`,
    [
      `No rows: ${query.empty}\n`,
      ...(query.needs.length > 0 ? [`Tables: ${query.needs.join(', ')}\n`] : []),
      `SQL: ${query.file}\n`,
    ].join(''),
  ].join('\n');
}

async function queries(context: Context, name: string | undefined, options: OutputOptions): Promise<void> {
  const all = context.queries();
  if (name === undefined) {
    await emitPage(context, options, {
      text: () =>
        textTable(
          [...all.values()].map((query) => [query.name, query.summary]),
          '',
        ),
      columns: ['query', 'summary'],
      rows: [...all.values()].map((query) => [query.name, query.summary]),
    });
    return;
  }
  const query = findQuery(all, name);
  await emitPage(context, options, {
    text: () => describe(query),
    columns: ['kind', 'name', 'type', 'unit', 'default', 'meaning'],
    rows: [
      ...query.params.map((param) => [
        'param',
        param.name,
        param.type,
        null,
        param.defaultText,
        param.meaning,
      ]),
      ...query.columns.map((column) => [
        'column',
        column.name,
        column.type,
        column.unit,
        null,
        column.meaning,
      ]),
    ],
  });
}

export function queriesCommand(command: Command, context: Context): Command {
  command
    .summary('list the canned queries, or describe one')
    .description('List the canned queries, or describe one: its parameters and columns.')
    .argument('[name]', 'a query');
  addOutputOptions(command);
  longHelp(command, context, HELP);
  return command.action((name: string | undefined, options: OutputOptions) =>
    queries(context, name, options),
  );
}
