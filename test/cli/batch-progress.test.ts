// SPDX-License-Identifier: Apache-2.0
/** What a batch says of its pace: of the last half minute, so that what was known already does not flatter it. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { RunFigures } from '../../src/batch/summary.js';
import { BatchProgress } from '../../src/cli/batch-progress.js';
import type { Messages } from '../../src/cli/messages.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function start(total: number | null) {
  const lines: string[] = [];
  const messages = {
    note: (line: string) => lines.push(line),
    error: (line: string) => lines.push(line),
    progress: () => undefined,
  };
  const progress = new BatchProgress(messages as unknown as Messages, false);
  if (total !== null) progress.planned({ cases: total, files: total, repeated: 0 });
  const figures = new RunFigures(1);
  const done = (reused: boolean): void => {
    const outcome = {
      name: 'a',
      digest: 'd',
      status: 'ok',
      boots: 1,
      error: '',
      bytes: 2048,
      seconds: 1,
      reused,
    } as const;
    figures.add(outcome);
    progress.done(outcome, figures);
  };
  return { lines, progress, done };
}

test('a resumed run counts what is left by the cases that are read, not by those that were known', () => {
  const { lines, done } = start(1100);
  for (let n = 0; n < 1000; n++) done(true);
  for (let n = 0; n < 50; n++) {
    vi.advanceTimersByTime(1000);
    done(false);
  }
  const [planned, ...later] = lines;
  expect(planned).toBe('1,100 cases');
  expect(later.at(-1)).toMatch(
    /^10\d\d of 1,100 cases, 0 bad, 1\.\d\/s \(2\.\d KiB\/s\), \d\S* [MG]iB of memory, (?:5\d s|1 min \d+ s) left$/,
  );
});

test('of a stream the end is not known; an interruption says how far it came', () => {
  const { lines, progress, done } = start(null);
  progress.interrupted();
  expect(lines).toEqual([]);
  for (let n = 0; n < 12; n++) {
    vi.advanceTimersByTime(1000);
    done(false);
  }
  expect(lines.at(-1)).toMatch(/^1\d cases, 0 bad, 1\.\d\/s \(2\.\d KiB\/s\), \d\S* [MG]iB of memory$/);
  progress.interrupted();
  expect(lines.at(-1)).toBe('modwaste: interrupted with 12 cases read; --resume continues');
});

test('unchanged cases among those that are read do not shorten what is left', () => {
  const { lines, done } = start(1000);
  for (let n = 0; n < 40; n++) {
    vi.advanceTimersByTime(1000);
    for (let known = 0; known < 9; known++) done(true);
    done(false);
  }
  // 600 cases at one a second.
  expect(lines.at(-1)).toMatch(/1\.\d\/s .*, (?:9|10|11|12) min \d+ s left$/);
});
