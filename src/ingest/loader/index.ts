// SPDX-License-Identifier: Apache-2.0
/**
 * Output of modprobe, insmod and other loaders on a terminal, outside any log. A mail program may have wrapped a line.
 */

import { getOrAdd } from '../../model/groups.js';
import { InstallerLines, type LogFact, parseMessage, TRACE_LINE } from '../dmesg/catalogue.js';
import { readPrefix } from '../dmesg/prefix/prefix.js';
import { filledLines } from '../head.js';
import type { Head, IngestContext, LineIngester, Verdict } from '../ingester.js';
import { plainHead, plainLine } from '../plain-line.js';
import { isQuoted } from '../unmarked.js';
import { counted } from '../verdict.js';
import { mayContinue } from '../wrapped.js';
import {
  headMayMentionLoader,
  isComplaint,
  lineRecord,
  loaderMessage,
  mayMentionLoader,
  mentionsLoader,
  quotedFacts,
} from './message.js';
import { UboxList } from './ubox-list.js';

/** A message in a title, in code or in speech. */
const INLINE_QUOTE = /^\s*(?:#{1,6} (?=\w+: )|(?:\S.*)?(?:[`"“*]|(?<!\w)_)(?=(?:modprobe|insmod|kmod): ))/;

type Quote = 'mail' | 'inline' | null;

/** A quoted mail may hold several attempts. */
function quoteIn(raw: string): Quote {
  if (INLINE_QUOTE.test(raw)) return 'inline';
  return isQuoted(raw) ? 'mail' : null;
}

interface Held {
  readonly text: string;
  readonly number: number;
  readonly quote: Quote;
  readonly joined: boolean;
}

class LoaderOutput {
  readonly #context: IngestContext;
  /** What loaders said so far, in quotes and elsewhere. */
  readonly #told = new Map<string, { plain: number; quoted: number }>();
  #held: Held | null = null;
  #before = '';
  readonly #installer = new InstallerLines();
  readonly #list = new UboxList();

  constructor(context: IngestContext) {
    this.#context = context;
  }

  line(raw: string, number: number, quote: Quote): void {
    const line = this.#list.named(raw.trim());
    const quoted = quotedFacts(line, number).length > 0;
    const text = quoted ? line : (loaderMessage(line) ?? (isComplaint(line) ? line : null));
    if (text !== null) {
      this.end();
      this.#held = { text, number, quote, joined: false };
      this.#before = raw.trimEnd();
      return;
    }
    const held = this.#held;
    if (!held) return;
    const joined = `${held.text} ${line}`;
    const mayFollow = mayContinue(this.#before, line) && !held.joined;
    if (line === '' || !(mayFollow ? saysMore : givesErrno)(joined, held.text)) {
      this.end();
      return;
    }
    if (!held.joined) this.#context.diagnose('text-repaired', held.number, 'wrapped lines were joined');
    // A mail of a mail may be wrapped twice.
    this.#held = { ...held, text: joined, joined: true };
    this.#before = raw.trimEnd();
  }

  end(): void {
    const held = this.#held;
    this.#held = null;
    if (!held) return;
    const loaders = parseMessage(lineRecord(held.number, held.text), 'program');
    const all = loaders.length > 0 ? this.#installer.named(loaders) : quotedFacts(held.text, held.number);
    for (const fact of all) {
      if (fact.kind === 'user-load' && this.#repeats(fact, held.quote))
        this.#context.diagnose('source-repeated', held.number, 'a quote of another line');
      else this.#context.emit({ line: held.number, t: null, ...fact });
    }
    if (all.length > 0 || !isComplaint(held.text)) return;
    this.#context.diagnose('loading-not-understood', held.number, held.text);
    this.#context.emit({ line: held.number, t: null, kind: 'not-understood', message: held.text });
  }

  /** Whether a quote says what a line has said, or the line what a quote has. */
  #repeats({ tool, what, module, errno }: LogFact & { kind: 'user-load' }, quote: Quote): boolean {
    const told = getOrAdd(this.#told, `${tool} ${what} ${module} ${errno}`, () => ({ plain: 0, quoted: 0 }));
    if (quote === null) return ++told.plain <= told.quoted;
    if (quote === 'inline' && told.plain + told.quoted > 0) return true;
    return ++told.quoted <= told.plain;
  }
}

const factsOf = (text: string): readonly LogFact[] => parseMessage(lineRecord(0, text), 'program');
const hasErrno = (fact: LogFact): boolean => 'errno' in fact && fact.errno !== null;

/** Whether the joined line is a known message, and the first line alone has no errno. */
function saysMore(joined: string, alone: string): boolean {
  return factsOf(joined).length > 0 && factsOf(alone).every((fact) => 'errno' in fact && fact.errno === null);
}

/** Whether only the joined line has an errno, wherever it was wrapped. */
function givesErrno(joined: string, alone: string): boolean {
  return saysMore(joined, alone) && factsOf(joined).some(hasErrno);
}

/** Lines that hold a log, or a crash, are read as one, with the loaders' messages in it. */
function hasLog(lines: readonly string[]): boolean {
  return lines.some((line) => {
    const { boot, ident, wall, form } = readPrefix(line);
    return (
      boot !== null ||
      ident === 'kernel' ||
      TRACE_LINE.test(line) ||
      (wall !== null && ident !== null && !form.endsWith('application')) ||
      line.startsWith('Linux version ')
    );
  });
}

const FIRST_LINES = 20;

function sniff(head: Head): Verdict | null {
  const lines = filledLines(head);
  // Most logs show it at once.
  if (!head.whole || hasLog(lines.slice(0, FIRST_LINES)) || !headMayMentionLoader(head)) return null;
  const matched = lines.filter((line) => mayMentionLoader(line) && mentionsLoader(line.trim())).length;
  if (matched === 0 || hasLog(lines)) return null;
  const tried = lines.length;
  // Otherwise the text is searched for more evidence.
  const confidence = matched * 2 >= tried ? 40 : 15;
  return counted('output of modprobe or insmod', confidence, matched, tried, 'lines are loader messages');
}

export const loaderOutput: LineIngester = {
  name: 'loader-output',
  title: 'output of modprobe, insmod and kmod on a terminal, and lone kernel messages',
  priority: 380,
  most: 40,
  reads: 'lines',
  needles: null,
  sniff: (head) => sniff(plainHead(head)),
  start: (context) => {
    const output = new LoaderOutput(context);
    return {
      line: (raw, number) => output.line(plainLine(raw), number, quoteIn(raw)),
      end: () => output.end(),
    };
  },
};
