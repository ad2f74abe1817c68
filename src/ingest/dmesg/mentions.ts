// SPDX-License-Identifier: Apache-2.0
/**
 * Lines that mention module loading but match no rule. They may report an unknown failure, which prevents an all-clear.
 * Parts known to be harmless are removed from a line first.
 */

import { frameOf, warnSteps } from './blocks/warn-steps.js';
import type { LogRecord } from './record.js';

/** Every line that mentions loading has one of these. */
export const MENTION_WORDS: readonly string[] = [
  'modprobe',
  'insmod',
  'kmod',
  'systemd-modules',
  'load_module',
  'do_init_module',
  'init_module_from_file',
  'finit_module',
  'ailed to load',
  'nable to load',
  'ould not load',
  'annot load',
  "an't load",
  'not loaded',
  'not load',
  'rror loading',
  'rror inserting',
  'ailed to insert',
  'annot insert',
  'nable to insert',
  'Unknown symbol ',
  'disagrees about version of',
  "version magic '",
];

/** What systemd says of units that load a module, line after line in a modern log: needles in it do not count. */
export const HARMLESS_PHRASES: readonly string[] = [
  'Starting',
  'Started',
  'Finished',
  'Stopping',
  'Stopped',
].map((done) => `systemd[1]: ${done} modprobe@`);
const GATE = new RegExp(MENTION_WORDS.join('|'));

/** A loader by name: a program or a kernel function. */
const LOADER =
  /(?<![\w@-])(?<!(?<!\.\.)\.)(?:modprobe|insmod|kmod|kmodloader|libkmod)(?![\w.-]*\w)|\b(?:load_module|do_init_module|init_module_from_file|finit_module)\b/;
