/** What to capture next: only what the evidence leaves open. */
import { describe, expect, it } from 'vitest';
import { openCase } from '../../../src/case.js';
import { captureFor } from '../../../src/report/summary/capture.js';
import { bootFacts } from '../../../src/report/summary/facts.js';

async function advised(...inputs: string[]): Promise<string> {
  const opened = await openCase({ inputs });
  const { db } = await opened.store();
  return bootFacts(db).flatMap(captureFor).join('\n');
}

describe('captureFor', () => {
  it('asks for counters or a trace where there is only a log', async () => {
    const text = await advised('samples/dup-storm/dmesg.txt');
    expect(text).toContain('/sys/kernel/debug/modules');
    expect(text).not.toContain('find /lib/modules');
  });

  it('asks for sizes where a dump has none, and not again where a listing is given', async () => {
    expect(await advised('samples/dup-storm/grep-r.txt')).toContain('find /lib/modules');
    const listed = await advised('samples/dup-storm/grep-r.txt', 'samples/dup-storm/modules-find-printf.txt');
    expect(listed).not.toContain('find /lib/modules');
    expect(listed).toContain('mod_stat_bump_becoming');
  });

  it('asks for probes where a trace leaves phases open', async () => {
    expect(await advised('samples/stock-debian')).toContain('module_patient_check_exists');
  });

  it('asks for nothing where everything is measured', async () => {
    expect(await advised('samples/dup-storm')).toBe('');
  });
});
