// SPDX-License-Identifier: Apache-2.0
/** Archives that the script made in the guests of test/guests: the report says what the trace and the counters say. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { openCase } from '../../src/case.js';
import { runSql } from '../../src/query/run.js';
import { temporary } from '../temporary.js';
import type { Manifest } from './machine.js';

const FIXTURES = 'test/capture/fixtures';
interface Expected {
  /** What the report may still ask for. */
  readonly wanted?: readonly string[];
}

const ARCHIVES: Readonly<Record<string, Expected>> = {
  'modwaste-6.1-busybox-live': {},
  'modwaste-6.1-i386-boot': {},
  'modwaste-6.1-i386-live': {},
  'modwaste-6.1-initramfs-boot': {},
  'modwaste-6.1-no-tracefs-live': {
    wanted: [
      'not available on that machine; counters: this kernel has none (CONFIG_MODULE_STATS, since 6.4); trace: this kernel has no tracefs (CONFIG_FTRACE)',
    ],
  },
  'modwaste-6.12-arm64-live': {},
  'modwaste-6.12-cmdline': {},
  'modwaste-6.12-lockdown': {
    wanted: [
      'not available on that machine; counters: this kernel has none (CONFIG_MODULE_STATS, since 6.4); trace: this kernel is locked down (lockdown: confidentiality)',
    ],
  },
  'modwaste-6.12-dracut-boot': {},
  'modwaste-6.12-initramfs-boot': {},
  'modwaste-6.12-stats-cmdline': {},
  'modwaste-6.12-stats-live': {},
  'modwaste-7.3-dracut-boot': {},
};

const named = (name: string): string => join(FIXTURES, `${name}.tar.gz`);

/** The manifest, and the results of the syscall exits in the trace, which is empty where there is none. */
function inside(name: string): { manifest: Manifest; exits: string[] } {
  const folder = temporary('archive');
  execFileSync('tar', ['xzf', named(name), '-C', folder]);
  const [only = ''] = readdirSync(folder);
  const read = (file: string): Buffer => readFileSync(join(folder, only, file));
  const manifest = JSON.parse(read('manifest.json').toString()) as Manifest;
  const packed = manifest.tried.some(({ what, result }) => what === 'tracing/trace.gz' && result === 'ok');
  const trace = packed ? gunzipSync(read('tracing/trace.gz')).toString() : '';
  const exits = [...trace.matchAll(/: sys_f?init_module -> (0x[\da-f]+)$/gm)].map(([, value = '']) => value);
  return { manifest, exits };
}

it('holds all archives', () => {
  const files = readdirSync(FIXTURES).filter((file) => file.endsWith('.tar.gz'));
  expect(files.sort()).toEqual(
    Object.keys(ARCHIVES)
      .map((name) => `${name}.tar.gz`)
      .sort(),
  );
});

describe.each(Object.entries(ARCHIVES))('%s', (name, { wanted = [] }) => {
  const { manifest, exits } = inside(name);
  const traced = exits.length > 0;
  let opened: Awaited<ReturnType<typeof openCase>>;
  let rows: (sql: string) => (readonly unknown[])[];
  beforeAll(async () => {
    opened = await openCase({ inputs: [named(name)] });
    const { db } = await opened.store();
    rows = (sql) => [...runSql(db, 'test.sql', sql).rows];
  });

  it('has as many ended calls, and failed ones, as its trace has syscall exits', () => {
    const counted = rows(
      'SELECT count(end_ns), count(iif(end_ns IS NULL, NULL, nullif(errno, 0))) FROM attempts',
    );
    expect(counted).toEqual([
      [BigInt(exits.length), BigInt(exits.filter((value) => value !== '0x0').length)],
    ]);
  });

  it('has the phase and the exact bytes of each failed call that the trace shows', () => {
    const vague = rows(
      `SELECT count(*) FROM attempts WHERE outcome IN ('duplicate', 'failed') AND end_ns IS NOT NULL
         AND (phase IS NULL OR phase <> 'init' AND basis IS NOT 'measured')`,
    );
    expect(vague).toEqual([[0n]]);
  });

  it('balances the trace against the counters, where the kernel has them', () => {
    const counters = !manifest.missing.some(({ what }) => what === 'counters');
    const ledger = rows('SELECT phase, verdict FROM ledger ORDER BY phase');
    if (!counters) return expect(ledger.filter(([, verdict]) => verdict !== 'counters missing')).toEqual([]);
    expect(ledger).toEqual(['becoming', 'decompress', 'kread', 'load'].map((phase) => [phase, 'balanced']));
    if (manifest.mode === 'live') expect(rows('SELECT DISTINCT snapshot FROM counters')).toHaveLength(2);
  });

  it('is of one boot, and read whole', async () => {
    expect(opened.sources.filter(({ status }) => status === 'unrecognised' || status === 'failed')).toEqual(
      [],
    );
    const boots = await opened.query('boots');
    expect(boots.map(({ label }) => label)).toEqual([String(manifest.boot_id).replaceAll('-', '')]);
  });

  it('asks for nothing but what that kernel could not give', async () => {
    expect((await opened.query('capture')).map(({ how }) => how)).toEqual(wanted);
    expect(traced || manifest.missing.some(({ what }) => what === 'trace')).toBe(true);
  });
});
