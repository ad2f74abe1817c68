// SPDX-License-Identifier: Apache-2.0
/** Evidence among other text: found, read as what it is, cited by the lines of the file. */
import { describe, expect, it } from 'vitest';
import { caseOf } from '../../../src/case.js';
import { INGESTERS } from '../../../src/ingest/registry.js';
import type { Found } from '../../../src/input/index.js';
import { readEvidence } from '../../../src/read.js';

async function* oneFile(text: string): AsyncGenerator<Found> {
  const bytes = new TextEncoder().encode(text);
  yield {
    found: 'leaf',
    leaf: {
      node: { id: 1, parent: null, path: 'report.txt', kind: 'file' },
      size: bytes.length,
      async *open() {
        yield bytes;
      },
      skip: async () => undefined,
    },
  };
}

const read = async (text: string) => readEvidence(oneFile(text), INGESTERS);

const LOG = [
  '[    0.000000] Linux version 6.12.1 (b@h) #1 SMP',
  '[    0.000000] Command line: quiet',
  '[   15.193064] nls_cp1: Unknown symbol nls_sym (err -2)',
  '[   15.829090] Module nls_cp737 is blacklisted',
];
const STATS = [
  '         Mods ever loaded\t27',
  '     Mods failed on kread\t0',
  'Mods failed on decompress\t0',
  '  Mods failed on becoming\t10',
  '      Mods failed on load\t0',
  '        Total module size\t5545984',
  '      Total mod text size\t344064',
  '       Failed kread bytes\t0',
  '  Failed decompress bytes\t0',
  '    Failed becoming bytes\t56290',
  '        Failed kmod bytes\t0',
  ' Virtual mem wasted bytes\t56290',
  'Duplicate failed modules:',
  '              Module-name\t How-many-times\t                   Reason',
  '                    minix\t             10\t                 Becoming',
];
const MODULES = ['minix 49152 0 - Live 0xffffffffa0558000', 'nls_cp1250 16384 0 - Live 0xffffffffa056e000'];

describe('a mail with a log and a table in it', () => {
  const text = [
    'Hi,',
    '',
    'I see:',
    '',
    ...LOG.map((line) => `> ${line}`),
    '',
    'and',
    '',
    ...STATS,
    '',
    'Any idea?',
    '',
  ].join('\n');

  it('reads both, each as what it is', async () => {
    const evidence = await read(text);
    const formats = evidence.sources
      .filter((source) => source.kind === 'section')
      .map((source) => source.format);
    expect(formats).toEqual(['dmesg', 'debugfs-stats']);
  });

  it('cites the lines of the mail', async () => {
    const evidence = await read(text);
    const events = [...evidence.events.values()].flat();
    const lines = text.split('\n');
    const blacklisted = events.find((event) => event.kind === 'load-failure' && event.reason === 'blacklist');
    expect(lines[(blacklisted?.line ?? 0) - 1]).toContain('is blacklisted');
    const row = events.find((event) => event.kind === 'duplicate-row');
    expect(lines[(row?.line ?? 0) - 1]).toContain('minix');
  });

  it('accounts for them as one boot', async () => {
    const { model } = caseOf(await read(text));
    expect(model.boots.map((boot) => [boot.kernel, boot.wasted])).toEqual([['6.12.1', 56290n]]);
  });
});

describe('sectioned files', () => {
  it.each([
    [
      'supportconfig',
      [
        '#==[ Command ]======================================#',
        '# /bin/dmesg',
        ...LOG,
        '',
        '#==[ Command ]===#',
        '# /bin/cat /proc/modules',
        ...MODULES,
      ],
    ],
    [
      'an Android bugreport',
      [
        '------ KERNEL LOG (dmesg) ------',
        ...LOG,
        '',
        '------ LOADED MODULES (/proc/modules) ------',
        ...MODULES,
      ],
    ],
    [
      'reportbug',
      [
        '-- System Information:',
        'Debian Release: 13.0',
        '',
        '** Kernel log:',
        ...LOG,
        '',
        '** Loaded modules:',
        ...MODULES,
      ],
    ],
    ['a report script', ['DMESG', ...LOG, '', 'MODULES', ...MODULES]],
    ['a shell session', ['root@host:~# dmesg', ...LOG, 'root@host:~# cat /proc/modules', ...MODULES]],
  ])('%s: each section is a source of its own', async (_, lines) => {
    const evidence = await read(`${lines.join('\n')}\n`);
    const read_ = evidence.sources
      .filter((source) => source.status === 'read')
      .map((source) => source.format);
    expect(read_).toContain('dmesg');
    expect(read_).toContain('loaded-modules');
    const { model } = caseOf(evidence);
    expect(model.boots).toHaveLength(1);
    expect(model.failures.map((failure) => failure.reason).sort()).toEqual(['blacklist', 'unknown-symbol']);
    expect(model.sizes.map((size) => size.module)).toEqual(['minix', 'nls_cp1250']);
  });
});

describe('counter files as sections of one text', () => {
  it('are one snapshot, like the files of one directory', async () => {
    const folder = '/sys/kernel/debug/modules';
    const sections = { modcount: 27, failed_becoming: 10, invalid_becoming_bytes: 56290 };
    const text = Object.entries(sections)
      .map(([file, value]) => `#==[ Command ]===#\n# /bin/cat ${folder}/${file}\n${value}\n`)
      .join('\n');
    const { model } = caseOf(await read(text));
    expect(
      model.snapshots.map(({ counters }) => Object.fromEntries([...counters].map(([k, v]) => [k, v.value]))),
    ).toEqual([{ modcount: 27n, failed_becoming: 10n, invalid_becoming_bytes: 56290n }]);
  });
});

describe('text without evidence', () => {
  it('is not recognised, and says so', async () => {
    const evidence = await read('Hello,\nthe module is too big. See CONFIG_MODULE_STATS.\nThanks\n');
    expect(evidence.sources.map((source) => [source.status, source.format])).toEqual([
      ['unrecognised', null],
    ]);
    expect(evidence.diagnostics.map((one) => one.code)).toEqual(['input-nothing-known']);
  });

  it('binary data is not searched', async () => {
    const noise = Array.from({ length: 4000 }, (_, i) => String.fromCharCode((i * 7919) % 32)).join('');
    const evidence = await read(noise);
    expect(evidence.sources.map((source) => source.status)).toEqual(['unrecognised']);
  });
});
