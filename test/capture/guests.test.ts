// SPDX-License-Identifier: Apache-2.0
/** Archives that the script made in the guests of test/guests: the report says what the trace and the counters say. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openCase } from '../../src/case.js';
import { cli } from '../cli/harness.js';

const FIXTURES = 'test/capture/fixtures';
const NO_STEPS =
  'not to be had there; probes: module_patient_check_exists is no function of its own in this kernel';
/** By archive: what the report may still ask for. */
const ARCHIVES: Readonly<Record<string, readonly string[]>> = {
  'modwaste-6.1-i386-live': [NO_STEPS],
  'modwaste-6.1-live': [NO_STEPS],
  'modwaste-6.12-arm64-live': [],
  'modwaste-6.12-dracut-boot': [],
  'modwaste-6.12-initramfs-boot': [],
  'modwaste-6.12-stats-live': [],
  'modwaste-7.3-dracut-boot': [],
};

const named = (name: string): string => join(FIXTURES, `${name}.tar.gz`);

async function query(name: string, ...of: readonly string[]): Promise<Record<string, unknown>[]> {
  return JSON.parse((await cli(['query', ...of, '--format', 'json', named(name)])).stdout) as Record<
    string,
    unknown
  >[];
}

/** Results of the syscall exits in the archive's trace. */
function exitsOf(name: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'modwaste-archive-'));
  execFileSync('tar', ['xzf', named(name), '-C', folder]);
  const [inside = ''] = readdirSync(folder);
  const trace = gunzipSync(readFileSync(join(folder, inside, 'tracing/trace.gz'))).toString();
  return [...trace.matchAll(/: sys_f?init_module -> (0x[\da-f]+)$/gm)].map(([, value = '']) => value);
}

it('holds all archives', () => {
  const files = readdirSync(FIXTURES).filter((file) => file.endsWith('.tar.gz'));
  expect(files.sort()).toEqual(
    Object.keys(ARCHIVES)
      .map((name) => `${name}.tar.gz`)
      .sort(),
  );
});

describe.each(Object.entries(ARCHIVES))('%s', (name, wanted) => {
  it('has as many ended calls, and failed ones, as its trace has syscall exits', async () => {
    const exits = exitsOf(name);
    const [row] = await query(
      name,
      '--sql',
      'SELECT sum(end_ns IS NOT NULL) AS ended, sum(errno <> 0 AND end_ns IS NOT NULL) AS failed FROM attempts',
    );
    expect(row).toEqual({ ended: exits.length, failed: exits.filter((value) => value !== '0x0').length });
    expect(exits.length).toBeGreaterThan(10);
  });

  it('is of one boot, and read whole', async () => {
    const opened = await openCase({ inputs: [named(name)] });
    expect(opened.sources.filter(({ status }) => status === 'unrecognised' || status === 'failed')).toEqual(
      [],
    );
    const boots = await query(name, 'boots');
    const [id] = await query(name, '--sql', "SELECT detail FROM capture_steps WHERE what = 'boot_id'");
    expect(boots.map(({ label }) => label)).toEqual([String(id?.detail).replaceAll('-', '')]);
  });

  it('asks for nothing but what that kernel could not give', async () => {
    expect((await query(name, 'capture')).map(({ how }) => how)).toEqual(wanted);
  });
});

it('balances the trace against the counters, where the kernel has them', async () => {
  const name = 'modwaste-6.12-stats-live';
  expect((await query(name, 'ledger')).map(({ phase, verdict }) => [phase, verdict])).toEqual(
    ['kread', 'decompress', 'becoming', 'load'].map((phase) => [phase, 'balanced']),
  );
  // Two dumps of one boot: before and after.
  const snapshots = await query(name, '--sql', 'SELECT DISTINCT snapshot FROM counters');
  expect(snapshots).toHaveLength(2);
});
