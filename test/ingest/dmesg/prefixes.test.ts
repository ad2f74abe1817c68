// SPDX-License-Identifier: Apache-2.0
/** What stands before a message, by the program that printed it: printk, dmesg, journalctl, syslog daemons, recorders. */
import { describe, expect, it } from 'vitest';
import { readPrefix } from '../../../src/ingest/dmesg/prefix/prefix.js';
import { UnknownPrefix } from '../../../src/ingest/dmesg/prefix/unknown-prefix.js';
import { monthNumber, wallTime } from '../../../src/ingest/dmesg/wall.js';

const MS = 1_000_000n;
const SECOND = 1000n * MS;
/** Milliseconds of a wall clock as nanoseconds since 1970. */
const utc = (text: string) => BigInt(Date.parse(text)) * MS;

describe('a prefix of printk', () => {
  // kernel/printk/printk.c: print_time, print_caller, devkmsg_read; util-linux sys-utils/dmesg.c
  it.each<[string, bigint | null, object]>([
    ['[    1.875564] text', 1_875_564_000n, { form: 'plain', text: 'text', kernel: true }],
    ['[    0.000000] text', 0n, { form: 'plain', text: 'text' }],
    ['[12345.678901]text', 12_345_678_901_000n, { text: 'text' }],
    ['[    1.875564][  T123] text', 1_875_564_000n, { caller: 'T123', text: 'text' }],
    ['[    1.875564] [    C7] text', 1_875_564_000n, { caller: 'C7', text: 'text' }],
    ['[    1.875564 <    0.018697>] text', 1_875_564_000n, { form: '-d', text: 'text' }],
    ['[    1.875564 <    0.018697 >] text', 1_875_564_000n, { form: '-d', text: 'text' }],
    ['[    1.875564                ] text', 1_875_564_000n, { form: '-d', text: 'text' }],
    ['[    1.875564 <             0.018697>] text', 1_875_564_000n, { text: 'text' }],
    ['[    1.875564,0] text', 1_875_564_000n, { text: 'text' }],
    ['[    1.875564@3] text', 1_875_564_000n, { text: 'text' }],
    ['[    1.875564@13] text', 1_875_564_000n, { text: 'text' }],
    ['[    1.875564s] text', 1_875_564_000n, { text: 'text' }],
    ['[    1.875564 / 01-01 00:00:12.345] text', 1_875_564_000n, { text: 'text' }],
    ['[    1.875564123] text', 1_875_564_123n, { text: 'text' }],
    ['1.875564] text', 1_875_564_000n, { form: 'truncated', text: 'text' }],
    ['<6>[    1.875564] text', 1_875_564_000n, { form: '-r plain', kernel: true, text: 'text' }],
    ['<14>[    1.875564] text', 1_875_564_000n, { kernel: false, text: 'text' }],
    ['<8>text', null, { kernel: false, text: 'text' }],
    ['<7>text', null, { kernel: true, text: 'text' }],
    ['kern  :info  : [    1.875564] text', 1_875_564_000n, { form: '-x plain', kernel: true, text: 'text' }],
    ['user  :notice: [    1.875564] text', 1_875_564_000n, { kernel: false, text: 'text' }],
    ['6,123,1875564,-;text', 1_875_564_000n, { form: 'kmsg', sequence: 123, kernel: true, text: 'text' }],
    ['14,7,1,c;text', 1000n, { sequence: 7, kernel: false, text: 'text' }],
    ['6,123,1875564,-,caller=T9;a\\x0ab\\x5c', 1_875_564_000n, { caller: 'T9', text: 'a\nb\\' }],
    ['4,1,2,-;caf\\xc3\\xa9', 2000n, { text: 'café' }],
    ['  [    1.875564] text', 1_875_564_000n, { text: 'text' }],
    [' 12 [    1.875564] text', 1_875_564_000n, { text: 'text' }],
    ['- [    1.875564] text', 1_875_564_000n, { text: 'text' }],
    ['dmesg.txt:12:[    1.875564] text', 1_875_564_000n, { text: 'text' }],
    ['logs/dmesg.txt:[    1.875564] text', 1_875_564_000n, { text: 'text' }],
    ['[    1.875564 <    0,018697>] text', 1_875_564_000n, { form: '-d', text: 'text' }],
    ['text of no form', null, { form: '', text: 'text of no form', kernel: true }],
    ['  text of no form', null, { form: '', text: '  text of no form' }],
    ['[drm] text', null, { form: '', text: '[drm] text' }],
    ['', null, { form: '', text: '' }],
  ])('%s', (line, boot, expected) => {
    expect(readPrefix(line)).toMatchObject({ boot, ...expected });
  });

  it.each<[string, bigint]>([
    ['[<    0.018697>] text', 18_697_000n],
    ['[  +0.009008] text', 9_008_000n],
    ['[  -0.000002] text', -2000n],
    ['[<   -0.000002>] text', -2000n],
    ['[ +12.000000] text', 12n * SECOND],
    // util-linux formats differences by the locale: dmesg.c:print_record
    ['[  +0,000007] text', 7000n],
    ['[<    0,018697>] text', 18_697_000n],
  ])('%s is a difference', (line, delta) => {
    expect(readPrefix(line)).toMatchObject({ boot: null, delta, text: 'text' });
  });
});

