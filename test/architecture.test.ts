// SPDX-License-Identifier: Apache-2.0
/** Which room may know which: the arrows of the design, read off the imports. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { INGESTERS } from '../src/ingest/registry.js';

const SRC = new URL('../src', import.meta.url).pathname;

/**
 * Room -> what it may import from, besides its own files. A room inside a room is one of its own.
 */
const MAY_KNOW: Readonly<Record<string, readonly string[]>> = {
  model: ['model/event'],
  'model/event': ['model'],

  // Formats do not know each other, except where one is written in the words of another.
  ingest: ['model', 'platform'],
  'ingest/context': ['model', 'ingest'],
  'ingest/debugfs': ['model', 'ingest'],
  'ingest/dmesg': [
    'platform',
    ...[
      'model',
      'ingest',
      'ingest/dmesg/prefix',
      'ingest/dmesg/forms',
      'ingest/dmesg/blocks',
      'ingest/dmesg/messages',
    ],
  ],
  'ingest/dmesg/prefix': ['model', 'ingest', 'ingest/dmesg'],
  'ingest/dmesg/forms': ['model', 'ingest', 'ingest/dmesg', 'ingest/dmesg/prefix'],
  'ingest/dmesg/blocks': ['model', 'ingest', 'ingest/dmesg', 'ingest/dmesg/forms', 'ingest/dmesg/messages'],
  'ingest/dmesg/messages': ['model', 'ingest/dmesg', 'ingest/dmesg/messages/loads'],
  'ingest/dmesg/messages/loads': ['model', 'ingest/dmesg/messages'],
  'ingest/ftrace': ['model', 'ingest', 'ingest/trace', 'ingest/dmesg'], // a trace dumped into the kernel log
  'ingest/journal-file': ['model', 'platform', 'ingest', 'ingest/dmesg', 'ingest/dmesg/forms'],
  'ingest/layouts': ['model', 'ingest'],
  'ingest/loader': ['model', 'ingest', 'ingest/dmesg', 'ingest/dmesg/prefix'], // messages that reach the journal, too
  'ingest/mixed': ['model', 'ingest', 'ingest/dmesg/blocks', 'ingest/loader'], // stack traces and messages of loaders in prose
  'ingest/records': ['model', 'ingest', 'ingest/dmesg', 'ingest/dmesg/forms'], // a log as records of JSON
  'ingest/strace': ['model', 'ingest'],
  'ingest/trace': ['model', 'ingest', 'ingest/dmesg', 'ingest/dmesg/prefix'], // the meaning of a trace record, for its three containers
  'ingest/trace-json': ['model', 'ingest', 'ingest/trace'],
  'ingest/tracedat': ['model', 'platform', 'ingest', 'ingest/trace'],

  // What differs between Node and a browser; the build of the page takes platform/browser in place of platform/node.
  platform: ['platform/node'],
  'platform/node': ['platform'],
  'platform/browser': ['platform'],

  input: ['model', 'platform', 'input/archive', 'input/codec', 'input/prefilter'],
  'input/archive': ['model', 'platform', 'input', 'input/codec'],
  'input/codec': ['model', 'platform', 'input'],
  'input/prefilter': ['model', 'platform', 'input'],
  'input/prefilter/wasm': [],
  disk: ['model', 'input', 'input/prefilter'], // files by way of Node

  accounting: [
    ...['model', 'accounting/boots', 'accounting/requesters', 'accounting/calls', 'accounting/failures'],
    ...[
      'accounting/counters',
      'accounting/bounds',
      'accounting/held',
      'accounting/remedies',
      'accounting/advice',
      'accounting/waiting',
    ],
  ],
  'accounting/boots': ['model', 'accounting'],
  'accounting/requesters': ['model', 'accounting', 'accounting/boots'],
  'accounting/calls': ['model', 'accounting', 'accounting/boots', 'accounting/requesters'],
  'accounting/failures': ['model', 'accounting', 'accounting/boots', 'accounting/calls'],
  'accounting/counters': ['model', 'accounting', 'accounting/boots', 'accounting/calls', 'accounting/bounds'],
  'accounting/advice': ['model', 'accounting', 'accounting/remedies'],
  'accounting/bounds': ['model'],
  'accounting/held': ['model', 'accounting', 'accounting/calls'],
  'accounting/remedies': ['model', 'accounting'],
  'accounting/waiting': ['model', 'accounting', 'accounting/boots'],

  store: ['model', 'platform', 'accounting', 'accounting/held'],
  query: ['model', 'store'],

  // Text, Markdown, JSON and HTML are views of one answer.
  report: ['model', 'accounting', 'query', 'accounting/counters'],
  'report/answer': ['model', 'report', 'query'],
  'report/diff': ['report', 'report/answer', 'query', 'model', 'accounting', 'accounting/counters'],
  'report/trace': ['model', 'accounting', 'accounting/held', 'report'],
  'report/views': ['report', 'report/answer', 'query', 'model'],
  // The page carries the tables of the store, and fills them again in the browser.
  'report/html': [
    ...['model', 'platform', 'accounting', 'query', 'store'],
    ...['report', 'report/answer', 'report/html/chart', 'report/html/parts'],
  ],
  'report/html/chart': ['accounting', 'accounting/held', 'report', 'report/html'],
  'report/html/parts': [
    ...['model', 'accounting', 'query'],
    ...['report', 'report/answer', 'report/views', 'report/html', 'report/html/chart'],
  ],
  'report/html/page': [
    'model',
    'query',
    'store',
    'report',
    'report/answer',
    'report/html',
    'report/html/chart',
    'report/html/parts',
  ],

  // The empty name: src/case.ts opens a case.
  '': [
    'model',
    'platform',
    'accounting/boots',
    'accounting/counters',
    'disk',
    'input',
    'ingest',
    'ingest/layouts',
    'input/prefilter',
    'ingest/context',
    'ingest/debugfs',
    'accounting',
    'store',
    'query',
    'report',
  ],
  // The browser page: the same core, with files that were dropped.
  app: [
    ...['', 'model', 'platform', 'accounting', 'input', 'ingest', 'ingest/layouts', 'query', 'store'],
    ...['report', 'report/answer', 'report/diff', 'report/html', 'report/html/page'],
  ],
  batch: ['', 'model', 'disk', 'input', 'query', 'report', 'store', 'accounting/boots'],
  cli: [
    ...['', 'model', 'disk', 'input', 'ingest', 'ingest/layouts', 'query', 'batch', 'report', 'report/html'],
    ...['report/answer', 'report/views', 'cli/commands', 'cli/shell'],
  ],
  'cli/shell': ['model', 'query', 'store', 'report', 'cli'],
  'cli/completion': ['store', 'batch', 'cli'],
  'cli/commands': [
    ...[
      '',
      'accounting/counters',
      'model',
      'disk',
      'input',
      'accounting',
      'ingest',
      'store',
      'query',
      'batch',
      'cli',
      'cli/shell',
      'cli/completion',
    ],
    ...['report', 'report/answer', 'report/views', 'report/diff', 'report/trace'],
  ],
};

