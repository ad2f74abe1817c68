// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { formatStats, wastedBytes } from '../../src/accounting/counters/stats-table.js';

const COUNTERS = {
  modcount: 14n,
  failed_kreads: 10n,
  failed_decompress: 6n,
  failed_becoming: 24n,
  failed_load_modules: 5n,
  total_mod_size: 303104n,
  total_text_size: 110592n,
  invalid_kread_bytes: 123466n,
  invalid_decompress_bytes: 26403n,
  invalid_becoming_bytes: 214942n,
  invalid_mod_bytes: 6524352n,
};

/** As a 6.12 kernel printed it. */
const PRINTED = [
  '         Mods ever loaded\t14',
  '     Mods failed on kread\t10',
  'Mods failed on decompress\t6',
  '  Mods failed on becoming\t24',
  '      Mods failed on load\t5',
  '        Total module size\t303104',
  '      Total mod text size\t110592',
  '       Failed kread bytes\t123466',
  '  Failed decompress bytes\t26403',
  '    Failed becoming bytes\t214942',
  '        Failed kmod bytes\t6524352',
  ' Virtual mem wasted bytes\t6889163',
  '         Average mod size\t21651',
  '    Average mod text size\t7900',
  '     Avg fail kread bytes\t12347',
  '  Avg fail becoming bytes\t8956',
  '    Avg fail decomp bytes\t4401',
  '  Average fail load bytes\t1304871',
  'Duplicate failed modules:',
  '              Module-name\t How-many-times\t                   Reason',
  '             lab_slowfail\t              1\t                 Becoming',
  '                nls_ascii\t              2\t          Becoming & Load',
  '',
].join('\n');

describe('formatStats', () => {
  it('prints byte for byte what the kernel prints', () => {
    const rows = [
      { module: 'lab_slowfail', times: 1, reasons: 1 },
      { module: 'nls_ascii', times: 2n, reasons: 3 },
    ];
    expect(formatStats(COUNTERS, rows)).toBe(PRINTED);
  });

  it('has no averages of nothing and no list without rows', () => {
    const text = formatStats({ ...COUNTERS, failed_kreads: 1n, invalid_kread_bytes: 0n }, []);
    expect(text).not.toContain('Avg fail kread bytes');
    expect(text).not.toContain('Duplicate');
  });

  it('leaves out what is not known, and what depends on it', () => {
    const text = formatStats({ ...COUNTERS, invalid_mod_bytes: undefined }, []);
    expect(text).not.toContain('Failed kmod bytes');
    expect(text).not.toContain('Virtual mem wasted bytes');
    expect(text).not.toContain('Average fail load bytes');
    expect(text).toContain('      Mods failed on load\t5\n');
    expect(formatStats({}, [])).toBe('');
  });

  it('keeps numbers over 2^53 exact', () => {
    expect(wastedBytes({ ...COUNTERS, invalid_mod_bytes: 9007199254740993n })).toBe(9007199255105804n);
  });

  it('lets a name of 55 characters widen its column, as %25s does', () => {
    const module = 'm'.repeat(55);
    expect(formatStats({}, [{ module, times: 1, reasons: 0 }])).toContain(
      `\n${module}\t              1\t             Bug-on-stats\n`,
    );
  });
});