/** Words of a failed load of a kernel module. */
const FAILED =
  /\b(?:[Ff]ailed|[Uu]nable|[Cc]annot|[Cc]ould not|[Cc]an't|[Ee]rror|not)\b.{0,24}\b(?:load|insert)(?:ed|ing)?\b/;
const MODULE = /\b(?:kernel )?modules?\b|\.ko\b/i;
/** Modules of other programs, and other things that are loaded. */
const OTHER = /firmware|microcode|ucode|\bpolicy\b|profile|certificate|\.fw\b|\.so\b|regulatory\.db/i;

/** The most common kernel messages about failed loads, with any text around them. */
const KERNELS_WORDS =
  /\bUnknown symbol [\w.]+ \(err |\bdisagrees about version of symbol \w|\bversion magic '[^']|\bcould not insert (?:module )?'|\bFailed to insert module '|\bLoading of (?:unsigned )?module\b.{0,60} is (?:rejected|restricted)/;

/** Whether a line reports a failed load in the words of the kernel or a loader. */
export function soundsLikeFailure(line: string): boolean {
  return KERNELS_WORDS.test(line.slice(0, LONGEST));
}

/** Programs that log only about modules. */
const LOADER_PROGRAM = /^(?:modprobe|insmod|kmod|kmodloader|systemd-modules(?:-load)?)$/;
/** Programs whose modules are the kernel's; X, PAM and web servers have their own. */
const KERNELS_PROGRAM =
  /^(?:\(?udev-worker\)?|systemd-udevd|udevd|systemd|init|dracut[\w-]*|dkms|snapd|kubelet|dockerd|containerd|firewalld|root|sh|bash|rc\.?\w*|initramfs[\w-]*|S\d\d\w+)$/;

/** Parts of lines that name a loader without a result. */
const HARMLESS: readonly RegExp[] = [
  // as for the prefilter, which skips lines with nothing else
  /systemd\[1\]: (?:Starting|Started|Finished|Stopping|Stopped) modprobe@\S*/g,
  // parameters on a command line; options
  /\b(?:modprobe|rd|kmod)\.\w+=\S*/g,
  // fields of audit records; a task that a trace or a lock is of
  /\b(?:comm|exe|name|unit|proctitle|cmdline|subj|cmd)=(?:"[^"]*"|\S+)/g,
  /(?<![\w.])[\w.]+\+0x[\da-f]+\/0x[\da-f]+/g,
  /\b(?:[Cc]omm|name): [\w()-]+/g,
  /\b(?:modprobe|insmod|kmod|kmodloader)(?:\/\d+|:\d+|-\d+)/g,
  /^(?:modprobe|insmod|kmod|kmodloader)(?: \(\d+\))? used greatest stack depth: .*/g,
  // sudo, and what cardmgr and a script say that they run
  /\bCOMMAND=.*/g,
  /^executing: '(?:modprobe|insmod) [^']*'/g,
  /^(?:\+ |\$ |# |Running\.\.\. )?(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d )?(?:sudo )?(?:\/\S*\/)?(?:modprobe|insmod)(?: +-[\w-]+)*(?: +[\w./,-]+)(?: +[\w.-]+=\S*)*$/g,
  // what modprobe says of removals, and of configuration
  /\b(?:modprobe|rmmod): (?:ERROR|FATAL): (?:could not remove |Module \S+ is (?:in use|not currently loaded|builtin)|.* is not loaded).*/g,
  // OpenWrt's boot
  /\bkmodloader: (?:done )?loading kernel modules from \S+$/g,
  // a file in a listing; a package that is installed; what a vendor's script says of a success
  /^[-dlbcps](?:[r-][w-][xsStT-]){3}[.+@]? .*/g,
  /\bkmod \(\d+\/\d+\)/g,
  /\b\S+\.ko insmod success\w*.*/g,
  // a path that is set, or a package's name
  /\bkernel\.modprobe\b.*/g,
  /\/etc\/modprobe\.\w+\S*/g,
  /\b(?:kmod|modprobe)-[\w.+-]+/g,
  // the rest of `init suspiciously returned`, which is a message of its own
  /\b(?:do|sys)_init_module: loading module anyway\.\.\.$/g,
  // they loaded nothing, and say so to who typed them
  /\b(?:modprobe|insmod): (?:ERROR: )?(?:missing (?:parameters|filename)\b|FATAL: Module \S+ is not in kernel).*/g,
  // the rest of `module 'foo' is unsupported`
  /\bmodprobe: (?:ERROR: )?(?:Use --allow-unsupported or set |\/etc\/modprobe\.d\/).*/g,
  /^Hint: insmod errors can be caused by incorrect module parameters.*/g,
  // a test suite about itself
  /^(?:# )*(?:not )?ok \d+ .*/g,
  /^\w+\.c:\d+: T(?:CONF|PASS|INFO): .*/g,
  // Android's bootconfig and properties
  /\b[\w.]+\.modprobe\w*\b/g,
];

/** Lines of systemd about units that succeeded; those that failed have rules. */
const UNIT_WENT_WELL =
  /^(?:\[ *OK *\] )?(?:Starting|Started|Finished|Stopping|Stopped|Created slice|Removed slice|Reached target|Closed|Listening on|Condition check resulted in) |: (?:Deactivated successfully|Succeeded|Consumed [^:]+)\.?$|: Consumed |was skipped because|\bunit=\S+ .*\bres=(?:success|1)\b/;
/** Records of the audit subsystem about other things: AVCs, profiles, program starts. */
const AUDIT =
  /\b(?:type=1[1-9]\d\d|audit\(\d|avc: |apparmor=)|^(?:[A-Z]{2,}_)*[A-Z]{3,} (?:arch|name|proctitle|pid)=/;
/** Lines of traces, and what stands in them beside frames. */
const TRACE_TEXT =
  /^(?:Modules linked in:|RIP: |pc : |lr : |PC is at |LR is at |NIP \[|LR \[|epc : |Workqueue: |#\d+: |in_atomic\(\): |BUG: |INFO: task |WARNING: |\d+ locks? held by |(?:last )?(?:hard|soft)irqs |Process (?!')|task:|(?:Kernel c|C)ommand line: |Unknown kernel command line |-> ?#\d|=> )/;

/** printk writes no longer ones (PRINTK_MESSAGE_MAX); of what is longer the start says what it is about. */
const LONGEST = 2048;

/** Whether a line without a rule is about module loading. */
export function mentionsLoading(
  { text: whole, tool }: Pick<LogRecord, 'text' | 'tool'>,
  byKernel: boolean,
): boolean {
  const text = whole.slice(0, LONGEST);
  if (tool !== null && LOADER_PROGRAM.test(tool)) return !isHarmlessTool(text);
  if (!GATE.test(text)) return false;
  if (isTrace(text) || UNIT_WENT_WELL.test(text) || AUDIT.test(text)) return false;
  const rest = HARMLESS.reduce((left, harmless) => left.replace(harmless, ''), text.trim());
  if (LOADER.test(rest)) return true;
  if ((byKernel || tool === null) && KERNELS_WORDS.test(rest)) return true;
  const kernels = byKernel || (tool !== null && KERNELS_PROGRAM.test(tool));
  return kernels && FAILED.test(rest) && MODULE.test(rest) && !OTHER.test(rest);
}

/** A loader's own messages that are not failures. */
function isHarmlessTool(text: string): boolean {
  return /^(?:(?:done )?loading kernel modules from |(?:ERROR|FATAL): (?:could not remove |Module \S+ is |Use --allow-unsupported or set |\/etc\/modprobe\.d\/)|Using |libkmod: DEBUG|DEBUG: |INFO: )/.test(
    text,
  );
}

function isTrace(line: string): boolean {
  const text = line.trimStart();
  return frameOf(text) !== null || warnSteps(text) !== null || TRACE_TEXT.test(text);
}