/** Made from other files, and as long as those. */
const GENERATED = ['query/rows.ts'];

/** Names all formats. */
const REGISTRY = 'ingest/registry.ts';

/** Where Node is used; all else runs in a browser as well. `query/library.ts` reads the package's own queries. */
const ADAPTERS = /^(?:platform\/node|disk|cli|batch)\/|^query\/library\.ts$/;

/** What a browser lacks. */
const NODE_GLOBALS =
  /\b(?:Buffer|setImmediate|clearImmediate|__dirname|__filename|require(?=\())\b|(?<![\w.])process(?=\.(?:argv|cwd|emit|env|exit|hrtime|kill|memoryUsage|nextTick|off|on|once|pid|platform|std|version))/g;
const TAKES_BUFFER = /^import \{[^}]*\bBuffer\b[^}]*\} from '[./]+\/platform\/index\.js'/m;

const FILES = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));

/** What a file imports, of values and of types, at its top and where it is needed. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(SRC, file), 'utf8');
  const statements = text.matchAll(/^(?:import|export)\s[^;]*?from '([^']+)'|^import '([^']+)'/gms);
  const within = text.matchAll(/\bimport\(\s*'([^']+)'/g);
  return [...statements, ...within].map(([, from, alone]) => from ?? alone ?? '');
}

/** The files of the project that a file imports. */
const KNOWS: ReadonlyMap<string, readonly string[]> = new Map(
  FILES.map((file) => [
    file,
    importsOf(file)
      .filter((path) => path.startsWith('.'))
      .map((path) => relative(SRC, join(SRC, dirname(file), path)).replace(/\.js$/, '.ts')),
  ]),
);