describe('a prefix with a date', () => {
  type Expected = [line: string, iso: string, rest: object];
  const absolute = (value: boolean) => ({ wall: expect.objectContaining({ absolute: value }) });

  it.each<Expected>([
    // util-linux dmesg -T and --time-format iso compute their times; the others say when a line arrived.
    ['[Sun Nov 22 10:45:49 2026] text', '2026-11-22T10:45:49Z', { form: '-T', text: 'text' }],
    ['[So Nov 22 10:45:49 2026] text', '2026-11-22T10:45:49Z', { form: '-T' }],
    ['[月 11月 22 10:45:49 2026] text', '2026-11-22T10:45:49Z', { form: '-T' }],
    ['2026-11-22T10:25:53,091042+00:00 text', '2026-11-22T10:25:53.091Z', { form: 'iso', ...absolute(true) }],
    ['2026-11-22T10:25:53,091042+02:00 text', '2026-11-22T08:25:53.091Z', { form: 'iso' }],
    ['2026-11-22T10:25:53,091042-02:30 text', '2026-11-22T12:55:53.091Z', { form: 'iso' }],
    ['2026-11-22T10:45:48+0000 lab kernel: text', '2026-11-22T10:45:48Z', { ident: 'kernel', text: 'text' }],
    [
      '2026-11-22T10:45:48.123Z lab kernel: text',
      '2026-11-22T10:45:48.123Z',
      { ident: 'kernel', ...absolute(true) },
    ],
    ['2026-11-22 10:45:48 UTC lab kernel: text', '2026-11-22T10:45:48Z', { text: 'text', ...absolute(true) }],
    [
      '2026-11-22 10:45:48 CET lab kernel: text',
      '2026-11-22T10:45:48Z',
      { text: 'text', ...absolute(false) },
    ],
    [
      'Sun 2026-11-22 10:48:47 UTC lab kernel: text',
      '2026-11-22T10:48:47Z',
      { ident: 'kernel', text: 'text' },
    ],
    [
      'Nov 22 10:45:49 lab kernel: text',
      '1972-11-22T10:45:49Z',
      { ident: 'kernel', text: 'text', ...absolute(false) },
    ],
    [
      'Nov  2 10:45:49 lab kernel: [    1.000000] text',
      '1972-11-02T10:45:49Z',
      { boot: SECOND, text: 'text' },
    ],
    ['déc. 22 10:45:49 lab kernel: text', '1972-12-22T10:45:49Z', { ident: 'kernel' }],
    ['11月 22 10:45:49 lab kernel: text', '1972-11-22T10:45:49Z', { ident: 'kernel' }],
    ['Nov 22 2026 10:45:49.5 lab kernel: text', '2026-11-22T10:45:49.500Z', { ident: 'kernel' }],
    [
      'Nov 22 10:45:49 lab systemd-udevd[300]: text',
      '1972-11-22T10:45:49Z',
      { ident: 'systemd-udevd', pid: 300, kernel: false },
    ],
    [
      'Nov 22 10:45:49 lab (udev-worker)[300]: text',
      '1972-11-22T10:45:49Z',
      { ident: '(udev-worker)', pid: 300 },
    ],
    [
      'Nov 22 10:45:49 lab modprobe: text',
      '1972-11-22T10:45:49Z',
      { ident: 'modprobe', pid: null, kernel: false },
    ],
    ['Nov 22 10:45:49 lab nothing: text', '1972-11-22T10:45:49Z', { ident: null, text: 'lab nothing: text' }],
    // busybox syslogd; OpenWrt's logread; metalog
    [
      'Nov 22 10:45:49 lab kern.info kernel: text',
      '1972-11-22T10:45:49Z',
      { ident: 'kernel', kernel: true, text: 'text' },
    ],
    [
      'Nov 22 10:45:49 lab user.info kernel: text',
      '1972-11-22T10:45:49Z',
      { ident: null, kernel: false, text: 'text' },
    ],
    [
      'Nov 22 10:45:49 lab daemon.err modprobe[12]: text',
      '1972-11-22T10:45:49Z',
      { ident: 'modprobe', pid: 12, kernel: false },
    ],
    [
      'Wed Nov 11 20:10:03 2020 kern.notice kernel: text',
      '2020-11-11T20:10:03Z',
      { ident: 'kernel', kernel: true, text: 'text' },
    ],
    [
      'Wed Nov 11 20:10:03 2020 [1605125403.123] kern.notice kernel: text',
      '2020-11-11T20:10:03Z',
      { ident: 'kernel', text: 'text' },
    ],
    [
      'Nov 22 10:45:49 [kernel] text',
      '1972-11-22T10:45:49Z',
      { ident: 'kernel', text: 'text', kernel: true },
    ],
    [
      'Nov 22 10:45:49 [systemd-udevd] text',
      '1972-11-22T10:45:49Z',
      { ident: 'systemd-udevd', text: 'text', kernel: false },
    ],
    // RFC 5424
    [
      '<6>1 2023-11-14T08:00:01.1+00:00 host kernel - - - text',
      '2023-11-14T08:00:01.100Z',
      { ident: 'kernel', text: 'text' },
    ],
    [
      '<30>1 2023-11-14T08:00:01.1+00:00 host modprobe 77 - - text',
      '2023-11-14T08:00:01.100Z',
      { ident: 'modprobe', pid: 77 },
    ],
    // logcat -v threadtime: thread 0 is the kernel, and its messages are split at the first colon.
    [
      '01-31 00:00:12.345     0     0 I usb 1-1 : new device',
      '1972-01-31T00:00:12.345Z',
      { ident: 'kernel', text: 'usb 1-1: new device' },
    ],
    [
      '01-31 00:00:12.345     0     0 I kernel  : text',
      '1972-01-31T00:00:12.345Z',
      { ident: 'kernel', text: 'text' },
    ],
    [
      '01-31 00:00:12.345     0     0 I mykernel: text',
      '1972-01-31T00:00:12.345Z',
      { ident: 'kernel', text: 'mykernel: text' },
    ],
    [
      '01-31 00:00:12.345     1     1 W init    : text',
      '1972-01-31T00:00:12.345Z',
      { ident: 'init', pid: 1, kernel: false, text: 'text' },
    ],
    // auditd, ausearch -i
    [
      'type=SYSCALL msg=audit(1700000000.123:456): arch=x',
      '2023-11-14T22:13:20.123Z',
      { ident: 'audit', serial: 456 },
    ],
    [
      'type=SYSCALL msg=audit(11/27/2026 14:52:53.123:456) : arch=x',
      '2026-11-27T14:52:53.123Z',
      { serial: 456 },
    ],
    [
      'type=SYSCALL msg=audit(27.11.2026 14:52:53.123:456) : arch=x',
      '2026-11-27T14:52:53.123Z',
      { serial: 456 },
    ],
    // Recorders
    [
      '[2023/06/16-12:06:53:394] [    1.000000] text',
      '2023-06-16T12:06:53.394Z',
      { boot: SECOND, text: 'text' },
    ],
    ['[2023-06-16  12:06:53] [    1.000000] text', '2023-06-16T12:06:53Z', { boot: SECOND }],
    ['[2023-06-16 12:06:53.394 +02:00] [    1.000000] text', '2023-06-16T10:06:53.394Z', { boot: SECOND }],
    ['[Fri Jun 16 12:06:53.394 2023] [    1.000000] text', '2023-06-16T12:06:53.394Z', { boot: SECOND }],
    [
      '[Fri Jun 16 12:06:53 2023] [    1.000000] text',
      '2023-06-16T12:06:53Z',
      { boot: SECOND, text: 'text' },
    ],
    ['[12:06:53.394] [    1.000000] text', '1972-01-01T12:06:53.394Z', { boot: SECOND, text: 'text' }],
    [
      '03/10 11:51:41.236 INFO |             utils:0298| [    1.000000] text',
      '1972-03-10T11:51:41.236Z',
      { boot: SECOND, text: 'text' },
    ],
  ])('%s', (line, iso, rest) => {
    const prefix = readPrefix(line);
    expect(prefix.wall?.ns === undefined ? null : prefix.wall.ns / MS).toBe(utc(iso) / MS);
    expect(prefix).toMatchObject(rest);
  });

  it.each<[string, boolean, boolean]>([
    ['[Sun Nov 22 10:45:49 2026] text', true, false],
    ['2026-11-22T10:25:53,091042+00:00 text', true, true],
    ['2026-11-22T10:25:53.091042+00:00 lab kernel: text', false, true],
    ['2026-11-22T10:25:53,091+00:00 text', false, true],
    ['[Fri Jun 16 12:06:53 2023] [    1.000000] text', false, false],
  ])('%s is a time that dmesg worked out: %s', (line, computed, isAbsolute) => {
    expect(readPrefix(line).wall).toMatchObject({ computed, absolute: isAbsolute, year: true });
  });

  it.each<[string, string | null, number | null]>([
    ['[    1.000000] lab kernel: text', 'kernel', null],
    ['[    1.000000] lab systemd-modules-load[99]: text', 'systemd-modules-load', 99],
    ['[    1.000000] lab modprobe: text', null, null],
    ['[    1.000000] kernel: text', 'kernel', null],
  ])('%s of journalctl -o short-monotonic is of %s', (line, ident, pid) => {
    expect(readPrefix(line)).toMatchObject({ boot: SECOND, ident, pid });
  });
});

