// SPDX-License-Identifier: Apache-2.0
/** The kernel's identity: /proc/version, uname, /proc/cmdline, nproc. */
import type { Head, IngestContext, Verdict } from '../ingester.js';
import { baseName, type LineForm, lineByLine, sniffForms } from './sniff.js';

/** `Linux version 6.12.117 (builder@box) (gcc ...) #1 SMP ...` */
const VERSION = /^\s*Linux version (\S+) .*#\d/;
/** `Linux box 6.12.117 #1 SMP Thu Jan  1 00:00:00 UTC 2026 x86_64 GNU/Linux` */
const UNAME_A = /^\s*Linux \S+ (\d+\.\d\S*) #\d/;
/** `6.12.117+deb13-amd64`; a bare `252` or `6.1` is ambiguous, and so is `1.10.2-1ubuntu1`. */
const UNAME_R = /^\s*(\d+\.\d+\.\d+(?:[-+.~][\w.+~-]*))\s*$/;
const MACHINE =
  /\s(x86_64|i[3-6]86|aarch64|armv\w+|arm64|ppc64le|ppc64|ppc|s390x|riscv64|loongarch64|mips\w*|sparc64|parisc64|alpha|ia64|m68k)(?=\s|$)/g;
/** Parameters that most boot loaders pass. */
const PARAMETER =
  /^(?:BOOT_IMAGE|root|console|initrd|panic|rootflags|rd\.[^\s=]+|log_buf_len|loglevel|trace_event|init|resume|crashkernel|net\.ifnames)=/;
const CMDLINE_NAME = /^\s*(?:Kernel )?[Cc]ommand line:/;

/** The kernel command line, without a label before it; null if no parameter identifies it. */
function commandLineOf(text: string): string | null {
  const cmdline = text.replace(CMDLINE_NAME, '').trim();
  return cmdline.split(/\s+/).some((word) => PARAMETER.test(word)) ? cmdline : null;
}

// biome-ignore format: a table
const FORMS: readonly LineForm[] = [
  { form: '/proc/version', line: VERSION, maxLines: 1, confidence: 92 },
  { form: 'uname -a', line: UNAME_A, share: 50, maxLines: 2, confidence: 90 },
  { form: '/proc/cmdline', line: { test: (text) => commandLineOf(text) !== null }, maxLines: 1, confidence: 80 },
];
const RELEASE: LineForm = { form: 'uname -r', line: UNAME_R, maxLines: 1, confidence: 30 };
/** File names of a release: `uname_-r`, `01-uname -r`, `/proc/sys/kernel/osrelease`, `kernel-version.txt`; not `bios_version_uname-r`. */
const RELEASE_FILE =
  /^(?:\d{1,4}[-_. ]{0,3})?(?:output[-_. ]of[-_. ])?(?:uname(?![a-z])|osrelease$|(?:linux[-_. ])?kernel[-_. ]?(?:release|version)|kver)/i;
/** An unambiguous release: with a kernel major and a distribution's flavour or architecture. */
const CLEAR_RELEASE =
  /^\s*[2-9]\.\d{1,3}\.\d{1,3}[-+.~][\w.+~-]{0,60}?(?:amd64|x86_64|i686|aarch64|arm64|armv7hl|armmp|ppc64le|s390x|riscv64|generic|lowlatency|default|arch\d[\w.-]{0,8}|zen\d[\w.-]{0,8}|lts|pve|azure|aws|gcp|cloud|raspi|v[78]l?\+?)\s*$/;

/** A bare number is the number of CPUs only in a file of this name. */
const NPROC: LineForm = { form: 'nproc', line: /^\s*\d{1,5}\s*$/, maxLines: 1, confidence: 70 };

function sniff(head: Head): Verdict | null {
  if (baseName(head.path) === 'nproc') return sniffForms(head, [NPROC]);
  const known = sniffForms(head, FORMS);
  if (known) return known;
  const isPlace =
    RELEASE_FILE.test(baseName(head.path)) || head.lines.some((line) => CLEAR_RELEASE.test(line));
  return isPlace ? sniffForms(head, [RELEASE]) : null;
}

function read(context: IngestContext, text: string, line: number): void {
  const place = { line, t: null };
  switch (context.form) {
    case 'nproc': {
      const cpus = text.trim();
      if (cpus !== '') context.emit({ kind: 'boot-mark', what: 'cpus', value: cpus, ...place });
      return;
    }
    case '/proc/cmdline': {
      const cmdline = commandLineOf(text);
      if (cmdline) context.emit({ kind: 'command-line', text: cmdline, ...place });
      return;
    }
    default: {
      const [, release] =
        VERSION.exec(text) ??
        UNAME_A.exec(text) ??
        (context.form === 'uname -r' ? UNAME_R.exec(text) : null) ??
        [];
      if (!release) return;
      const banner = text.trim();
      const machine =
        context.form === 'uname -a' ? ([...banner.matchAll(MACHINE)].at(-1)?.[1] ?? null) : null;
      context.emit({ kind: 'kernel-version', release, machine, banner, ...place });
    }
  }
}

export const kernelIdentity = lineByLine(
  {
    name: 'kernel-identity',
    title: 'Kernel version and command line (/proc/version, uname, /proc/cmdline)',
    priority: 570,
    places: ['proc/version', 'proc/cmdline'],
    sniff,
  },
  FORMS,
  read,
);
