// SPDX-License-Identifier: Apache-2.0
/**
 * Text with evidence in it: mails, bug reports, report scripts, sectioned support files. It is split at headings. A piece
 * that is recognised as a whole is read by its own ingester; elsewhere, runs of unmistakable lines (kernel log, trace,
 * stats rows) are.
 */
import { debugfsFile } from '../../model/debugfs.js';
import { textOfHead } from '../head.js';
import type { Head, IngestContext, LineIngester, LineSink, Verdict } from '../ingester.js';
import { plainHead, plainLine } from '../plain-line.js';
import { Headings } from './headings.js';
import { kindOf, Runs } from './runs.js';

/** Lines of a piece used for detection. */
const PIECE_HEAD = 200;
/** Confidence above a few log lines in other text, below any text of one kind. */
const SEARCHED = 20;
/** Binary data has control characters; text of any encoding has hardly any. */
const MAX_CONTROL_SHARE = 0.02;
const CONTROL = /[\0-\x08\x0b\x0e-\x1a\x1c-\x1f\ufffd]/g;
/** The most common line of evidence: with a printk timestamp. */
const STAMPED = /^\[ *\d+\.\d{6}\]/;

export const mixedText: LineIngester = {
  name: 'mixed',
  title: 'text with evidence in it (mail, bug report, sections)',
  priority: 100,
  reads: 'lines',
  needles: null,
  sniff,
  start: (context) => new MixedLines(context),
};

function sniff(head: Head): Verdict | null {
  if (!isText(head)) return null;
  const headings = new Headings();
  const kinds = new Set<string>();
  let strong = 0;
  let hints = textOfHead(head).text.includes('\r');
  for (const line of plainHead(head).lines) {
    if (!headings.pending && STAMPED.test(line)) {
      kinds.add('log');
      hints = true;
      continue;
    }
    const heading = headings.of(line);
    // `tail` of the debugfs files is one snapshot, which its own ingester assembles.
    if (heading?.strong && debugfsFile(heading.name) === null) strong++;
    const kind = kindOf(line);
    hints ||= heading !== null || headings.pending || kind !== null;
    // Consoles show loader messages between kernel messages.
    if (kind !== null && kind !== 'kernel' && kind !== 'loader') kinds.add(kind);
  }
  const tried = head.lines.length;
  if (strong >= 2) {
    return { form: 'sections', confidence: 96, matched: strong, tried, why: `${strong} section headings` };
  }
  if (kinds.size >= 2) {
    const why = `evidence of ${kinds.size} kinds (${[...kinds].join(', ')}) in one text`;
    return { form: 'pieces', confidence: 97, matched: kinds.size, tried, why };
  }
  // Without a hint in the whole text, a search would find nothing.
  if (head.whole && !hints) return null;
  const why = 'text without a known format at its start; searched for evidence';
  return { form: 'text', confidence: SEARCHED, matched: 0, tried, why };
}

function isText(head: Head): boolean {
  const { text } = textOfHead(head);
  const control = text.match(CONTROL)?.length ?? 0;
  const letters = text.length - (head.lines.length - 1) - control;
  return head.lines.length > 0 && letters > 0 && control <= letters * MAX_CONTROL_SHARE;
}

interface Line {
  readonly text: string;
  readonly number: number;
}

class MixedLines implements LineSink {
  readonly #context: IngestContext;
  readonly #headings = new Headings();
  readonly #runs: Runs;
  #name: string | null = null;
  /** Lines of the piece until it is detected; null afterwards. */
  #held: Line[] | null = [];
  /** The sink of a piece recognised as a whole. */
  #sink: LineSink | null = null;
  #found = false;

  constructor(context: IngestContext) {
    this.#context = context;
    this.#runs = new Runs(context, () => {
      this.#found = true;
    });
  }

  line(text: string, number: number): void {
    const heading = this.#headings.of(plainLine(text));
    if (heading || this.#headings.pending) {
      this.#close();
      this.#name = heading?.name ?? null;
      return;
    }
    if (this.#sink) this.#sink.line(text, number);
    else if (this.#held) {
      this.#held.push({ text, number });
      if (this.#held.length >= PIECE_HEAD) this.#decide();
    } else this.#runs.line(text, number);
  }

  end(): void {
    this.#close();
    if (!this.#found) this.#context.nothingFound('text without evidence in it');
  }

  #close(): void {
    if (this.#held) this.#decide();
    this.#sink?.end();
    this.#runs.close();
    this.#sink = null;
    this.#held = [];
  }

  #decide(): void {
    const lines = this.#held ?? [];
    this.#held = null;
    if (lines.every(({ text }) => text.trim() === '')) return;
    const name = this.#name;
    const texts = lines.map(({ text }) => text);
    if (name !== null && this.#context.recognises(texts, name)) {
      this.#sink = this.#context.section(name);
      this.#found = true;
      for (const { text, number } of lines) this.#sink.line(text, number);
    } else for (const { text, number } of lines) this.#runs.line(text, number);
  }
}
