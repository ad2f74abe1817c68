// SPDX-License-Identifier: Apache-2.0
/** The documents are true: generated blocks are what the program says today. UPDATE_DOCS=1 writes them anew. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DIAGNOSTICS } from '../../src/model/diagnostic.js';
import { loadQueries } from '../../src/query/library.js';
import { TABLES } from '../../src/store/schema.js';
import { batchQueries, DOCUMENTS, withBlocks } from './blocks.js';
import { rowTypes } from './rows.js';

const ROOT = new URL('../../', import.meta.url).pathname;
const README = join(ROOT, 'README.md');

describe('generated blocks', () => {
  it.each(Object.entries(DOCUMENTS))('%s says what the program says', async (name, makers) => {
    const text = readFileSync(join(ROOT, name), 'utf8');
    const made: Record<string, string> = {};
    for (const [block, make] of Object.entries(makers)) made[block] = await make();
    const wanted = withBlocks(text, made);
    if (process.env.UPDATE_DOCS === '1') writeFileSync(join(ROOT, name), wanted);
    expect(text === wanted ? 'up to date' : 'run UPDATE_DOCS=1 npx vitest run test/docs').toBe('up to date');
  });
});

describe('src/query/rows.ts', () => {
  it('has the types of the rows that the heads document', () => {
    const path = join(ROOT, 'src/query/rows.ts');
    const wanted = rowTypes(loadQueries());
    if (process.env.UPDATE_DOCS === '1') writeFileSync(path, wanted);
    expect(
      readFileSync(path, 'utf8') === wanted ? 'up to date' : 'run UPDATE_DOCS=1 npx vitest run test/docs',
    ).toBe('up to date');
  });
});

describe('README.md', () => {
  it('is short enough to be read', () => {
    expect(readFileSync(README, 'utf8').split('\n').length).toBeLessThanOrEqual(201);
  });

  it('links to documents that are there', () => {
    const links = [...readFileSync(README, 'utf8').matchAll(/\]\((?!http)([^)#]+)/g)].map(
      (match) => match[1] ?? '',
    );
    expect(links.length).toBeGreaterThan(5);
    for (const link of links) expect([link, existsSync(join(ROOT, link))]).toEqual([link, true]);
  });

  it('names every command that the program has', () => {
    const text = readFileSync(README, 'utf8');
    for (const command of [
      'analyze',
      'query',
      'sql',
      'module',
      'queries',
      'tables',
      'stats',
      'detect',
      'diff',
      'export',
      'batch',
      'batch-query',
      'batch-merge',
      'completion',
    ]) {
      expect(text).toContain(`\`${command}`);
    }
  });
});

describe('everything has help', () => {
  it.each(
    [...loadQueries().values(), ...batchQueries().values()].map((query) => [query.name, query] as const),
  )('query %s', (_, query) => {
    expect(query.summary).toMatch(/\.$/);
    expect(query.empty).toMatch(/\.$/);
    for (const column of query.columns) expect(column.meaning.length).toBeGreaterThan(2);
  });

  it.each(TABLES.map((table) => [table.name, table] as const))('table %s', (_, table) => {
    expect(table.doc).toMatch(/\.$/);
    for (const column of table.columns) expect(column.doc.length).toBeGreaterThan(2);
  });

  it.each(Object.entries(DIAGNOSTICS))('diagnostic %s', (_, { help }) => {
    expect(help).toMatch(/^[A-Z`].*\.$/);
  });
});
