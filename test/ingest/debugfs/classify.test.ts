// SPDX-License-Identifier: Apache-2.0
/** Lines of dumps of /sys/kernel/debug/modules, as tools and people print them. */
import { describe, expect, it } from 'vitest';
import { classify, lacksNumber, listRow } from '../../../src/ingest/debugfs/classify.js';

describe('a line', () => {
  it.each<[string, object]>([
    ['', { is: 'blank' }],
    ['------', { is: 'blank' }],
    ['29', { is: 'number', value: 29n }],
    ['  29  ', { is: 'number', value: 29n }],
    // grep -r, for loops, tail -n +1, head
    ['failed_becoming:192', { is: 'value-of', directory: '', file: 'failed_becoming', value: 192n }],
    ['modules/failed_becoming:192', { is: 'value-of', directory: 'modules/', value: 192n }],
    [
      '/sys/kernel/debug/modules/modcount 29',
      { is: 'value-of', directory: '/sys/kernel/debug/modules/', file: 'modcount', value: 29n },
    ],
    ['modcount = 29', { is: 'value-of', value: 29n }],
    ['modcount:1:29', { is: 'value-of', value: 29n }],
    ['modcount -> 29', { is: 'value-of', value: 29n }],
    ['modcount | 29 |', { is: 'value-of', value: 29n }],
    ['modcount: none', { is: 'text' }],
    ['unloaded_tainted: x', { is: 'value-of', file: 'unloaded_tainted', value: null }],
    ['==> stats <==', { is: 'file', file: 'stats' }],
    [
      '==> /sys/kernel/debug/modules/modcount <==',
      { is: 'file', directory: '/sys/kernel/debug/modules/', file: 'modcount' },
    ],
    ['## modcount', { is: 'file', file: 'modcount' }],
    ['modcount:', { is: 'file', file: 'modcount' }],
    // kernel/module/stats.c: read_file_mod_stats
    [
      '         Mods ever loaded\t29',
      {
        is: 'table-row',
        label: 'mods ever loaded',
        value: 29n,
        tabbed: true,
        meaning: { is: 'counter', counter: 'modcount', first: false },
      },
    ],
    ['Mods ever loaded: 29', { is: 'table-row', value: 29n, tabbed: false }],
    ['Mods ever loaded 29 (twenty-nine)', { is: 'table-row', value: 29n }],
    ['mods  EVER loaded | 29', { is: 'table-row', value: 29n }],
    ['Modules loaded\t29', { is: 'table-row', meaning: { is: 'counter', counter: 'modcount', first: true } }],
    [
      ' Virtual mem wasted bytes\t12',
      { is: 'table-row', value: 12n, meaning: { is: 'derived', figure: 'wasted' } },
    ],
    ['stats:         Mods ever loaded\t29', { is: 'table-row', directory: '', value: 29n }],
    ['/d/stats:12:Mods ever loaded\t29', { is: 'table-row', directory: '/d/', value: 29n }],
    ['stats-Mods ever loaded\t29', { is: 'table-row', value: 29n }],
    ['stats          Mods ever loaded\t29', { is: 'table-row', value: 29n }],
    ['stats: other', { is: 'text', directory: './', text: ' other' }],
    ['Duplicate failed modules:', { is: 'list-title', namesOnly: false }],
    ['Failed modules:', { is: 'list-title', namesOnly: true }],
    [
      '              Module-name\t How-many-times\t                   Reason',
      { is: 'list-head', padded: true },
    ],
    ['Module-name How-many-times Reason', { is: 'list-head', padded: false }],
    ['Module-name How-many-times', { is: 'list-head', padded: false }],
    [
      '                kvm_intel\t            249\t                 Becoming',
      {
        is: 'list-row',
        indented: true,
        row: { module: 'kvm_intel', times: 249, reasons: 1, tail: 26, bytes: 68 },
      },
    ],
    ['kvm 3 Load', { is: 'list-row', indented: false, row: { module: 'kvm', reasons: 2, tail: 5 } }],
    ['kvm 3 Becoming & Load', { is: 'list-row', row: { reasons: 3 } }],
    ['kvm 3 Bug-on-stats', { is: 'list-row', row: { reasons: 0 } }],
    [
      '# cat /sys/kernel/debug/modules/stats',
      { is: 'command', directory: '/sys/kernel/debug/modules/', file: 'stats' },
    ],
    ['root@kmod ~ # cat stats', { is: 'command', file: 'stats' }],
    ['$ sudo grep -r . modules', { is: 'command', file: null }],
    ['+ cat modcount', { is: 'command', file: 'modcount' }],
    ['cat stats modcount', { is: 'command', file: null }],
    ['me@host:~$ ./run', { is: 'command', file: null }],
    ['cat food', { is: 'text' }],
    ['Before:', { is: 'heading', label: 'Before', startsSnapshot: true }],
    ['=== after-1 ===', { is: 'heading', label: 'after-1', startsSnapshot: true }],
    ['With the patch:', { is: 'heading', label: 'With the patch', startsSnapshot: true }],
    ['unpatched', { is: 'heading', label: 'unpatched', startsSnapshot: true }],
    ['a) master', { is: 'heading', label: 'master', startsSnapshot: false }],
    ['2. debug config', { is: 'heading', label: 'debug config', startsSnapshot: false }],
    ['=== run 3 ===', { is: 'heading', label: 'run 3', startsSnapshot: false }],
    ['==run 3', { is: 'heading', label: 'run 3', startsSnapshot: false }],
    ['# Run', { is: 'heading', label: 'Run', startsSnapshot: false }],
    ['Some words about it.', { is: 'text', directory: '', text: 'Some words about it.' }],
    [`modcount ${'1'.repeat(600)}`, { is: 'text' }],
  ])('%s', (line, expected) => {
    expect(classify(line)).toMatchObject(expected);
  });

  it('of the list has the bytes that the kernel printed, whatever blanks are left', () => {
    // %25s\t%15lu\t%25s\n
    expect(listRow('kvm 3 Load')?.bytes).toBe(25 + 1 + 15 + 1 + 25 + 1);
    expect(listRow(`${'n'.repeat(55)} 3 Load`)?.bytes).toBe(55 + 1 + 15 + 1 + 25 + 1);
    expect(listRow('kvm 4294967297 Load')).toBeNull();
    expect(listRow('kvm 4294967296 Load')?.times).toBe(2 ** 32);
    expect(listRow('kvm 3 Loaded')).toBeNull();
  });

  it('of the table may lack its number, which a mail wrapped', () => {
    expect(lacksNumber('         Mods ever loaded')).toBe(true);
    expect(lacksNumber('stats:   Mods ever loaded  ')).toBe(true);
    expect(lacksNumber('Mods ever loaded 29')).toBe(false);
    expect(lacksNumber(`${' '.repeat(600)}Mods ever loaded`)).toBe(false);
  });
});
