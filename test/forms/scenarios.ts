// SPDX-License-Identifier: Apache-2.0
/** Captures that hold one and the same thing in many forms: where each form of each capture lies. */
import { existsSync, readdirSync } from 'node:fs';
import { CORPUS, has } from '../corpus/index.js';

export interface Scenario {
  readonly title: string;
  /** By form; the reference is `plain`. */
  readonly log: ReadonlyMap<string, string>;
  /** By form, one path for each reading; the reference is `directory`. */
  readonly debugfs: ReadonlyMap<string, readonly string[]>;
  /** By form; the reference is `reference`. */
  readonly trace: ReadonlyMap<string, string>;
}

const INGEST = new URL('../ingest/', import.meta.url).pathname;
const FIXTURES = new URL('fixtures/', import.meta.url).pathname;

/** Titles of the captures, in the order of the table. */
const TITLES: readonly (readonly [title: string, folder: string])[] = [
  ['quiet', 's1-quiet'],
  ['storm', 's2-dup-storm'],
  ['trace-cmd', 's2b-tracecmd'],
  ['compressed', 's3-compressed'],
  ['failures', 's4-failures'],
  ['autoload', 's5-autoload'],
  ['autoload WARNs', 's5b-autoload-trace'],
  ['clocks', 's8-clocks'],
  ['load races', 's12-loadrace'],
  ['modprobe', 's15-real-modprobe'],
  ['Debian 12, 1st', 'r1-stock612-xz-twoboot-sos/boot1'],
  ['Debian 12, 2nd', 'r1-stock612-xz-twoboot-sos/boot2'],
  ['Debian 13', 'r4-stock-trixie-xz-probes-sos/boot1'],
];

const PASTES = ['grep-r', 'grep-dot', 'tail-n1', 'for-cat', 'for-cat-oneline', 'head'] as const;

/** File name of a capture -> what makes the form. */
const LOG_NAMES: Readonly<Record<string, string>> = {
  plain: 'plain',
  H: 'dmesg -H',
  J: 'dmesg -J',
  S: 'dmesg -S',
  T: 'dmesg -T',
  d: 'dmesg -d',
  k: 'dmesg -k',
  r: 'dmesg -r',
  t: 'dmesg -t',
  x: 'dmesg -x',
  xT: 'dmesg -x -T',
  busybox: 'busybox dmesg',
  color: 'dmesg --color',
  'l-warn-err': 'dmesg -l warn,err',
  'time-iso': 'dmesg --time-format iso',
  'time-reltime': 'dmesg --time-format reltime',
  'time-delta': 'dmesg --time-format delta',
  'time-ctime': 'dmesg --time-format ctime',
  'time-notime': 'dmesg --time-format notime',
  iso: 'dmesg --time-format iso',
  reltime: 'dmesg --time-format reltime',
  kmsg: '/dev/kmsg',
  'dev-kmsg': '/dev/kmsg',
  'serial-raw': 'serial console, as received',
  serial: 'serial console',
};

export function corpusScenarios(): readonly Scenario[] {
  return TITLES.filter(([, folder]) => has(folder)).map(([title, folder]) =>
    scenario(title, CORPUS + folder),
  );
}

function scenario(title: string, folder: string): Scenario {
  const log = new Map<string, string>();
  for (const path of [...files(`${folder}/dmesg`), ...files(folder), ...files(`${folder}/var-log`)]) {
    const form = logForm(path);
    if (form !== null) log.set(form, path);
  }
  const readings = [folder, ...files(folder)].filter((each) => existsSync(`${each}/debugfs-modules`));
  const debugfs = new Map<string, string[]>();
  const add = (form: string, path: string): void => {
    if (existsSync(path)) debugfs.set(form, [...(debugfs.get(form) ?? []), path]);
  };
  for (const reading of readings) {
    // A reading that was pasted in no form has nothing to be compared with.
    if (!existsSync(`${reading}/grep-r.txt`)) continue;
    add('directory', `${reading}/debugfs-modules`);
    for (const paste of PASTES) add(paste, `${reading}/${paste}.txt`);
    add('stats', `${reading}/stats`);
  }
  return { title, log, debugfs, trace: traces(folder) };
}

