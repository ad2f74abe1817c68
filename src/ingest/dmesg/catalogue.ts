// SPDX-License-Identifier: Apache-2.0
/** Parses single messages of the kernel and of user space by a catalogue of rules. */
import { AUDIT_WORDS } from './blocks/audit.js';
import { STUCK_WORDS } from './blocks/stuck-heads.js';
import { TRACE_LINE } from './blocks/trace-line.js';
import { MENTION_WORDS } from './mentions.js';
import { BANNER, BOOT_RULES } from './messages/boot.js';
import { FAILURE_RULES, TAINT_RULES } from './messages/failures.js';
import { InstallerLines } from './messages/installers.js';
import { failedCommand } from './messages/loader.js';
import { LOSS_WORDS } from './messages/lost.js';
import { REFUSAL_RULES } from './messages/refusals.js';
import { REQUEST_RULES } from './messages/requests.js';
import { Catalogue, type LogFact } from './messages/rule.js';
import { UBOX_PROGRAM } from './messages/small-loaders.js';
import { USER_RULES } from './messages/user-space.js';
import { WordFinder } from './messages/word-finder.js';
import type { LogRecord } from './record.js';
import { CONSOLE_WORDS } from './replay.js';

export { failedCommand, InstallerLines, type LogFact, TRACE_LINE };

const KERNEL_RULES = [...BOOT_RULES, ...REQUEST_RULES, ...FAILURE_RULES, ...TAINT_RULES, ...REFUSAL_RULES];
const PROGRAM_RULES = [...BOOT_RULES.filter((rule) => rule.words.some(isFromSystemd)), ...USER_RULES];

/** Boot marks printed by systemd rather than the kernel. */
function isFromSystemd(word: string): boolean {
  return /ostname|running in|Startup/.test(word);
}

/** Messages of user-space loaders and init scripts in /dev/kmsg, and audit records. */
const PROGRAM_IN_KMSG =
  /^(?:(?:\S*\/)?(?:modprobe|insmod|kmod|busybox|toybox|kmodloader|init|ueventd|booster|libkmod|dracut[\w-]*|[\w.-]*modprobe[\w.-]*): |(?:[\w.-]{1,40}: )?(?:modprobe|insmod): |(?:FATAL|WARNING|ERROR): (?:Module|Error|Could not) |ERROR: could not insert '|E(?:RROR|rror): could not (?:insert|load) module |\[talos\] |(?:# )+(?=.*(?:modprobe|insmod): )|[\w./-]+: module \S+ is not found in \/|\S+\.o: |(?:audit: )?type=1\d{3} )/;

/**
 * A loader's message inside the output of the script or daemon that ran it: `WARNING: modprobe: FATAL: Module ...`, `...modprobe:
 * can't load`, `output=modprobe: ERROR: ...`; also behind what did not end its line.
 */
const INNER_LOADER =
  /(?<=[\s"'(`=]|\.\.\.)(?:modprobe|insmod): (?=ERROR: |FATAL: |WARNING: Module |can't |module |could not |failed )|(?<=[a-z])(?:modprobe|insmod): (?=ERROR: |FATAL: |can't load module )|(?<=\.\.\. ?)(?:FATAL: (?=Error inserting |Module )|ERROR: (?=could not insert '))/;

/** Printed before any kind of suspend (kernel/power/process.c). */
export const SUSPEND = 'Freezing user space processes';

/** Without those that hold another one: what holds the longer is found by the shorter. */
function shortest(words: readonly string[]): readonly string[] {
  return words.filter((word) => words.every((other) => other === word || !word.includes(other)));
}

const FINDER = new WordFinder([
  ...KERNEL_RULES.flatMap((rule) => rule.words),
  ...PROGRAM_RULES.flatMap((rule) => rule.words),
  ...LOSS_WORDS,
  ...CONSOLE_WORDS,
  ...STUCK_WORDS,
  ...MENTION_WORDS,
  ...AUDIT_WORDS,
  'module-autoload: ',
  'kernel/module/',
  'Modules linked in:',
  'Dumping ftrace ',
  SUSPEND,
]);
const KERNEL = new Catalogue(KERNEL_RULES, FINDER);
const PROGRAM = new Catalogue(PROGRAM_RULES, FINDER);

/** Needles: a record without one of these can only continue the message before. */
export const WORDS: readonly string[] = shortest(FINDER.words);

/** Whether the message holds one of WORDS. */
export function holdsWord(text: string): boolean {
  return FINDER.find(text).length > 0;
}

/** The same of a text of any length. */
export function holdsAnyWord(text: string): boolean {
  return FINDER.holdsAny(text);
}

/** Who wrote a record; `either` if a bare line does not tell. */
export type Writer = 'kernel' | 'program' | 'either';

/** First lines of multi-line messages, which the catalogue does not cover. */
const HEAD = new RegExp(
  [
    '^module-autoload: ',
    '^WARNING: .*\\bkernel/module/',
    '^Modules linked in:',
    '^Dumping ftrace ',
    ...STUCK_WORDS,
  ].join('|'),
);

/** Whether the record starts a multi-line message. */
export function startsMultiline(record: LogRecord): boolean {
  return holdsWord(record.text) && HEAD.test(record.text);
}

/** cardmgr puts it before what the commands print that it runs. */
const PASSED_ON = '+ ';
const passedOn = (record: LogRecord): LogRecord => ({ ...record, text: record.text.slice(PASSED_ON.length) });

/** A row of a list of ubox's loaders, which says nothing without their name: `modprobe: - bpfilter`. */
const LISTED = '- ';
const isListed = ({ tool, text }: LogRecord): boolean =>
  tool !== null && text.startsWith(LISTED) && UBOX_PROGRAM.test(tool);

/** The facts of a message that the catalogue knows. */
export function parseMessage(message: LogRecord, writer: Writer): readonly LogFact[] {
  const given = isListed(message) ? { ...message, text: `${message.tool}: ${message.text}` } : message;
  const found = FINDER.find(given.text);
  if (found.length === 0) return [];
  const record = given.tool !== null && given.text.startsWith(PASSED_ON) ? passedOn(given) : given;
  const facts = writer === 'program' ? [] : KERNEL.read(record, found);
  if (facts.length > 0 || (writer === 'kernel' && !PROGRAM_IN_KMSG.test(record.text))) return facts;
  const own = PROGRAM.read(record, found);
  const from = own.length > 0 ? -1 : record.text.search(INNER_LOADER);
  return from < 0 ? own : PROGRAM.read({ ...record, text: record.text.slice(from) }, found);
}

/** Whether the catalogue knows the message. */
export function isKnown(record: LogRecord, writer: Writer): boolean {
  return parseMessage(record, writer).length > 0;
}

export function isBanner(record: LogRecord): boolean {
  return record.text.startsWith('Linux version ') && BANNER.test(record.text);
}
