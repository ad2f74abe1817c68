// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packagedQueries } from '../../src/cli/context.js';
import { WORDS } from '../../src/model/words.js';
import { QUERIES_FOLDER } from '../../src/query/library.js';
import { TABLES } from '../../src/store/schema.js';
import { temporary } from '../temporary.js';
import { cli } from './harness.js';

const COMMANDS = ['analyze', 'query', 'sql', 'module', 'queries', 'tables', 'stats', 'detect', 'export'];

describe('help', () => {
  it('is short with -h and long, with exit codes and examples, with --help', async () => {
    const short = await cli(['-h']);
    const long = await cli(['--help']);
    expect([short.code, long.code, short.stderr, long.stderr]).toEqual([0, 0, '', '']);
    expect(short.stdout).toContain('--help shows more');
    expect(short.stdout).not.toContain('Exit codes');
    expect(long.stdout).toContain('130  interrupted');
    expect(long.stdout.length).toBeGreaterThan(short.stdout.length);
    for (const command of COMMANDS) expect(short.stdout).toMatch(new RegExp(`^  ${command} .*\\w$`, 'm'));
  });

  it.each(COMMANDS)('of %s has a sentence, its options, and examples', async (command) => {
    const { code, stdout } = await cli([command, '--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^Usage: modwaste ${command} `));
    expect(stdout).toContain('--quiet');
    expect(stdout).toMatch(new RegExp(`Examples:\\n(?:  .*\\n)*  .*modwaste ${command}`));
    expect((await cli(['help', command])).stdout).toBe(stdout);
    expect((await cli([command, '-h'])).stdout).not.toContain('Examples:');
  });

  it('has no line wider than 100 columns', async () => {
    for (const argv of [[], ...COMMANDS.map((command) => [command])]) {
      const { stdout } = await cli([...argv, '--help']);
      expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([]);
    }
  });

  it('goes to stderr, with 2, where no command is given', async () => {
    const { code, stdout, stderr } = await cli([]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('Usage: modwaste');
  });

  it('explains the words, each of the glossary', async () => {
    const { code, stdout } = await cli(['help', 'words']);
    expect(code).toBe(0);
    for (const [word] of WORDS) expect(stdout).toMatch(new RegExp(`^${quoteRegExp(word)}  `, 'm'));
    expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([]);
    expect((await cli(['help', '--help'])).stdout).toContain('words  ');
  });

  it.each([
    ['analyse', 'did you mean analyze?'],
    ['word', 'did you mean words?'],
  ])('suggests the command or topic that was meant: %s', async (name, suggestion) => {
    const { code, stdout, stderr } = await cli(['help', name]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(suggestion);
  });

  it('prints the version', async () => {
    const { code, stdout } = await cli(['--version']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('reference', () => {
  it('lists every query with its sentence', async () => {
    const { code, stdout } = await cli(['queries']);
    expect(code).toBe(0);
    for (const query of packagedQueries().values()) expect(stdout).toContain(query.summary);
  });

  it('describes every query: each column, each parameter, its file', async () => {
    for (const query of packagedQueries().values()) {
      const { code, stdout } = await cli(['queries', query.name]);
      expect(code).toBe(0);
      for (const { name, meaning } of [...query.columns, ...query.params]) {
        expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
        expect(stdout).toContain(meaning);
      }
      expect(stdout).toContain(`No rows: ${query.empty}`);
      expect(stdout).toContain(join(QUERIES_FOLDER, `${query.name}.sql`));
    }
  });

  it('lists and describes every table and column', async () => {
    const list = await cli(['tables']);
    for (const table of TABLES) {
      expect(list.stdout).toMatch(new RegExp(`^${table.name} +\\S`, 'm'));
      const { code, stdout } = await cli(['tables', table.name]);
      expect(code).toBe(0);
      for (const column of table.columns) {
        expect(column.doc).not.toBe('');
        expect(stdout).toMatch(
          new RegExp(`^  ${column.name} +${column.type} .*${quoteRegExp(column.doc)}$`, 'm'),
        );
      }
    }
  });

  it('gives the same as data', async () => {
    const { stdout } = await cli(['tables', 'boots', '--format', 'json']);
    expect(JSON.parse(stdout)[0]).toEqual({
      column: 'boot',
      type: 'INTEGER',
      unit: '',
      meaning: 'the boot, 1 is the oldest',
    });
    const csv = await cli(['tables', '--format', 'csv']);
    expect(csv.stdout.split('\n')).toHaveLength(TABLES.length + 2);
  });
});

const quoteRegExp = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

describe('wrong usage', () => {
  it.each<[string[], string]>([
    [
      ['analyse', 'x'],
      "modwaste: unknown command 'analyse'\n  did you mean analyze?\n  modwaste --help shows the usage\n",
    ],
    [['xyz'], "modwaste: unknown command 'xyz'\n  modwaste --help shows the usage\n"],
    [
      ['stats', '--fromat', 'csv', 'x'],
      "modwaste: unknown option '--fromat'\n  did you mean --format?\n  modwaste stats --help shows the usage\n",
    ],
    [
      ['stats', '--format', 'xml', 'x'],
      "modwaste: option '--format <format>' argument 'xml' is invalid. Allowed choices are text, csv, json, ndjson, markdown.\n  modwaste stats --help shows the usage\n",
    ],
    [
      ['stats', '--format', 'jsn', 'x'],
      "modwaste: option '--format <format>' argument 'jsn' is invalid. Allowed choices are text, csv, json, ndjson, markdown.\n  did you mean json?\n  modwaste stats --help shows the usage\n",
    ],
    [
      ['stats', '--max-depth', 'deep', 'x'],
      "modwaste: option '--max-depth <count>' argument 'deep' is invalid. Expected a whole number above 0.\n  modwaste stats --help shows the usage\n",
    ],
    [
      ['stats', '-o'],
      "modwaste: option '-o, --output <file>' argument missing\n  modwaste stats --help shows the usage\n",
    ],
    [
      ['analyze'],
      'modwaste: no INPUT given\n  an input is a file, a directory, or - for stdin, for example: modwaste analyze dmesg.txt\n',
    ],
    [['query'], 'modwaste: no query given\n  modwaste queries lists them; --sql runs your own\n'],
    [['query', '--sql', 'SELECT 1', '-f', 'x.sql', 'x'], 'modwaste: --sql and -f cannot be used together\n'],
    [['query', '-f', '/no/such.sql', 'x'], 'modwaste: cannot read /no/such.sql: no such file or directory\n'],
    [
      ['query', '--param', 'boot', 'attempts', 'x'],
      'modwaste: parameter "boot" is not name=value\n  modwaste queries NAME describes the parameters of a query\n',
    ],
    [
      ['tables', 'boot'],
      'modwaste: no table is named "boot"\n  did you mean boots?\n  modwaste tables lists them\n',
    ],
    [
      ['export', 'x'],
      'modwaste: no destination given\n  --out DIR writes CSV files, --db FILE a SQLite database, --trace FILE a trace for Perfetto\n',
    ],
  ])('%j says what is wrong, exit 2, nothing on stdout', async (argv, stderr) => {
    expect(await cli(argv)).toEqual({ code: 2, stdout: '', stderr });
  });

  it('offers to read a file that is given without a command', async () => {
    const path = join(temporary('usage'), 'log.txt');
    writeFileSync(path, '');
    const { code, stderr } = await cli([path]);
    expect(code).toBe(2);
    expect(stderr).toBe(`modwaste: unknown command '${path}'\n  to read ${path}: modwaste analyze ${path}\n`);
  });
});
