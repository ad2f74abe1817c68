// SPDX-License-Identifier: Apache-2.0
/** Loader messages in lines of terminals, mails and reports. */

import { isFailure } from '../dmesg/bare-failures.js';
import { failedCommand, holdsAnyWord, isKnown, type LogFact, parseMessage } from '../dmesg/catalogue.js';
import { soundsLikeFailure } from '../dmesg/mentions.js';
import { PROGRAM_WITHOUT_PID } from '../dmesg/prefix/parts.js';
import { bareRecord, type LogRecord, splitTool } from '../dmesg/record.js';
import { cachedForHead, textOfHead } from '../head.js';

/** It may follow a prompt, a quotation mark, or words that the loader did not print, of a script without spaces too. */
const LOADER =
  /(?:(?:^|[\s"'`(/*=]|[^\0-\x7f]|\.\.\.)_{0,2}(?=(?:modprobe|insmod|kmod|rmmod)(?:\.(?:kmod|static))?: \S)|[a-z](?=(?:modprobe|insmod): (?:ERROR: |FATAL: |can't load module )))/;
/** What udev says of programs, behind a host alone or words of a sentence. */
const UDEVD = /(?<=^|\s)udevd(?:-work)?\[\d{1,10}\]: ?\S.*$/;
/** A name in a script or a patch, of which a loader prints the value. */
const SHELL_NAME = /\$[\w{(]/;

/** A loader's error message, in any wording. */
const COMPLAINT =
  /^\w+: (?:ERROR|FATAL|WARNING|can't|cannot|could not|failed|error)(?! ?:? (?:could not remove|Use --allow-unsupported or set|\/etc\/modprobe\.d\/))/;
/** What module-init-tools prints without its name, up to where a mail program wrapped it. */
const WRAPPED = /^(?:FATAL|WARNING): Error inserting [\w-]+(?: \(\/\S*)?$/;
const OF_REMOVAL =
  /^rmmod: |^modprobe: (?:ERROR|FATAL): Module \S+ is (?:in use|builtin|not currently loaded|not in kernel)\b/;
/** What a shell says of a program that the kernel killed. */
const KILLED = /^(?:Killed|Segmentation fault(?: \(core dumped\))?)\s*$/;

/** A host, of a line whose date somebody left out. */
const HOST = new RegExp(`^[\\w.-]{1,253} (?=(?:${PROGRAM_WITHOUT_PID})\\[\\d{1,10}\\]: )`);

/** A line of a terminal as a record, which may name its program: `systemd-udevd[2311]: sda: Worker ...`. */
export function lineRecord(number: number, line: string): LogRecord {
  return { ...bareRecord(number, line), ...splitTool(line.includes(']: ') ? line.replace(HOST, '') : line) };
}

/** The loader's message in a line, or null. */
export function loaderMessage(line: string): string | null {
  const match = LOADER.exec(line);
  if (match) {
    const from = match.index + match[0].length;
    const text = line
      .slice(from)
      .replace(/\.(?:kmod|static)(?=: )/, '')
      .replaceAll('**', '');
    return from > 0 ? unquoted(text, line.charAt(from - 1)) : text;
  }
  const text = UDEVD.exec(line)?.[0] ?? line;
  return WRAPPED.test(text) || isKnown(lineRecord(0, text), 'program') ? text : null;
}

/** The text up to the closing quotation mark, or the end of slanted type. */
function unquoted(text: string, before: string): string {
  if (before === '_') return text.split(/_{1,2}(?!\w)/, 1)[0] ?? text;
  const end = before === '`' || before === '"' ? text.indexOf(before) : -1;
  // `(see dmesg)` has a parenthesis of its own.
  const closing = before === '(' ? /["'`)*]{1,3}[.,]?$/ : /["'`*]{1,3}[.,]?$/;
  return end > 0 ? text.slice(0, end) : text.replace(closing, '');
}

/** A bullet, a quotation mark, bold type, and what is left of syslog's prefix. */
const BEFORE_QUOTE = /^(?:[-*•] )?(?:["'“]|\*\*_{0,2})?(?:(?:[\w.-]{1,64} )?kernel: )?/;
const AFTER_QUOTE = /(?:["'”]|_{0,2}\*\*)[.,]?$/;

/** The facts of a kernel message about failures. */
export function quotedFacts(line: string, number: number): readonly LogFact[] {
  const front = BEFORE_QUOTE.exec(line)?.[0] ?? '';
  const rest = line.slice(front.length);
  const text = /["'“*]/.test(front) ? rest.replace(AFTER_QUOTE, '') : rest;
  return parseMessage(bareRecord(number, text), 'kernel').filter(isFailure);
}

/** Whether a line is the kernel's about a failure, or has its words. */
function quotesKernel(line: string): boolean {
  return soundsLikeFailure(line) || quotedFacts(line, 0).length > 0;
}

function complains(message: string): boolean {
  if (WRAPPED.test(message)) return true;
  return COMPLAINT.test(message) && !OF_REMOVAL.test(message) && !SHELL_NAME.test(message);
}

/** Whether a line reports a failed load, even if no rule matches it. */
export function isComplaint(line: string): boolean {
  return complains(loaderMessage(line) ?? '') || quotesKernel(line);
}

/** Whether a line is about loads: not `Startup finished in ...`, which a post may have anywhere. */
export function isAboutLoads(line: string): boolean {
  const facts = parseMessage(lineRecord(0, loaderMessage(line) ?? line), 'program');
  return isComplaint(line) || facts.some(({ kind }) => kind !== 'boot-duration' && kind !== 'boot-mark');
}

/** Whether a text may hold such a line: it has a word of the catalogue's, or one that is in no rule of it. */
export const mayMentionLoader = (text: string): boolean =>
  holdsAnyWord(text) || text.includes('rmmod') || text.includes('Loading of ');

/** The same of a head: most heads have none. */
export const headMayMentionLoader = cachedForHead((head) => mayMentionLoader(textOfHead(head).text));

/** Whether a line is a loader's, an error in any wording or a message that a rule takes, or quotes the kernel's. */
export function isLoaderLine(line: string): boolean {
  const message = loaderMessage(line);
  if (
    message !== null &&
    (COMPLAINT.test(message) || WRAPPED.test(message) || isKnown(lineRecord(0, message), 'program'))
  )
    return true;
  return quotesKernel(line);
}

/** Whether a line holds a loader's message, of any kind, or quotes the kernel's. */
export function mentionsLoader(line: string): boolean {
  return loaderMessage(line) !== null || quotesKernel(line);
}

/** The load by a command that was killed in it, as the next line says: all that a shell tells of a module that crashed. */
export function killedLoad(command: string, next: string): LogFact | null {
  const load = KILLED.test(next) ? failedCommand(command) : null;
  return load && { ...load, what: 'killed' };
}
