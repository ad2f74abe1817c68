// SPDX-License-Identifier: Apache-2.0
/** Evidence as people post it: what each text says, read as a whole and by any chunks. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { caseOf } from '../../../src/case.js';
import type { Evidence } from '../../../src/ingest/collector.js';
import { readBytes, readStdin } from '../../forms/read.js';

const post = (name: string): Buffer => readFileSync(new URL(`fixtures/${name}.txt`, import.meta.url));

const read = async (text: Uint8Array | string): Promise<Evidence> =>
  readBytes({ bytes: typeof text === 'string' ? Buffer.from(text) : text });

/** `line kind module` of each event, without those that say where a boot or a trace starts. */
function said({ events }: Evidence): string[] {
  return [...events.values()]
    .flat()
    .filter(({ kind }) => kind !== 'trace-header' && kind !== 'boot-mark')
    .map((event) => {
      const module = 'module' in event && event.module !== null ? ` ${event.module}` : '';
      return `${event.line} ${event.kind}${module}`;
    });
}

const POSTS: readonly (readonly [name: string, said: readonly string[]])[] = [
  ['modprobe-prose', ['6 user-load nf_conntrack', '7 user-load nf_conntrack', '10 boot-start']],
  ['modprobe-error-beside-dmesg', ['4 user-load nls_cp437', '6 boot-start']],
  ['quoted-by-pipe', ['4 boot-start', '4 load-failure test_list_sort', '5 user-load test_list_sort']],
  ['systemctl-status-cut-at-80', ['6 boot-start', '6 user-load ext…', '7 user-load xfs…']],
  ['selftest-quoted-dmesg', ['1 boot-start', '1 kernel-version', '10 load-failure bar']],
  ['vendor-printk-prefix-exynos-c0', ['1 boot-start', '2 kernel-version', '3 command-line']],
  ['vendor-printk-prefix-mtk', ['1 boot-start', '1 kernel-version']],
  ['openwrt-logread', ['1 boot-start', '1 kernel-version', '3 command-line', '5 load-failure foo']],
  ['grabserial', ['1 boot-start', '4 kernel-version', '6 load-failure foo']],
  ['serial-terminal-stamps', ['1 boot-start', '2 kernel-version', '3 command-line', '4 load-failure foo']],
];

describe('posts', () => {
  test.each(POSTS)('%s', async (name, wanted) => {
    const bytes = post(name);
    const whole = await read(bytes);
    expect(said(whole)).toEqual(expect.arrayContaining([...wanted]));
    // Others may know more messages of these texts, but no more boots, kernels or failures.
    const counted = /boot-start|kernel-version|load-failure|user-load/;
    expect(said(whole).filter((fact) => counted.test(fact))).toEqual(
      wanted.filter((fact) => counted.test(fact)),
    );
    for (const chunk of [1, 7, 100]) expect(said(await readBytes({ bytes, chunk }))).toEqual(said(whole));
  });

  test('ftrace-console-events: messages are read at the times of the trace', async () => {
    const evidence = await read(post('ftrace-console-events'));
    expect(said(evidence)).toEqual([
      '15 module-load hello_world',
      '16 module-load hello_world',
      '17 module-free hello_world',
      '13 boot-start',
      '13 load-failure hello_world',
      '14 taint hello_world',
    ]);
    const failure = [...evidence.events.values()].flat().find(({ kind }) => kind === 'load-failure');
    expect(failure?.t).toBe(581_000_597_000n);
    const { model } = caseOf(evidence);
    expect(model.boots.length).toBe(1);
    expect(model.failures.map(({ reason, module }) => [reason, module])).toEqual([
      ['symbol-version', 'hello_world'],
    ]);
  });

  test.each([
    ['perf script', '          insmod     250 [000]   581.000597: printk:console: '],
    ['trace-cmd report', '          insmod-250   [000]   581.000597: console:              '],
    ['a buffer of several', '      early:          insmod-250   [000]   581.000597: console:              '],
    ['a text with its prefix', '          insmod-250     [000] d....   581.000597: console: [  581.000590] '],
  ])('console events of %s', async (_name, front) => {
    const lines = ['a: Unknown symbol b (err -2)', 'a: loading out-of-tree module taints kernel.'];
    const others = ['usb 1-1: new device', 'usb 1-2: new device', 'usb 1-3: new device'];
    const evidence = await read([...lines, ...others].map((text) => `${front}${text}`).join('\n'));
    expect(evidence.sources[0]?.format).toBe('ftrace');
    expect(said(evidence)).toEqual(['1 boot-start', '1 load-failure a', '2 taint a']);
  });

  test('the buffer of a record is not its task', async () => {
    const lines = [
      'cpus=2',
      '     trace.dat:         modprobe-902   [001]   45.732844: module_load:          scsi_debug E',
      '         early:  (udev-worker)-514     [000]   46.732844: module_load:          minix ',
    ];
    const events = [...(await read(lines.join('\n'))).events.values()].flat();
    const loads = events.filter((event) => event.kind === 'module-load');
    expect(loads.map(({ comm, pid, module }) => [comm, pid, module])).toEqual([
      ['modprobe', 902, 'scsi_debug'],
      ['(udev-worker)', 514, 'minix'],
    ]);
  });

  test('vendor-printk-prefix-honor: percpu memory ran out', async () => {
    const facts = said(await read(post('vendor-printk-prefix-honor')));
    expect(facts).toContain('7 load-failure ipam');
    expect(facts.filter((fact) => fact.includes('boot-start'))).toEqual(['1 boot-start']);
  });

  test('quoted-diff-then-stats: the list is complete', async () => {
    const { model } = caseOf(await read(post('quoted-diff-then-stats')));
    expect(model.boots.length).toBe(1);
    const evidence = await read(post('quoted-diff-then-stats'));
    const snapshots = [...evidence.events.values()].flat().filter((event) => event.kind === 'snapshot');
    expect(snapshots.map(({ list, label }) => [list, label])).toEqual([['whole', null]]);
    expect(evidence.diagnostics).toEqual([]);
  });

  test('stats-list-not-pasted: nothing is known of duplicates', async () => {
    const evidence = await read(post('stats-list-not-pasted'));
    const snapshots = [...evidence.events.values()].flat().filter((event) => event.kind === 'snapshot');
    expect(snapshots.map(({ list }) => list)).toEqual(['absent']);
    expect(evidence.diagnostics.map(({ code }) => code)).toEqual(['list-absent']);
  });
});

