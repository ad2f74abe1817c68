// SPDX-License-Identifier: Apache-2.0
/** `modwaste export`: everything, as CSV files or as one SQLite database. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Case } from '../../case.js';
import type { Query } from '../../query/head.js';
import type { Result } from '../../query/result.js';
import { rowByRow } from '../../query/row-by-row.js';
import { runQuery } from '../../query/run.js';
import { wholeTable } from '../../query/whole-table.js';
import { formatCsv } from '../../report/csv.js';
import { TABLES, type TableDoc } from '../../store/schema.js';
import type { Store } from '../../store/types.js';
import { type Context, longHelp } from '../context.js';
import { UserError } from '../errors.js';
import { type FolderFile, writeFileWhole, writeFolder } from '../files.js';
import { openInputs } from '../inputs.js';
import type { Messages } from '../messages.js';
import { addInputOptions, addMessageOptions, type InputOptions, limitsOf } from '../options.js';

interface ExportOptions extends Pick<InputOptions, 'quiet' | 'color' | 'limits'> {
  readonly out?: string;
  readonly db?: string;
  readonly trace?: string;
  readonly force?: boolean;
}

const HELP = `
--out DIR gets NAME.csv for every canned query and tables/NAME.csv for every table. --db FILE
is a SQLite database with the tables. --trace FILE is a trace for ui.perfetto.dev, the Firefox
Profiler or chrome://tracing: a track for each task with its calls by outcome, requests as arrows,
waste and bytes held as counters; its times are exact. The Firefox Profiler shows the calls alone,
with their outcome, phase, error and bytes as details. Each file is written atomically: a full
disk or an interrupted run leaves no partial file. Existing files are kept unless --force is given.

Examples:
  modwaste export sosreport/ --out result
  modwaste export trace.txt --trace calls.json
  modwaste export trace.txt dmesg.txt --db case.sqlite && sqlite3 case.sqlite .tables
`;

const NO_PARAMS: ReadonlyMap<string, string> = new Map();

/** The exported queries: all without a mandatory parameter. */
function exported(context: Context): Query[] {
  return [...context.queries().values()].filter((query) =>
    query.params.every((param) => param.defaultText !== null),
  );
}

/** The files of --out: canned queries at the top, tables in `tables/`. */
function csvFiles(queries: readonly Query[], opened: Case, store: Store): FolderFile[] {
  const rows = opened.rows();
  const resultOf = (table: TableDoc): Result => ({
    columns: table.columns.map(({ name }) => ({ name, type: null, unit: null })),
    rows: wholeTable(store, rows, table),
    empty: null,
  });
  return [
    ...queries.map((query) => ({
      path: `${query.name}.csv`,
      content: () => formatCsv(rowByRow(query, rows) ?? runQuery(store.db, query, NO_PARAMS)),
    })),
    ...TABLES.map((table) => ({
      path: join('tables', `${table.name}.csv`),
      content: () => formatCsv(resultOf(table)),
    })),
  ];
}

function refuseExisting(paths: readonly string[], force: boolean): void {
  if (force) return;
  const existing = paths.find((path) => existsSync(path));
  if (existing === undefined) return;
  throw new UserError(`${existing} already exists`, ['--force replaces it; or choose another name']);
}

async function exportCase(
  context: Context,
  inputs: readonly string[],
  options: ExportOptions,
): Promise<void> {
  const { out, db, trace } = options;
  if (out === undefined && db === undefined && trace === undefined) {
    throw new UserError('no destination given', [
      '--out DIR writes CSV files, --db FILE a SQLite database, --trace FILE a trace for Perfetto',
    ]);
  }
  const names = [...context.queries().keys(), ...TABLES.map(({ name }) => join('tables', name))];
  const csvPaths = out === undefined ? [] : names.map((name) => join(out, `${name}.csv`));
  const single = [db, trace].filter((path) => path !== undefined);
  refuseExisting([...csvPaths, ...single], options.force ?? false);

  const { case: opened, messages } = await openInputs(
    context,
    inputs,
    { ...options, format: 'csv' },
    'counts',
  );
  const queries = exported(context);
  const rows = opened.rows();
  const ofStore = queries.filter((query) => rowByRow(query, rows) === null);
  const store = await opened.store(out === undefined ? [] : ofStore.flatMap(({ needs }) => needs));
  if (out !== undefined) {
    const files = csvFiles(queries, opened, store);
    writeFolder(out, files, context.io.cleanups);
    messages.note(`${files.length} CSV files in ${out}`);
  }
  if (db !== undefined) {
    writeFileWhole(db, [store.export()], context.io.cleanups);
    messages.note(`SQLite database in ${db}`);
  }
  store.close();
  if (trace !== undefined) await writeTrace(context, opened, trace, messages);
}

async function writeTrace(context: Context, opened: Case, file: string, messages: Messages): Promise<void> {
  const { traceEvents } = await import('../../report/trace/events.js');
  const { chunks, undrawn } = traceEvents(opened.model, opened.sources, context.version);
  writeFileWhole(file, chunks, context.io.cleanups);
  messages.note(`trace in ${file}${undrawn === 0 ? '' : `, without ${undrawn} calls that have no time`}`);
}

export function exportCommand(command: Command, context: Context): Command {
  command
    .description(
      'Write tables and canned queries as CSV files, the tables as a SQLite database, or calls as a trace.',
    )
    .argument('[INPUT...]', 'files, directories, or - for stdin')
    .optionsGroup('Export:')
    .option('--out <dir>', 'folder for CSV files; created if missing')
    .option('--db <file>', 'SQLite database to write')
    .option('--trace <file>', 'trace of the calls to write, for Perfetto and Firefox Profiler')
    .option('--force', 'replace files that exist');
  addInputOptions(addMessageOptions(command));
  longHelp(command, context, HELP);
  return command.action((inputs: string[], options: Omit<ExportOptions, 'limits'>) =>
    exportCase(context, inputs, { ...options, limits: limitsOf(options) }),
  );
}
