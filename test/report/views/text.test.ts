// SPDX-License-Identifier: Apache-2.0
/** The text and the Markdown report, as a reader sees them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openCase } from '../../../src/case.js';
import { getOrAdd } from '../../../src/model/groups.js';
import { loadQueries } from '../../../src/query/library.js';
import { Asked } from '../../../src/report/answer/ask.js';
import { answerFrom } from '../../../src/report/answer/index.js';
import { bootsSentence } from '../../../src/report/answer/sentence.js';
import { shortNames } from '../../../src/report/answer/short-names.js';
import type { Answer, BootBrief } from '../../../src/report/answer/types.js';
import { moment, seconds, spanText, timeSpan } from '../../../src/report/answer/words.js';
import { escapeMarkdown } from '../../../src/report/markdown.js';
import { markdownReport } from '../../../src/report/views/markdown.js';
import { bootTable } from '../../../src/report/views/tables.js';
import { textReport } from '../../../src/report/views/text.js';
import { wrap } from '../../../src/report/views/wrap.js';

const plain = (text: string): string => text;
const LOOKS = { bold: plain, dim: plain, red: plain, yellow: plain, green: plain };
const folder = mkdtempSync(join(tmpdir(), 'modwaste-views-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function answerOn(...inputs: string[]): Promise<Answer> {
  const { db } = await (await openCase({ inputs })).store();
  return answerFrom(new Asked(db, loadQueries()));
}

const answers = new Map<string, Promise<Answer>>();

/** On samples, which many tests look at and none changes. */
function answerOnSamples(...names: string[]): Promise<Answer> {
  return getOrAdd(answers, names.join(' '), () => answerOn(...names.map((name) => `samples/${name}`)));
}

const textOf = (answer: Answer, width = 80): string => [...textReport(answer, { ...LOOKS, width })].join('');

async function ofLog(...lines: string[]): Promise<string> {
  const file = join(folder, 'dmesg.txt');
  writeFileSync(file, ['[    0.000000] Linux version 6.12.1 (a@b) (gcc) #1 SMP', ...lines, ''].join('\n'));
  return textOf(await answerOn(file));
}