const MODPROBE = "modprobe: ERROR: could not insert 'nls_cp437': Invalid argument";
const LOG = '[  100.123456] usb 1-1: new high-speed USB device number 2 using xhci_hcd';

describe('a shell pasted whole', () => {
  test.each([
    ['$ sudo modprobe nls_cp437', '$ dmesg | tail -3'],
    ['# modprobe nls_cp437', '# dmesg'],
    ['root@host:~# modprobe nls_cp437', 'root@host:~# dmesg'],
    ['[root@host ~]# modprobe nls_cp437', '[root@host ~]# dmesg'],
    ['/ # modprobe nls_cp437', '/ # dmesg'],
    ['~ # /sbin/modprobe nls_cp437', '~ # dmesg'],
    ['bash-5.1# modprobe nls_cp437', 'bash-5.1# dmesg'],
    ['$> modprobe nls_cp437', '$> dmesg'],
    ['(initramfs) modprobe nls_cp437', '(initramfs) dmesg'],
    ['host:/tmp# modprobe nls_cp437', 'host:/tmp# dmesg'],
    ['host% modprobe nls_cp437', 'host% dmesg'],
    ['+ modprobe nls_cp437', '+ dmesg'],
    ['I ran modprobe:', 'and the kernel says'],
  ])('%s', async (first, second) => {
    for (const quote of ['', '> ', '| ', '    ']) {
      const lines = ['I cannot load the driver:', '', first, MODPROBE, second, LOG, ''];
      const evidence = await read(lines.map((line) => `${quote}${line}`.trimEnd()).join('\n'));
      expect(said(evidence)).toEqual(['4 user-load nls_cp437', '6 boot-start']);
    }
  });

  test('a message that mail wrapped', async () => {
    const text = [
      'Loading it fails with',
      "modprobe: ERROR: could not insert 'nf_conntrack': Unknown symbol in",
      'module, or unknown parameter (see dmesg)',
      '',
    ].join('\n');
    const [event] = [...(await read(text)).events.values()].flat();
    expect(event).toMatchObject({ kind: 'user-load', module: 'nf_conntrack', errno: 2, line: 2 });
  });

  test('a message in the middle of a sentence', async () => {
    const text = `Hi,\nI get "${MODPROBE}".\nAny idea?\n`;
    expect(said(await read(text))).toEqual(['2 user-load nls_cp437']);
  });

  test('above the log in one text', async () => {
    const log = Array.from({ length: 5 }, (_, index) => `[    ${index}.000000] usb 1-${index}: new device`);
    expect(said(await read([MODPROBE, ...log].join('\n')))).toEqual([
      '2 boot-start',
      '1 user-load nls_cp437',
    ]);
  });

  test.each([
    'Failed to load the driver, see below for 3 messages',
    'Failed attempts: 3',
    'Average users do not run modprobe',
    'Mods welcome',
    'insmod is a command',
    'The modprobe man page: see there',
  ])('prose is no evidence: %s', async (line) => {
    expect(said(await read(`Hi,\n\n${line}\n\nregards\n`))).toEqual([]);
  });
});

