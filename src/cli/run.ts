// SPDX-License-Identifier: Apache-2.0
/** One run of the command line, without a process: arguments in, exit code out. */
import { existsSync, readFileSync } from 'node:fs';
import { CommanderError } from 'commander';
import { PACKAGE_ROOT } from '../model/package.js';
import { type Context, packagedQueries } from './context.js';
import { describeError, describeInternalError } from './errors.js';
import { ClosedPipeError, EXIT, type ExitCode, type Io } from './io.js';
import { shownMessage } from './messages.js';
import { createProgram } from './program.js';

function packageVersion(): string {
  const text = readFileSync(new URL('package.json', PACKAGE_ROOT), 'utf8');
  const { version } = JSON.parse(text) as { version: string };
  return version;
}

/** Advice printed after commander's own usage error. */
function usageAdvice(argv: readonly string[], error: CommanderError): string {
  const first = argv.find((word) => !word.startsWith('-'));
  if (error.code === 'commander.unknownCommand' && first !== undefined && existsSync(first)) {
    return `  to read ${first}: modwaste analyze ${first}\n`;
  }
  const command = error.code === 'commander.unknownCommand' ? '' : `${first ?? ''} `;
  return `  modwaste ${command}--help shows the usage\n`;
}

type OpenCase = Context['openCase'];

/** Loaded on first use, so that help does not wait for all parsers. */
const openOnUse: OpenCase = async (options) => (await import('../case.js')).openCase(options);

async function execute(
  argv: readonly string[],
  io: Io,
  openCase: OpenCase,
  finish: Context['finish'],
): Promise<void> {
  // Help and the version.
  let printed = '';
  const out = (text: string): void => {
    printed += text;
  };
  const err = (text: string): void => io.stderr.write(text);
  const context: Context = {
    io,
    openCase,
    version: packageVersion(),
    longHelp: argv.includes('--help') || argv[0] === 'help',
    queries: packagedQueries,
    wholeProgram: () => createProgram('all', context, out, err),
    finish,
  };
  const program = await createProgram(argv, context, out, err);
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) await io.stdout.write(printed);
    else {
      if (error.code !== 'commander.help') io.stderr.write(usageAdvice(argv, error));
      finish(EXIT.failed);
    }
  }
}

export async function run(
  argv: readonly string[],
  outside: Io,
  openCase: OpenCase = openOnUse,
): Promise<ExitCode> {
  const { stderr } = outside;
  const write = (text: string): void => stderr.write(shownMessage(text, stderr.isTTY));
  const io: Io = { ...outside, stderr: { ...stderr, write } };
  let code: ExitCode = EXIT.ok;
  try {
    await execute(argv, io, openCase, (wanted) => {
      if (wanted > code) code = wanted;
    });
    return code;
  } catch (error) {
    if (error instanceof ClosedPipeError) return EXIT.ok;
    const lines = describeError(error) ?? describeInternalError(error, io.env.MODWASTE_DEBUG === '1');
    io.stderr.write(`${lines.join('\n')}\n`);
    return EXIT.failed;
  }
}
