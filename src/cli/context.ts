// SPDX-License-Identifier: Apache-2.0
/** What every command gets: streams, queries, exit code; and printing of results. */
import type { Command } from 'commander';
import type { Case, CaseOptions } from '../case.js';
import type { Query } from '../query/head.js';
import { loadQueries } from '../query/library.js';
import type { Result } from '../query/result.js';
import type { Page } from './document.js';
import { collect, writeFileWhole } from './files.js';
import type { ExitCode, Io } from './io.js';
import { Messages, type Style, shownText, styleFor, usesColor } from './messages.js';
import type { OutputOptions } from './options.js';

export interface Context {
  readonly io: Io;
  readonly openCase: (options: CaseOptions) => Promise<Case>;
  readonly version: string;
  /** True for --help (or `help`), false for the short -h. */
  readonly longHelp: boolean;
  /** The command line with all commands built. */
  wholeProgram(): Promise<Command>;
  /** Loaded on first use. */
  queries(): ReadonlyMap<string, Query>;
  /** The run ends with the highest code given. */
  finish(code: ExitCode): void;
}

let queries: ReadonlyMap<string, Query> | null = null;

export function packagedQueries(): ReadonlyMap<string, Query> {
  queries ??= loadQueries();
  return queries;
}

export function messagesFor(context: Context, options: Pick<OutputOptions, 'quiet'>): Messages {
  return new Messages(context.io, options.quiet ?? false);
}

const longTexts = new WeakMap<Command, string>();

/** The text that `longHelp` added; empty for none. */
export function longTextOf(command: Command): string {
  return longTexts.get(command) ?? '';
}

/** Adds text below a command's help, which only `--help` shows. */
export function longHelp(command: Command, context: Context, text: string): Command {
  longTexts.set(command, text);
  command.optionsGroup('Help:').helpOption('-h, --help', 'short help; --help adds details and examples');
  return command.addHelpText('after', () =>
    context.longHelp ? `\n${text.trim()}` : '\n--help shows more, with examples.',
  );
}

/** Writes chunks of text or bytes to -o FILE or stdout. `stoppable`: computing them may never end. */
export async function emit(
  context: Context,
  options: OutputOptions,
  chunks: Iterable<string | Uint8Array>,
  stoppable = false,
): Promise<void> {
  const { io } = context;
  const step = stoppable ? io.stoppable : undefined;
  const color = hasColor(context, options);
  if (options.output !== undefined) {
    writeFileWhole(options.output, legibleChunks(collect(chunks, step), color), io.cleanups);
    return;
  }
  for (const chunk of legibleChunks(collect(chunks, step), color)) await io.stdout.write(chunk);
}

function* legibleChunks(
  chunks: Iterable<string | Uint8Array>,
  color: boolean,
): Generator<string | Uint8Array> {
  for (const chunk of chunks) yield typeof chunk === 'string' ? shownText(chunk, color) : chunk;
}

function hasColor({ io }: Context, options: OutputOptions): boolean {
  return usesColor(options.color, options.output === undefined && io.stdout.isTTY, io.env);
}

/** Styles for results, and the width of the terminal if they go to one. */
export function looksOf(context: Context, options: OutputOptions): Style & { readonly width: number | null } {
  const { stdout } = context.io;
  const onTerminal = options.output === undefined && stdout.isTTY;
  const style = styleFor(hasColor(context, options));
  return { ...style, width: onTerminal ? stdout.columns : null };
}

/** Columns of a line of prose: COLUMNS, else the width of the terminal, else 100. */
export function proseWidth(context: Context, options: OutputOptions): number {
  const { stdout, env } = context.io;
  const wanted = Number(env.COLUMNS);
  const onTerminal = options.output === undefined && stdout.isTTY;
  const columns =
    Number.isInteger(wanted) && wanted > 0
      ? wanted
      : onTerminal
        ? (stdout.columns ?? NO_TERMINAL)
        : NO_TERMINAL;
  return Math.min(Math.max(columns, NARROWEST), WIDEST);
}

const NO_TERMINAL = 100;
const NARROWEST = 60;
const WIDEST = 200;

/** Prints a result in the chosen format; for an empty one, a note on stderr says why. */
export async function emitResult(
  context: Context,
  options: OutputOptions,
  result: Result,
  stoppable = false,
): Promise<void> {
  const { bold, width } = looksOf(context, options);
  let rows = 0;
  const counted: Result = { ...result, rows: counting(result.rows, () => rows++) };
  const text = { width, header: bold };
  // Loaded on first use, so that help does not wait for it.
  const { formatResult } = await import('../report/format.js');
  await emit(context, options, formatResult(counted, options.format, text), stoppable);
  if (rows === 0) messagesFor(context, options).note(`no rows: ${result.empty ?? 'the SQL returned none'}`);
}

/** Prints a reference page: as text, or as rows in the chosen format. */
export async function emitPage(context: Context, options: OutputOptions, page: Page): Promise<void> {
  if (options.format === 'text') {
    await emit(context, options, [page.text()]);
    return;
  }
  const columns = page.columns.map((name) => ({ name, type: 'TEXT' as const, unit: null }));
  await emitResult(context, options, { columns, rows: page.rows, empty: null });
}

function* counting<T>(rows: Iterable<T>, count: () => void): Generator<T> {
  for (const row of rows) {
    count();
    yield row;
  }
}