describe('names of months', () => {
  // Abbreviations of glibc's locales C, fr_FR, es_ES, it_IT, pt_BR, de_DE, nl_NL, ru_RU, pl_PL, cs_CZ, tr_TR, ro_RO, hu_HU, fi_FI, uk_UA,
  // el_GR, et_EE, nb_NO, ja_JP, zh_CN and ko_KR, as date and dmesg -T print them.
  it.each<[number, string]>([
    [0, 'Jan jan janv. ene gen янв sty led oca ian jaan tammi січ Ιαν 1月 1월 01'],
    [1, 'Feb févr. fév fev фев lut úno Şub helmi лют Φεβ 2月'],
    [2, 'Mar mars mär mrz mrt мар März bře márc maalis бер Μαρ 3月'],
    [3, 'Apr avr. abr апр kwi avril dub Nis ápr huhti кві 4月'],
    [4, 'May mai mag mei май мая maj kvě máj touko тра 5月 5월'],
    [5, 'Jun juin giu июн cze June čen Haz iun jún kesä чер Ιουν 6月'],
    [6, 'Jul juil. lug июл lip July čec Tem iul júl heinä лип 7月'],
    [7, 'Aug août ago авг sie srp Ağu elo сер Αυγ 8月'],
    [8, 'Sep sept. set сен wrz Sept zář Eyl szept syys вер 9月'],
    [9, 'Oct okt ott out окт paź říj Eki loka жов Οκτ 10月'],
    [10, 'Nov nov. ноя lis november Kas marras лис Νοε 11月 11'],
    [11, 'Dec dez déc. dic дек gru pro Ara des. joulu груд Δεκ 12月 12월 12'],
  ])('of month %i', (month, names) => {
    expect(names.split(' ').map((name) => monthNumber(name))).toEqual(names.split(' ').map(() => month));
  });

  it('are no other words', () => {
    for (const word of ['usb', '13月', '0月', '13', '00', 'xyz', '']) expect(monthNumber(word)).toBeNull();
  });
});

