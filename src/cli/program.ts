// SPDX-License-Identifier: Apache-2.0
/** The command line in commander: all commands, their help, and usage errors. */
import { Command } from 'commander';
import { didYouMean } from '../query/suggest.js';
import { type Context, longHelp } from './context.js';

const HELP = `
An INPUT is a file, a directory, or - for stdin: kernel logs (dmesg, journal), ftrace traces,
copies of /sys/kernel/debug/modules, lists of modules, in any mix. All inputs of one run are one
case.

Results go to stdout; notes, progress and errors to stderr.

Exit codes:
  0    all inputs were read
  1    finished, but an input failed or was not recognised
  2    usage error, or no input could be read
  130  interrupted; 143 for SIGTERM, 129 for SIGHUP
A closed pipe (modwaste ... | head) exits with 0.

Environment:
  NO_COLOR         no colour
  MODWASTE_DEBUG   1: internal errors print a stack trace

Examples:
  dmesg > d.txt && modwaste analyze d.txt
  modwaste analyze /sys/kernel/debug/modules trace.txt dmesg.txt
  modwaste query duplicates --format csv sosreport/ > duplicates.csv
`;

interface Entry {
  readonly operands: string;
  readonly summary: string;
  build(): Promise<(command: Command, context: Context) => Command>;
}

/** All commands, loaded on use, so that the general help is fast. */
// biome-ignore format: a table
const COMMANDS: Readonly<Record<string, Entry>> = {
  analyze: { operands: 'INPUT...', summary: 'report failed and duplicate module loads, their waste and origin, and what to do', build: async () => (await import('./commands/analyze.js')).analyzeCommand },
  query: { operands: 'NAME INPUT...', summary: 'run a canned query, or your own SQL', build: async () => (await import('./commands/query.js')).queryCommand },
  sql: { operands: 'INPUT...', summary: 'query the tables in SQL, interactively', build: async () => (await import('./commands/sql.js')).sqlCommand },
  module: { operands: 'NAME INPUT...', summary: 'show the history of one module, in order of time from all sources', build: async () => (await import('./commands/module.js')).moduleCommand },
  queries: { operands: '[NAME]', summary: 'list the canned queries, or describe one', build: async () => (await import('./commands/queries.js')).queriesCommand },
  tables: { operands: '[NAME]', summary: 'list the tables, or describe one', build: async () => (await import('./commands/tables.js')).tablesCommand },
  stats: { operands: 'INPUT...', summary: "rebuild the kernel's own stats table", build: async () => (await import('./commands/stats.js')).statsCommand },
  detect: { operands: 'INPUT...', summary: 'show the format detected for each source, and why', build: async () => (await import('./commands/detect.js')).detectCommand },
  diff: { operands: 'BEFORE AFTER', summary: 'compare two cases, or two snapshots of one boot', build: async () => (await import('./commands/diff.js')).diffCommand },
  export: { operands: 'INPUT...', summary: 'write all tables and canned queries to files', build: async () => (await import('./commands/export.js')).exportCommand },
  app: { operands: '--out DIR', summary: 'write a page that analyzes evidence in a browser', build: async () => (await import('./commands/app.js')).appCommand },
  batch: { operands: 'INPUT...', summary: 'read many boots into one set of tables', build: async () => (await import('./commands/batch.js')).batchCommand },
  'batch-query': { operands: 'NAME DIR', summary: 'query a batch: waste by kernel, top modules, outliers, trend, regressions', build: async () => (await import('./commands/batch-query.js')).batchQueryCommand },
  'batch-merge': { operands: 'DIR...', summary: 'merge the shards of a batch', build: async () => (await import('./commands/batch-merge.js')).batchMergeCommand },
  completion: { operands: 'SHELL', summary: 'print a script that completes the command line in bash, zsh or fish', build: async () => (await import('./commands/completion.js')).completionCommand },
  capture: { operands: '', summary: "print a script that captures all evidence on a reporter's machine", build: async () => (await import('./commands/capture.js')).captureCommand },
  help: { operands: '[COMMAND|TOPIC]', summary: 'help for a command, or about a topic', build: async () => (await import('./commands/help.js')).helpCommand },
};

/** Commander's error texts, in the style of the other messages, with a suggestion for a mistyped choice. */
function usageMessage(text: string): string {
  const message = text
    .trim()
    .replace(/^error: /, 'modwaste: ')
    .replace(/\n\(Did you mean (.*)\?\)$/, '\n  did you mean $1?');
  const [, given, choices] = CHOICE.exec(message) ?? [];
  const near = given === undefined ? null : didYouMean(given, choices?.split(', ') ?? []);
  return near === null ? message : `${message}\n  ${near}`;
}

/** `... argument 'jsn' is invalid. Allowed choices are text, json.` */
const CHOICE = / '([^']*)' is invalid\. Allowed choices are ([^.]+)\.$/;

/**
 * Commands that `argv` does not name are added by name only; 'all' builds every one. `out` and `err` take what commander prints; it throws
 * CommanderError instead of ending the process.
 */
export async function createProgram(
  argv: readonly string[] | 'all',
  context: Context,
  out: (text: string) => void,
  err: (text: string) => void,
): Promise<Command> {
  const program = new Command('modwaste');
  program
    .exitOverride()
    .configureOutput({
      writeOut: out,
      writeErr: err,
      outputError: (text, write) => write(`${usageMessage(text)}\n`),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .configureHelp({
      helpWidth: 100,
      subcommandTerm: (command) =>
        `${command.name()} ${command.usage().replace('[options] ', '').split('\n')[0]}`,
    })
    .description(
      'Analyzes failed and duplicate module loads of a Linux boot from saved logs, traces and counters.',
    )
    .optionsGroup('Options:')
    .version(context.version, '-V, --version', 'print the version')
    .helpCommand(false);
  longHelp(program, context, HELP);
  // Subcommands inherit the settings above, so they are added last.
  for (const [name, { operands, summary, build }] of Object.entries(COMMANDS)) {
    const command = program.command(name).summary(summary).usage(`[options] ${operands}`.trimEnd());
    if (argv === 'all' || argv.includes(name)) (await build())(command, context);
  }
  return program;
}
