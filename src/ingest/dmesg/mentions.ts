/**
 * Lines that name module loading and that no rule takes: they may say what nobody here has seen yet, so they stand in the
 * way of an all-clear. What is known to say nothing of a failure is taken out of a line first.
 */
import type { LogRecord } from './record.js';
import { frameOf, warnSteps } from './warn-steps.js';

/** A line that mentions loading holds one of them. */
export const MENTION_WORDS: readonly string[] = [
  'modprobe',
  'insmod',
  'kmod',
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
const GATE = new RegExp(MENTION_WORDS.join('|'));

/** A loader by name: a program, or a function of the kernel's. */
const LOADER =
  /(?<![\w@-])(?<!(?<!\.\.)\.)(?:modprobe|insmod|kmod|kmodloader|libkmod)(?![\w.-]*\w)|\b(?:load_module|do_init_module|init_module_from_file|finit_module)\b/;
/** Words of a failed load, about a module of the kernel's. */
const FAILED =
  /\b(?:[Ff]ailed|[Uu]nable|[Cc]annot|[Cc]ould not|[Cc]an't|[Ee]rror|not)\b.{0,24}\b(?:load|insert)(?:ed|ing)?\b/;
const MODULE = /\b(?:kernel )?modules?\b|\.ko\b/i;
/** Modules of other programs, and what is loaded and no module. */
const OTHER = /firmware|microcode|ucode|\bpolicy\b|profile|certificate|\.fw\b|\.so\b|regulatory\.db/i;

/** The kernel's commonest words of a failed load, whatever stands before and behind them. */
const KERNELS_WORDS =
  /\bUnknown symbol [\w.]+ \(err |\bdisagrees about version of symbol \w|\bversion magic '[^']|\bcould not insert (?:module )?'|\bFailed to insert module '|\bLoading of (?:unsigned )?module\b.{0,60} is (?:rejected|restricted)/;

/** Whether a line says that a load failed, in words that only the kernel and loaders have. */
export function soundsLikeFailure(line: string): boolean {
  return KERNELS_WORDS.test(line.slice(0, LONGEST));
}

/** Programs whose every line is about modules. */
const LOADER_PROGRAM = /^(?:modprobe|insmod|kmod|kmodloader|systemd-modules(?:-load)?)$/;
/** Other programs have modules of their own: X, PAM, web servers. These speak of the kernel's. */
const KERNELS_PROGRAM =
  /^(?:\(?udev-worker\)?|systemd-udevd|udevd|systemd|init|dracut[\w-]*|dkms|snapd|kubelet|dockerd|containerd|firewalld|root|sh|bash|rc\.?\w*|initramfs[\w-]*|S\d\d\w+)$/;

/** Parts of lines that name a loader and say nothing of how it went. */
const HARMLESS: readonly RegExp[] = [
  // parameters on a command line; options
  /\b(?:modprobe|rd|kmod)\.\w+=\S*/g,
  // fields of audit records; a task that a trace or a lock is of
  /\b(?:comm|exe|name|unit|proctitle|cmdline|subj|cmd)=(?:"[^"]*"|\S+)/g,
  /\b\w+\+0x[\da-f]+\/0x[\da-f]+/g,
  /\b(?:[Cc]omm|name): [\w()-]+/g,
  /\b(?:modprobe|insmod|kmod|kmodloader)(?:\/\d+|:\d+|-\d+)/g,
  /^(?:modprobe|insmod|kmod|kmodloader) \(\d+\) used greatest stack depth: .*/g,
  // sudo, and what a script says that it runs
  /\bCOMMAND=.*/g,
  /^(?:\+ |\$ |# )?(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d )?(?:sudo )?(?:\/\S*\/)?(?:modprobe|insmod)(?: +-[\w-]+)*(?: +[\w./,-]+)(?: +[\w.-]+=\S*)*$/g,
  // what modprobe says of removals, and of configuration
  /\b(?:modprobe|rmmod): (?:ERROR|FATAL): (?:could not remove |Module \S+ is (?:in use|not currently loaded|builtin)|.* is not loaded).*/g,
  // OpenWrt's boot
  /\bkmodloader: (?:done )?loading kernel modules from \S+$/g,
  // a path that is set, or a package's name
  /\bkernel\.modprobe\b.*/g,
  /\/etc\/modprobe\.\w+\S*/g,
  /\b(?:kmod|modprobe)-[\w.+-]+/g,
  // the rest of `init suspiciously returned`, which is a message of its own
  /\b(?:do|sys)_init_module: loading module anyway\.\.\.$/g,
  // a test suite about itself
  /^\w+\.c:\d+: T(?:CONF|PASS|INFO): .*/g,
  // Android's bootconfig and properties
  /\b[\w.]+\.modprobe\w*\b/g,
];

/** Lines of systemd about units that went well; those that failed have rules. */
const UNIT_WENT_WELL =
  /^(?:\[ *OK *\] )?(?:Starting|Started|Finished|Stopping|Stopped|Created slice|Removed slice|Reached target|Closed|Listening on|Condition check resulted in) |: (?:Deactivated successfully|Succeeded|Consumed [^:]+)\.?$|: Consumed |was skipped because|\bunit=\S+ .*\bres=(?:success|1)\b/;
/** Records of the audit subsystem about other things: AVCs, profiles, program starts. */
const AUDIT = /\b(?:type=1[1-9]\d\d|audit\(\d|avc: |apparmor=)/;
/** A record of a module that IMA did not accept, or of finit_module or init_module that failed; as a duplicate (EEXIST), it need not be said here. */
const FAILED_CALL =
  /\btype=(?:1800|INTEGRITY_DATA)\b.*\bname="[^"]*\.ko(?:\.\w+)?".*\bres=(?:0|fail)|\bsyscall=(?:313|273|350|379|353|344|128|175|105|f?init_module) .{0,16}\bsuccess=no exit=(?!-17\b|EEXIST).*\bcomm="?(?:modprobe|insmod|kmod|systemd-udevd|systemd-modules|\(udev-worker\))"? /;
/** Lines of traces, and what stands in them beside frames. */
const TRACE_TEXT =
  /^(?:Modules linked in:|RIP: |pc : |lr : |PC is at |LR is at |NIP \[|LR \[|epc : |Workqueue: |#\d+: |in_atomic\(\): |BUG: |INFO: task |WARNING: |\d+ locks? held by |(?:last )?(?:hard|soft)irqs |Process |task:|(?:Kernel c|C)ommand line: |Unknown kernel command line |-> ?#\d|=> )/;

/** printk writes no longer ones (PRINTK_MESSAGE_MAX); of what is longer the start says what it is about. */
const LONGEST = 2048;

/** Whether a line that no rule takes is about module loading. */
export function mentionsLoading(
  { text: whole, tool }: Pick<LogRecord, 'text' | 'tool'>,
  byKernel: boolean,
): boolean {
  const text = whole.slice(0, LONGEST);
  if (FAILED_CALL.test(text)) return true;
  if (tool !== null && LOADER_PROGRAM.test(tool)) return !isHarmlessTool(text);
  if (!GATE.test(text)) return false;
  if (isTrace(text) || UNIT_WENT_WELL.test(text) || AUDIT.test(text)) return false;
  const rest = HARMLESS.reduce((left, harmless) => left.replace(harmless, ''), text.trim());
  if (LOADER.test(rest)) return true;
  if ((byKernel || tool === null) && KERNELS_WORDS.test(rest)) return true;
  const kernels = byKernel || (tool !== null && KERNELS_PROGRAM.test(tool));
  return kernels && FAILED.test(rest) && MODULE.test(rest) && !OTHER.test(rest);
}

/** What a loader's own lines say that is no failure. */
function isHarmlessTool(text: string): boolean {
  return /^(?:(?:done )?loading kernel modules from |(?:ERROR|FATAL): (?:could not remove |Module \S+ is )|Using |libkmod: DEBUG|DEBUG: |INFO: )/.test(
    text,
  );
}

function isTrace(text: string): boolean {
  return frameOf(text) !== null || warnSteps(text) !== null || TRACE_TEXT.test(text);
}