describe('a zone', () => {
  const at = (zone: string) =>
    wallTime({ year: 2026, month: 10, day: 22, clock: '12:00:00', fraction: '', zone, computed: false });
  it.each<[string, string, boolean]>([
    ['Z', '2026-11-22T12:00:00Z', true],
    ['UTC', '2026-11-22T12:00:00Z', true],
    ['GMT', '2026-11-22T12:00:00Z', true],
    ['+01:00', '2026-11-22T11:00:00Z', true],
    ['-05:00', '2026-11-22T17:00:00Z', true],
    ['-0530', '2026-11-22T17:30:00Z', true],
    ['+0545', '2026-11-22T06:15:00Z', true],
    ['CET', '2026-11-22T12:00:00Z', false],
    ['', '2026-11-22T12:00:00Z', false],
  ])('%s', (zone, iso, absolute) => {
    expect(at(zone)).toMatchObject({ ns: utc(iso), absolute, year: true, minute: false });
  });

  it('of a clock without seconds is known to the minute', () => {
    const minute = wallTime({
      year: null,
      month: 0,
      day: 1,
      clock: '06:11',
      fraction: '',
      zone: '',
      computed: false,
    });
    expect(minute).toMatchObject({
      minute: true,
      year: false,
      absolute: false,
      ns: utc('1972-01-01T06:11:00Z'),
    });
  });
});

