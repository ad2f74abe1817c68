/** Which room may know which: the arrows of the design, read off the imports. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { INGESTERS } from '../src/ingest/registry.js';

const SRC = new URL('../src', import.meta.url).pathname;

/** Room -> rooms that it may import from, besides itself. */
const MAY_KNOW: Readonly<Record<string, readonly string[]>> = {
  model: [],
  input: ['model'],
  ingest: ['model'],
  accounting: ['model'],
  store: ['model', 'accounting'],
  query: ['model'],
  // The HTML page carries the tables of the store, and fills them again in the browser.
  report: ['model', 'accounting', 'query', 'store'],
  // The empty name: a case is opened by src/case.ts.
  batch: ['', 'model', 'input', 'query', 'report', 'store'],
};

/** Rooms that run in a browser as well: no Node modules but those named. */
const PORTABLE = ['model', 'accounting'];

function sourceFiles(): string[] {
  return readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(SRC, file), 'utf8');
  return [...text.matchAll(/^(?:import|export)\s[^;]*?from '([^']+)'/gms)].map((match) => match[1] ?? '');
}

const room = (file: string): string => (file.includes('/') ? (file.split('/')[0] ?? '') : '');

describe('architecture', () => {
  const files = sourceFiles();

  it('has files to look at', () => {
    expect(files.length).toBeGreaterThan(50);
  });

  it.each(Object.keys(MAY_KNOW))('%s imports only from rooms that it may know', (name) => {
    const wrong: string[] = [];
    for (const file of files.filter((candidate) => room(candidate) === name)) {
      for (const target of importsOf(file).filter((path) => path.startsWith('.'))) {
        const to = room(relative(SRC, join(SRC, dirname(file), target)));
        if (to !== name && !MAY_KNOW[name]?.includes(to)) wrong.push(`${file} -> ${target}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it.each(PORTABLE)('%s uses no Node module', (name) => {
    const wrong = files
      .filter((file) => room(file) === name)
      .flatMap((file) =>
        importsOf(file)
          .filter((path) => path.startsWith('node:'))
          .map((path) => `${file}: ${path}`),
      );
    expect(wrong).toEqual([]);
  });

  it('sets exit codes in cli/main.ts alone', () => {
    const wrong = files.filter(
      (file) =>
        file !== 'cli/main.ts' && /process\.exit(?:Code)?\b/.test(readFileSync(join(SRC, file), 'utf8')),
    );
    expect(wrong).toEqual([]);
  });

  it('keeps files short', () => {
    const long = files
      .map((file) => ({ file, lines: readFileSync(join(SRC, file), 'utf8').split('\n').length }))
      .filter(({ lines }) => lines > 400);
    expect(long).toEqual([]);
  });
});

describe('the registry of ingesters', () => {
  it('gives every ingester a name of its own and a priority of its own', () => {
    expect(new Set(INGESTERS.map((one) => one.name)).size).toBe(INGESTERS.length);
    expect(new Set(INGESTERS.map((one) => one.priority)).size).toBe(INGESTERS.length);
  });
});
