// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openCase } from '../../src/case.js';
import { bytesUntil, feedUntil, ReadingLimits } from '../../src/read-limits.js';

describe('ReadingLimits', () => {
  it('ends after the seconds given', () => {
    let now = 0;
    const limits = new ReadingLimits({ seconds: 2 }, () => now);
    now = 2000;
    expect(limits.isOver).toBe(false);
    now = 2001;
    expect(limits.isOver).toBe(true);
    expect(limits.describeSeconds()).toBe('more than 2 seconds of reading (--max-seconds)');
  });

  it('keeps as many events as the bytes of the inputs may hold, or as were asked for', () => {
    expect(new ReadingLimits().events(0)).toBe(20_000);
    expect(new ReadingLimits().events(1_000_000)).toBe(820_000);
    // A million events of a trace, which xz compresses to a fortieth of their 60 MB.
    expect(new ReadingLimits().events(1_450_000)).toBeGreaterThan(1_000_000);
    expect(new ReadingLimits().events(1e12)).toBe(4_000_000);
    expect(new ReadingLimits({ events: 5 }).events(1e12)).toBe(5);
  });

  it('stops bytes and feeds', async () => {
    let over = false;
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) yield new Uint8Array(1);
    }
    let count = 0;
    for await (const _ of bytesUntil(() => over, endless())) over = ++count === 3;
    expect(count).toBe(3);
    expect(
      feedUntil(
        () => true,
        () => 1,
      )(new Uint8Array(1)),
    ).toBe(0);
    expect(
      feedUntil(
        () => false,
        () => 1,
      )(new Uint8Array(1)),
    ).toBe(1);
  });

  it('holds all events of an honest trace, compressed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'modwaste-events-'));
    try {
      const path = join(folder, 'trace.gz');
      const calls = Array.from({ length: 45_000 }, (_, index) => {
        const task = 200 + (index % 300);
        const time = `${10 + Math.floor(index / 1000)}.${String((index * 977) % 1_000_000).padStart(6, '0')}`;
        return ` modprobe-${task}  [00${index % 8}] .....    ${time}: module_put: mod${(index * 31) % 211} call_site=x refcnt=1\n modprobe-${task}  [00${index % 8}] .....    ${time}: module_load: mod${(index * 31) % 211} \n`;
      });
      writeFileSync(path, gzipSync(`# tracer: nop\n#\n${calls.join('')}`, { level: 9 }));
      const opened = await openCase({ inputs: [path] });
      expect(opened.sources[0]?.events).toBeGreaterThan(45_000);
      expect(opened.diagnostics.filter(({ code }) => code === 'input-limit')).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 60_000);

  it('holds of a bomb of events what its bytes may hold', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'modwaste-events-'));
    try {
      const path = join(folder, 'trace.gz');
      const call = ' a-51  [001] .....    7.000000: sys_finit_module(fd: 5, uargs: 7f00, flags: 0)\n';
      writeFileSync(path, gzipSync(call.repeat(60_000)));
      const opened = await openCase({ inputs: [path] });
      expect(opened.sources[0]?.events).toBeLessThan(50_000);
      expect(opened.diagnostics.find(({ code }) => code === 'input-limit')?.detail).toContain('--max-events');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
