// SPDX-License-Identifier: Apache-2.0
/** Every number of these queries says how it is known, in every format; nothing estimated is shown without that word. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCase } from '../../src/case.js';
import { loadQueries } from '../../src/query/library.js';
import { runQuery } from '../../src/query/run.js';
import { FORMATS, formatResult } from '../../src/report/format.js';
import { FIXTURES } from '../accounting/truth.js';
import { cli } from '../cli/harness.js';
import { CORPUS } from '../corpus/index.js';

/** Query -> both ends of its numbers, and the column that says their basis. */
const RANGES: Readonly<Record<string, readonly [low: string, high: string, basis: string]>> = {
  held: ['peak_low', 'peak_high', 'basis'],
  'held-timeline': ['held_low', 'held_high', 'basis'],
  remedies: ['saves_low', 'saves_high', 'basis'],
  projection: ['projected_low', 'projected_high', 'basis'],
  'critical-path': ['in_flight_low_s', 'in_flight_high_s', 'basis'],
  callers: ['wasted_bytes', 'wasted_high', 'basis'],
  shares: ['wasted_bytes', 'wasted_high', 'basis'],
  requesters: ['wasted_bytes', 'wasted_high', 'basis'],
  window: ['wasted_low', 'wasted_high', 'basis'],
};
const WORDS = new Set(['measured', 'derived', 'bounded', 'estimated']);

const PATHS: readonly (readonly [name: string, path: string])[] = [
  ['bounds alone, an estimated area', join(FIXTURES, 'guests/udev-6.1-4cpus.tar.gz')],
  ['measured bytes', join(FIXTURES, 's2-dup-storm/trace.txt.xz')],
  ['systemd-analyze', join(CORPUS, 'r4-stock-trixie-xz-probes-sos/boot1')],
];

describe.each(PATHS)('in a capture with %s', (_, path) => {
  const folder = mkdtempSync(join(tmpdir(), 'modwaste-basis-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  let opened: Awaited<ReturnType<typeof openCase>>;
  let ask: (name: string) => ReturnType<typeof runQuery>;

  beforeAll(async () => {
    opened = await openCase({ inputs: [path] });
    const { db } = await opened.store();
    const params = new Map([['cpus', '16']]);
    ask = (name) => {
      const query = loadQueries().get(name);
      if (!query) throw new Error(name);
      return runQuery(db, query, name === 'projection' ? params : new Map());
    };
  });

  const json = (name: string) =>
    JSON.parse([...formatResult(ask(name), 'json')].join('')) as Record<string, unknown>[];

  it.each(Object.entries(RANGES))('%s says how its numbers are known', (name, [low, high, basis]) => {
    const wrong = json(name).filter((row) => {
      const [from, to, word] = [row[low] ?? null, row[high] ?? null, row[basis] ?? null];
      if (from === null) return to !== null || word !== null;
      const isExact = word === 'measured' || word === 'derived';
      return !WORDS.has(String(word)) || (isExact && from !== to);
    });
    expect(wrong).toEqual([]);
  });

  it.each(['callers', 'shares', 'timeline', 'window'])(
    '%s calls sums measured where all its calls are',
    (name) => {
      const attempts = json('attempts');
      const bounded = attempts.filter((row) => row.wasted_bytes !== null && row.basis === 'bounded').length;
      const words = json(name).map((row) => row.basis);
      expect(words.length > 0).toBe(attempts.length > 0);
      expect(words.every((word) => word === 'measured' || word === 'bounded')).toBe(true);
      if (bounded > 0) expect(words).toContain('bounded');
      const requesters = json('requesters').map((row) => row.basis);
      if (requesters.every((word) => word === 'measured'))
        expect(new Set(words)).toEqual(new Set(['measured']));
    },
  );

  it.each(['time-cost', 'validation-cost'])('%s has a basis where it has numbers', (name) => {
    const bytes = (row: Record<string, unknown>): unknown => row.wasted_bytes ?? row.failed_s ?? null;
    const wrong = json(name).filter((row) => (bytes(row) === null) !== (row.basis === null));
    expect(wrong).toEqual([]);
  });

  it.each(FORMATS)('no row with an estimate lacks the word as %s', (format) => {
    for (const name of ['projection', 'held', 'vmalloc-space']) {
      const rows = json(name);
      const estimates = rows.filter((row) => Object.values(row).includes('estimated')).length;
      const printed = [...formatResult(ask(name), format)].join('');
      const units = format === 'json' ? printed.split('},') : printed.split('\n');
      expect(units.filter((unit) => /\bestimated\b/.test(unit)).length).toBeGreaterThanOrEqual(estimates);
      if (name === 'projection') expect(estimates).toBe(rows.length);
    }
  });

  it('no report names the size of an area that is estimated without the word', async () => {
    const file = join(folder, 'report.html');
    // The command gets what was read here, and must not close it.
    const store = async (tables?: readonly string[]) => ({
      ...(await opened.store(tables)),
      close: () => undefined,
    });
    const around = { openCase: async () => ({ ...opened, store }) };
    const text = await cli(['analyze', path, '--html', file, '-q'], around);
    const markdown = await cli(['analyze', path, '--format', 'markdown', '-q'], around);
    const [held] = json('held');
    const isEstimated = held?.area_basis === 'estimated';
    for (const report of [text.stdout, markdown.stdout, readFileSync(file, 'utf8')]) {
      const sizes = [
        ...report
          .replace(/\s+/g, ' ')
          .matchAll(/of it was in the (?:vmalloc|module) area \([\d.,]+ [KMGT]iB(, estimated)?\)/g),
      ];
      expect(sizes.length > 0).toBe(held !== undefined && held.area !== null);
      for (const [, word] of sizes) expect(word !== undefined).toBe(isEstimated);
    }
  });
});
