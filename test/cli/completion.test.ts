// SPDX-License-Identifier: Apache-2.0
/** Completions as the shells themselves make them, and the manual page. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packagedQueries } from '../../src/cli/context.js';
import { TABLES } from '../../src/store/schema.js';
import { cli } from './harness.js';

const has = (program: string): boolean => spawnSync(program, ['--version']).status === 0;

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'modwaste-completion-'));
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { code, stdout } = await cli(['completion', shell]);
    expect(code).toBe(0);
    writeFileSync(join(folder, shell), stdout);
  }
  writeFileSync(join(folder, 'trace.txt'), '');
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What a shell offers for the last of the words. */
const OFFERS: Readonly<Record<'bash' | 'fish', (words: readonly string[]) => string[]>> = {
  bash: (words) => {
    const script = `source ${folder}/bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _modwaste
      printf '%s\\n' "\${COMPREPLY[@]}"`;
    return execFileSync('bash', ['-c', script, 'bash', ...words], { cwd: folder, encoding: 'utf8' })
      .trim()
      .split('\n');
  },
  fish: (words) =>
    execFileSync('fish', ['--no-config', '-c', `source ${folder}/fish; complete -C '${words.join(' ')}'`], {
      cwd: folder,
      encoding: 'utf8',
    })
      .trim()
      .split('\n')
      .map((line) => line.split('\t')[0] ?? ''),
};

describe.each(['bash', 'fish'] as const)('%s', (shell) => {
  it.skipIf(!has(shell)).each<[string[], string[]]>([
    [['qu'], ['queries', 'query']],
    [['query', 'phase'], ['phase-waste']],
    [['query', '--quiet', 'phase'], shell === 'bash' ? ['phase-waste'] : ['']],
    [['query', '--format', 'nd'], ['ndjson']],
    [['stats', '--max-d'], ['--max-depth']],
    [['tables', 'req'], ['requests']],
    [['help', 'wor'], ['words']],
    [['batch-query', 'reg'], ['regressions']],
    [['completion', 'z'], ['zsh']],
    [['batch', '--query', 'phase'], ['phase-waste']],
  ])('completes %j', (words, wanted) => {
    expect(OFFERS[shell](['modwaste', ...words]).sort()).toEqual(wanted);
  });

  it.skipIf(!has(shell))('leaves inputs and files to the shell', () => {
    for (const words of [
      ['analyze', 'tr'],
      ['query', 'boots', 'tr'],
      ['analyze', '-o', 'tr'],
    ]) {
      expect(OFFERS[shell](['modwaste', ...words])).toEqual([shell === 'bash' ? '' : 'trace.txt']);
    }
  });
});

describe('bash', () => {
  it('takes --option=value and options of any command for what they are', () => {
    expect(OFFERS.bash(['modwaste', 'query', '--format', '=', 'c'])).toEqual(['csv']);
    expect(OFFERS.bash(['modwaste', 'query', '-o', 'x', '--format', 'csv', 'led'])).toEqual(['ledger']);
    expect(OFFERS.bash(['modwaste', 'query', ''])).toEqual([...packagedQueries().keys()]);
    expect(OFFERS.bash(['modwaste', 'tables', ''])).toEqual(TABLES.map(({ name }) => name));
  });
});

describe('zsh', () => {
  it.skipIf(!has('zsh'))('reads its script', () => {
    expect(spawnSync('zsh', ['-n', join(folder, 'zsh')], { encoding: 'utf8' })).toMatchObject({
      status: 0,
      stderr: '',
    });
  });

  it('is told of every command', async () => {
    const { stdout } = await cli(['completion', 'zsh']);
    for (const name of ['analyze', 'batch-merge', 'sql'])
      expect(stdout).toContain(`    ${name})\n      _arguments`);
    expect(stdout).toContain(`'*'{-o,--output}'[write results to FILE, atomically]:value:_files'`);
  });
});

describe('the manual page', () => {
  it('has every command with each of its options and examples, and the topics', async () => {
    const { stdout } = await cli(['help', '--man']);
    const help = await cli(['--help']);
    const commands = [...help.stdout.matchAll(/^ {2}([a-z-]+) .*[A-Z\]]/gm)].map(([, name]) => name ?? '');
    expect(commands).toEqual(expect.arrayContaining(['analyze', 'batch-merge', 'help']));
    const plain = stdout.replaceAll('\\-', '-');
    for (const command of commands) {
      expect(plain).toContain(`.SS modwaste ${command} `);
      const long = (await cli([command, '--help'])).stdout;
      for (const [, flag] of long.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)) expect(plain).toContain(flag);
      const [examples = ''] = long
        .slice(long.indexOf('Examples:') + 10)
        .trimEnd()
        .split('\n\n');
      expect(plain).toContain(examples.replaceAll('\\', '\\e'));
    }
    expect(plain).toContain('.SH WORDS');
  });

  it.skipIf(!has('mandoc'))('has nothing that mandoc warns of', async () => {
    const { stdout } = await cli(['help', '--man']);
    const read = spawnSync('mandoc', ['-T', 'lint', '-W', 'warning'], { input: stdout, encoding: 'utf8' });
    expect(read.stdout + read.stderr).toBe('');
  });

  it.skipIf(!has('groff'))('is read without a warning', async () => {
    const { stdout } = await cli(['help', '--man']);
    const read = spawnSync('groff', ['-ww', '-man', '-Tascii'], { input: stdout, encoding: 'utf8' });
    expect([read.status, read.stderr]).toEqual([0, '']);
    expect(read.stdout).toContain('modwaste query phase-waste /sys/kernel/debug/modules');
  });
});
