// SPDX-License-Identifier: Apache-2.0
/** Every form in which a captured directory was pasted says the same as its files. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatStats } from '../../../src/accounting/counters/stats-table.js';
import { debugfsCounter } from '../../../src/ingest/debugfs/counter-file.js';
import { debugfsStats } from '../../../src/ingest/debugfs/stats.js';
import { COUNTERS } from '../../../src/model/counters.js';
import { CORPUS, WHOLE } from '../../corpus/index.js';
import { ingest, listed, readings } from './harness.js';

const FORMS = [
  'stats',
  'grep-r.txt',
  'grep-dot.txt',
  'for-cat.txt',
  'for-cat-oneline.txt',
  'tail-n1.txt',
  'head.txt',
];

/** Directories that hold a copy of the debugfs files beside pastes of them. */
function captures(): string[] {
  return readdirSync(CORPUS, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('debugfs-modules/modcount'))
    .map((path) => join(CORPUS, dirname(dirname(path))));
}

describe('captured dumps', () => {
  it('are many', () => expect(captures().length).toBeGreaterThan(WHOLE ? 30 : 10));

  it.each(captures())('%s', (directory) => {
    const files = Object.fromEntries(
      COUNTERS.map((counter) => {
        const path = join(directory, 'debugfs-modules', counter);
        const { events, form } = ingest(debugfsCounter, readFileSync(path, 'utf8'), path);
        expect(form).toBe(counter);
        expect(events).toHaveLength(1);
        return [counter, BigInt(readFileSync(path, 'utf8').trim())];
      }),
    );
    const stats = ingest(debugfsStats, readFileSync(join(directory, 'debugfs-modules/stats'), 'utf8'));
    const [truth] = readings(stats.events);
    const text = readFileSync(join(directory, 'debugfs-modules/stats'), 'utf8');
    expect(formatStats(truth?.counters ?? {}, listed(truth))).toBe(text);
    expect(stats.diagnostics).toEqual([]);
    for (const form of FORMS) {
      if (!existsSync(join(directory, form))) continue;
      const text = readFileSync(join(directory, form), 'utf8');
      const outcome = ingest(debugfsStats, text);
      expect(outcome.confidence, form).toBeGreaterThan(90);
      expect(outcome.diagnostics, form).toEqual([]);
      expect(readings(outcome.events), form).toEqual([{ ...truth, counters: files }]);
    }
  });
});