const room = (file: string): string => (file.includes('/') ? dirname(file) : '');
const ROOMS = [...new Set(FILES.map(room))].sort();

/** Each circle of imports once, by its files. */
function circles(): string[] {
  const found = new Set<string>();
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): void => {
    const at = path.indexOf(file);
    if (at >= 0) found.add([...path.slice(at), file].join(' -> '));
    if (at >= 0 || done.has(file)) return;
    path.push(file);
    for (const other of KNOWS.get(file) ?? []) visit(other);
    path.pop();
    done.add(file);
  };
  for (const file of FILES) visit(file);
  return [...found];
}

describe('architecture', () => {
  it('has files to look at, and finds what they import', () => {
    expect(FILES.length).toBeGreaterThan(50);
    expect(KNOWS.get('case.ts')).toContain('ingest/registry.ts');
    expect(KNOWS.get('cli/program.ts')).toContain('cli/commands/analyze.ts'); // where it is needed
    const unknown = [...KNOWS].flatMap(([file, others]) =>
      others.filter((other) => !FILES.includes(other)).map((other) => `${file} -> ${other}`),
    );
    expect(unknown).toEqual([]);
  });

  it('has no circles among files', () => {
    expect(circles()).toEqual([]);
  });

  it('says of each room what it may know', () => {
    expect(Object.keys(MAY_KNOW).sort()).toEqual(ROOMS);
  });

  it.each(ROOMS)('%s imports only from rooms that it may know', (name) => {
    const allowed = new Set([name, ...(MAY_KNOW[name] ?? [])]);
    const wrong = [...KNOWS]
      .filter(([file]) => room(file) === name && file !== REGISTRY)
      .flatMap(([file, others]) =>
        others.filter((other) => !allowed.has(room(other))).map((other) => `${file} -> ${other}`),
      );
    expect(wrong).toEqual([]);
  });

  it('uses Node modules in its adapters only', () => {
    const node = FILES.filter((file) => importsOf(file).some((path) => path.startsWith('node:')));
    expect(node.filter((file) => !ADAPTERS.test(file))).toEqual([]);
    expect(node).toContain('disk/walk.ts');
  });

  it("takes Node's globals from the platform, outside the adapters", () => {
    const core = FILES.filter((file) => !ADAPTERS.test(file) && !file.startsWith('platform/'));
    const wrong = core.flatMap((file) => {
      const text = readFileSync(join(SRC, file), 'utf8');
      const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
      const used = code.match(NODE_GLOBALS) ?? [];
      return used
        .filter((name) => name !== 'Buffer' || !TAKES_BUFFER.test(code))
        .map((name) => `${file}: ${name}`);
    });
    expect(wrong).toEqual([]);
    expect('Buffer setImmediate() process.env __dirname'.match(NODE_GLOBALS)).toHaveLength(4);
  });

  it('sets exit codes in cli/main.ts alone', () => {
    const wrong = FILES.filter(
      (file) =>
        file !== 'cli/main.ts' && /process\.exit(?:Code)?\b/.test(readFileSync(join(SRC, file), 'utf8')),
    );
    expect(wrong).toEqual([]);
  });

  it('keeps files short', () => {
    const long = FILES.map((file) => ({
      file,
      lines: readFileSync(join(SRC, file), 'utf8').split('\n').length,
    })).filter(({ file, lines }) => lines > 400 && !GENERATED.includes(file));
    expect(long).toEqual([]);
  });
});

describe('the registry of ingesters', () => {
  it('gives every ingester a name of its own and a priority of its own', () => {
    expect(new Set(INGESTERS.map((one) => one.name)).size).toBe(INGESTERS.length);
    expect(new Set(INGESTERS.map((one) => one.priority)).size).toBe(INGESTERS.length);
  });
});
