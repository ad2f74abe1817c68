// SPDX-License-Identifier: Apache-2.0
/** What to capture next: only what the evidence leaves open, and nothing that was captured already. */
import { describe, expect, it } from 'vitest';
import { openCase } from '../../src/case.js';

async function asked(...inputs: string[]): Promise<string> {
  const { model } = await openCase({ inputs });
  return model.captures.map(({ what, how }) => `${what}: ${how}`).join('\n');
}

describe('what to capture', () => {
  it('is counters or a trace where there is only a log', async () => {
    const text = await asked('samples/dup-storm/dmesg.txt');
    expect(text).toContain('/sys/kernel/debug/modules');
    expect(text).not.toContain('find /lib/modules');
  });

  it('is sizes where a dump has none, and not again where a listing is given', async () => {
    expect(await asked('samples/dup-storm/grep-r.txt')).toContain('find /lib/modules');
    const listed = await asked('samples/dup-storm/grep-r.txt', 'samples/dup-storm/modules-find-printf.txt');
    expect(listed).not.toContain('find /lib/modules');
    expect(listed).toContain('mod_stat_bump_becoming');
  });

  it('is probes where a trace leaves phases open', async () => {
    expect(await asked('samples/stock-debian')).toContain('module_patient_check_exists');
  });

  it('is nothing where everything is measured', async () => {
    expect(await asked('samples/dup-storm')).toBe('');
  });
});
