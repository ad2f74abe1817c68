// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCase } from '../../src/case.js';
import type { Diagnostic } from '../../src/model/diagnostic.js';
import { caseOf, source } from './fake-case.js';
import { cli } from './harness.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'modwaste-run-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const read = caseOf([source(1, 'read')]);
const lost: Diagnostic = { code: 'trace-lost-events', source: 1, line: 7, count: 3, detail: 'CPU 2' };
const unusable: Diagnostic = { code: 'trace-unusable-form', source: 2, line: null, count: 1, detail: '' };

describe('what goes to stderr', () => {
  it('is nothing where all was read', async () => {
    const ran = await cli(['query', 'sources', 'a', '--format', 'csv'], { openCase: read });
    expect(ran).toEqual({
      code: 0,
      stdout:
        'source,parent,path,format,bytes,lines,events,boot,why,status\n1,,s1.txt,dmesg,10,1,0,,plain: 1 of 1 lines,read\n',
      stderr: '',
    });
  });

  const mixed = caseOf(
    [source(1, 'read'), source(2, 'unrecognised'), source(3, 'container'), source(4, 'skipped')],
    [lost, unusable],
  );

  it('is what failed, what was lost, and how many sources were not recognised', async () => {
    const ran = await cli(['query', 'ledger', 'a'], { openCase: mixed });
    expect(ran.code).toBe(1);
    expect(ran.stderr.split('\n').slice(0, 4)).toEqual([
      'modwaste: s2.txt: trace-unusable-form. This trace_options form (raw, hex, bin) holds no usable fields; read `trace` with default options.',
      'modwaste: s1.txt:7: trace-lost-events (3 times): CPU 2. The trace lost events: totals from it are lower bounds. Use trace_buf_size=64M or more.',
      'modwaste: 1 of 2 sources not recognised (see modwaste detect)',
      'modwaste: no rows: No boot was recognised in the inputs.',
    ]);
  });

  it('is only what failed with --quiet; the exit code stays', async () => {
    const ran = await cli(['query', 'ledger', 'a', '--quiet'], { openCase: mixed });
    expect([ran.code, ran.stderr.split('\n').length]).toEqual([1, 2]);
    expect(ran.stderr).toContain('trace-unusable-form');
  });

  it('prints at most ten lines about losses, then the number of the rest', async () => {
    const many = Array.from({ length: 25 }, (): Diagnostic => lost);
    const ran = await cli(['query', 'ledger', 'a'], { openCase: caseOf([source(1, 'read')], many) });
    const lines = ran.stderr.split('\n');
    expect(lines.filter((line) => line.includes('trace-lost-events'))).toHaveLength(10);
    expect(lines[10]).toBe('modwaste: and 15 more (modwaste query diagnostics lists them)');
  });

  // A zip gives a member a name of up to 64 KiB.
  it('names a source with the ends of a long name', async () => {
    const path = `a.zip!${'x'.repeat(60_000)}/dmesg.txt`;
    const losses = await cli(['query', 'ledger', 'a'], {
      openCase: caseOf([source(1, 'read', { path })], [lost]),
    });
    const unknown = await cli(['analyze', 'a'], { openCase: caseOf([source(1, 'unrecognised', { path })]) });
    for (const { stderr } of [losses, unknown]) {
      expect(stderr).toMatch(/a\.zip!x+\.\.\. \(60016 characters\) \.\.\.x+\/dmesg\.txt:/);
      expect(stderr.length).toBeLessThan(1_000);
    }
  });
});

describe('inputs of which nothing is recognised', () => {
  const unknown = caseOf([
    source(1, 'unrecognised', { path: 'noise.bin' }),
    source(2, 'empty', { path: 'empty.txt', why: 'no bytes' }),
  ]);

  it.each([['analyze'], ['stats'], ['export', '--out', 'x']])(
    '%s ends with 2 and says what to do',
    async (...argv) => {
      const ran = await cli([...argv, 'a'], { openCase: unknown });
      expect(ran).toEqual({
        code: 2,
        stdout: '',
        stderr: [
          'modwaste: nothing was recognised in any input',
          '  noise.bin: no known form matched',
          '  empty.txt: no bytes',
          '  modwaste reads dmesg and journal output, ftrace traces, and /sys/kernel/debug/modules;',
          '  modwaste detect --explain INPUT shows what was tried',
          '',
        ].join('\n'),
      });
      expect(existsSync('x')).toBe(false);
    },
  );

  it('detect and query still list them, with 2', async () => {
    const detected = await cli(['detect', 'a', '--format', 'csv'], { openCase: unknown });
    expect(detected.code).toBe(2);
    expect(detected.stdout).toBe(
      'source,path,status,rank,format,form,confidence,matched,tried,why\n' +
        '1,noise.bin,unrecognised,,,,,,,no known form matched\n' +
        '2,empty.txt,empty,,,,,,,no bytes\n',
    );
    const queried = await cli(['query', 'sources', 'a', '--format', 'ndjson'], { openCase: unknown });
    expect([queried.code, queried.stdout.split('\n').length]).toEqual([2, 3]);
    expect(queried.stderr).toContain('modwaste: nothing was recognised in any input');
  });
});

