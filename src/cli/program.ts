/** The command line as commander sees it: every command, its help, and usage errors. */
import { Command } from 'commander';
import { analyzeCommand } from './commands/analyze.js';
import { batchCommand } from './commands/batch.js';
import { batchMergeCommand } from './commands/batch-merge.js';
import { batchQueryCommand } from './commands/batch-query.js';
import { detectCommand } from './commands/detect.js';
import { diffCommand } from './commands/diff.js';
import { exportCommand } from './commands/export.js';
import { queriesCommand } from './commands/queries.js';
import { queryCommand } from './commands/query.js';
import { statsCommand } from './commands/stats.js';
import { tablesCommand } from './commands/tables.js';
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
  130  interrupted
A closed pipe (modwaste ... | head) ends quietly with 0.

Environment:
  NO_COLOR         no colour
  MODWASTE_DEBUG   1: internal errors print where they came from

Examples:
  dmesg > d.txt && modwaste analyze d.txt
  modwaste analyze /sys/kernel/debug/modules trace.txt dmesg.txt
  modwaste query duplicates --format csv sosreport/ > duplicates.csv
`;

const COMMANDS: Readonly<Record<string, (command: Command, context: Context) => Command>> = {
  analyze: analyzeCommand,
  query: queryCommand,
  queries: queriesCommand,
  tables: tablesCommand,
  stats: statsCommand,
  detect: detectCommand,
  diff: diffCommand,
  export: exportCommand,
  batch: batchCommand,
  'batch-query': batchQueryCommand,
  'batch-merge': batchMergeCommand,
};

/** Commander's words for what is wrong, as the rest of the messages are. */
export function usageMessage(text: string): string {
  return text
    .trim()
    .replace(/^error: /, 'modwaste: ')
    .replace(/\n\(Did you mean (.*)\?\)$/, '\n  did you mean $1?');
}

/** `out` and `err` take what commander prints; it throws CommanderError instead of ending the process. */
export function createProgram(
  context: Context,
  out: (text: string) => void,
  err: (text: string) => void,
): Command {
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
  for (const [name, build] of Object.entries(COMMANDS)) build(program.command(name), context);
  return program;
}
