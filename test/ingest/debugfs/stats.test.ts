// SPDX-License-Identifier: Apache-2.0
/** What is in a dump beside the plain table: several readings, other label sets, cut lists, contradictions. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CounterValues,
  formatStats,
  type ListedModule,
} from '../../../src/accounting/counters/stats-table.js';
import { debugfsCounter, debugfsStats } from '../../../src/ingest/debugfs/index.js';
import { COUNTERS } from '../../../src/model/counters.js';
import { ingest, listed, readings } from './harness.js';

const QUIET: CounterValues = {
  modcount: 66n,
  failed_kreads: 0n,
  failed_decompress: 0n,
  failed_becoming: 0n,
  failed_load_modules: 0n,
  total_mod_size: 11268096n,
  total_text_size: 4149248n,
  invalid_kread_bytes: 0n,
  invalid_decompress_bytes: 0n,
  invalid_becoming_bytes: 0n,
  invalid_mod_bytes: 0n,
};
const STORM: CounterValues = {
  ...QUIET,
  failed_becoming: 83n,
  failed_load_modules: 17n,
  invalid_becoming_bytes: 228959096n,
  invalid_mod_bytes: 8578080n,
};
const ROWS: ListedModule[] = [
  { module: 'kvm_intel', times: 60, reasons: 1 },
  { module: 'a_module_whose_name_is_as_long_as_the_kernel_allows_55', times: 30, reasons: 3 },
  { module: 'cryptd', times: 10, reasons: 2 },
];
const TRUTH = ROWS.map(({ module, times, reasons }) => [module, times, reasons]);
const PROMPT = 'root@kmod ~ # cat /sys/kernel/debug/modules/stats\n';

function read(text: string) {
  const outcome = ingest(debugfsStats, text);
  return {
    ...outcome,
    readings: readings(outcome.events),
    codes: outcome.diagnostics.map(({ code }) => code),
  };
}

describe('several snapshots in one text', () => {
  it('a repeated table is another snapshot, with the words before it as its label', () => {
    const text = `Nice.\n\nBefore:\n\n${PROMPT}${formatStats(STORM, ROWS)}\nAfter:\n\n${PROMPT}${formatStats(QUIET, [])}\nSo it helps.\n`;
    const { readings: both, codes } = read(text);
    expect(both.map(({ label, list }) => [label, list])).toEqual([
      ['Before', 'whole'],
      ['After', 'empty'],
    ]);
    expect(both[0]?.rows).toEqual(TRUTH);
    expect(both[1]?.counters).toEqual(QUIET);
    expect(codes).toEqual([]);
  });

  it.each([
    ['a) master', 'b) patched', 'master', 'patched'],
    ['=== run 1 ===', '=== run 2 ===', 'run 1', 'run 2'],
    ['# uptime', '# uptime', null, null],
  ])('%s ... %s', (first, second, one, two) => {
    const { readings: both } = read(
      `${first}\n${PROMPT}${formatStats(STORM, ROWS)}\n\n${second}\n${PROMPT}${formatStats(QUIET, [])}`,
    );
    expect(both.map(({ label }) => label)).toEqual([one, two]);
  });

  it('directories in the paths tell them apart and name them', () => {
    const dump = (directory: string, counters: CounterValues) =>
      COUNTERS.map((counter) => `${directory}/debugfs-modules/${counter}:${counters[counter]}\n`).join('');
    const { readings: both, codes } = read(dump('before', QUIET) + dump('after-1', STORM));
    expect(both.map(({ label, list, counters }) => [label, list, counters])).toEqual([
      ['before', 'absent', QUIET],
      ['after-1', 'absent', STORM],
    ]);
    expect(codes).toEqual(['list-absent', 'list-absent']);
  });

  it('single rows that were grepped for, twice', () => {
    const grep = '$ sudo grep "Mods failed on becoming" /sys/kernel/debug/modules/stats\n';
    const { readings: both } = read(
      `${grep}  Mods failed on becoming\t24\n${grep}  Mods failed on becoming\t4\n`,
    );
    expect(both.map(({ counters, list }) => [counters, list])).toEqual([
      [{ failed_becoming: 24n }, 'absent'],
      [{ failed_becoming: 4n }, 'absent'],
    ]);
  });

  it('the wasted total alone makes a snapshot', () => {
    const { readings: one, confidence } = read(
      '# grep "Virtual mem wasted bytes"\n/sys/kernel/debug/modules/stats    \n Virtual mem wasted bytes       1949006968\n\nSo ~1.8 GiB.\n',
    );
    expect(one).toEqual([{ list: 'absent', label: null, wasted: 1949006968n, counters: {}, rows: [] }]);
    expect(confidence).toBeGreaterThan(50);
  });
});

describe('other words', () => {
  it('the lower case head of the second and third posting', () => {
    const { readings: one, codes } = read(formatStats(STORM, ROWS).replace('Module-name', 'module-name'));
    expect(one[0]?.rows).toEqual(TRUTH);
    expect(codes).toEqual([]);
  });

  it('the first posting printed only names', () => {
    const text = [
      '           Modules loaded\t67',
      '        Total module size\t11464704',
      '      Total mod text size\t4194304',
      '       Failed kread bytes\t890064',
      '        Failed kmod bytes\t880064',
      '      Invalid kread bytes\t890064',
      ' Invalid decompress bytes\t0',
      '        Invalid mod bytes\t880064',
      '         Average mod size\t171115',
      '    Average mod text size\t62602',
      'Failed modules:',
      '                kvm_intel',
      '                    stats',
      '    virtio_pci_modern_dev',
      '',
      'Some prose.',
    ].join('\n');
    const { readings: one, codes, diagnostics } = read(text);
    expect(one).toHaveLength(1);
    expect(one[0]?.counters).toEqual({
      modcount: 67n,
      total_mod_size: 11464704n,
      total_text_size: 4194304n,
      invalid_kread_bytes: 890064n,
      invalid_decompress_bytes: 0n,
      invalid_mod_bytes: 880064n,
    });
    expect(one[0]?.rows).toEqual([
      ['kvm_intel', 1, null],
      ['stats', 1, null],
      ['virtio_pci_modern_dev', 1, null],
    ]);
    expect(one[0]?.list).toBe('cut');
    expect(codes).toEqual(['list-cut']);
    expect(diagnostics[0]?.detail).toContain('without counts');
  });

  it.each([
    [
      'path = value',
      (name: string, value: bigint | undefined) => `/sys/kernel/debug/modules/${name} = ${value}`,
    ],
    ['name=value', (name: string, value: bigint | undefined) => `${name}=${value}`],
    ['grep -n', (name: string, value: bigint | undefined) => `modules/${name}:1:${value}`],
    ['a wiki table', (name: string, value: bigint | undefined) => `| ${name} | ${value} |`],
    ['echo == name ==', (name: string, value: bigint | undefined) => `== ${name} ==\n${value}`],
    [
      'cat at a prompt',
      (name: string, value: bigint | undefined) => `[root@a modules]# cat ${name}\n${value}`,
    ],
    [
      'set -x',
      (name: string, value: bigint | undefined) => `+ cat /sys/kernel/debug/modules/${name}\n${value}`,
    ],
  ])('%s', (_style, line) => {
    const { readings: one } = read(COUNTERS.map((counter) => `${line(counter, STORM[counter])}\n`).join(''));
    expect(one.map(({ counters }) => counters)).toEqual([STORM]);
  });

  it('colour of grep', () => {
    const text = '\u001b[35m\u001b[Kmodcount\u001b[m\u001b[K\u001b[36m\u001b[K:\u001b[m\u001b[K29\n';
    expect(read(text).readings[0]?.counters).toEqual({ modcount: 29n });
  });

  it('remarks between quoted rows do not end the table', () => {
    const lines = formatStats(STORM, ROWS).replace(/^/gm, '> ').split('\n');
    lines.splice(12, 0, '', 'That is 218 MiB!', '');
    lines.splice(lines.length - 2, 0, 'wow, thirty', '');
    const { readings: one } = read(lines.join('\n'));
    expect(one).toHaveLength(1);
    expect(one[0]?.rows).toEqual(TRUTH);
    expect(one[0]?.list).toBe('whole');
  });
});

describe('incomplete lists', () => {
  it('no list in a mail about failures proves nothing', () => {
    const { readings: one, codes } = read(`Hi,\n\nhere it is:\n\n${formatStats(STORM, [])}\nThanks!\n`);
    expect([one[0]?.list, codes]).toEqual(['absent', ['list-absent']]);
    expect(read(formatStats(STORM, [])).readings[0]?.list).toBe('empty');
  });

  it('a table with failures but without its list does not tell about duplicates', () => {
    const file = formatStats(STORM, []);
    const terminal = file.replaceAll('\t', '       ');
    expect(read(terminal).readings[0]?.list).toBe('absent');
    expect(read(terminal).codes).toEqual(['list-absent']);
    expect(read(`$ cat stats\n${terminal}$ uptime\n`).readings[0]?.list).toBe('empty');
    expect(read(`Hi,\n${file}\nregards\n`).readings[0]?.list).toBe('absent');
  });

  it('head -10 of stats stops before the list', () => {
    const cut = formatStats(STORM, ROWS).split('\n').slice(0, 10).join('\n');
    const { readings: one, codes } = read(
      `==> modcount <==\n66\n\n==> stats <==\n${cut}\n\n==> total_mod_size <==\n11268096\n`,
    );
    expect(one[0]).toMatchObject({
      list: 'absent',
      counters: { invalid_becoming_bytes: 228959096n, modcount: 66n },
    });
    expect(codes.sort()).toEqual(['list-absent', 'stats-incomplete']);
  });

  it('rows alone, as tail or grep give them', () => {
    const text = formatStats(STORM, ROWS);
    const { readings: one, codes } = read(`${text.trimEnd().split('\n').slice(-2).join('\n')}\n`);
    expect(one).toMatchObject([{ list: 'cut', counters: {}, rows: TRUTH.slice(1) }]);
    expect(codes).toContain('list-cut');
  });

  /** `names` modules that failed `times` each, and the text that the kernel's buffer of stats.c holds. */
  function kernelText(
    names: number,
    times: number,
  ): { text: string; counters: CounterValues; rows: ListedModule[] } {
    const rows = Array.from({ length: names }, (_, i) => ({
      module: `mod_${i}`,
      times,
      reasons: 1 + (i % 3),
    }));
    const failures = BigInt(names * times);
    const counters = { ...STORM, failed_becoming: failures - 5n, failed_load_modules: 5n };
    const size = 1024 + 64 * Math.min(112, names * times);
    const text = formatStats(counters, rows.slice(0, 111));
    return { text: text.slice(0, size - 1), counters, rows };
  }

  it('the kernel fills its buffer and truncates a row anywhere', () => {
    fc.assert(
      fc.property(fc.integer({ min: 60, max: 400 }), fc.integer({ min: 1, max: 900 }), (names, times) => {
        const { text, counters, rows } = kernelText(names, times);
        const { readings: one } = read(text);
        expect(one[0]?.counters).toEqual(counters);
        const whole = text.trimEnd() === formatStats(counters, rows).trimEnd();
        expect(one[0]?.list).toBe(whole ? 'whole' : 'cut');
        expect(listed(one[0])).toEqual(rows.slice(0, one[0]?.rows.length));
      }),
    );
  });

  it('a row truncated to blanks is noticed, too', () => {
    const { counters, rows } = kernelText(112, 900);
    /** Names up to 55 characters push the end of the buffer through every column of a row. */
    const longer = (extra: number) =>
      rows.map((row, i) => {
        const more = Math.min(30, extra - 30 * i);
        return more > 0 ? { ...row, module: row.module.padEnd(25 + more, '_') } : row;
      });
    const texts = Array.from({ length: 200 }, (_, extra) => longer(extra))
      .map((list) => formatStats(counters, list.slice(0, 111)).slice(0, 8191))
      .filter((text) => /\n +$/.test(text));
    expect(texts.length).toBeGreaterThan(5);
    for (const text of texts) {
      expect(read(text).readings[0]?.list).toBe('cut');
      expect(read(text.trimEnd()).readings[0]?.list).toBe('cut');
    }
  });

  it('111 rows are the maximum, unless they account for every failure', () => {
    const short = {
      ...QUIET,
      total_mod_size: 0n,
      total_text_size: 0n,
      failed_becoming: 200n,
      invalid_becoming_bytes: 9n,
    };
    const rows = Array.from({ length: 111 }, (_, i) => ({ module: `m${i}`, times: 1, reasons: 1 }));
    expect(read(formatStats(short, rows)).readings[0]?.list).toBe('cut');
    expect(read(formatStats({ ...short, failed_becoming: 111n }, rows)).readings[0]?.list).toBe('whole');
  });

  it('a prompt after the truncated end is not part of a number', () => {
    const text = formatStats(STORM, ROWS);
    const cut = `${text.slice(0, text.indexOf('30') + 1)}root@kmod ~ # `;
    const { readings: one } = read(cut);
    expect(one[0]?.list).toBe('cut');
    expect(one[0]?.rows).toEqual(TRUTH.slice(0, 1));
  });
});

