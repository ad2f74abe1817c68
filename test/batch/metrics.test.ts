// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/batch/case.js';
import { openMetrics } from '../../src/batch/metrics.js';
import { RunFigures } from '../../src/batch/summary.js';

const outcome = (n: number, more: Partial<Outcome> = {}): Outcome => ({
  ...{ n, name: `case${n}`, digest: null, status: 'ok', boots: 1, error: '', bytes: 100, reused: false },
  seconds: n / 1000,
  ...more,
});

const figures = new RunFigures(2);
for (let n = 1; n <= 1000; n++) figures.add(outcome(n));
figures.add(outcome(1001, { reused: true, seconds: 900 }));
figures.add(outcome(1002, { status: 'skipped', seconds: 900, boots: 0, bytes: 0 }));
const summary = figures.summary('1.0.0', 0);

describe('the figures of a run', () => {
  it('have percentiles of the cases that were read, to three digits', () => {
    const { p50, p90, p99, max } = summary.seconds_per_case;
    for (const [found, expected] of [
      [p50, 0.5],
      [p90, 0.9],
      [p99, 0.99],
      [max, 1],
    ] as const) {
      expect(Math.abs(found - expected)).toBeLessThan(0.002);
    }
    expect(new RunFigures(1).summary('1.0.0', 0).seconds_per_case).toMatchObject({ p50: 0, max: 0 });
  });

  it('are OpenMetrics text', () => {
    const text = openMetrics(summary, { planned: 2000, read: figures.read, isFinished: false });
    expect(text).toContain('# TYPE modwaste_batch_cases counter\n');
    expect(text).toContain('modwaste_batch_cases_total{status="ok"} 1001\n');
    expect(text).toContain('modwaste_batch_cases_planned 2000\n');
    expect(text).toContain('modwaste_batch_read_bytes_total 100100\n');
    expect(text).toContain('modwaste_batch_case_seconds_count 1000\n');
    expect(text).toContain('modwaste_batch_finished 0\n');
    expect(text.endsWith('\n# EOF\n')).toBe(true);
    // The format's own rules: a unit ends the name, and each sample belongs to the family above it.
    let family = '';
    for (const line of text.trimEnd().split('\n')) {
      const [, type] = /^# TYPE (\S+) (?:counter|gauge|summary)$/.exec(line) ?? [];
      const [, named, unit] = /^# UNIT (\S+) (\S+)$/.exec(line) ?? [];
      family = type ?? family;
      if (unit !== undefined) expect(named?.endsWith(`_${unit}`)).toBe(true);
      if (line.startsWith('#')) continue;
      expect(line).toMatch(/^[a-z_]+(?:\{[a-z]+="[^"]*"\})? \d+(?:\.\d+)?$/);
      expect(line.startsWith(family)).toBe(true);
    }
  });
});
