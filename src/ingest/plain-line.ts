// SPDX-License-Identifier: Apache-2.0
/** What mail, terminals and editors put into a line, taken out again. */
import { cachedForHead, textOfHead } from './head.js';
import type { Head, LineIngester } from './ingester.js';
import { decoded, isQuoted, mayBeMarked, unquoted, untagged } from './unmarked.js';

const CR = 0x0d;
/** One of them is in whatever this takes out; most lines of prose have none. */
const MARKS = /[\u001b\u00a0\ufeff\r&<>|[\]{}`*_]/;

/** The line without quoting, colour, markup, carriage return and byte order mark; a no-break space is a space. */
export function plainLine(line: string): string {
  if (!MARKS.test(line)) return line;
  let text = decoded(line);
  if (text.includes('\u00a0')) text = text.replaceAll('\u00a0', ' ');
  if (text.charCodeAt(text.length - 1) === CR) text = text.slice(0, -1);
  if (text.startsWith('\ufeff')) text = text.slice(1);
  return untagged(isQuoted(text) ? unquoted(text) : text);
}

/** The head with plain lines; most heads have no others. */
export const plainHead = cachedForHead(
  (head): Head =>
    textOfHead(head).odd || head.lines.some(isQuoted) || mayBeMarked(textOfHead(head).text, head.lines)
      ? { ...head, lines: head.lines.map(plainLine) }
      : head,
);

/** The ingester for lines that may hold any of that. */
export function forPlainLines(ingester: LineIngester): LineIngester {
  return {
    ...ingester,
    sniff: (head) => ingester.sniff(plainHead(head)),
    start: (context) => {
      const sink = ingester.start(context);
      return {
        line: (text, number) => sink.line(plainLine(text), number),
        end: () => sink.end(),
      };
    },
  };
}