describe('contradictions', () => {
  it('more duplicates than failures', () => {
    expect(read(formatStats({ ...STORM, failed_becoming: 80n }, ROWS)).codes).toEqual(['stats-inconsistent']);
  });

  it('a total that is not the sum, an average that is not one', () => {
    const text = formatStats(STORM, ROWS);
    expect(read(text.replace('237537176', '237537177')).codes).toEqual(['stats-inconsistent']);
    expect(read(text.replace('2758544', '2758543')).codes).toEqual(['stats-inconsistent']);
  });

  it('a 32-bit total that wrapped', () => {
    const sum = 4_000_000_000n + 1_000_000_000n;
    const text = formatStats(
      { ...STORM, invalid_becoming_bytes: 4_000_000_000n, invalid_mod_bytes: 1_000_000_000n },
      ROWS,
    );
    const { codes, readings: one } = read(text.replace(`${sum}`, `${sum % (1n << 32n)}`));
    expect(codes).toEqual(['counter-wrapped']);
    expect(one[0]?.counters.invalid_becoming_bytes).toBe(4_000_000_000n);
  });

  it('bytes without failures, and fewer bytes than failures', () => {
    expect(read('failed_becoming:0\ninvalid_becoming_bytes:17\n').codes).toContain('stats-inconsistent');
    expect(read('failed_load_modules:40\ninvalid_mod_bytes:12\n').codes).toContain('counter-wrapped');
    expect(read('failed_kreads:40\ninvalid_kread_bytes:0\n').codes).not.toContain('counter-wrapped');
  });

  it('a file and the table of one dump differ: the table belongs to its list', () => {
    const { codes, readings: one } = read(
      `${formatStats(STORM, ROWS).replace(/^/gm, 'stats:').slice(0, -6)}failed_becoming:84\nmodcount:66\n`,
    );
    expect(one).toHaveLength(1);
    expect(one[0]?.counters.failed_becoming).toBe(83n);
    expect(codes).toEqual(['stats-inconsistent']);
  });
});