describe('query', () => {
  const own = (sql: string, ...more: string[]) =>
    cli(['query', '--sql', sql, 'a', ...more], { openCase: read });

  it('runs own SQL, from the command line or a file, with parameters', async () => {
    const ran = await own(
      'SELECT path, 9007199254740993 AS big FROM sources WHERE source = $n',
      '--param',
      'n=1',
      '--format',
      'json',
    );
    expect(ran).toEqual({ code: 0, stdout: '[\n{"path":"s1.txt","big":9007199254740993}\n]\n', stderr: '' });
    const file = join(folder, 'mine.sql');
    writeFileSync(file, '\uFEFFSELECT 1 AS one;\n');
    expect((await cli(['query', '-f', file, 'a', '--format', 'csv'], { openCase: read })).stdout).toBe(
      'one\n1\n',
    );
    writeFileSync(file, 'SELECT 1\nFROM source');
    expect(
      (await cli(['query', '-f', file, 'a'], { openCase: read })).stderr.split('\n').slice(0, 4),
    ).toEqual([
      `modwaste: ${file}:2:6: no such table: source`,
      '  2 | FROM source',
      '    |      ^',
      '  did you mean sources?',
    ]);
  });

  it('honours the head of a file: defaults, types, units, what no rows mean', async () => {
    const file = join(folder, 'mine.sql');
    const headed = [
      '-- Sources by number.',
      '-- @param n INTEGER = 1  The source.',
      '-- @column t SECONDS s  A time.',
      '-- @column size INTEGER bytes  A size.',
      '-- @empty No such source.',
      'SELECT 1500000000 AS t, 2048 AS size FROM sources WHERE source = $n',
    ];
    const ask = (...more: string[]) => cli(['query', '-f', file, 'a', ...more], { openCase: read });
    writeFileSync(file, headed.join('\n'));
    expect((await ask()).stdout).toBe('       t     size\n1.500000  2.0 KiB\n');
    expect((await ask('--param', 'n=2')).stderr).toBe('modwaste: no rows: No such source.\n');
    expect((await ask('--param', 'm=2')).stderr).toContain('has no parameter m: it has n');
    // A part of a head is honoured as far as it goes.
    writeFileSync(file, `${headed[1]}\nSELECT $n AS n`);
    expect((await ask('--format', 'csv')).stdout).toBe('n\n1\n');
    writeFileSync(file, headed.join('\n').replace('AS size', 'AS bytes'));
    expect((await ask()).stderr).toContain('returns the columns t, bytes; its head has t, size');
    writeFileSync(file, `${headed.slice(0, -1).join('\n')}\nDELETE FROM sources`);
    expect((await ask()).stderr).toContain('DELETE is not allowed');
  });

  it('says where SQL is wrong, with 2 and nothing on stdout', async () => {
    expect(await own('SELECT path,\n  FROM sources')).toEqual({
      code: 2,
      stdout: '',
      stderr: [
        'modwaste: --sql:2:3: near "FROM": syntax error',
        '  2 |   FROM sources',
        '    |   ^',
        '  modwaste tables describes the tables and their columns',
        '',
      ].join('\n'),
    });
  });

  it.each([
    'DELETE FROM sources',
    'PRAGMA query_only = 0',
    'WITH a AS (SELECT 1) DELETE FROM sources',
    "ATTACH 'x' AS y",
  ])('lets nothing write: %s', async (sql) => {
    const ran = await own(sql);
    expect([ran.code, ran.stdout]).toEqual([2, '']);
    expect(ran.stderr).toMatch(/queries can only read/);
  });

  it.each([
    [
      'phase-wast',
      'modwaste: no query is named "phase-wast"\n  did you mean phase-waste?\n  modwaste queries lists them; --sql runs your own\n',
    ],
    [
      'dups',
      'modwaste: no query is named "dups"\n  did you mean duplicates?\n  modwaste queries lists them; --sql runs your own\n',
    ],
    ['nosuch', 'modwaste: no query is named "nosuch"\n  modwaste queries lists them; --sql runs your own\n'],
  ])('suggests the query that was meant: %s', async (name, stderr) => {
    expect(await cli(['query', name, 'a'], { openCase: read })).toEqual({ code: 2, stdout: '', stderr });
  });

  it('says that the name comes first where a path does', async () => {
    for (const words of [[folder], [folder, 'attempts']]) {
      const ran = await cli(['query', ...words], { openCase: read });
      expect([ran.code, ran.stdout]).toEqual([2, '']);
      expect(ran.stderr).toBe(
        `modwaste: the name of a query comes before the inputs, and ${folder} is a path\n` +
          `  modwaste query ${words[1] ?? 'NAME'} ${folder}\n` +
          '  modwaste queries lists the names; --sql runs your own\n',
      );
    }
  });

  it('prints no header where no input could be read', async () => {
    const missing = caseOf([source(1, 'failed')]);
    for (const format of ['csv', 'json', 'text', 'markdown']) {
      const ran = await cli(['query', 'attempts', 'a', '--format', format], { openCase: missing });
      expect(ran).toEqual({ code: 2, stdout: '', stderr: 'modwaste: no input could be read\n' });
    }
  });

  it('checks parameters before it reads anything', async () => {
    const never: typeof read = async () => {
      throw new Error('read');
    };
    const ran = await cli(['query', 'timeline', 'a', '--param', 'bucket=5'], { openCase: never });
    expect(ran).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'modwaste: query timeline has no parameter bucket: it has bucket_ms\n  did you mean bucket_ms?\n  modwaste queries NAME describes the parameters of a query\n',
    });
  });

  it('has a header without rows, and says what that means', async () => {
    const ran = await cli(['query', 'attempts', 'a', '--format', 'csv'], { openCase: read });
    expect(ran.stdout).toMatch(/^boot,attempt,t,.*\n$/);
    expect(ran.stderr).toBe('modwaste: no rows: The inputs hold no trace of attempts.\n');
  });

  it('stops quietly when nobody reads any more', async () => {
    const endless = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n';
    for (const format of ['csv', 'json', 'ndjson', 'markdown', 'text']) {
      const ran = await cli(['query', '--sql', endless, 'a', '--format', format], {
        openCase: read,
        closesAfter: 100_000,
      });
      expect([ran.code, ran.stderr]).toEqual([0, '']);
      expect(ran.stdout.length).toBeGreaterThan(100_000);
    }
  });
});

