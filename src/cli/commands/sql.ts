// SPDX-License-Identifier: Apache-2.0
/** `modwaste sql`: an interactive shell over the tables of a case. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { type Command, Option } from 'commander';
import { FORMATS } from '../../report/format.js';
import { type Context, longHelp, looksOf } from '../context.js';
import { UserError } from '../errors.js';
import { openInputs } from '../inputs.js';
import { EXIT, type Io } from '../io.js';
import { usesColor } from '../messages.js';
import { addInputOptions, addMessageOptions, type InputOptions, limitsOf, parseCount } from '../options.js';
import { threadEngine } from '../shell/engine.js';
import { completions, Shell } from '../shell/shell.js';
import { DEFAULT_SECONDS } from '../supervise.js';

const HELP = `
A statement ends with ; and can only read. .help lists the commands: .tables, .schema, .queries,
.run NAME for a canned query, .mode FORMAT, .quit. Ctrl-C ends the running query, --timeout one
that runs too long; Ctrl-D leaves.
The inputs are read once. Without a terminal the statements come from stdin; if one of them fails,
the exit code is 1.

On a terminal, the history is kept in modwaste/history below XDG_STATE_HOME (~/.local/state).

Examples:
  modwaste sql trace.txt dmesg.txt
  echo 'SELECT outcome, count(*) FROM attempts GROUP BY 1;' | modwaste sql trace.txt
`;

const MOST_LINES = 1000;

/** The lines of earlier sessions, newest first, as readline wants them. */
class History {
  readonly #path: string;

  constructor(env: Io['env']) {
    this.#path = join(env.XDG_STATE_HOME || join(homedir(), '.local/state'), 'modwaste/history');
  }

  read(): string[] {
    try {
      return readFileSync(this.#path, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .reverse();
    } catch {
      return [];
    }
  }

  /** A folder that cannot be written costs the history, not the session. */
  write(newestFirst: readonly string[]): void {
    try {
      mkdirSync(dirname(this.#path), { recursive: true });
      const lines = newestFirst.slice(0, MOST_LINES).toReversed();
      writeFileSync(this.#path, `${lines.join('\n')}\n`, { mode: 0o600 });
    } catch {
      return;
    }
  }
}

function completer(line: string): [string[], string] {
  const word = line.split(/[^\w.-]/).at(-1) ?? '';
  return [word === '' ? [] : completions().filter((name) => name.startsWith(word)), word];
}

function readLines(isTerminal: boolean, history: History): Interface {
  if (!isTerminal) return createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY });
  const lines = createInterface({
    ...{ input: process.stdin, output: process.stdout, completer },
    ...{ history: history.read(), historySize: MOST_LINES, removeHistoryDuplicates: true },
  });
  return lines.on('history', (kept: string[]) => history.write(kept));
}

interface SqlOptions extends InputOptions {
  /** Seconds that one statement may take. */
  readonly timeout?: number;
}

async function sql(context: Context, inputs: readonly string[], options: SqlOptions): Promise<void> {
  if (inputs.includes('-')) throw new UserError('stdin holds the statements; it cannot be an input');
  const { io } = context;
  const { case: opened } = await openInputs(context, inputs, options, 'rows');
  const store = await opened.store([]);
  const engine = threadEngine(store.export(), options.timeout ?? DEFAULT_SECONDS);
  store.close();
  const isTerminal = process.stdin.isTTY === true && io.stdout.isTTY;
  const shell = new Shell(
    engine,
    {
      ...looksOf(context, options),
      color: usesColor(options.color, io.stdout.isTTY, io.env),
      out: (text) => io.stdout.write(text),
      say: (line) => io.stderr.write(`${line}\n`),
    },
    options.format,
  );
  const lines = readLines(isTerminal, new History(io.env));
  const prompt = (): void => {
    if (!isTerminal) return;
    lines.setPrompt(shell.prompt);
    lines.prompt();
  };
  lines.on('SIGINT', () => {
    shell.interrupt();
    io.stdout.write('\n').then(prompt, () => undefined);
  });
  try {
    if (isTerminal) io.stderr.write('.help lists the commands; a statement ends with ;\n');
    prompt();
    for await (const line of lines) {
      await shell.line(line);
      if (shell.left) break;
      prompt();
    }
    if (!shell.left) await shell.end();
  } finally {
    lines.close();
    await engine.close();
  }
  if (shell.failed && !isTerminal) context.finish(EXIT.incomplete);
}

export function sqlCommand(command: Command, context: Context): Command {
  command
    .description('Query the tables of the inputs in SQL, interactively.')
    .argument('[INPUT...]', 'files, directories, archives')
    .option('--timeout <seconds>', 'time limit for a statement (default: 600)', parseCount);
  command
    .optionsGroup('Output:')
    .addOption(new Option('--format <format>', 'format of the results').choices(FORMATS).default('text'));
  addInputOptions(addMessageOptions(command));
  longHelp(command, context, HELP);
  return command.action((inputs: string[], options: Omit<SqlOptions, 'limits'>) =>
    sql(context, inputs, { ...options, limits: limitsOf(options) }),
  );
}
