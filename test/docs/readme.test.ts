/** README.md is true: its generated blocks are what the program says today. UPDATE_DOCS=1 writes them anew. */
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DIAGNOSTICS } from '../../src/model/diagnostic.js';
import { loadQueries } from '../../src/query/library.js';
import { TABLES } from '../../src/store/schema.js';
import { blocks, withBlocks } from './blocks.js';

const README = new URL('../../README.md', import.meta.url).pathname;

describe('README.md', () => {
  it('holds the report, the queries and the diagnostics as they are', async () => {
    const text = readFileSync(README, 'utf8');
    const wanted = withBlocks(text, await blocks());
    if (process.env.UPDATE_DOCS === '1') writeFileSync(README, wanted);
    expect(text === wanted ? 'up to date' : 'run UPDATE_DOCS=1 npx vitest run test/docs').toBe('up to date');
  });

  it('names every command that the program has', () => {
    const text = readFileSync(README, 'utf8');
    for (const command of [
      'analyze',
      'query',
      'queries',
      'tables',
      'stats',
      'detect',
      'diff',
      'export',
      'batch',
      'batch-query',
      'batch-merge',
    ]) {
      expect(text).toContain(`\`${command}`);
    }
  });
});

describe('everything has help', () => {
  it.each([...loadQueries().values()].map((query) => [query.name, query] as const))(
    'query %s',
    (_, query) => {
      expect(query.summary).toMatch(/\.$/);
      expect(query.empty).toMatch(/\.$/);
      for (const column of query.columns) expect(column.meaning.length).toBeGreaterThan(2);
    },
  );

  it.each(TABLES.map((table) => [table.name, table] as const))('table %s', (_, table) => {
    expect(table.doc).toMatch(/\.$/);
    for (const column of table.columns) expect(column.doc.length).toBeGreaterThan(2);
  });

  it.each(Object.entries(DIAGNOSTICS))('diagnostic %s', (_, { help }) => {
    expect(help).toMatch(/^[A-Z`].*\.$/);
  });
});
