// SPDX-License-Identifier: Apache-2.0
/** The curve of memory held at once: what it says in words, and that it reaches its peak. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { heldChart } from '../../../src/report/html/chart/held.js';
import { callsOf } from '../../../src/report/html/data.js';
import { render } from '../../../src/report/html/markup.js';
import { build, Trace } from '../../accounting/make.js';
import { FIXTURES, openCapture } from '../../accounting/truth.js';

const WIDTH = 1200;

describe('the curve of memory held at once', () => {
  it('has the duplicates under all, under the line of what may be held', async () => {
    const { model } = await openCapture(join(FIXTURES, 's2-dup-storm'), 'trace_pipe.txt');
    const chart = heldChart(model.heldCurves, callsOf(model.attempts), WIDTH, 'at most 32 MiB');
    if (!chart) throw new Error('no chart');
    const html = render(chart);
    expect(html).toContain('role="img" aria-label="at most 32 MiB"');
    // The highest point is the smallest y of each path.
    const tops = [...html.matchAll(/<path class="([\w-]+)" d="([^"]+)"/g)].map(([, name, d]) => ({
      name,
      top: Math.min(...[...(d ?? '').matchAll(/[ML][\d.]+ ([\d.]+)/g)].map(([, y]) => Number(y))),
    }));
    const of = (name: string): number => tops.find((path) => path.name === name)?.top ?? Number.NaN;
    expect(of('curve')).toBeLessThanOrEqual(of('o-loaded'));
    expect(of('o-loaded')).toBeLessThan(of('o-duplicate'));
    expect(html).not.toContain('NaN');
    expect(html.length).toBeLessThan(60_000);
  });

  it('is not drawn where nothing was held', () => {
    const { model } = build({ events: new Trace().finit(1).exit(1, -9).events });
    expect(heldChart(model.heldCurves, callsOf(model.attempts), WIDTH, '')).toBeNull();
  });
});
