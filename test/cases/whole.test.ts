// SPDX-License-Identifier: Apache-2.0
/** Whole directories of captures: each thing in them is given many times. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CORPUS, captures, has } from '../corpus/index.js';
import { asking } from './read.js';

const COUNTED = captures(/^s\d+b?-/).filter((name) => has(`${name}/stats`));

const LABELS = {
  kread: ['Mods failed on kread', 'Failed kread bytes'],
  decompress: ['Mods failed on decompress', 'Failed decompress bytes'],
  becoming: ['Mods failed on becoming', 'Failed becoming bytes'],
  load: ['Mods failed on load', 'Failed kmod bytes'],
} as const;

describe.each(COUNTED)('%s, all of it', (name) => {
  it('is one boot whose totals are the kernel’s', async () => {
    const folder = join(CORPUS, name);
    const stats = readFileSync(join(folder, 'stats'), 'utf8');
    const value = (label: string): number => Number(new RegExp(`${label}\\s+(\\d+)`).exec(stats)?.[1] ?? -1);
    const { query } = await asking(folder);
    const waste = query('phase-waste');
    expect(waste.map(({ boot, phase, failures, bytes }) => [boot, phase, failures, bytes])).toEqual(
      Object.entries(LABELS).map(([phase, [count, bytes]]) => [1, phase, value(count), value(bytes)]),
    );
    const ledger = query('ledger');
    expect(ledger.map(({ verdict }) => verdict)).toEqual(['balanced', 'balanced', 'balanced', 'balanced']);
    expect(query('boots')).toMatchObject([
      {
        modules_loaded: value('Mods ever loaded'),
        wasted_bytes: value('Virtual mem wasted bytes'),
        complete: 1,
      },
    ]);
  });
});

/** Of the truth: `{'finit_module 0': 108, 'init_module EEXIST': 122, ...}`. */
function calls(truth: string, ending: RegExp): number {
  const [, results = ''] = /^exit by syscall, result +\{(.*)\}$/m.exec(truth) ?? [];
  const counts = [...results.matchAll(/'(\S+ \S+)': (\d+)/g)];
  return counts.reduce((sum, [, result = '', count]) => sum + (ending.test(result) ? Number(count) : 0), 0);
}

const runs = captures(/^r\d/);
const reportOf = (folder: string): string | undefined =>
  readdirSync(folder).find((entry) => /^sosreport.*\.tar\.xz$/.test(entry));

describe.each(runs)('%s', (name) => {
  const run = join(CORPUS, name);
  const boots = readdirSync(run).filter((entry) => /^boot\d$/.test(entry));
  const truths = boots.map((boot) => readFileSync(join(run, boot, 'truth.txt'), 'utf8'));

  it('all of it: each boot once, with all its calls', async () => {
    const { query, select } = await asking(run);
    const rows = query('boots');
    expect(rows).toHaveLength(boots.length);
    const attempts = select(
      'SELECT boot, count(*) AS calls, sum(errno = 17) AS exists_, sum(errno = 16) AS busy FROM attempts GROUP BY boot ORDER BY boot',
    );
    expect(attempts).toEqual(
      truths.map((truth, index) => ({
        boot: index + 1,
        calls: calls(truth, /./),
        exists_: calls(truth, / EEXIST$/),
        busy: calls(truth, / EBUSY$/),
      })),
    );
  });

  const last = join(run, boots.at(-1) ?? '');
  const archive = reportOf(last);
  if (archive === undefined) return;

  it('its sosreport, as it is', async () => {
    const report = join(last, archive);
    const { query, select } = await asking(report);
    const rows = query('boots');
    expect(rows.map(({ cpus, complete }) => [cpus, complete])).toEqual(boots.map(() => [8, 1]));
    expect(new Set(rows.map(({ kernel }) => kernel)).size).toBe(1);
    const formats = select(
      `SELECT DISTINCT format FROM sources WHERE boot = ${boots.length} AND format IS NOT NULL ORDER BY format`,
    );
    const known = formats.map(({ format }) => format);
    for (const format of [
      'dmesg',
      'kernel-identity',
      'loaded-modules',
      'meminfo',
      'systemd-analyze',
      'vmallocinfo',
    ])
      expect(known).toContain(format);
    const said = query('diagnostics').map(({ code }) => code);
    expect(said).not.toContain('log-beginning-missing');
    expect(said).toContain('source-repeated');
  });
});