describe('module', () => {
  const ask = (...words: string[]) => cli(['module', ...words, '--format', 'csv'], { openCase });

  it('tells the story of one, and suggests a name where there is none', async () => {
    const log = join(folder, 'dmesg.txt');
    writeFileSync(
      log,
      '[    0.000000] Linux version 6.12.0 (x@y) #1\n[    1.000000] snd_hda: loading out-of-tree module taints kernel.\n',
    );
    const found = await ask('snd-hda', log);
    expect([found.code, found.stderr]).toEqual([0, '']);
    expect(found.stdout.split('\n').slice(1)).toEqual(['1,1.000000,boot,taint,,,,,out-of-tree,1,2', '']);
    const missed = await ask('snd_hdaa', log);
    expect(missed.stderr).toBe(
      'modwaste: no rows: The inputs do not mention the module.\nmodwaste: did you mean snd_hda?\n',
    );
    expect((await ask(log)).stderr).toMatch(/^modwaste: no module given\n/);
  });
});

describe('stats', () => {
  it('ends with 1 where it has nothing to print', async () => {
    const log = join(folder, 'dmesg.txt');
    writeFileSync(
      log,
      '[    0.000000] Linux version 6.12.0 (x@y) #1\n[    1.000000] e1000: loading out-of-tree module taints kernel.\n',
    );
    for (const [format, stdout] of [
      ['text', ''],
      ['csv', 'boot,kind,name,value,reason\n'],
    ] as const) {
      const ran = await cli(['stats', log, '--format', format], { openCase });
      expect([ran.code, ran.stdout]).toEqual([1, stdout]);
      expect(ran.stderr).toContain('modwaste: no rows: the evidence gives none of the counters\n');
    }
  });
});

