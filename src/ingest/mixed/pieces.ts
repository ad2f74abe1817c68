// SPDX-License-Identifier: Apache-2.0
/**
 * The pieces of a text: what stands between headings, or in a block of code. A piece that is recognised is read by its own
 * ingester up to where a log or a loader's messages follow; the rest is searched for runs.
 */
import type { IngestContext, LineSink, Recognised } from '../ingester.js';
import { plainLine } from '../plain-line.js';
import { isMessage, type Line, Runs } from './runs.js';

/** Lines of a piece used for detection. */
const PIECE_HEAD = 200;
/** A verdict on a few lines among others: runs find them, and what is beside them. */
const WEAK = 20;

const LOGS: ReadonlySet<string> = new Set([
  'dmesg',
  'dmesg-json',
  'journal-json',
  'journal-export',
  'loader-output',
]);
/** Their lines may hold messages of the kernel and of loaders. */
const WHOLE: ReadonlySet<string> = new Set([...LOGS, 'ftrace', 'strace']);

/** Commands that print a part of a log. */
const FILTERED = /\||\b(?:grep|tail|head)\b/;

export class Pieces {
  readonly #context: IngestContext;
  readonly #runs: Runs;
  #name: string | null = null;
  /** A block of code without a heading: what is a log in it, runs find, also across blocks. */
  #isBlock = false;
  /** Lines of the piece until it is detected; null afterwards. */
  #held: Line[] | null = [];
  /** The sink of a piece that was recognised, and whether its lines may hold messages. */
  #sink: LineSink | null = null;
  #mayHoldMessages = false;
  #found = false;

  constructor(context: IngestContext) {
    this.#context = context;
    this.#runs = new Runs(context, () => {
      this.#found = true;
    });
  }

  /** Whether there was any evidence so far. */
  get found(): boolean {
    return this.#found;
  }

  /** Starts the piece below a heading. */
  open(name: string | null): void {
    this.close();
    this.#name = name;
    this.#isBlock = false;
  }

  /** Starts or, without a name, ends a block of code; a heading right above it is its name. */
  fence(name: string | null): void {
    if (this.#name !== null && this.#held?.every(isBlank)) return;
    this.#end();
    this.#name = name;
    this.#isBlock = name !== null;
  }

  line(line: Line): void {
    if (this.#sink && !this.#mayHoldMessages && isMessage(plainLine(line.text))) this.#endSection();
    if (this.#sink) this.#sink.line(line.text, line.number);
    else if (this.#held) {
      this.#held.push(line);
      if (this.#held.length >= PIECE_HEAD) this.#decide();
    } else this.#runs.line(line.text, line.number);
  }

  close(): void {
    this.#end();
    this.#runs.close();
  }

  #end(): void {
    if (this.#held) this.#decide();
    this.#endSection();
    this.#held = [];
  }

  #endSection(): void {
    this.#sink?.end();
    this.#sink = null;
  }

  #decide(): void {
    const held = this.#held ?? [];
    this.#held = null;
    const name = this.#name;
    const lead = name === null ? 0 : this.#lead(held, name);
    for (const line of held.slice(0, lead)) this.line(line);
    const lines = held.slice(lead);
    const found = name === null ? null : this.#recognised(lines, name);
    if (name !== null && found) {
      this.#runs.close();
      const excerpt = this.#isBlock || FILTERED.test(name);
      this.#sink = this.#context.section(name, excerpt ? 'excerpt' : 'whole');
      this.#mayHoldMessages = WHOLE.has(found.ingester);
      this.#found = true;
      for (const { text, number } of lines.slice(0, found.lines)) this.#sink.line(text, number);
      if (found.lines < lines.length) this.#endSection();
    }
    for (const line of lines.slice(found?.lines ?? 0)) this.line(line);
  }

  /** How many lines are messages in front of something else: what a command said before the next one printed a table. */
  #lead(lines: readonly Line[], name: string): number {
    const isMessageAt = (at: number): boolean => isMessage(plainLine(lines[at]?.text ?? ''));
    const first = lines.findIndex((line) => !isBlank(line));
    if (first < 0 || !isMessageAt(first)) return 0;
    const end = lines.findIndex((line, at) => at > first && !isBlank(line) && !isMessageAt(at));
    if (end < 0) return 0;
    const rest = this.#recognised(lines.slice(end), name);
    return rest === null || LOGS.has(rest.ingester) || rest.ingester === 'strace' ? 0 : end;
  }

  /** What the piece is as a whole, or its first lines are. */
  #recognised(lines: readonly Line[], name: string): { ingester: string; lines: number } | null {
    if (lines.every(isBlank)) return null;
    const of = (count: number): Recognised | null =>
      this.#context.recognised(
        lines.slice(0, count).map(({ text }) => text),
        name,
      );
    const whole = of(lines.length);
    const sure = whole !== null && whole.confidence > WEAK && !(this.#isBlock && LOGS.has(whole.ingester));
    const message = lines.findIndex(({ text }) => isMessage(plainLine(text)));
    const isMixed = message > 0 && !(sure && whole.ingester !== 'dmesg' && WHOLE.has(whole.ingester));
    if (sure && !isMixed) return { ingester: whole.ingester, lines: lines.length };
    const first = lines.findIndex((line) => !isBlank(line));
    const paragraph = first + lines.slice(first).findIndex(isBlank);
    const ends = [isMixed ? message : 0, paragraph > first ? paragraph : 0];
    for (const end of ends) {
      const part = end > 0 && end < lines.length ? of(end) : null;
      if (part !== null && part.confidence > WEAK && !LOGS.has(part.ingester))
        return { ingester: part.ingester, lines: end };
    }
    return sure ? { ingester: whole.ingester, lines: lines.length } : null;
  }
}

function isBlank({ text }: Line): boolean {
  return text.trim() === '';
}
