// SPDX-License-Identifier: Apache-2.0
/** The library as its users have it: the built package in a folder of theirs, under the strictest compiler. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isDeclared } from '../../src/stamp.mjs';
import { examplesOf, exported, furtherExamples } from './exports.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');

const STRICT = {
  ...{ target: 'ES2023', lib: ['ES2023'], module: 'NodeNext', types: ['node'], outDir: 'out', rootDir: '.' },
  ...{ strict: true, skipLibCheck: false, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true },
};

/** A user's program: lines 5 to 8 are wrong. */
const ROWS = [
  "import { openCase } from 'modwaste';",
  "const opened = await openCase({ inputs: ['x'] });",
  "const [row] = await opened.query('duplicates');",
  'export const bytes: bigint | null | undefined = row?.bytes;',
  'export const wrong: string = row?.times;',
  'row?.nothing;',
  "await opened.query('module');",
  "await opened.query('timeline', { bucket: 1 });",
  "await opened.query('module', { name: 'i915' });",
  "const [own] = await opened.query('mine', { any: 1 });",
  'export const value: bigint | number | string | null | undefined = own?.any;',
].join('\n');

let folder: string;
/** What the compiler says of all programs, by the line; those of a program begin with its name. */
let said: readonly string[];
/** Compiles files of the user's folder; gives what the compiler says. */
function compile(files: readonly string[], options: object = {}): string {
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: { ...STRICT, ...options }, files }),
  );
  return spawnSync(process.execPath, [TSC, '-p', '.'], { cwd: folder, encoding: 'utf8' }).stdout;
}

/** Writes a program for each example of the documentation; gives their names. */
function writeExamples(): string[] {
  const all = exported();
  const names = all.map(({ name, kind }) => (/^[it]/.test(kind) ? `type ${name}` : name)).join(', ');
  const examples = [...all.flatMap(({ doc }) => examplesOf(doc)), ...furtherExamples()];
  expect(examples.length).toBeGreaterThan(13);
  // What examples take for granted.
  const given = [
    "import { readFileSync } from 'node:fs';",
    `import { ${names} } from 'modwaste';`,
    'declare const opened: OpenedCase;',
    'declare const db: StoreDatabase;',
    'declare const query: Query;',
    'declare const bytes: Uint8Array;',
  ].join('\n');
  return examples.map((example, index) => {
    const file = `example-${index}.ts`;
    const code = example.replace(/^import .*$/gm, '');
    writeFileSync(join(folder, file), `${given}\n{\n${code}\n}\nexport {};\n`);
    return file;
  });
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'modwaste-library-'));
  const modules = join(folder, 'node_modules');
  const own = join(modules, 'modwaste');
  const link = (name: string): void => {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
  };
  mkdirSync(own, { recursive: true });
  copyFileSync(join(ROOT, 'package.json'), join(own, 'package.json'));
  symlinkSync(join(ROOT, 'queries'), join(own, 'queries'));
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  // What an installation brings, and the types of Node alone: no other development dependency.
  for (const name of [...Object.keys(dependencies), '@types/node', 'undici-types']) link(name);
  const dist = join(own, 'dist');
  // What runs was built before all tests; declarations there may be older.
  const isWhole = isDeclared();
  cpSync(join(ROOT, 'dist'), dist, { recursive: true, filter: (path) => isWhole || !path.endsWith('.d.ts') });
  if (!isWhole)
    execFileSync(
      process.execPath,
      [TSC, '-p', 'tsconfig.build.json', '--emitDeclarationOnly', '--outDir', dist],
      { cwd: ROOT },
    );
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  copyFileSync(join(ROOT, 'samples/library/duplicates.ts'), join(folder, 'duplicates.ts'));
  writeFileSync(join(folder, 'rows.ts'), ROWS);
  // Together, as each time the declarations of the library are read. What explains an error is indented.
  const files = ['duplicates.ts', 'rows.ts', ...writeExamples()];
  said = compile(files)
    .split('\n')
    .filter((line) => /^\S/.test(line));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the example program', () => {
  it('compiles under the strictest options, and runs', () => {
    expect(said.filter((line) => !/^(?:example-\d+|rows)\.ts\(/.test(line))).toEqual([]);
    const dup = join(ROOT, 'samples/dup-storm');
    const ran = spawnSync(
      process.execPath,
      ['out/duplicates.js', dup, join(ROOT, 'samples/autoload/dmesg.txt.xz')],
      {
        ...{ cwd: folder, encoding: 'utf8' },
      },
    );
    expect(ran.stdout.split('\n').slice(0, 2)).toEqual([
      'lab_big: 10 duplicates, 41999680 bytes',
      'fuse: 10 duplicates, 3432480 bytes',
    ]);
    expect(ran.stdout).toContain('total: ');
    expect(ran.stdout).toContain('largest: lab_huge 25172209\n');
    expect(ran.stdout).toContain(
      'ParamError: parameter bucket_ms must be a whole number of at most 2^53, not "wide"\n',
    );
    expect(ran.status).toBe(0);
  });
});

describe('the examples of the documentation', () => {
  it('compile under the strictest options', () => {
    expect(said.filter((line) => line.startsWith('example-'))).toEqual([]);
  });
});

describe('the types', () => {
  it('need none but those of the language', () => {
    writeFileSync(
      join(folder, 'plain.ts'),
      "import { TABLES } from 'modwaste';\nexport const tables: number = TABLES.length;\n",
    );
    expect(compile(['plain.ts'], { types: [], noEmit: true })).toBe('');
  });

  it('know the rows and parameters of each canned query', () => {
    const lines = said.flatMap((line) => /^rows\.ts\((\d+),/.exec(line)?.[1] ?? []);
    expect([...new Set(lines)]).toEqual(['5', '6', '7', '8']);
  });
});
