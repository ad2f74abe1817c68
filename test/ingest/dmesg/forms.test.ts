// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readPrefix } from '../../../src/ingest/dmesg/prefix/prefix.js';
import { RECORDERS } from '../../../src/ingest/dmesg/prefix/recorder.js';
import { VENDOR_LAYERS } from '../../../src/ingest/dmesg/prefix/vendor.js';
import { fact, read } from './read.js';

const fixture = (name: string): Uint8Array => readFileSync(new URL(`fixtures/${name}`, import.meta.url));
const text = (name: string): string => new TextDecoder().decode(fixture(name));

const FORMS: readonly (readonly [file: string, form: string])[] = [
  ['failures.r.txt', 'dmesg -r'],
  ['failures.x.txt', 'dmesg -x'],
  ['failures.d.txt', 'dmesg -d'],
  ['failures.color.txt', 'dmesg'],
  ['failures.kmsg.txt', '/dev/kmsg'],
  ['failures.J.json', 'dmesg -J'],
  ['failures.T.txt', 'dmesg -T'],
  ['failures.xT.txt', 'kernel log (-x -T)'],
  ['failures.time-iso.txt', 'dmesg --time-format iso'],
];

describe('one log in many forms', async () => {
  const plain = await read(fixture('failures.plain.txt'));
  const facts = plain.events.map(fact);

  test('says what happened', () => {
    const count = (reason: string): number =>
      facts.filter((each) => each.includes(`"reason":"${reason}"`)).length;
    expect(count('elf')).toBe(7);
    expect(count('vermagic')).toBe(2);
    expect(count('signature')).toBe(1);
    expect(count('blacklist')).toBe(3);
    expect(count('decompress')).toBe(6);
    expect(count('duplicate-symbol')).toBe(1);
    expect(count('parameter')).toBe(1);
    expect(count('init')).toBe(1);
    expect(facts).toContain('{"kind":"taint","module":"lab_prop","what":"license"}');
    expect(plain.events[0]).toMatchObject({
      kind: 'boot-start',
      by: 'banner',
      complete: true,
      line: 1,
      t: 0n,
    });
    expect(plain.diagnostics).toEqual({});
  });

  test.each(FORMS)('%s', async (file, form) => {
    const other = await read(fixture(file));
    expect(other.form).toBe(form);
    const known = other.events.filter(
      (event) => !(event.kind === 'boot-mark' && event.what === 'wall-offset'),
    );
    expect(known.map(fact)).toEqual(facts);
    const precision = file.includes('T.txt') ? 1_000_000_000n : 0n;
    expect(other.clock).toEqual({
      unit: 'ns',
      zero: 'boot',
      ...(precision > 0n ? { roughNs: precision } : {}),
    });
    known.forEach((event, index) => {
      const want = plain.events[index]?.t ?? null;
      if (event.t === null || want === null) throw new Error('an event without a time');
      expect(event.t <= want + precision && event.t + precision >= want).toBe(true);
    });
  });

  test('dmesg -t has no times and says so', async () => {
    const bare = await read(fixture('failures.t.txt'));
    expect(bare.events.map(fact)).toEqual(facts);
    expect(bare.events.every((event) => event.t === null)).toBe(true);
    expect(bare.diagnostics).toEqual({ 'log-time-unknown': 1 });
  });

  test.each([
    ['CRLF', (line: string) => `${line}\r`],
    ['mail quoting', (line: string) => `> ${line}`],
    ['deep mail quoting', (line: string) => `>> > ${line}`],
    ['tabs turned into spaces', (line: string) => line.replaceAll('\t', '        ')],
    ['squeezed spaces', (line: string) => line.replace(/^\[ +/, '[ ')],
    ['hard spaces', (line: string) => line.replace(/^\[ +/, (run) => run.replaceAll(' ', '\u00a0'))],
    ['an indent', (line: string) => (line.startsWith('[') ? `    ${line}` : line)],
    ['a CI stamp', (line: string) => `2024-05-01T10:00:00.1234567Z ${line}`],
    ['a logger', (line: string) => `2024-12-17 14:38:54,572 DEBUG:\t${line}`],
    ['LAVA', (line: string) => JSON.stringify({ dt: '2024-05-01T10:00:00.1', lvl: 'target', msg: line })],
    ['syslog', (line: string) => `Nov 17 06:11:16 host kernel: ${line}`],
    ['MediaTek', (line: string) => line.replace(/^(\[[^\]]*\]) /, '$1 -(0)[0:swapper]')],
    ['MediaTek with a caller', (line: string) => line.replace(/^(\[[^\]]*\]) /, '$1[    T1]  (5)[1:init]')],
    ['Oplus', (line: string) => line.replace(/^(\[[^\]]*\]) /, '$1 (5)[1:init][t]@5 ')],
    [
      'Oplus with a clock',
      (line: string) => line.replace(/^(\[[^\]]*\]) /, '$1 (5)[1:init][20181130_14:50:45.130273]@5 '),
    ],
    ['Samsung', (line: string) => line.replace(/^(\[[^\]]*\]) /, '$1 [0:      swapper/0:    1] ')],
    [
      'Samsung in an interrupt',
      (line: string) => line.replace(/^(\[[^\]]*\]) /, '$1 [I0: kworker/0:1:  12] '),
    ],
    ['Rockchip', (line: string) => line.replace(/^(\[[^\]]*\]) /, '$1 [0: swapper: 0] ')],
    ['Exynos', (line: string) => line.replace(/^(\[[^\]]*\]) /, '$1 c0      0 ')],
    ['Spreadtrum', (line: string) => line.replace(/^(\[[^\]]*\]) /, '$1 c3 ')],
    ['Marvell', (line: string) => line.replace(/^(\[[^\]]*\]) /, '$1 c0   1 (swapper/0) ')],
    [
      'Huawei',
      (line: string) => line.replace(/^(\[[^\]]*)\] /, '$1s][1970:01:01 00:00:14][pid:1,cpu0,init]'),
    ],
    ['Honor', (line: string) => line.replace(/^(\[[^\]]*\]) /, '$1[811:modprobe]')],
    [
      'Xiaomi',
      (line: string) => line.replace(/^(\[[^\]]*\]) /, '$1 (CPU:4-pid:1:init) [10:20:30.123456]@4 '),
    ],
    ['Motorola', (line: string) => line.replace(/^(\[[^\]]*)\] /, '$1,0] ')],
    ['Amlogic', (line: string) => line.replace(/^(\[[^\]]*)\] /, '$1@3] ')],
    ['LG', (line: string) => line.replace(/^(\[[^\]]*)\] /, '$1 / 01-01 00:00:12.345] ')],
    ['grabserial', (line: string) => `[23.490190 0.002112] ${line}`],
    ['grabserial -T', (line: string) => `[12:06:53.394012 0.002112] ${line}`],
    ['minicom', (line: string) => `[2023-06-16 12:06:53.394] ${line}`],
    ['SecureCRT', (line: string) => `[2023/06/16-12:06:53:394] ${line}`],
    ['Tera Term', (line: string) => `[Fri Jun 16 12:06:53.394 2023] ${line}`],
    ['conserver', (line: string) => `[Fri Jun 16 12:06:53 2023]${line}`],
    ['tio', (line: string) => `[12:06:53.394] ${line}`],
    ['an arrow', (line: string) => `12:06:53.394 -> ${line}`],
    ['ts', (line: string) => `Jun 16 12:06:53 ${line}`],
    ['ts -s', (line: string) => `00:00:12 ${line}`],
    ['Jenkins', (line: string) => `[2023-06-16T12:06:53.394Z] ${line}`],
    ['KernelCI', (line: string) => `12:06:53.394432  <6>${line}`],
    ['avocado', (line: string) => `2021-03-10 11:51:41,236 __init__         L0085 DEBUG| ${line}`],
    [
      'avocado, standard output',
      (line: string) => `2021-03-10 11:51:41,236 process          L0639 INFO | [stdout] ${line}`,
    ],
    ['autotest', (line: string) => `03/10 11:51:41.236 DEBUG|             utils:0298| [stdout] ${line}`],
    ['logread', (line: string) => `Wed Nov 11 20:10:03 2020 kern.warn kernel: ${line}`],
    ['logread -t', (line: string) => `Wed Nov 11 20:10:03 2020 [1605125403.123] kern.warn kernel: ${line}`],
    ['busybox syslogd', (line: string) => `Nov 11 20:10:03 (none) kern.warn kernel: ${line}`],
    ['metalog', (line: string) => `Nov 11 20:10:03 [kernel] ${line}`],
    ['logcat', (line: string) => `11-11 20:10:03.123     0     0 W         : ${line}`],
    ['pipes', (line: string) => `| ${line}`],
    ['a printk caller', (line: string) => line.replace(/^(\[[^\]]*\]) /, '$1[    T1] ')],
  ])('%s changes nothing', async (_name, disturb) => {
    const lines = text('failures.plain.txt').trimEnd().split('\n').map(disturb);
    const other = await read(`${lines.join('\n')}\n`);
    const known = other.events.filter(
      (event) => !(event.kind === 'boot-mark' && event.what === 'wall-offset'),
    );
    expect(known.map(fact)).toEqual(facts);
    expect(known.map((event) => event.t)).toEqual(plain.events.map((event) => event.t));
  });

  test('the JSON stream may be cut anywhere, and its lines are cited', async () => {
    const whole = await read(fixture('failures.J.json'));
    for (const chunk of [1, 7, 100]) {
      const cut = await read(fixture('failures.J.json'), chunk);
      expect(cut.events).toEqual(whole.events);
    }
    const lines = text('failures.J.json').split('\n');
    for (const event of whole.events) {
      if (event.kind === 'load-failure')
        expect(lines.slice(event.line - 2, event.line).join()).toContain('"msg"');
    }
  });

  test('a JSON document that is cut or damaged keeps what can be read', async () => {
    const json = text('failures.J.json');
    const cut = await read(json.slice(0, json.length - 300));
    expect(cut.diagnostics).toEqual({ 'archive-damaged': 1 });
    expect(cut.events.length).toBeGreaterThan(facts.length - 5);
    const broken = await read(json.replace('"Module nls_cp737 is blacklisted"', '"Module nls_cp737 is '));
    expect(broken.diagnostics['log-unreadable']).toBe(1);
    expect(broken.events.length).toBe(facts.length - 1);
  });
});

