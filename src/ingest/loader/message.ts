/** The message of a loader in a line of a terminal, a mail or a report. */
import { isKnown } from '../dmesg/catalogue.js';
import { soundsLikeFailure } from '../dmesg/mentions.js';
import { bareRecord } from '../dmesg/record.js';

/** Behind a prompt's rest, a quotation mark or words; what stands before is nothing that the loader printed. */
const LOADER = /(?:^|[\s"'`(/])((?:modprobe|insmod|kmod|rmmod)(?:\.(?:kmod|static))?: \S)/;

/** What a loader says of what went wrong, in whatever words. */
const COMPLAINT =
  /^\w+: (?:ERROR|FATAL|WARNING|can't|cannot|could not|failed|error)(?! ?:? could not remove)/;

/** The loader's message in a line, or null. */
export function loaderMessage(line: string): string | null {
  const match = LOADER.exec(line);
  if (match?.[1] !== undefined) {
    const from = match.index + match[0].length - match[1].length;
    const text = line.slice(from).replace(/\.(?:kmod|static)(?=: )/, '');
    return from > 0 ? unquoted(text, line.charAt(from - 1)) : text;
  }
  return isKnown(bareRecord(0, line), 'program') ? line : null;
}

/** Up to the end of the quotation that it stands in. */
function unquoted(text: string, before: string): string {
  const end = before === '`' || before === '"' ? text.indexOf(before) : -1;
  return end > 0 ? text.slice(0, end) : text.replace(/["'`)]{1,3}[.,]?$/, '');
}

/** Whether a line says that a load failed, though perhaps not in words that a rule takes. */
export function isComplaint(line: string): boolean {
  return COMPLAINT.test(loaderMessage(line) ?? '') || soundsLikeFailure(line);
}
