// SPDX-License-Identifier: Apache-2.0
/** `modwaste completion`: scripts that complete the command line. */
import { Argument, type Command } from 'commander';
import { bashCompletion } from '../completion/bash.js';
import { fishCompletion } from '../completion/fish.js';
import { type CommandWords, commandWords, SHELLS, type Shell } from '../completion/model.js';
import { zshCompletion } from '../completion/zsh.js';
import { type Context, longHelp } from '../context.js';

const HELP = `
The script completes commands, options, their values, and the names of queries and tables. It
holds all of them and starts no program.

Examples:
  source <(modwaste completion bash)                          in ~/.bashrc
  source <(modwaste completion zsh)                           in ~/.zshrc, after compinit
  modwaste completion fish > ~/.config/fish/completions/modwaste.fish
`;

const SCRIPTS: Readonly<Record<Shell, (commands: readonly CommandWords[]) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

export function completionCommand(command: Command, context: Context): Command {
  command
    .description('Print a script that completes the command line in a shell.')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS));
  longHelp(command, context, HELP);
  return command.action(async (shell: Shell) =>
    context.io.stdout.write(SCRIPTS[shell](commandWords(await context.wholeProgram()))),
  );
}
