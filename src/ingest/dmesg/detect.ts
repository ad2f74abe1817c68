// SPDX-License-Identifier: Apache-2.0
/** Detects kernel logs in text lines by the prefixes of the messages. */
import { textOfHead } from '../head.js';
import type { Head, Verdict } from '../ingester.js';
import { plainHead } from '../plain-line.js';
import { hasFront } from '../stamp-front.js';
import { counted } from '../verdict.js';
import { TRACE_LINE } from './blocks/trace-line.js';
import { isKnown } from './catalogue.js';
import { VERBOSE_HEAD } from './forms/journal-verbose.js';
import { lavaMessage } from './forms/lava.js';
import { PSTORE_HEAD } from './forms/pstore.js';
import { AUDIT_FORM } from './prefix/audit.js';
import { type Prefix, readPrefix } from './prefix/prefix.js';
import { bareRecord } from './record.js';
import { cleanLine } from './text.js';

/** The form whose messages have no prefix. */
export const BARE_FORM = 'messages without prefixes (dmesg -t, journalctl -o cat)';

/** The form whose lines have something unknown before the printk timestamp. */
export const FRONTED_FORM = 'dmesg after other text in each line';

const FORM_NAMES: Readonly<Record<string, string>> = {
  plain: 'dmesg',
  'plain caller': 'dmesg with callers',
  '-r plain': 'dmesg -r',
  '-r plain caller': 'dmesg -r with callers',
  '-x plain': 'dmesg -x',
  '-d': 'dmesg -d',
  '-d kernel': 'journalctl -o short-delta',
  '-d tool': 'journalctl -o short-delta',
  delta: 'dmesg --time-format delta',
  reltime: 'dmesg -H',
  '-T': 'dmesg -T',
  iso: 'dmesg --time-format iso',
  kmsg: '/dev/kmsg',
  'plain kernel': 'journalctl -o short-monotonic',
  'plain tool': 'journalctl -o short-monotonic',
  'date kernel': 'journalctl or syslog',
  'date tool': 'journalctl or syslog',
  'date kernel plain': 'kern.log',
  [AUDIT_FORM]: 'audit log (auditd, ausearch)',
  'talos date kernel': 'talosctl dmesg',
  'talos date': 'talosctl dmesg',
};

