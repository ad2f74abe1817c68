// SPDX-License-Identifier: Apache-2.0
/** What CI runners, containers, `grep` and `cat -n` put before each line of a text, of whatever format it is. */
import { DAY, SYSLOG_DATE, TIME, ZONE } from './date-patterns.js';
import { filledLines, headOfLines } from './head.js';
import type { Head, LineIngester } from './ingester.js';
import { plainLine } from './plain-line.js';

const CLOCK = `${TIME}(?:[.,]\\d{1,9})?`;
const ISO = `${DAY}[T ]${CLOCK}(?: ?${ZONE})?`;
/** Not a system log's date, whose lines name a host and a program. */
const NO_PROGRAM = '(?![\\w.-]{1,253} [^\\s:]{1,48}: )';

/**
 * Kinds of fronts: of `any` text, the `same` before each line but for its digits, or with numbers that are `rising`.
 *     2024-05-01T10:00:00.1234567Z ...     [2024-05-01 10:00:00] ...     [10:00:00.123] ...     10:00:00 ...
 *     build\tRun vm\t2024-05-01T10:00:00.1234567Z ...     May  1 10:00:00 box collect.sh[123]: ...     May  1 10:00:00 ...
 *     vm-1  | ...     +...     12\t...     12:...     logs/lsmod.txt:12:...     logs/lsmod.txt:...
 */
const KINDS: readonly { readonly pattern: RegExp; readonly is: 'any' | 'same' | 'rising' }[] = [
  { pattern: new RegExp(`^(?:\\[(?:${ISO}|${CLOCK})\\]|${ISO}|${CLOCK}):? ?${NO_PROGRAM}`), is: 'any' },
  { pattern: new RegExp(`^(?:[^\\t\\n]{1,80}\\t){1,3}${ISO} `), is: 'same' },
  { pattern: new RegExp(`^${SYSLOG_DATE} \\S{1,253} [^\\s:[\\]]{1,48}\\[\\d{1,10}\\]: ?`), is: 'same' },
  { pattern: new RegExp(`^${SYSLOG_DATE} ${NO_PROGRAM}`), is: 'any' },
  { pattern: /^[\w./@-]{1,80} {0,20}\| ?/, is: 'same' },
  { pattern: /^\+(?!\+)/, is: 'same' },
  { pattern: /^ {0,8}\d{1,7}\t/, is: 'rising' },
  { pattern: /^\d{1,7}:/, is: 'rising' },
  { pattern: /^[\w./@-]{1,160}:\d{1,7}:/, is: 'same' },
  { pattern: /^[\w./@-]{0,150}[./][\w./@-]{1,10}:/, is: 'same' },
];
/** Fewer lines may have the same start by chance. */
const FEWEST = 3;
/** One line in this many may lack the front: a wrapped or damaged one. */
const LINES_TO_AN_ODD_ONE = 20;

const shapeOf = (text: string): string => text.replace(/\d+/g, '0');

/** The front that the lines of a head have; null if they have none in common. */
export function frontOf(head: Head): RegExp | null {
  const lines = filledLines(head);
  if (lines.length < FEWEST) return null;
  // The first line may be the head of a table or of a patch.
  const [first, middle] = [0, lines.length >> 1].map((at) => plainLine(lines[at] ?? ''));
  for (const { pattern, is } of KINDS) {
    const front = (pattern.exec(first ?? '') ?? pattern.exec(middle ?? ''))?.[0];
    if (front === undefined) continue;
    const shape = shapeOf(front);
    let last = -1;
    let odd = 0;
    for (const line of lines) {
      const own = pattern.exec(plainLine(line))?.[0];
      const number = is === 'rising' && own !== undefined ? Number.parseInt(own, 10) : 0;
      if (own === undefined || (is === 'same' && shapeOf(own) !== shape) || number < last) odd += 1;
      if (is === 'rising') last = number;
      if (odd * LINES_TO_AN_ODD_ONE > lines.length) break;
    }
    if (odd * LINES_TO_AN_ODD_ONE <= lines.length) return pattern;
  }
  return null;
}

const without = (front: RegExp, line: string): string => plainLine(line).replace(front, '');

/** The head without the fronts of its lines. */
export function headWithout(front: RegExp, { lines, whole, path }: Head): Head {
  return headOfLines(
    lines.map((line) => without(front, line)),
    whole,
    path,
  );
}

/** The ingester for lines with such fronts. */
export function forLinesAfter(front: RegExp, ingester: LineIngester): LineIngester {
  return {
    ...ingester,
    // A timestamp or a needle may stand anywhere.
    needles: null,
    start: (context) => {
      const sink = ingester.start(context);
      return {
        line: (text, number) => sink.line(without(front, text), number),
        end: () => sink.end(),
      };
    },
  };
}
