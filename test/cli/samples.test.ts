// SPDX-License-Identifier: Apache-2.0
/** The commands over the captures in samples/, against what the kernel itself said of the same boot. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { packagedQueries } from '../../src/cli/context.js';
import { TABLES } from '../../src/store/schema.js';
import { cli } from './harness.js';

const sample = (path: string) => fileURLToPath(new URL(`../../samples/${path}`, import.meta.url));
const STATS = sample('failures/stats.txt');
const TRACE = sample('failures/trace.txt');

describe('stats', () => {
  it("prints the kernel's table byte for byte from the trace alone", async () => {
    const ran = await cli(['stats', TRACE]);
    expect(ran).toEqual({ code: 0, stdout: readFileSync(STATS, 'utf8'), stderr: '' });
  });

  it('prints a dump as it was', async () => {
    expect((await cli(['stats', STATS])).stdout).toBe(readFileSync(STATS, 'utf8'));
  });

  it('gives the same as data', async () => {
    const { stdout } = await cli(['stats', TRACE, '--format', 'json']);
    const rows: { kind: string; name: string; value: number }[] = JSON.parse(stdout);
    const table = readFileSync(STATS, 'utf8');
    const becoming = rows.find((row) => row.name === 'failed_becoming');
    expect(table).toContain(`Mods failed on becoming\t${becoming?.value}\n`);
    for (const row of rows.filter(({ kind }) => kind === 'duplicate')) {
      expect(table).toMatch(new RegExp(`^ *${row.name}\\t *${row.value}\\t`, 'm'));
    }
  });

  it('leaves out what a trace that began late cannot tell, and says so', async () => {
    const lines = readFileSync(TRACE, 'utf8').split('\n');
    const folder = mkdtempSync(join(tmpdir(), 'modwaste-late-'));
    const late = join(folder, 'late.txt');
    const firstExit = lines.findIndex((line) => line.includes('sys_finit_module ->'));
    writeFileSync(late, [...lines.slice(0, 11), ...lines.slice(firstExit)].join('\n'));
    const ran = await cli(['stats', late]);
    expect(ran.stdout).not.toContain('Mods failed on becoming');
    expect(ran.stderr).toContain('omitted: Mods ever loaded, Mods failed on kread');
    rmSync(folder, { recursive: true });
  });

  it('knows which boots there are', async () => {
    expect(await cli(['stats', TRACE, '--boot', '3'])).toEqual({
      code: 2,
      stdout: '',
      stderr: 'modwaste: there is no boot 3\n  boots in these inputs: 1\n',
    });
  });
});

describe('query', () => {
  it('gives the same waste from the dump and from the trace', async () => {
    const measured = async (input: string) => {
      const { stdout } = await cli(['query', 'phase-waste', input, '--format', 'json']);
      const rows: Record<string, unknown>[] = JSON.parse(stdout);
      return rows.map(({ phase, failures, bytes }) => ({ phase, failures, bytes }));
    };
    const rows = await measured(STATS);
    expect(rows.map(({ phase }) => phase)).toEqual(['kread', 'decompress', 'becoming', 'load']);
    expect(await measured(TRACE)).toEqual(rows);
  });

  it('gives the same rows in every format', async () => {
    const count = async (format: string) => {
      const { stdout } = await cli(['query', 'attempts', TRACE, '--format', format]);
      return stdout.trimEnd().split('\n').length;
    };
    const rows = await count('ndjson');
    expect(rows).toBeGreaterThan(50);
    expect(await count('csv')).toBe(rows + 1);
    expect(await count('text')).toBe(rows + 1);
    expect(await count('markdown')).toBe(rows + 2);
    expect(await count('json')).toBe(rows + 2);
  });
});

describe('analyze', () => {
  it('reports as text, as one JSON object and as Markdown', async () => {
    const text = await cli(['analyze', TRACE, STATS]);
    expect([text.code, text.stderr]).toEqual([0, '']);
    expect(text.stdout).toMatch(/^6\.6 MiB wasted in 45 failed loads/);
    const json = JSON.parse((await cli(['analyze', TRACE, STATS, '--format', 'json'])).stdout);
    expect(json['phase-waste']).toHaveLength(4);
    expect(json.headline[0]).toMatchObject({ boot: 1, kind: 'wasted', module: 'btrfs' });
    expect(text.stdout.replaceAll(/\s+/g, ' ')).toContain(json.headline[0].sentence);
    expect(json.verdict).toEqual([expect.objectContaining({ boot: 1, verdict: 'trouble' })]);
    expect(json.advice.map((row: { rank: number }) => row.rank)).toEqual(
      json.advice.map((_: unknown, index: number) => index + 1),
    );
    expect(json.ledger.map((row: { verdict: string }) => row.verdict)).toEqual(Array(4).fill('balanced'));
    const rows = (await cli(['analyze', TRACE, STATS, '--format', 'ndjson'])).stdout.trimEnd().split('\n');
    expect(new Set(rows.map((row) => JSON.parse(row).query))).toContain('ledger');
    const csv = await cli(['analyze', TRACE, STATS, '--format', 'csv']);
    expect(csv.stdout).toBe((await cli(['query', 'phase-waste', TRACE, STATS, '--format', 'csv'])).stdout);
    expect(csv.stderr).toBe(
      'modwaste: CSV holds one table, phase-waste; modwaste export writes all of them\n',
    );
    const markdown = await cli(['analyze', TRACE, STATS, '--format', 'markdown']);
    expect(markdown.stdout).toMatch(/^\*\*6\.6 MiB wasted\*\* in /);
    expect(markdown.stdout).toContain('Ledger: balanced');
    expect(markdown.stdout.split('\n').length).toBeLessThan(60);
  });
});

describe('detect', () => {
  it('says what each sample is, and with --explain who else knew it', async () => {
    const folder = sample('failures');
    const ran = await cli(['detect', folder, '--format', 'json']);
    const rows: { path: string; status: string; format: string | null }[] = JSON.parse(ran.stdout);
    const formats = Object.fromEntries(rows.map((row) => [row.path.replace(/^.*\//, ''), row.format]));
    expect(formats).toMatchObject({
      'dmesg.json': 'dmesg-json',
      'stats.txt': 'debugfs-stats',
      'trace.txt': 'ftrace',
    });
    const explained = JSON.parse((await cli(['detect', folder, '--explain', '--format', 'json'])).stdout);
    expect(explained.length).toBeGreaterThan(rows.length);
    for (const row of explained)
      expect(row.rank === null || row.rank === 1 || row.status === 'not chosen').toBe(true);
  });
});

describe('progress', () => {
  it('is shown on a terminal, erased at the end, and never elsewhere or with --quiet', async () => {
    const shown = await cli(['detect', TRACE], { tty: true });
    expect(shown.stderr).toMatch(/^\r\u001b\[Kreading source 1, .*\r\u001b\[K$/);
    expect((await cli(['detect', TRACE, '--quiet'], { tty: true })).stderr).toBe('');
    expect((await cli(['detect', TRACE])).stderr).toBe('');
  });
});

describe('export', () => {
  it('writes what query gives, and every table', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'modwaste-export-'));
    expect((await cli(['export', TRACE, STATS, '--out', folder, '--quiet'])).code).toBe(0);
    for (const { name, params } of packagedQueries().values()) {
      if (params.some(({ defaultText }) => defaultText === null)) continue;
      const { stdout } = await cli(['query', name, TRACE, STATS, '--format', 'csv', '--quiet']);
      expect(readFileSync(join(folder, `${name}.csv`), 'utf8'), name).toBe(stdout);
    }
    expect(readdirSync(join(folder, 'tables')).sort()).toEqual(
      TABLES.map(({ name }) => `${name}.csv`).sort(),
    );
    rmSync(folder, { recursive: true });
  });
});
