// SPDX-License-Identifier: Apache-2.0
/** `modwaste help`: the help of a command, or a page about a topic. */
import type { Command } from 'commander';
import { didYouMean } from '../../query/suggest.js';
import { type Context, longHelp } from '../context.js';
import { textTable } from '../document.js';
import { UserError } from '../errors.js';
import { TOPICS } from '../topics.js';

interface Options {
  readonly man?: boolean;
}

async function help(
  context: Context,
  program: Command,
  name: string | undefined,
  options: Options,
): Promise<void> {
  if (options.man) {
    const { manPage } = await import('../man.js');
    // https://reproducible-builds.org/specs/source-date-epoch/
    const epoch = Number(context.io.env.SOURCE_DATE_EPOCH ?? Number.NaN);
    const date = Number.isNaN(epoch) ? new Date() : new Date(epoch * 1000);
    return context.io.stdout.write(manPage(await context.wholeProgram(), context.version, date));
  }
  const topic = name === undefined ? undefined : TOPICS[name];
  if (topic) return context.io.stdout.write(topic.text());
  const command = name === undefined ? program : program.commands.find((one) => one.name() === name);
  // Ends with a CommanderError of exit code 0.
  if (command) command.help();
  const names = [...program.commands.map((one) => one.name()), ...Object.keys(TOPICS)];
  const near = didYouMean(name ?? '', names);
  throw new UserError(`no command or topic is named "${name}"`, [
    ...(near ? [near] : []),
    'modwaste --help lists the commands, modwaste help --help the topics',
  ]);
}

export function helpCommand(command: Command, context: Context): Command {
  command
    .description('Help for a command, or about a topic.')
    .argument('[NAME]', 'a command or a topic')
    .optionsGroup('Manual:')
    .option('--man', 'print the manual page (man -l reads it)');
  const topics = Object.entries(TOPICS).map(([name, { summary }]) => [name, summary]);
  longHelp(
    command,
    context,
    `Topics:\n${textTable(topics)}\nExamples:\n  modwaste help query\n  modwaste help words`,
  );
  return command.action((name: string | undefined, options: Options) =>
    help(context, command.parent ?? command, name, options),
  );
}