describe('the text report', () => {
  it.each(['dup-storm', 'failures'])(
    'of %s has the verdict, three advices and the phases on a screen',
    async (name) => {
      const lines = textOf(await answerOnSamples(name)).split('\n');
      const screen = lines.slice(0, 24).join('\n');
      expect(lines[0]).toMatch(/^\d+\.\d MiB wasted in \d+ failed loads/);
      for (const part of ['1. ', '2. ', '3. ', 'Waste by phase', '  becoming ', '  load '])
        expect(screen).toContain(`\n${part}`);
    },
  );

  it('keeps a Markdown report of many boots with all kinds of findings short', async () => {
    const { inFull } = await answerOnSamples('failures', 'stock-debian');
    const boots = Array.from({ length: 12 }, () => inFull).flat();
    const markdown = [...markdownReport({ boots, inFull, read: '2 sources' })].join('');
    expect(markdown.split('\n').length).toBeLessThanOrEqual(60);
    expect(markdown).toContain('`modwaste query boots`');
  });

  it('tells boots by files that differ, and 0 from what is not known', async () => {
    const [boot] = (await answerOnSamples('failures')).inFull;
    if (!boot) throw new Error('no boot');
    const { result } = bootTable([
      { ...boot, file: 'one/dmesg.txt' },
      { ...boot, file: 'two/dmesg.txt', verdict: { kind: 'nothing-wasted', troubles: [] } },
      { ...boot, file: 'kern.log', verdict: { kind: 'clear' } },
    ]);
    const at = ['starts in', 'wasted', 'failures'].map((name) =>
      result.columns.findIndex((column) => column.name === name),
    );
    const shown = Array.from(result.rows, (row) => at.map((index) => String(row[index])));
    expect(shown).toEqual([
      ['one/dmesg.txt', '6.6 MiB', '45'],
      ['two/dmesg.txt', '0 B', '0'],
      ['kern.log', 'null', 'null'],
    ]);
  });

  it.each([
    [
      ['a/dmesg.txt', 'b/dmesg.txt', 'b/kern.log'],
      ['a/dmesg.txt', 'b/dmesg.txt', 'kern.log'],
    ],
    [
      ['x/1/log', 'y/1/log', 'log'],
      ['x/1/log', 'y/1/log', 'log'],
    ],
    [
      ['a.tar!sos/dmesg', 'b.tar!sos/dmesg'],
      ['a.tar!sos/dmesg', 'b.tar!sos/dmesg'],
    ],
    [
      ['r/a/log', 'r/a/log'],
      ['log', 'log'],
    ],
    [
      ['a//log', 'b//log', '/'],
      ['a//log', 'b//log', '/'],
    ],
  ])('names %j shortly', (paths, names) => {
    const short = shortNames(paths);
    expect(paths.map((path) => short.get(path))).toEqual(names);
  });

  it('shows how the counts add up', async () => {
    const [boot] = (await answerOnSamples('failures')).inFull;
    const { outcomes } = boot ?? {};
    if (!boot || !outcomes) throw new Error('no calls');
    const { attempts, loaded, duplicates, coalesced, failed, refused, unknown } = outcomes;
    expect(loaded + duplicates + coalesced + failed + refused + unknown).toBe(attempts);
    const phases = boot.phases.reduce((sum, { failures }) => sum + (failures ?? 0n), 0n);
    expect(phases + outcomes.failedInits + outcomes.phaseUnknown).toBe(duplicates + failed);
    const text = textOf({ boots: [boot], inFull: [boot], read: '' }, 200);
    expect(text).toContain(
      `Load calls in the trace: ${attempts} = ${loaded} loaded + ${duplicates} duplicates`,
    );
    expect(text).toContain(
      `Failed loads: ${phases} = 10 in kread + 6 in decompress + 24 in becoming + 5 in load`,
    );
  });

  it('shows throttled and refused requests', async () => {
    const text = await ofLog(
      '[   40.100000] request_module: kmod_concurrent_max (0) close to 0 (max_modprobes: 50), for module fs-xfs, throttling...',
      '[   45.200000] request_module: modprobe fs-xfs cannot be processed, kmod busy with 50 threads for more than 5 seconds now',
    );
    expect(text).toMatch(/^1 refused request \(fs-xfs\), 1 throttled request \(fs-xfs\)\.\n/);
    expect(text).toContain('refused-request  fs-xfs');
  });

  it('asks for no memory figures of what is no load', async () => {
    const text = await ofLog('[    9.300000] systemd[1]: Failed to start Load Kernel Modules.');
    expect(text).toMatch(/^1 failed unit \(systemd-modules-load\.service\)\.\n/);
    expect(text).not.toMatch(/How much memory|To know more/);
  });

  it('takes what modprobe lacks for no unit', async () => {
    const text = await ofLog(
      '[    9.300000] systemd[1]: Failed to start Load Kernel Modules.',
      "[    9.400000] modprobe: can't change directory to '/lib/modules': No such file or directory",
    );
    expect(text.replaceAll('\n', ' ')).toContain('1 failed module lookup (module directory)');
    expect(text).toContain('1 failed unit (systemd-modules-load.service)');
  });

  it('names on what loads failed, and that their cost is not known', async () => {
    const text = await ofLog(
      '[    9.100000] foo: Unknown symbol bar (err -2)',
      '[    9.200000] baz: Unknown symbol bar (err -2)',
      '[    9.300000] qux: Unknown symbol bar (err -2)',
    );
    expect(text.replaceAll('\n', ' ')).toMatch(
      /^3 failed loads \(\w+, \w+ and 1 more\)\. How much memory the failed loads wasted is not known/,
    );
  });

  it('leads with a small vmalloc area that ran out', async () => {
    const text = textOf(await answerOn('test/cases/kernels/memreport')).replaceAll('\n', ' ');
    expect(text).toMatch(
      /^The vmalloc area ran out \(about 120 MiB\): 13 failed allocations, 30 loads failed with ENOMEM\. 1\.8 GiB wasted in 90/,
    );
    expect(text).not.toContain('Also 13 failed allocations');
  });

  it('gives the numbers of each dump of a mail in the first line', async () => {
    const text = (name: string) =>
      answerOn(`test/cases/posts/${name}.txt`).then((answer) => textOf(answer, 200).split('\n')[0]);
    expect(await text('before-line-after-dump')).toMatch(
      /^2 boots: boot 1[^:]*: 1\.8 GiB wasted in an unknown number of failed loads; boot 2 \(After\): 464 KiB wasted in 1 failed load\.$/,
    );
    expect(await text('before-after-reversed')).toBe(
      '2 boots: boot 1 (Before): 4.1 MiB wasted in 38 failed loads; boot 2 (After): 107 KiB wasted in 4 failed loads.',
    );
    expect(await text('two-hosts-one-mail')).toMatch(/13\.6 GiB wasted in 1,411 .* 1\.5 MiB wasted in 15 /);
  });

  it('cuts no text of a table at any width', async () => {
    const answer = await answerOnSamples('stock-debian');
    for (const width of [60, 80, 100]) {
      expect(textOf(answer, width)).not.toContain('…');
      expect(textOf(answer, width)).toMatch(/kernel\s+\(snd_hda_codec_configure\)/);
    }
  });

  it('names the columns that it leaves out where the terminal is narrow, the least important first', async () => {
    const answer = await answerOnSamples('stock-debian');
    const leftOut = (width: number): string | undefined =>
      /also (.*): modwaste query requesters/.exec(textOf(answer, width))?.[1];
    expect([60, 80, 100, 120].map(leftOut)).toEqual([
      'coalesced, loaded, comm',
      'coalesced',
      undefined,
      undefined,
    ]);
  });

  it('notes where savings overlap', async () => {
    expect(textOf(await answerOnSamples('dup-storm'))).toContain('savings overlap');
    const one = await answerOn('test/cases/posts/before-line-after-dump.txt');
    expect(textOf(one)).not.toContain('savings overlap');
  });

  it('is no all-clear where lines about loading were not understood', async () => {
    const text = await ofLog('[   40.100000] frobnicate: finit_module went sideways for reasons of its own');
    expect(text).not.toContain('No module-loading problem');
    expect(text.replaceAll(/\s+/g, ' ')).toContain('not understood');
  });

  it('states that a trace of module_load events alone cannot show a failure', async () => {
    const file = join(folder, 'trace.txt');
    writeFileSync(
      file,
      '# tracer: nop\n#\n# entries-in-buffer/entries-written: 1/1   #P:1\n#\n' +
        '        modprobe-902     [000] .....    45.732844: module_load: scsi_debug E\n',
    );
    const text = textOf(await answerOn(file));
    expect(text).toMatch(
      /^No problem is reported here, but there may be one: the trace holds only\nsuccessful loads/,
    );
    expect(text).not.toContain('0 failed loads');
    expect(text).toContain('sys_exit_finit_module');
  });

  it('starts a report of many boots with a table, those with findings first, and does not open empty ones', async () => {
    const [wasted] = (await answerOnSamples('failures')).inFull;
    const [clear] = (await answerOnSamples('dup-storm/dmesg.txt')).inFull;
    if (!wasted || !clear) throw new Error('no boots');
    const boots = [
      ...Array.from({ length: 7 }, (_, index) => ({ ...wasted, boot: BigInt(index + 1) })),
      { ...clear, boot: 8n, verdict: { kind: 'clear' as const } },
    ];
    const text = textOf({ boots, inFull: boots, read: '' }, 100);
    expect(text).toMatch(
      /^7 of 8 boots have findings; most in boot 1: 6\.6 MiB wasted in 45 failed loads\.\n/,
    );
    expect([...text.matchAll(/^Boot \d+$/gm)]).toHaveLength(5);
    expect(text).toContain('2 more boots with findings are in the table only');
    expect(text).toMatch(/^ +8 .*no problem reported$/m);
  });

  it.each<[string, number, number, RegExp]>([
    [
      'a boot that is not known has no finding',
      0,
      1,
      /^None of 5 boots has a finding; 1 is not known\. A log alone does not prove/,
    ],
    ['both', 1, 2, /^1 of 5 boots has findings, boot 1: .*; 2 are not known\.$/],
    ['neither', 0, 0, /^None of 5 boots has a finding\. A log alone does not prove that nothing was wasted/],
  ])('starts with how many boots have findings: %s', async (_, wasted, unclear, expected) => {
    const [finding] = (await answerOnSamples('failures')).inFull;
    if (!finding) throw new Error('no boot');
    const verdicts: BootBrief['verdict'][] = [
      ...Array.from({ length: wasted }, () => finding.verdict),
      ...Array.from({ length: unclear }, () => ({ kind: 'unclear' as const, doubts: [] })),
    ];
    const boots = Array.from({ length: 5 }, (_, index) => ({
      ...finding,
      boot: BigInt(index + 1),
      verdict: verdicts[index] ?? { kind: 'clear' as const },
    }));
    expect(bootsSentence(boots)).toMatch(expected);
    // Where it is measured that nothing was wasted, no log is alone.
    const measured = boots.map((boot) => ({
      ...boot,
      verdict: { kind: 'nothing-wasted' as const, troubles: [] },
    }));
    expect(bootsSentence(measured)).toBe('None of 5 boots has a finding.');
  });
});