describe('what is not this', () => {
  it.each([
    'len += scnprintf(buf + len, size - len, "%25s\\t%u\\n", "Mods ever loaded", live_mod_count);',
    '[    1.5] module: module-autoload: duplicate request for module net-pf-10',
    'The modcount and failed_becoming files count modules. I saw 12 of them.',
    '257',
    'systemd[1]: Starting Load Kernel Modules...',
  ])('%s', (line) => {
    expect(ingest(debugfsStats, `${line}\n`).form).toBeNull();
  });
});

describe('single counter files', () => {
  it('are known by their exact names', () => {
    const { form, events } = ingest(
      debugfsCounter,
      '257\n',
      'a.tar.gz!sys/kernel/debug/modules/failed_becoming',
    );
    expect(form).toBe('failed_becoming');
    expect(events).toEqual([
      { kind: 'counter', line: 1, t: null, snapshot: 0, counter: 'failed_becoming', value: 257n },
    ]);
    for (const [text, path] of [
      ['257\n', 'failed_becoming.bak'],
      ['257\n', 'my_modcount'],
      ['x\n', 'modcount'],
      ['1\n2\n', 'modcount'],
    ] as const) {
      expect(ingest(debugfsCounter, text, path).form).toBeNull();
    }
  });

  it('unloaded_tainted is recognised and holds no events', () => {
    const { form, events } = ingest(
      debugfsCounter,
      'lab_prop (POE) 1\nlab_enodev (O) 3\n',
      'modules/unloaded_tainted',
    );
    expect([form, events]).toEqual(['unloaded_tainted', []]);
  });
});