/** `dmesg/xT.txt.xz` -> `xT`, `journalctl.b.short.txt.xz` -> `journalctl -b short`; null for no form of the log. */
function logForm(path: string): string | null {
  const parts = path.split('/');
  const file = (parts.at(-1) ?? '').replace(/\.xz$/, '');
  const name = file.replace(/\.(?:txt|json|log)$/, '');
  const dmesg = /^dmesg\.(\w+)/.exec(file)?.[1];
  const journal = /^journalctl\.(b|k|all-boots)\.([\w-]+)/.exec(file);
  if (parts.at(-2) === 'dmesg') return LOG_NAMES[name] ?? name;
  if (dmesg) return LOG_NAMES[dmesg] ?? dmesg;
  // `-b -1` is another boot's.
  if (journal?.[2] === 'b-1') return null;
  if (journal) return `journalctl ${journal[1] === 'all-boots' ? '' : `-${journal[1]} `}-o ${journal[2]}`;
  if (parts.at(-2) === 'var-log') return file;
  return /^(?:serial|dev-kmsg)/.test(name) ? (LOG_NAMES[name] ?? null) : null;
}

function traces(folder: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const path of [...files(`${folder}/ftrace`), ...files(folder)]) {
    const file = (path.split('/').at(-1) ?? '').replace(/\.xz$/, '');
    const form = traceForm(file);
    if (form !== null) found.set(form, path);
  }
  // Where trace-cmd recorded, the ring buffer that `trace` shows is empty.
  const reference = found.get('trace-cmd report, in the guest') ?? found.get('trace');
  if (reference) found.set('reference', reference);
  if (found.has('trace-cmd report, in the guest')) found.delete('trace');
  return found;
}

function traceForm(file: string): string | null {
  if (file === 'trace.txt') return 'trace';
  if (file === 'guest-report.txt') return 'trace-cmd report, in the guest';
  if (/^trace.*\.dat$/.test(file)) return 'trace.dat';
  const option = /^trace-((?:opt|no|latency)[\w-]*)\.txt$/.exec(file)?.[1];
  if (option) return `trace, option ${option.replace(/^opt-/, '')}`;
  const report = /^(?:host-report|trace-cmd-report)-?(-?\w[\w-]*)?\.txt$/.exec(file);
  if (!report) return null;
  const variant = report[1];
  return variant ? `trace-cmd report -${variant}` : 'trace-cmd report';
}

function files(folder: string): string[] {
  return existsSync(folder)
    ? readdirSync(folder)
        .sort()
        .map((name) => `${folder}/${name}`)
    : [];
}

/** The same of what is checked in, for where the captures are not at hand. */
export function fixtureScenarios(): readonly Scenario[] {
  const dmesg = files(`${INGEST}dmesg/fixtures`).filter((path) => /\/failures\./.test(path));
  const log = new Map(
    dmesg.map((path) => {
      const name = /failures\.([\w-]+)\./.exec(path)?.[1] ?? '';
      return [LOG_NAMES[name] ?? name, path] as const;
    }),
  );
  const pastes = (name: string): Map<string, readonly string[]> =>
    new Map<string, readonly string[]>([
      ['directory', [`${FIXTURES}${name}/debugfs-modules`]],
      ['stats', [`${INGEST}debugfs/fixtures/${name}/stats`]],
      ...PASTES.map((paste) => [paste, `${INGEST}debugfs/fixtures/${name}/${paste}.txt`] as const)
        .filter(([, path]) => existsSync(path))
        .map(([paste, path]) => [paste, [path]] as const),
    ]);
  const traced = (reference: string, others: Readonly<Record<string, string>>): Map<string, string> =>
    new Map([
      ['reference', `${INGEST}ftrace/fixtures/${reference}`],
      ...Object.entries(others).map(([form, file]) => [form, `${INGEST}ftrace/fixtures/${file}`] as const),
    ]);
  const none = new Map<string, never>();
  return [
    { title: 'failures', log, debugfs: pastes('failures'), trace: none },
    {
      title: 'compressed',
      log: none,
      debugfs: none,
      trace: traced('tgid-trace.txt', {
        'trace, option fields': 'tgid-trace-opt-fields.txt',
        'trace, option noirq-info': 'tgid-trace-noirq-info.txt',
        'trace, option latency-format': 'tgid-trace-latency-format.txt',
        'trace, option latency-verbose': 'tgid-trace-latency-verbose.txt',
        'trace, option raw': 'unusable-raw.txt',
        'trace, option hex': 'unusable-hex.txt',
        'trace, option nocontext-info': 'unusable-nocontext-info.txt',
      }),
    },
    {
      title: 'trace-cmd',
      log: none,
      debugfs: none,
      trace: traced('addresses-only-host-report.txt', {
        'trace-cmd report -R': 'addresses-only-host-report-R.txt',
        'trace-cmd report -l': 'addresses-only-host-report-l.txt',
        'trace-cmd report -t': 'addresses-only-host-report-t.txt',
        'trace-cmd report --ts-diff': 'addresses-only-host-report--ts-diff.txt',
      }),
    },
  ];
}
