// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { BootStart } from '../../../src/model/event.js';
import { fact, type Read, read } from './read.js';

const fixture = (name: string): Uint8Array => readFileSync(new URL(`fixtures/${name}`, import.meta.url));

const boots = ({ events }: Read): Omit<BootStart, 'source'>[] =>
  events.flatMap((event) => (event.kind === 'boot-start' ? [event] : []));

const FIRST = 'b5bd5262c6964f6891835c8ceb4beb50';
const SECOND = 'ffc95aac6b3945d287beef0a09115b5f';

describe('two boots in one journal', () => {
  test.each([
    ['two-boots.json.txt', 'boot-id', FIRST],
    ['two-boots.export.bin', 'boot-id', FIRST],
    ['two-boots.short-monotonic.txt', 'banner', null],
    ['two-boots.short.txt', 'banner', null],
  ])('%s', async (file, by, id) => {
    const log = await read(fixture(file));
    const [first, second, third] = boots(log);
    expect(first).toMatchObject({ by, bootId: id, complete: true, t: 0n });
    expect(second).toMatchObject({ bootId: SECOND, complete: true, t: 0n });
    expect(third).toBeUndefined();
    const clocks = log.events.map(fact).filter((each) => each.includes('"what":"rtc"'));
    expect(clocks).toEqual([
      '{"kind":"boot-mark","what":"rtc","value":"2026-11-22T10:45:04 UTC (1795344304)"}',
      '{"kind":"boot-mark","what":"rtc","value":"2026-11-22T10:47:51 UTC (1795344471)"}',
    ]);
    const totals = log.events.flatMap((e) =>
      e.kind === 'boot-duration' && e.what === 'total' ? [e.ns] : [],
    );
    expect(totals).toEqual([72_733_000_000n, 114_756_000_000n]);
  });

  test('kernel messages have the times of printk, not of the journal', async () => {
    for (const file of ['two-boots.json.txt', 'two-boots.export.bin', 'two-boots.short-monotonic.txt']) {
      const { events } = await read(fixture(file));
      const versions = events.flatMap((event) => (event.kind === 'kernel-version' ? [event.t] : []));
      expect(versions).toEqual([0n, 0n]);
      const linked = events.flatMap((event) => (event.kind === 'modules-linked-in' ? [event.t] : []));
      expect(linked).toEqual([80_305_235_000n, 115_858_970_000n]);
    }
  });

  test('the export format may be cut anywhere', async () => {
    const whole = await read(fixture('two-boots.export.bin'));
    for (const chunk of [1, 7, 100]) {
      expect((await read(fixture('two-boots.export.bin'), chunk)).events).toEqual(whole.events);
    }
  });

  test('json-pretty and json-seq say the same', async () => {
    const lines = new TextDecoder().decode(fixture('two-boots.json.txt')).trimEnd().split('\n');
    const facts = (await read(fixture('two-boots.json.txt'))).events.map(fact);
    const pretty = lines.map((line) => JSON.stringify(JSON.parse(line), null, '\t')).join('\n');
    expect((await read(pretty)).events.map(fact)).toEqual(facts);
    expect((await read(lines.map((line) => `\u001e${line}\n`).join(''))).events.map(fact)).toEqual(facts);
    const bytes = lines.map((line) => {
      const entry = JSON.parse(line);
      return JSON.stringify({ ...entry, MESSAGE: [...new TextEncoder().encode(entry.MESSAGE)] });
    });
    expect((await read(bytes.join('\n'))).events.map(fact)).toEqual(facts);
  });
});

const BANNER = '[    0.000000] Linux version 6.12.117 (a@b) (gcc) #1';
const at = (seconds: number, text: string): string => `[${seconds.toFixed(6).padStart(12)}] ${text}`;

describe('where a boot begins', () => {
  test('a new banner is a new boot', async () => {
    const log = await read(
      [BANNER, at(5, 'Module a is blacklisted'), BANNER, at(6, 'Module a is blacklisted')].join('\n'),
    );
    expect(boots(log).map(({ by, line }) => [by, line])).toEqual([
      ['banner', 1],
      ['banner', 3],
    ]);
  });

  test('time that falls and stays low is a new boot; one late line is not', async () => {
    const late = [BANNER, at(41, 'x: a'), at(35, 'x: late'), at(41.2, 'Module a is blacklisted')];
    expect(boots(await read(late.join('\n')))).toHaveLength(1);
    const lines = [BANNER, at(139, 'x: a'), ...[14, 15, 16, 17].map((s) => at(s, 'Module a is blacklisted'))];
    const log = await read(lines.join('\n'));
    expect(boots(log).map(({ by, line, complete }) => [by, line, complete])).toEqual([
      ['banner', 1, true],
      ['time-fell', 3, false],
    ]);
    expect(log.diagnostics).toEqual({ 'log-beginning-missing': 1 });
  });

  test('a console that repeats the log from its start is the same boot', async () => {
    const early = [
      BANNER,
      at(0.4, 'smp: Brought up 1 node, 8 CPUs'),
      at(0.42, 'printk: console [ttyS0] enabled'),
    ];
    const log = await read([...early, ...early, at(3, 'Module a is blacklisted')].join('\n'));
    expect(boots(log)).toHaveLength(1);
    expect(log.events.map(({ kind }) => kind)).toEqual([
      'boot-start',
      'kernel-version',
      'boot-mark',
      'load-failure',
    ]);
    expect(log.diagnostics).toEqual({ 'source-repeated': 1 });
  });

  test('a ring buffer that wrapped has no beginning', async () => {
    const log = await read([77, 78, 79].map((s) => at(s, 'Module a is blacklisted')).join('\n'));
    expect(boots(log)).toMatchObject([{ by: 'first-line', complete: false, line: 1 }]);
    expect(log.diagnostics).toEqual({ 'log-beginning-missing': 1 });
  });

  test('parts of a crash dump are read in the order of time', async () => {
    const dump = [
      'Panic#2 Part1',
      at(9, 'Module b is blacklisted'),
      'Panic#2 Part2',
      BANNER,
      at(1, 'Module a is blacklisted'),
    ];
    const log = await read(dump.join('\n'));
    expect(boots(log)).toMatchObject([{ by: 'banner', complete: true, line: 4 }]);
    expect(log.events.map(({ line }) => line)).toEqual([4, 4, 5, 2]);
  });

  test('lost messages are counted', async () => {
    const log = await read(
      [
        BANNER,
        at(9, 'systemd-journald[204]: Missed 811 kernel messages'),
        at(10, '** 23 printk messages dropped **'),
      ].join('\n'),
    );
    expect(log.diagnostics).toEqual({ 'log-messages-lost': 834 });
  });
});
