// SPDX-License-Identifier: Apache-2.0
/**
 * Text with evidence in it: mails, bug reports, report scripts, sectioned support files. It is split at headings. A piece
 * that is recognised as a whole is read by its own ingester; elsewhere, runs of unmistakable lines (kernel log, trace,
 * stats rows) are.
 */
import { debugfsFile } from '../../model/debugfs.js';
import { textOfHead } from '../head.js';
import type { Candidate, Head, IngestContext, LineIngester, LineSink, Verdict } from '../ingester.js';
import { headMayMentionLoader, mayMentionLoader } from '../loader/message.js';
import { plainHead, plainLine } from '../plain-line.js';
import { Headings } from './headings.js';
import { Pieces } from './pieces.js';
import { isMessage, KIND_HINT, kindOf } from './runs.js';
import { TypedCommands } from './typed-commands.js';

/** Confidence above a few log lines in other text, below any text of one kind. */
const SEARCHED = 20;
/** Below any other. */
const LEAST = 1;
/** A command that reads a file of debugfs. */
const OF_DEBUGFS = /\bdebug\/modules\b/;
/** Above a text of loader messages, below a log without timestamps. */
const OVER_LOADER = 42;
/** Above all but heads that leave no doubt. */
const MOST = 97;
/** Messages and a table without headings. */
const BESIDE_TABLE = 'messages beside a table';
/** Binary data has control characters; text of any encoding has hardly any. */
const MAX_CONTROL_SHARE = 0.02;
const CONTROL = /[\0-\x08\x0b\x0e-\x1a\x1c-\x1f\ufffd]/g;
/** The most common line of evidence: with a printk timestamp. */
const STAMPED = /^\[ *\d+\.\d{6}\]/;

export const mixedText: LineIngester = {
  name: 'mixed',
  title: 'text with evidence in it (mail, bug report, sections)',
  priority: 100,
  most: MOST,
  reads: 'lines',
  needles: null,
  sniff,
  start: (context) => new MixedLines(context),
};

function sniff(head: Head, recognise?: (text: Head) => Candidate | null): Verdict | null {
  if (!isText(head)) return null;
  const headings = new Headings();
  const kinds = new Set<string>();
  let uname = false;
  let loader = false;
  const commands = new TypedCommands();
  let killed = false;
  let strong = 0;
  let hints = textOfHead(head).text.includes('\r');
  const plain = plainHead(head);
  const mayHoldKinds = KIND_HINT.test(textOfHead(plain).text);
  for (const line of plain.lines) {
    if (!headings.pending && STAMPED.test(line)) {
      commands.interrupt();
      kinds.add('log');
      hints = true;
      continue;
    }
    const heading = headings.of(line);
    if (commands.line(line, heading?.name ?? null) !== null) killed = true;
    // `tail` of the debugfs files is one snapshot, which its own ingester assembles.
    if (heading?.strong && debugfsFile(heading.name) === null) strong++;
    const mayBeLoader = headMayMentionLoader(plain) && mayMentionLoader(line);
    let kind = mayHoldKinds || mayBeLoader ? kindOf(line, mayBeLoader) : null;
    if (heading !== null && OF_DEBUGFS.test(heading.name)) kind = 'stats';
    hints ||= heading !== null || headings.pending || kind !== null;
    if (kind === 'kernel') uname ||= !line.includes('Linux version ');
    else if (kind === 'loader') loader ||= isMessage(line);
    else if (kind !== null) kinds.add(kind);
  }
  const tried = head.lines.length;
  // A console shows loaders' messages between kernel messages; strace shows what they print.
  if (loader && kinds.size > 0 && !kinds.has('log') && !kinds.has('strace')) kinds.add('loader');
  if (strong >= 2) {
    return { form: 'sections', confidence: 96, matched: strong, tried, why: `${strong} section headings` };
  }
  if (kinds.size >= 2) {
    const why = `evidence of ${kinds.size} kinds (${[...kinds].join(', ')}) in one text`;
    return { form: 'pieces', confidence: MOST, matched: kinds.size, tried, why };
  }
  if (killed) {
    const why = 'a load at a prompt that was killed';
    return { form: 'pieces', confidence: MOST, matched: 1, tried, why };
  }
  const other = loader || kinds.has('log') ? recognise?.(head) : null;
  if (other?.ingester.isTable) {
    const why = `messages beside ${other.verdict.form}`;
    return { form: BESIDE_TABLE, confidence: MOST, matched: 1, tried, why };
  }
  if (kinds.size === 0 && uname && loader) {
    const why = 'uname -a beside messages of loaders';
    return { form: 'pieces', confidence: OVER_LOADER, matched: 2, tried, why };
  }
  const why = 'text without a known format at its start; searched for evidence';
  if (!head.whole || hints) return { form: 'text', confidence: SEARCHED, matched: 0, tried, why };
  // Without a hint in the whole text, a search would find nothing but what a block of code is as a whole.
  const isFenced = head.lines.some((line) => FENCE.test(line));
  return isFenced ? { form: 'text', confidence: LEAST, matched: 0, tried, why } : null;
}

function isText(head: Head): boolean {
  const { text } = textOfHead(head);
  const control = text.match(CONTROL)?.length ?? 0;
  const letters = text.length - (head.lines.length - 1) - control;
  return head.lines.length > 0 && letters > 0 && control <= letters * MAX_CONTROL_SHARE;
}

/** A line that opens or closes a block of code: ``` or ~~~, quoted or not, with the name of a language. */
const FENCE = /^[\s>|]{0,20}(?:`{3,}|~{3,})[\w-]{0,20}\s*$/;

const blockFrom = (line: number): string => `line ${line}`;

class MixedLines implements LineSink {
  readonly #context: IngestContext;
  readonly #headings = new Headings();
  readonly #commands = new TypedCommands();
  readonly #pieces: Pieces;
  /** Whether what is in no block of code is one, too. */
  readonly #isBlock: boolean;
  #fenced = false;
  #length = 0;
  #killed = false;

  constructor(context: IngestContext) {
    this.#context = context;
    this.#pieces = new Pieces({
      ...context,
      section: (name, extent, format) => context.section(name, extent, format, this.#length),
    });
    this.#isBlock = context.form === BESIDE_TABLE;
    if (this.#isBlock) this.#pieces.fence(blockFrom(1));
  }

  line(text: string, number: number): void {
    this.#length += text.length + 1;
    const plain = plainLine(text);
    const heading = this.#headings.of(plain);
    const fact = this.#commands.line(plain, heading?.name ?? null);
    if (fact !== null) {
      this.#killed = true;
      this.#context.emit({ line: number, t: null, ...fact });
    }
    if (heading || this.#headings.pending) this.#pieces.open(heading?.name ?? null);
    else if (FENCE.test(text)) {
      this.#fenced = !this.#fenced;
      this.#pieces.fence(this.#fenced || this.#isBlock ? blockFrom(number + 1) : null);
    } else this.#pieces.line({ text, number });
  }

  end(): void {
    this.#pieces.close();
    if (!this.#pieces.found && !this.#killed) this.#context.nothingFound('text without evidence in it');
  }
}
