// SPDX-License-Identifier: Apache-2.0
import { beforeAll, describe, expect, it } from 'vitest';
import { openCase } from '../../src/case.js';
import { describeError } from '../../src/cli/errors.js';
import { answer } from '../../src/cli/shell/answer.js';
import { type Engine, ShellError, StoppedError } from '../../src/cli/shell/engine.js';
import { completions, Shell } from '../../src/cli/shell/shell.js';
import { TABLES } from '../../src/store/schema.js';
import type { Store } from '../../src/store/types.js';

let store: Store;
beforeAll(async () => {
  store = await (await openCase({ inputs: ['samples/failures'] })).store();
});

/** Answers in this thread; with `stops`, every query is one that only Ctrl-C ends. */
function engine(stops = false): Engine & { stopped: number } {
  return {
    stopped: 0,
    async *ask(asked, looks) {
      if (stops) throw new StoppedError('stopped');
      try {
        yield* answer(store.db, asked, looks);
      } catch (error) {
        throw new ShellError(describeError(error) ?? ['not expected']);
      }
    },
    stop() {
      this.stopped++;
    },
    close: async () => undefined,
  };
}

async function session(
  lines: readonly string[],
  by: Engine = engine(),
): Promise<{ out: string; said: string[]; shell: Shell }> {
  let out = '';
  const said: string[] = [];
  const screen = {
    color: false,
    width: null,
    out: async (text: string) => {
      out += text;
    },
    say: (line: string) => void said.push(line),
  };
  const shell = new Shell(by, screen, 'csv');
  for (const line of lines) if (!shell.left) await shell.line(line);
  await shell.end();
  return { out, said, shell };
}

describe('the shell', () => {
  it('runs statements over several lines, several on a line, and the last one without its end', async () => {
    const { out, said, shell } = await session([
      'SELECT',
      "  ';' AS a;",
      '',
      'SELECT 1 AS b; SELECT 2 AS c; -- ;',
      'SELECT 3 AS d',
    ]);
    expect(out).toBe('a\n;\nb\n1\nc\n2\nd\n3\n');
    expect([said, shell.failed]).toEqual([[], false]);
  });

  it('shows by its prompt whether a statement is unfinished', async () => {
    const { shell } = await session([]);
    expect(shell.prompt).toBe('modwaste> ');
    await shell.line('SELECT 1');
    expect(shell.prompt).toBe('     ...> ');
    shell.interrupt();
    expect(shell.prompt).toBe('modwaste> ');
  });

  it('goes on after an error, which it shows with its place', async () => {
    const { out, said, shell } = await session([
      'SELECT nobody FROM boots;',
      'DROP TABLE boots;',
      'SELECT 1 AS a;',
    ]);
    expect(out).toBe('a\n1\n');
    expect(said).toContain('modwaste: SQL:1:8: no such column: nobody');
    expect(said.join()).toContain('queries can only read');
    expect(shell.failed).toBe(true);
  });

  it('tells tables, schemas, queries and its commands', async () => {
    const { out, said } = await session([
      '.tables',
      '.schema attempts',
      '.queries',
      '.queries loads',
      '.help',
    ]);
    expect(said).toEqual([]);
    for (const { name } of TABLES) expect(out).toMatch(new RegExp(`^${name} `, 'm'));
    expect(out).toMatch(/^ {2}wasted_bytes +INTEGER/m);
    expect(out).toContain('loads: Successful loads');
    expect(out).toMatch(/^\.quit +leave/m);
    expect((await session(['.schema'])).out).toContain('CREATE TABLE attempts (');
  });

  it('runs canned queries with parameters, in any format', async () => {
    const { out } = await session(['.mode ndjson', '.mode', '.run module name=lab-needs', '.run boots']);
    const lines = out.trimEnd().split('\n');
    expect(lines[0]).toBe('ndjson');
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({ boot: 1 });
    expect(lines.length).toBeGreaterThan(3);
    expect((await session(['.run module name=none'])).said).toEqual([
      'modwaste: no rows: The inputs do not mention the module.',
    ]);
  });

  it.each([
    ['.table', 'did you mean .tables?'],
    ['.mode jsn', 'did you mean json?'],
    ['.schema attempt', 'did you mean attempts?'],
    ['.run dups', 'did you mean duplicates?'],
    ['.queries dups', 'did you mean duplicates?'],
    ['.run module nam=x', 'did you mean name?'],
  ])('suggests what was meant: %s', async (line, suggestion) => {
    expect((await session([line])).said.join('\n')).toContain(suggestion);
  });

  it('survives a query that is ended, and leaves at .quit', async () => {
    const by = engine(true);
    const { said, shell, out } = await session(['SELECT 1;', '.quit', 'SELECT 2;'], by);
    expect([said, out, shell.left]).toEqual([['modwaste: the query was interrupted'], '', true]);
    shell.interrupt();
    expect(by.stopped).toBe(1);
  });

  it('completes commands, tables, columns and queries', () => {
    expect(completions()).toEqual(
      expect.arrayContaining(['.schema', 'attempts', 'wasted_bytes', 'phase-waste']),
    );
  });
});