/** Lines printed only by a booting kernel or the module loader. */
const KERNEL_WORDS =
  /^(?:Linux version \d\S* \(|(?:Kernel c|C)ommand line: |BIOS-provided physical RAM map:|BIOS-e820: |Booting Linux on |Zone ranges:|Memory: \d+K\/\d+K available|Dentry cache hash table entries|pci [\da-f]{4}:|ACPI: |usb \d+-\d|Run \S+ as init process|Freeing unused kernel |module-autoload: |module: module-autoload: |initcall \S+\+0x|calling +\S+\+0x|(?:[\w -]{1,32}: )?request_module(?:: | \(\S+\) failed)|(?:modprobe|insmod): (?:ERROR|FATAL): )/;
/** What no line with a prefix is without: a piece of a time, a bracketed number, a level, a program. */
const PREFIX_HINT =
  /\d:\d\d:\d\d|\.\d{6}|\d>?\]|\[\d|\[pid:|kernel:|<\d{1,3}>|\d,\d+,\d+,[-c+]|audit\(|"lvl"|#\d+ Part\d|: *(?:emerg|alert|crit|err|warn|notice|info|debug) *:/;
const ANY_KERNEL_WORDS = new RegExp(
  [KERNEL_WORDS, TRACE_LINE].map(({ source }) => source.replace('^', '^[^\\S\\n]*')).join('|'),
  'm',
);

/** False if no line can count, as in most texts. What is quoted or marked up shows it only line by line. */
function mayBeKernelLog(head: Head): boolean {
  const { text } = textOfHead(head);
  return plainHead(head) !== head || PREFIX_HINT.test(text) || ANY_KERNEL_WORDS.test(text);
}

/**
 * Most lines of most logs: a printk timestamp and a kernel message, without caller, host or program between them, and not
 * the head of a verbose entry.
 *     [    1.234567] usb 1-1: new device
 */
const PLAIN =
  /^\[ *\d{1,10}\.\d{6}\] (?!\s|\[|\d{4}-|kernel:|[\w.-]{1,253} (?:kernel:|[^\s:[\]]{1,48}\[\d+\]:))/;
const PLAIN_BANNER = /^\[ *[\d.]+\] Linux version \d\S* \(/;

/** Of a message behind a prefix, or of one that is known without. */
const SHORTEST = 4;
/** Fewer lines with a timestamp inside may be prose. */
const FEWEST_FRONTED = 5;

interface Counts {
  tried: number;
  strong: number;
  dated: number;
  /** Programs named in dated lines. */
  readonly programs: Set<string>;
  /** A dated line says something about module loading. */
  known: boolean;
  bare: number;
  /** Lines with only a vendor's prefix. */
  vendor: number;
  banner: boolean;
  verbose: number;
  lava: number;
  /** Lines with something unknown before a printk timestamp. */
  fronted: number;
  readonly forms: Map<string, number>;
}

export function sniffKernelLog(head: Head): Verdict | null {
  if (!mayBeKernelLog(head)) return null;
  const counts: Counts = {
    tried: 0,
    strong: 0,
    dated: 0,
    programs: new Set(),
    known: false,
    bare: 0,
    vendor: 0,
    banner: false,
    verbose: 0,
    lava: 0,
    fronted: 0,
    forms: new Map(),
  };
  const { odd } = textOfHead(head);
  for (const raw of head.lines) {
    const line = odd ? cleanLine(raw) : raw;
    if (PLAIN.test(line)) countPlain(counts, line);
    else count(counts, odd ? line : cleanLine(raw));
  }
  return judge(counts);
}

/** A faster `count` for lines that match PLAIN. */
function countPlain(counts: Counts, line: string): void {
  counts.tried += 1;
  counts.strong += 1;
  counts.forms.set('plain', (counts.forms.get('plain') ?? 0) + 1);
  counts.banner ||= PLAIN_BANNER.test(line);
}

function count(counts: Counts, line: string): void {
  if (line.trim() === '') return;
  if (line.length < SHORTEST) {
    counts.tried += 1;
    return;
  }
  if (VERBOSE_HEAD.test(line)) counts.verbose += 1;
  if (counts.verbose > 0 && /^\s+[A-Z_]+=/.test(line)) return;
  counts.tried += 1;
  const message = lavaMessage(line);
  if (message !== undefined) counts.lava += 1;
  const prefix = readPrefix(message ?? line);
  const strength = strengthOf(prefix);
  const text = prefix.text.trimStart();
  if (/^Linux version \d\S* \(/.test(text)) counts.banner = true;
  const isVendor = prefix.form === 'vendor';
  if (isVendor) counts.vendor += 1;
  if (strength === 'strong') counts.strong += 1;
  else if (strength === 'dated') {
    counts.dated += 1;
    counts.programs.add(prefix.ident ?? '');
    counts.known ||= isKnown({ ...bareRecord(0, prefix.text), tool: prefix.ident }, 'program');
  } else if (KERNEL_WORDS.test(text) || TRACE_LINE.test(text) || PSTORE_HEAD.test(text)) counts.bare += 1;
  else if ((isVendor || prefix.form === 'recorder') && isKnown(bareRecord(0, text), 'kernel'))
    counts.bare += 1;
  else if (hasFront(line)) counts.fronted += 1;
  if (strength !== 'none') counts.forms.set(prefix.form, (counts.forms.get(prefix.form) ?? 0) + 1);
}

/** Uptimes over 30 years are seconds since 1970, which programs print and the kernel does not. */
const EPOCH_NS = 1_000_000_000n * 1_000_000_000n;
// [Wed Oct 11 14:32:52 2000] [error] [client 127.0.0.1] ...       a web server's
const WEB_SERVER = /^\[(?:\w+:)?(?:emerg|alert|crit|error|warn|notice|info|debug|trace\d)\] /;

/** `strong` prefixes occur only in kernel logs; a date and a program may be any syslog. */
function strengthOf({ boot, delta, wall, ident, form, text }: Prefix): 'strong' | 'dated' | 'none' {
  if (form === '' || form === 'truncated' || form === 'vendor' || form.endsWith('application')) return 'none';
  if (boot !== null && boot >= EPOCH_NS) return 'none';
  if (form.endsWith(AUDIT_FORM)) return 'strong';
  if (boot !== null || delta !== null || ident === 'kernel' || /(?:^| )(?:-x|-r|talos)/.test(form))
    return 'strong';
  // A bare date is what `date -Ins` prints.
  if (wall?.computed) return text.trim() === '' || WEB_SERVER.test(text) ? 'none' : 'strong';
  return wall !== null && ident !== null ? 'dated' : 'none';
}

/** Whether a line shows by itself that it is of a log. */
export function isLogLine(line: string): boolean {
  const prefix = readPrefix(cleanLine(line));
  return strengthOf(prefix) !== 'none' || KERNEL_WORDS.test(prefix.text) || TRACE_LINE.test(prefix.text);
}

/** System programs, which log only to the system's log. */
const SYSTEM_PROGRAM = /^(?:systemd|\(?udev|modprobe|insmod|kmod|dracut|init$|rsyslogd|CRON|cron|dbus|sshd)/;

const LOADER = /^(?:systemd-modules|systemd-udevd|\(?udev|modprobe|insmod|kmod|dracut)/;

/** Whether lines with date, host and program are a system log; an application's log names only itself. */
function isSystemLog({ programs, known, dated, tried }: Counts): boolean {
  if (dated === 0 || dated * 10 < tried * 8) return false;
  const named = [...programs];
  if (known || named.some((program) => LOADER.test(program))) return true;
  return dated >= 3 && (named.length > 1 || named.some((program) => SYSTEM_PROGRAM.test(program)));
}

function judge(counts: Counts): Verdict | null {
  const { tried, strong, dated, bare, banner, verbose, lava } = counts;
  if (verbose > 0)
    return counted('journalctl -o verbose', 96, verbose, Math.max(verbose, tried), 'entries with a cursor');
  const matched = strong + (strong > 0 ? dated : 0);
  const share = tried === 0 ? 0 : matched / tried;
  const form = lava > 0 ? 'LAVA job output' : commonForm(counts);
  const what = 'lines have a kernel log prefix';
  if (strong > 0) {
    if (share >= 0.5) return counted(form, banner ? 95 : Math.min(92, 70 + 4 * strong), matched, tried, what);
    if (strong >= 20 || (banner && strong >= 5)) return counted(form, 60, matched, tried, what);
    if (bare > strong) return counted(BARE_FORM, banner ? 55 : 25, bare, tried, 'lines are kernel messages');
    // `kernel: ` alone is a label in many lists.
    if (counts.forms.size === 1 && counts.forms.has('kernel')) return null;
    // Below mixed text: a few quoted lines are a run in it.
    return counted(form, strong >= 5 ? 15 : 12, matched, tried, what);
  }
  if (counts.fronted >= FEWEST_FRONTED && counts.fronted * 10 >= tried * 8)
    return counted(FRONTED_FORM, 85, counts.fronted, tried, 'lines have a printk timestamp inside');
  if (isSystemLog(counts)) {
    return counted(
      'syslog or journal without kernel lines',
      40,
      dated,
      tried,
      'lines have a date, a host and a program',
    );
  }
  if (bare === 0) return null;
  if (counts.vendor * 2 >= tried)
    return counted('kernel log (vendor)', 70, counts.vendor, tried, 'lines have a vendor prefix');
  const enough = (banner && bare >= 3) || bare >= 10;
  // A whole short text: above mixed text.
  const all = banner || bare * 10 >= tried * 9;
  return counted(BARE_FORM, enough ? 60 : all ? 30 : 10, bare, tried, 'lines are kernel messages');
}

function commonForm({ forms }: Counts): string {
  const [common] = [...forms].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  if (!common) return 'kernel log';
  return FORM_NAMES[common[0]] ?? `kernel log (${common[0]})`;
}
