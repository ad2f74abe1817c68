// SPDX-License-Identifier: Apache-2.0
/** `modwaste tables`: documents the tables. */
import type { Command } from 'commander';
import { didYouMean } from '../../query/suggest.js';
import { TABLES, type TableDoc } from '../../store/schema.js';
import { type Context, emitPage, longHelp } from '../context.js';
import { textTable } from '../document.js';
import { UserError } from '../errors.js';
import { addOutputOptions, type OutputOptions } from '../options.js';

const HELP = `
query --sql and -f read these tables, and export writes them. Times are integers in columns that
end in _ns; sizes are bytes; unknown values are NULL.

Examples:
  modwaste tables
  modwaste tables attempts
`;

function findTable(name: string): TableDoc {
  const table = TABLES.find((candidate) => candidate.name === name);
  if (table) return table;
  const names = TABLES.map((candidate) => candidate.name);
  const near = didYouMean(name, names);
  throw new UserError(`no table is named "${name}"`, [...(near ? [near] : []), 'modwaste tables lists them']);
}

async function tables(context: Context, name: string | undefined, options: OutputOptions): Promise<void> {
  if (name === undefined) {
    const rows = TABLES.map((table) => [table.name, table.doc]);
    await emitPage(context, options, {
      text: () => textTable(rows, ''),
      columns: ['table', 'meaning'],
      rows,
    });
    return;
  }
  const table = findTable(name);
  const rows = [...table.columns, ...table.computed].map((column) => [
    column.name,
    column.type,
    column.unit,
    column.doc,
  ]);
  await emitPage(context, options, {
    text: () => `${table.name}: ${table.doc}\n\nColumns:\n${textTable(rows)}`,
    columns: ['column', 'type', 'unit', 'meaning'],
    rows,
  });
}

export function tablesCommand(command: Command, context: Context): Command {
  command
    .description('List the tables that SQL can read, or describe one with its columns.')
    .argument('[NAME]', 'a table');
  addOutputOptions(command);
  longHelp(command, context, HELP);
  return command.action((name: string | undefined, options: OutputOptions) => tables(context, name, options));
}