describe('output', () => {
  it('goes whole to -o FILE, and stdout stays empty', async () => {
    const file = join(folder, 'out.json');
    const ran = await cli(['query', 'sources', 'a', '--format', 'json', '-o', file], { openCase: read });
    expect(ran).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toHaveLength(1);
    expect(readdirSync(folder)).toEqual(['out.json']);
  });

  it('leaves no file where the query fails or the disk is full', async () => {
    const file = join(folder, 'out.csv');
    const bad = await cli(['query', '--sql', "SELECT json('{')", 'a', '-o', file], { openCase: read });
    expect(bad.code).toBe(2);
    expect(readdirSync(folder)).toEqual([]);
    const full = await cli(['query', 'sources', 'a', '-o', '/dev/full'], { openCase: read });
    expect([full.code, full.stderr]).toEqual([
      2,
      'modwaste: cannot write /dev/full: no space left on device\n  free some space, or write to another file system\n',
    ]);
  });

  it('has colour on a terminal only, or when it is asked for', async () => {
    const bold = '\u001b[1m';
    const query = ['query', 'sources', 'a'];
    const out = async (argv: string[], around: Parameters<typeof cli>[1]) =>
      (await cli(argv, { openCase: read, ...around })).stdout;
    expect(await out(query, {})).not.toContain(bold);
    expect(await out(query, { tty: true })).toContain(bold);
    expect(await out(query, { tty: true, env: { NO_COLOR: '1' } })).not.toContain(bold);
    expect(await out(query, { tty: true, env: { TERM: 'dumb' } })).not.toContain(bold);
    expect(await out([...query, '--color', 'always'], {})).toContain(bold);
    expect(await out([...query, '--color', 'always', '--format', 'csv'], {})).not.toContain(bold);
  });

  it('is cut to the terminal, and whole in a pipe', async () => {
    const long = caseOf([source(1, 'read', { path: 'x'.repeat(200) })]);
    const onTerminal = await cli(['query', 'sources', 'a'], {
      openCase: long,
      tty: true,
      columns: 100,
      env: { NO_COLOR: '1' },
    });
    expect(onTerminal.stdout).toContain('…');
    const piped = await cli(['query', 'sources', 'a'], { openCase: long });
    expect(piped.stdout).toContain('x'.repeat(200));
  });
});

describe('export', () => {
  it('writes every query and every table, and refuses to replace them', async () => {
    const out = join(folder, 'result');
    const ran = await cli(['export', 'a', '--out', out], { openCase: read });
    expect([ran.code, ran.stdout]).toEqual([0, '']);
    const queries = readdirSync(out).filter((name) => name.endsWith('.csv'));
    const tables = readdirSync(join(out, 'tables'));
    expect(ran.stderr).toBe(`modwaste: ${queries.length + tables.length} CSV files in ${out}\n`);
    expect(queries).toContain('phase-waste.csv');
    expect(readFileSync(join(out, 'tables', 'sources.csv'), 'utf8')).toMatch(
      /^source,parent,path,.*\n1,,s1.txt,/,
    );

    const again = await cli(['export', 'a', '--out', out], { openCase: read });
    expect(again.code).toBe(2);
    expect(again.stderr).toMatch(/^modwaste: .*\.csv already exists\n {2}--force replaces it/);
    expect((await cli(['export', 'a', '--out', out, '--force'], { openCase: read })).code).toBe(0);
  });

  it('writes a database that SQLite opens', async () => {
    const db = join(folder, 'case.sqlite');
    const ran = await cli(['export', 'a', '--db', db, '--quiet'], { openCase: read });
    expect(ran).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(readFileSync(db).subarray(0, 15).toString()).toBe('SQLite format 3');
  });

  it('says why it cannot write, and leaves nothing', async () => {
    const ran = await cli(['export', 'a', '--out', '/proc/modwaste'], { openCase: read });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(/^modwaste: cannot write to \/proc\/modwaste: /);
  });
});

describe('an error of our own', () => {
  const broken: typeof read = async () => {
    throw new TypeError('x is undefined');
  };

  it('is one line with how to report it, exit 2', async () => {
    expect(await cli(['analyze', 'a'], { openCase: broken })).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'modwaste: internal error: TypeError: x is undefined\n  this is a bug in modwaste; please report it with the output under MODWASTE_DEBUG=1\n',
    });
  });

  it('prints where it came from with MODWASTE_DEBUG=1', async () => {
    const ran = await cli(['analyze', 'a'], { openCase: broken, env: { MODWASTE_DEBUG: '1' } });
    expect(ran.stderr).toMatch(/TypeError: x is undefined\n {4}at /);
  });
});