describe('prefixes', () => {
  test.each(VENDOR_LAYERS)('$vendor: $example', ({ example, alone }) => {
    expect(readPrefix(`[    1.000000] ${example}`).text).toMatch(/^(?:Linux|usb|Init|wake|percpu)/);
    expect(readPrefix(example).form === 'vendor').toBe(alone === true);
  });

  test.each(RECORDERS)('$by: $example', ({ example }) => {
    expect(readPrefix(example).text).toMatch(/^Linux version/);
  });

  test('the task of a vendor is the caller', () => {
    expect(readPrefix('[    1.000000] (1)[229:tee_log]Trustonic TEE').caller).toBe('T229');
    expect(readPrefix('[    1.000000][  T12] (1)[229:tee_log]Trustonic TEE').caller).toBe('T12');
  });

  test.each([
    '[    1.000000] [drm:intel_dp_detect [i915]] *ERROR* 12',
    '[    1.000000] [Firmware Bug]: cpu 1',
    '[    1.000000] (sda1): recovery complete',
    '[    1.000000] [12] foo',
    '[    1.000000] c0nfig: ok',
  ])('%s has no more in front than its stamp', (line) => {
    expect(readPrefix(line).text).toBe(line.slice('[    1.000000] '.length));
  });

  test.each([
    ['a bracket of numbers', (text: string) => `<5:0> ${text}`],
    ['a task and a bar', (text: string) => `[12|init] ${text}`],
    ['words', (text: string) => `KERN core two: ${text}`],
  ])('%s that nobody knows is said', async (_name, disturb) => {
    const messages = [
      'Linux version 5.10.0 (a@b) (gcc) #1 SMP',
      'foo: Unknown symbol bar (err -2)',
      'a',
      'b',
      'c',
      'd',
    ];
    const lines = messages.map((text, index) => `[    ${index}.000000] ${disturb(text)}`);
    const { events, diagnostics } = await read(lines.join('\n'));
    expect(events.map(({ kind }) => kind)).toEqual(['boot-start', 'not-understood']);
    expect(diagnostics['log-prefix-unknown']).toBe(1);
  });

  test('is not said of messages that begin with brackets of their own', async () => {
    const lines = ['[drm] a', '[drm:foo [i915]] b', '[mem 0x0-0x1] c', '[drm] d', '[ACPI 1] e', 'usb 1-1: f'];
    const log = lines.map((text, index) => `[    ${index}.000000] ${text}`).join('\n');
    expect((await read(log)).diagnostics).toEqual({});
  });

  test("a test's output quotes the log behind a hash", async () => {
    const log = [
      '[    0.000000] Linux version 4.14.156 (user@host) (gcc) #1 SMP',
      '[  214.793778] IPv6: ADDRCONF(NETDEV_UP): veth1: link is not ready',
      '# [    0.000000] Linux version 4.14.156 (user@host) (gcc) #1 SMP',
      ...Array.from(
        { length: 8 },
        (_, index) => `# [   8${index}.098289] test_bpf: Unknown symbol a (err -2)`,
      ),
      '# # [   96.041686] test_bpf: Unknown symbol b (err -2)',
      '[  237.540245] IPv6: ADDRCONF(NETDEV_UP): veth1: link is not ready',
      '# [  240.000000] bar: Unknown symbol baz (err -2)',
    ];
    const { events } = await read(log.join('\n'));
    expect(events.map(({ kind, line }) => `${kind} ${line}`)).toEqual([
      'boot-start 1',
      'kernel-version 1',
      // Behind a shell's prompt: the console's next message.
      `load-failure ${log.length}`,
    ]);
  });
});