describe('an unknown prefix', () => {
  const found = (...texts: string[]) => {
    const seen: [number, string][] = [];
    const unknown = new UnknownPrefix((line, detail) => seen.push([line, detail]));
    texts.forEach((text, index) => {
      unknown.check(text, index + 1);
    });
    unknown.end();
    return seen;
  };
  const marked = [
    '(3)[229:foo] usb 1-1: new',
    '(3)[230:foo] eth0: up',
    '(0)[1:init] x',
    '(1)[7:a] y',
    '(2)[9:b] z',
  ];

  it('stands before the banner, or before nine of ten messages, of five at least', () => {
    expect(found('[x] Linux version 6.1.0 (a@b)')).toEqual([[1, '[x] Linux version 6.1.0 (a@b)']]);
    expect(found(...marked)).toEqual([[1, marked[0]]]);
    expect(found(...marked.slice(1))).toEqual([]);
    expect(found('plain', ...marked)).toEqual([]);
    expect(found('plain', ...marked, ...marked)).toEqual([[2, marked[0]]]);
    expect(found('plain', 'plain', ...marked, ...marked)).toEqual([]);
    expect(found('Linux version 6.1.0 (a@b)', ...marked)).toEqual([]);
    expect(found('he wrote "Linux version 6.1.0 (a@b)"')).toEqual([]);
    expect(found(...Array.from({ length: 5 }, () => '[drm:intel [i915]] text'))).toEqual([]);
  });
});
