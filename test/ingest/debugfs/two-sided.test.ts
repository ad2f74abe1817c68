// SPDX-License-Identifier: Apache-2.0
/** Two readings side by side or as a diff are two readings, not one and not many. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { debugfsStats } from '../../../src/ingest/debugfs/index.js';
import { ingest, type Reading, readings } from './harness.js';

const before = readFileSync(new URL('fixtures/loadrace/stats', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n');
/** The same, with two more duplicates of the newest name and another that is new. */
const after = before.flatMap((line) => {
  if (/Mods ever loaded/.test(line)) return [line.replace(/\d+$/, (n) => String(Number(n) + 2))];
  if (/Mods failed on becoming/.test(line)) return [line.replace(/\d+$/, (n) => String(Number(n) + 3))];
  if (/How-many-times/.test(line))
    return [line, `${'nls_new'.padStart(25)}\t${'1'.padStart(15)}\t${'Becoming'.padStart(25)}`];
  return [line];
});
const one = (lines: readonly string[]): Reading | undefined =>
  readings(ingest(debugfsStats, lines.join('\n')).events)[0];
const values = (reading: Reading | undefined) => reading && { ...reading, label: null };

/** `diff -U context` for texts that differ by single lines. */
function diff(context: number): string[] {
  const marked = after.flatMap((line) => {
    const label = /^\s*(?:\w+ )+/.exec(line)?.[0] ?? '';
    const old = before.find((each) => label.length > 8 && each.startsWith(label));
    if (before.includes(line)) return [` ${line}`];
    return old === undefined ? [`+${line}`] : [`-${old}`, `+${line}`];
  });
  const shown = marked.map((_, index) =>
    marked.slice(Math.max(0, index - context), index + context + 1).some((line) => !line.startsWith(' ')),
  );
  return ['--- boot-1/stats\t2026-11-22', '+++ boot-2/stats\t2026-11-22'].concat(
    marked.flatMap((line, index) =>
      shown[index] ? [...(shown[index - 1] ? [] : [`@@ -${index + 1},9 +${index + 1},9 @@`]), line] : [],
    ),
  );
}

describe('two snapshots in one text', () => {
  test('paste', () => {
    const rows = Math.max(before.length, after.length);
    const text = Array.from({ length: rows }, (_, index) => `${before[index] ?? ''}\t${after[index] ?? ''}`);
    const { events, diagnostics } = ingest(debugfsStats, `${text.join('\n')}\n`);
    const found = readings(events);
    expect(found.map(({ label }) => label)).toEqual(['before', 'after']);
    expect(found.map(values)).toEqual([values(one(before)), values(one(after))]);
    // The averages were left as they are.
    expect(new Set(diagnostics.map(({ code }) => code))).toEqual(new Set(['stats-inconsistent']));
    for (const event of events) expect(event.line).toBeLessThanOrEqual(text.length);
  });

  test('a diff of all', () => {
    const { events } = ingest(debugfsStats, diff(1000).join('\n'));
    expect(readings(events).map(({ label }) => label)).toEqual(['boot-1', 'boot-2']);
    // Nobody can tell that no row was left out at the end.
    expect(readings(events).map((reading) => values({ ...reading, list: 'whole' }))).toEqual([
      values(one(before)),
      values(one(after)),
    ]);
  });

  test('a diff without unchanged rows does not claim a whole list', () => {
    const { events, diagnostics } = ingest(debugfsStats, diff(3).join('\n'));
    const found = readings(events);
    expect(found.map(({ list }) => list)).toEqual(['cut', 'cut']);
    expect(found.map(({ counters }) => counters.failed_becoming)).toEqual(
      [before, after].map((lines) => one(lines)?.counters.failed_becoming),
    );
    expect(diagnostics.map(({ code }) => code)).toContain('list-cut');
  });
});

describe('a patch that is quoted before the table', () => {
  const patch = [
    'diff --git a/drivers/demo/demo.c b/drivers/demo/demo.c',
    'index 1111111..2222222 100644',
    '--- a/drivers/demo/demo.c',
    '+++ b/drivers/demo/demo.c',
    '@@ -10,3 +10,3 @@',
    '  static int wanted;',
    '-static int limit = 3;',
    '+static int limit = 4;',
    '  static int other;',
  ];
  const plain = ingest(debugfsStats, `${before.join('\n')}\n`);

  test.each([
    [
      'quoted, with an answer between',
      [...patch.map((line) => `> ${line}`), '', 'Thanks. Without it I get', ''],
    ],
    ['directly above', patch],
    ['without its last line', [...patch.slice(0, -1), '', 'Then:']],
    ['twice', [...patch, ...patch.slice(4)]],
  ])('%s does not make its list partial', (_name, above) => {
    const { events, diagnostics } = ingest(debugfsStats, `${[...above, ...before].join('\n')}\n`);
    const [reading] = readings(events);
    expect(readings(events).length).toBe(1);
    expect(values(reading)).toEqual(values(readings(plain.events)[0]));
    expect(reading?.label).toBeNull();
    expect(diagnostics).toEqual(plain.diagnostics);
  });
});

describe('a table of counters with a column before and one after', () => {
  const table = (head: string, ...rows: string[]): Reading[] =>
    readings(ingest(debugfsStats, ['Results:', '', head, '|---|---:|---:|', ...rows].join('\n')).events);
  const LOADED = '| Mods ever loaded | 67 | 70 |';
  const BECOMING = '| Mods failed on becoming | 1,120 | **3** (-99 %) |';

  test.each([
    ['Markdown', '| counter | before | after |', LOADED, BECOMING],
    [
      'without bars at the ends',
      'counter | before | after',
      'Mods ever loaded | 67 | 70',
      'Mods failed on becoming | 1120 | 3',
    ],
    [
      'a further column',
      '| counter | before | after | change |',
      '| Mods ever loaded | 67 | 70 | +3 |',
      '| Mods failed on becoming | 1120 | 3 | -99 % |',
    ],
    [
      'the names of the files',
      '| file | before | after |',
      '| `modcount` | 67 | 70 |',
      '| `failed_becoming` | 1120 | 3 |',
    ],
    [
      'a wiki',
      '|| counter || before || after ||',
      '|| Mods ever loaded || 67 || 70 ||',
      '|| Mods failed on becoming || 1120 || 3 ||',
    ],
  ])('%s', (_form, head, ...rows) => {
    expect(table(head, ...rows)).toMatchObject([
      { label: 'before', counters: { modcount: 67n, failed_becoming: 1120n } },
      { label: 'after', counters: { modcount: 70n, failed_becoming: 3n } },
    ]);
  });

  test('the head says which column is which', () => {
    expect(table('| counter | patched | master |', LOADED, BECOMING).map(({ label }) => label)).toEqual([
      'patched',
      'master',
    ]);
  });
});
