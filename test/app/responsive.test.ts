// SPDX-License-Identifier: Apache-2.0
/** How long the page is kept from drawing: CPU time of its longest tasks, which does not depend on what else runs. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Browser, CHROMIUM, NEEDS_CHROMIUM } from '../report/html/browser.js';
import { APP, openApp, reported } from './page.js';

interface Frame {
  readonly processId: number;
  readonly url: string;
}

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** CPU time in microseconds. */
  readonly tdur?: number;
  readonly args: {
    readonly name?: string;
    readonly data?: Partial<Frame> & { readonly frames?: readonly Frame[] };
  };
}

/** Milliseconds of the longest task on the main thread of each renderer, by process. */
function longestTasks(events: readonly TraceEvent[]): Map<number, number> {
  const main = new Set(
    events
      .filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid}/${tid}`),
  );
  const longest = new Map<number, number>();
  for (const { name, pid, tid, tdur = 0 } of events) {
    if (!name.endsWith('RunTask') || !main.has(`${pid}/${tid}`)) continue;
    longest.set(pid, Math.max(longest.get(pid) ?? 0, tdur / 1000));
  }
  return longest;
}

describe.skipIf(!CHROMIUM)(`the page while it works, ${NEEDS_CHROMIUM}`, () => {
  const browser = new Browser();
  const folder = mkdtempSync(join(tmpdir(), 'modwaste-responsive-'));
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  // What shares the core adds to the CPU time of a task, and never takes from it.
  it('has no task that keeps it from a frame, neither during the analysis nor when a large report is shown', async () => {
    const trace = join(folder, 'trace.txt');
    const call = (at: number): string =>
      `   (udev-worker)-${300 + at}     [000] .....    ${(1 + at / 1000).toFixed(6)}: sys_finit_module(fd: 3, uargs: 7f00, flags: 0)\n` +
      `   (udev-worker)-${300 + at}     [000] .....    ${(1.0001 + at / 1000).toFixed(6)}: sys_finit_module -> 0xffffffffffffffef\n`;
    writeFileSync(trace, `# tracer: nop\n#\n${Array.from({ length: 10_000 }, (_, at) => call(at)).join('')}`);
    const { page } = await openApp(browser);
    const running = page.context().browser();
    await running?.startTracing(page, {
      categories: ['toplevel', 'disabled-by-default-devtools.timeline', '__metadata'],
    });
    await page.locator('#files').setInputFiles(trace);
    await reported(page);
    await page.frameLocator('#report').locator('html[data-ready]').waitFor();
    const traced = (await running?.stopTracing())?.toString() ?? '';
    const { traceEvents } = JSON.parse(traced) as { traceEvents: readonly TraceEvent[] };
    const frames = traceEvents.flatMap(({ args }) => args.data?.frames ?? []);
    const own = frames.find(({ url }) => url === `file://${APP}`)?.processId ?? 0;
    const longest = longestTasks(traceEvents);
    expect(longest.get(own)).toBeGreaterThan(0);
    expect(longest.get(own)).toBeLessThan(50);
    // The frame of the analysis and that of the report are in another process than the page.
    const beside = traceEvents.flatMap(({ name, args: { data } }) =>
      name === 'FrameCommittedInBrowser' && data?.url?.startsWith('blob:') ? [data.processId] : [],
    );
    expect(beside).toHaveLength(2);
    expect(beside).not.toContain(own);
  });
});
