/** The command line as commander sees it: every command, its help, and usage errors. */
import { Command } from 'commander';
import { type Context, longHelp } from './context.js';

const HELP = `
An INPUT is a file, a directory, or - for stdin: kernel logs (dmesg, journal), ftrace traces,
copies of /sys/kernel/debug/modules, lists of modules, in any mixture. All inputs of one run are
one case.

Results go to stdout; notes, progress and errors to stderr.

Exit codes:
  0    all inputs were read
  1    finished, but an input failed, or nothing in it was recognised
  2    wrong usage, or nothing could be read at all
  130  interrupted; 143 and 129 where SIGTERM or SIGHUP ended the run
A closed pipe (modwaste ... | head) ends quietly with 0.

Environment:
  NO_COLOR         no colour
  MODWASTE_DEBUG   1: internal errors print where they came from

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

/** Every command, loaded when it is named: help for all of them must not wait for what each of them needs. */
const COMMANDS: Readonly<Record<string, Entry>> = {
  analyze: {
    operands: 'INPUT...',
    summary: 'report what was wasted, where, on what, by whom, and what to do',
    build: async () => (await import('./commands/analyze.js')).analyzeCommand,
  },
  query: {
    operands: 'NAME INPUT...',
    summary: 'run a canned query, or your own SQL',
    build: async () => (await import('./commands/query.js')).queryCommand,
  },
  queries: {
    operands: '[NAME]',
    summary: 'list the canned queries, or describe one',
    build: async () => (await import('./commands/queries.js')).queriesCommand,
  },
  tables: {
    operands: '[NAME]',
    summary: 'list the tables, or describe one',
    build: async () => (await import('./commands/tables.js')).tablesCommand,
  },
  stats: {
    operands: 'INPUT...',
    summary: "print the kernel's own stats table, rebuilt",
    build: async () => (await import('./commands/stats.js')).statsCommand,
  },
  detect: {
    operands: 'INPUT...',
    summary: 'say what each source is, and why',
    build: async () => (await import('./commands/detect.js')).detectCommand,
  },
  diff: {
    operands: 'BEFORE AFTER',
    summary: 'compare two cases, or two readings of one boot',
    build: async () => (await import('./commands/diff.js')).diffCommand,
  },
  export: {
    operands: 'INPUT...',
    summary: 'write all tables and canned queries to files',
    build: async () => (await import('./commands/export.js')).exportCommand,
  },
  batch: {
    operands: 'INPUT...',
    summary: 'read many boots into one set of tables',
    build: async () => (await import('./commands/batch.js')).batchCommand,
  },
  'batch-query': {
    operands: 'NAME DIR',
    summary: 'ask a batch: waste by kernel, top modules, outliers, trend, regressions',
    build: async () => (await import('./commands/batch-query.js')).batchQueryCommand,
  },
  'batch-merge': {
    operands: 'DIR...',
    summary: 'put the parts of a batch together',
    build: async () => (await import('./commands/batch-merge.js')).batchMergeCommand,
  },
};

/** Commander's words for what is wrong, as the rest of the messages are. */
export function usageMessage(text: string): string {
  return text
    .trim()
    .replace(/^error: /, 'modwaste: ')
    .replace(/\n\(Did you mean (.*)\?\)$/, '\n  did you mean $1?');
}

/**
 * Commands that `argv` does not name are there with their names only. `out` and `err` take what commander prints; it
 * throws CommanderError instead of ending the process.
 */
export async function createProgram(
  argv: readonly string[],
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
      'What module loading wasted on a Linux boot, where, and by whom: from saved logs, traces and counters.',
    )
    .optionsGroup('Options:')
    .version(context.version, '-V, --version', 'print the version')
    .helpCommand('help [command]', 'help for a command');
  longHelp(program, context, HELP);
  // Subcommands inherit the settings above, so they are added last.
  for (const [name, { operands, summary, build }] of Object.entries(COMMANDS)) {
    const command = program.command(name).summary(summary).usage(`[options] ${operands}`);
    if (argv.includes(name)) (await build())(command, context);
  }
  return program;
}
