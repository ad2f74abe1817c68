// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { RunFigures } from '../../src/batch/summary.js';
import { BatchMetrics } from '../../src/cli/batch-metrics.js';
import type { Context } from '../../src/cli/context.js';
import { temporary } from '../temporary.js';

const folder = temporary('metrics');
afterEach(() => vi.useRealTimers());

const context = { version: '1', io: { cleanups: new Set() } } as unknown as Context;

it('fails at once where the file was never written; later, at the end alone', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const place = join(folder, 'place');
  const path = join(place, 'metrics');
  const figures = new RunFigures(1);
  expect(() => new BatchMetrics(path, context).update(figures, 1)).toThrow(`cannot write ${path}`);
  mkdirSync(place);
  const metrics = new BatchMetrics(path, context);
  metrics.update(figures, 1);
  rmSync(place, { recursive: true });
  vi.advanceTimersByTime(60_000);
  metrics.update(figures, 2);
  expect(() => metrics.finish()).toThrow(`cannot write ${path}`);
  mkdirSync(place);
  metrics.finish();
  expect(readFileSync(path, 'utf8')).toContain('modwaste_batch_finished 1\n');
});