describe('times', () => {
  test('deltas are summed up, falling ones too', async () => {
    const log = [
      '[Nov22 10:25] Linux version 6.12.117 (a@b) (gcc) #1',
      '[  +0.500000] Module a is blacklisted',
      '[  -0.000002] Module b is blacklisted',
      '[  +0.009008] Module c is blacklisted',
      '[ +10.000000] Module d is blacklisted',
    ];
    const { events } = await read(log.join('\n'));
    const times = events.flatMap((event) => (event.kind === 'load-failure' ? [event.t] : []));
    expect(times).toEqual([500_000_000n, 499_998_000n, 509_006_000n, 10_509_006_000n]);
  });

  test('a minute without a difference is not taken for no time at all', async () => {
    const log = [
      '[Nov22 10:24] Linux version 6.12.117 (a@b) (gcc) #1',
      '[ +20.000000] Module a is blacklisted',
      '[Nov22 10:25] Module b is blacklisted',
      '[  +1.000000] Module c is blacklisted',
      '[Nov22 11:25] Module d is blacklisted',
    ];
    const { events, diagnostics } = await read(log.join('\n'));
    const times = events.flatMap((event) => (event.kind === 'load-failure' ? [event.t] : []));
    // 20 s had passed within 10:24: at most 40 s of it before the boot, so that 10:25 is 20 s on at the least.
    expect(times).toEqual([20, 20, 21, 3620].map((seconds) => BigInt(seconds) * 1_000_000_000n));
    expect(diagnostics).toEqual({ 'log-time-unknown': 2 });
  });

  test('wall-clock times are tied to the boot by lines that have both, the least difference being the best', async () => {
    const log = [
      '2026-11-22T10:46:00.500000+00:00 lab kernel: [    0.000000] Linux version 6.12.117 (a@b) (gcc) #1',
      "2026-11-22T10:46:01.250000+00:00 lab (udev-worker)[329]: Module 'virtio_pci' is already loaded",
      '2026-11-22T10:46:01.500000+00:00 lab kernel: [   61.000000] Module a is blacklisted',
    ];
    const { events } = await read(log.join('\n'));
    expect(events.find((event) => event.kind === 'user-load')).toMatchObject({
      tool: '(udev-worker)',
      pid: 329,
      what: 'already',
      module: 'virtio_pci',
      t: 60_750_000_000n,
    });
    expect(events.at(-1)).toMatchObject({ what: 'wall-offset', value: '1795344300500000000' });
  });

  test('without a tie they stay what they are', async () => {
    const known = await read('2026-11-22T10:46:00.5+00:00 lab kernel: Module a is blacklisted\n'.repeat(3));
    expect(known.clock).toEqual({ unit: 'ns', zero: 'epoch' });
    expect(known.events.at(-1)?.t).toBe(1_795_344_360_500_000_000n);
    const yearless = await read(
      'Dec 31 23:59:59 lab kernel: Module a is blacklisted\nJan  1 00:00:01 lab kernel: Module b is blacklisted\n',
    );
    expect(yearless.clock).toEqual({ unit: 'ns', zero: 'relative' });
    expect(yearless.events.at(-1)?.t).toBeLessThan(90_000_000_000_000n);
    expect(yearless.diagnostics).toEqual({ 'log-beginning-missing': 1 });
  });

  test('month names of other languages are read', async () => {
    const { events } = await read(
      '[Sa Mär 15 10:00:00 2025] Linux version 6.12.1 (a@b) (gcc) #1\n[Sa Mär 15 10:00:20 2025] Module a is blacklisted\n',
    );
    expect(events.at(-1)).toMatchObject({ kind: 'load-failure', t: 20_000_000_000n });
  });
});
