// SPDX-License-Identifier: Apache-2.0
/** The interactive shell: lines in, answers out. It knows no terminal. */
import { findQuery } from '../../query/library.js';
import { parseAssignments } from '../../query/params.js';
import { bareSql } from '../../query/sql-text.js';
import { didYouMean } from '../../query/suggest.js';
import { FORMATS, type Format } from '../../report/format.js';
import { ddl, TABLES } from '../../store/schema.js';
import { packagedQueries } from '../context.js';
import { textTable } from '../document.js';
import { describeError } from '../errors.js';
import { queriesPage, queryPage } from '../query-pages.js';
import type { Asked, Looks } from './answer.js';
import { type Engine, ShellError, StoppedError } from './engine.js';

export interface Screen extends Omit<Looks, 'format'> {
  out(text: string): Promise<void>;
  /** Errors and notes, one line each. */
  say(line: string): void;
}

const COMMANDS: readonly (readonly [usage: string, meaning: string])[] = [
  ['.help', 'this list'],
  ['.tables', 'the tables'],
  ['.schema [TABLE]', 'the columns of all tables, or of one with their meanings'],
  ['.queries [NAME]', 'the canned queries, or one with its parameters and columns'],
  ['.run NAME [P=VALUE]...', 'run a canned query'],
  ['.mode [FORMAT]', `${FORMATS.join(', ')}`],
  ['.quit', 'leave (also Ctrl-D)'],
];

/** Words that a terminal can complete: commands, tables, columns, queries. */
export function completions(): string[] {
  const columns = TABLES.flatMap(({ columns, computed }) => [...columns, ...computed]);
  const words = [
    ...COMMANDS.map(([usage]) => usage.split(' ')[0] ?? ''),
    ...TABLES.map(({ name }) => name),
    ...columns.map(({ name }) => name),
    ...packagedQueries().keys(),
  ];
  return [...new Set(words)].sort();
}

export class Shell {
  readonly #engine: Engine;
  readonly #screen: Screen;
  #format: Format;
  /** An unfinished statement. */
  #text = '';
  #failed = false;
  #left = false;

  constructor(engine: Engine, screen: Screen, format: Format) {
    this.#engine = engine;
    this.#screen = screen;
    this.#format = format;
  }

  /** True after `.quit`. */
  get left(): boolean {
    return this.#left;
  }

  /** True where a statement or a command failed. */
  get failed(): boolean {
    return this.#failed;
  }

  get prompt(): string {
    return this.#text === '' ? 'modwaste> ' : '     ...> ';
  }

  /** Takes a line: a command, or a part of statements, each of which runs when it ends with `;`. */
  async line(line: string): Promise<void> {
    if (this.#text === '' && line.trimStart().startsWith('.')) {
      await this.#guarded(() => this.#command(line.trim().split(/\s+/)));
      return;
    }
    this.#text += `${line}\n`;
    for (let end = this.#end(); end > 0; end = this.#end()) {
      const sql = this.#text.slice(0, end);
      this.#text = this.#text.slice(end);
      await this.#statement(sql);
    }
    if (this.#text.trim() === '') this.#text = '';
  }

  /** Runs a statement without its `;`: at the end of the input. */
  async end(): Promise<void> {
    const sql = this.#text;
    this.#text = '';
    await this.#statement(sql);
  }

  /** Ctrl-C: ends the query that runs, and forgets the unfinished statement. */
  interrupt(): void {
    this.#text = '';
    this.#engine.stop();
  }

  /** The length of the first statement with its `;`; 0 where it is unfinished. */
  #end(): number {
    return bareSql(this.#text).indexOf(';') + 1;
  }

  async #statement(sql: string): Promise<void> {
    if (bareSql(sql).replace(';', '').trim() !== '') await this.#guarded(() => this.#ask({ sql }));
  }

  async #guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#failed = true;
      const lines =
        error instanceof ShellError
          ? error.lines
          : error instanceof StoppedError
            ? ['modwaste: the query was interrupted']
            : describeError(error);
      if (!lines) throw error;
      for (const line of lines) this.#screen.say(line);
    }
  }

  async #ask(asked: Asked): Promise<void> {
    const { color, width } = this.#screen;
    for await (const { kind, text } of this.#engine.ask(asked, { format: this.#format, color, width })) {
      if (kind === 'text') await this.#screen.out(text);
      else this.#screen.say(`modwaste: ${text}`);
    }
  }

  async #command([command = '', name, ...more]: readonly string[]): Promise<void> {
    const { out } = this.#screen;
    const queries = packagedQueries();
    switch (command) {
      case '.help':
        return out(textTable(COMMANDS, ''));
      case '.quit':
      case '.exit':
        this.#left = true;
        return;
      case '.tables':
        return out(
          textTable(
            TABLES.map((table) => [table.name, table.doc]),
            '',
          ),
        );
      case '.schema':
        return out(schema(name));
      case '.queries':
        return out((name === undefined ? queriesPage(queries) : queryPage(findQuery(queries, name))).text());
      case '.run': {
        if (name === undefined) throw new ShellError(['modwaste: .run NAME: no query given']);
        return this.#ask({ query: findQuery(queries, name).name, params: parseAssignments(more) });
      }
      case '.mode': {
        if (name === undefined) return out(`${this.#format}\n`);
        this.#format = named(name, FORMATS, 'format');
        return;
      }
      default:
        named(
          command,
          COMMANDS.map(([usage]) => usage.split(' ')[0] ?? ''),
          'command',
        );
    }
  }
}

/** DDL of all tables; of one with what its columns mean. */
function schema(name: string | undefined): string {
  if (name === undefined) return TABLES.map((table) => `${ddl(table)};\n`).join('');
  const wanted = named(
    name,
    TABLES.map((table) => table.name),
    'table',
  );
  const [table] = TABLES.filter((one) => one.name === wanted);
  if (!table) return '';
  const rows = [...table.columns, ...table.computed].map(({ name, type, unit, doc }) => [
    name,
    type,
    unit,
    doc,
  ]);
  return `${table.name}: ${table.doc}\n${textTable(rows)}`;
}

/** The name, where it is one of the known; else an error with what was meant. */
function named<T extends string>(name: string, known: readonly T[], what: string): T {
  const found = known.find((one) => one === name);
  if (found !== undefined) return found;
  const near = didYouMean(name, known);
  throw new ShellError([`modwaste: no ${what} is named "${name}"`, ...(near ? [`  ${near}`] : [])]);
}