describe('the Markdown report', () => {
  it.each(['dup-storm', 'failures', 'stock-debian', 'autoload'])('of %s can be pasted', async (name) => {
    const text = [...markdownReport(await answerOnSamples(name))].join('');
    expect(text.split('\n').length).toBeLessThan(60);
    expect(text).not.toMatch(/https?:|(?<![\w.])@\w/);
  });
});

describe('Markdown of what somebody else wrote', () => {
  it.each([
    ['https://x.org/a', 'https:<!-- -->//x.org/a'],
    ['www.x.org', 'www.<!-- -->x.org'],
    ['mailto:a@b.c', 'mailto:<!-- -->a@<!-- -->b.c'],
    ['@torvalds', '@<!-- -->torvalds'],
    ['fixes #12, GH-7', 'fixes #<!-- -->12, GH-<!-- -->7'],
    [':tada:', ':<!-- -->tada:'],
    ['a|b', 'a\\|b'],
    ['`rm`', '\\`rm\\`'],
    ['<img src=x>', '&lt;img src=x&gt;'],
    ['![a](b) ~c~ *d* _e_ $f$', '!\\[a\\](b) \\~c\\~ \\*d\\* \\_e\\_ \\$f\\$'],
    ['snd_hda_codec trace.txt:12 0:00:14', 'snd_hda_codec trace.txt:12 0:00:14'],
  ])('%s is text and no more', (text, shown) => {
    expect(escapeMarkdown(text)).toBe(shown);
  });
});

describe('words', () => {
  it('are never a range from a number to itself, nor below nothing', () => {
    expect(spanText({ low: 553_648_128n, high: 553_648_129n })).toBe('528 MiB');
    expect(spanText({ low: 0n, high: 0n })).toBe('0 B');
    expect(spanText({ low: 0n, high: 2048n })).toBe('at most 2.0 KiB');
    expect(spanText({ low: 2048n, high: null })).toBe('at least 2.0 KiB');
  });

  it('round seconds, and keep two times distinct', () => {
    expect(seconds('33.653000')).toBe('33.7');
    expect(seconds('9.96', 1)).toBe('10.0');
    expect(seconds('0.04', 1)).toBe('0.0');
    expect(timeSpan('1.001', '1.002')).toBe('between 1.001 and 1.002 s');
    expect(timeSpan('5', '5')).toBe('at 5.000 s');
    expect(moment('65.480123', 3)).toBe('65.480 s');
    expect(moment('242149435467', 3)).toBe('242149435467 ticks');
  });

  it('keep a number with its unit', () => {
    for (const line of wrap('so many bytes: 54.4 MiB in 264 failed loads, 90 % of it', 24))
      expect(line).not.toMatch(/\d$/);
  });
});