describe('a few lines of a log in prose', () => {
  test.each([
    '[   24.371421,0] ',
    '[   24.371421@3] ',
    '[   24.371421s][pid:1,cpu0,init]',
    '[   24.371421 / 01-01 00:00:12.345] ',
    '[   24.371421]  (5)[1:init]',
    '[2023-06-16 12:06:53.394] [   24.371421] ',
    '[23.490190 0.002112] [   24.371421] ',
    '[Fri Jun 16 12:06:53 2023] [   24.371421] ',
    '12:06:53.394 -> [   24.371421] ',
    '12:06:53.394432  <6>[   24.371421] ',
    'Wed Nov 11 20:10:03 2020 kern.warn kernel: [   24.371421] ',
    'Nov 11 20:10:03 (none) kern.warn kernel: [   24.371421] ',
    'Nov 11 20:10:03 [kernel] [   24.371421] ',
    '11-11 20:10:03.123     0     0 W         : [   24.371421] ',
  ])('%s', async (front) => {
    const lines = [
      'Hi,',
      '',
      'I see these:',
      '',
      'foo: Unknown symbol bar (err -2)',
      '',
      'What is it?',
      '',
      'me',
      '',
    ];
    for (const quote of ['', '> ', '| ', '> > ']) {
      const text = lines.map((line, index) => (index === 4 ? `${quote}${front}${line}` : line)).join('\n');
      const [failure] = [...(await read(text)).events.values()]
        .flat()
        .filter(({ kind }) => kind === 'load-failure');
      expect(failure).toMatchObject({ line: 5, module: 'foo', t: 24_371_421_000n });
    }
  });
});

describe('attachments whose name is the only hint', () => {
  const counters = ({ events }: Evidence): [string, bigint][] =>
    [...events.values()]
      .flat()
      .flatMap((event) => (event.kind === 'counter' ? [[event.counter, event.value]] : []));

  test('as mail readers show them', async () => {
    const text = [
      'see below',
      '',
      '[-- Attachment #2: modcount --]',
      '[-- Type: text/plain, Encoding: 7bit, Size: 0.1K --]',
      '',
      '29',
      '[-- Attachment #3: failed_becoming --]',
      '[-- Type: application/octet-stream, Size: 3 bytes --]',
      '192',
      '',
    ].join('\n');
    expect(counters(await read(text))).toEqual([
      ['modcount', 29n],
      ['failed_becoming', 192n],
    ]);
  });

  test('in a mail', async () => {
    const part = (name: string, body: string): string[] => [
      '--xx',
      `Content-Type: application/octet-stream; name="${name}"`,
      'Content-Transfer-Encoding: base64',
      '',
      Buffer.from(body).toString('base64'),
      '',
    ];
    const mail = [
      'From: a@example.org',
      'Subject: slow boot',
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary=xx',
      '',
      ...part('modcount', '29\n'),
      ...part('failed_becoming', '192\n'),
      ...part('uname-r', '4.19.0-custom\n'),
      '--xx--',
      '',
    ];
    const evidence = await readStdin(Buffer.from(mail.join('\n')));
    expect(new Map(counters(evidence))).toEqual(
      new Map([
        ['modcount', 29n],
        ['failed_becoming', 192n],
      ]),
    );
    expect(caseOf(evidence).model.boots.map(({ kernel }) => kernel)).toEqual(['4.19.0-custom']);
  });
});

describe('logs of applications', () => {
  const lines = (line: (index: number) => string): string =>
    Array.from({ length: 40 }, (_, index) => line(index)).join('\n');

  test.each([
    ['Python', (n: number) => `2021-03-10 11:51:${10 + n},236 INFO  worker: step ${n}`],
    ['Python, errors', (n: number) => `2021-03-10 11:51:${10 + n},236 ERROR worker: step ${n}`],
    ['Apache 2.2', (n: number) => `[Wed Oct 11 14:32:${10 + n} 2000] [error] [client 127.0.0.1] denied ${n}`],
    ['Apache 2.4', (n: number) => `[Wed Oct 11 14:32:${10 + n}.123456 2000] [core:error] [pid 1] denied`],
    ['X.Org', (n: number) => `[    ${10 + n}.345] (II) module ABI versions: ${n}`],
    ['ROS', (n: number) => `[1700000${100 + n}.123456789] [node]: step ${n}`],
    ['one program under syslog', (n: number) => `Oct 11 14:32:${10 + n} host myapp[123]: step ${n}`],
    ['logcat', (n: number) => `10-11 14:32:${10 + n}.123  1234  1250 I ActivityManager: step ${n}`],
    ['Chromium', (n: number) => `[1234:1234:0512/1032${10 + n}.123:ERROR:gpu.cc(12)] step ${n}`],
    ['nginx', (n: number) => `2021/03/10 11:51:${10 + n} [error] 123#123: *1 open() failed`],
    ['chat', (n: number) => `[12:06:${10 + n}] <someone> Linux version?`],
  ])('%s', async (_name, line) => {
    const evidence = await read(lines(line));
    expect(said(evidence)).toEqual([]);
    expect(evidence.sources[0]?.format).not.toBe('dmesg');
  });
});
