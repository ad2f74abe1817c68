// SPDX-License-Identifier: Apache-2.0
/** Logs that were printed newest first: `journalctl -r`, `tac`, the exports of log databases. They are held and read from the end. */
import type { IngestContext, LineSink } from '../ingester.js';
import { readPrefix } from './prefix/prefix.js';

/** Added to the name of the form. */
export const NEWEST_FIRST = ', newest first';

/** Lines of a head whose times are compared. */
const SAMPLE = 24;
/** Falls from line to line that tell: dates fall by chance in no log, uptimes fall with each boot. */
const FEWEST_OF_DATES = 2;
const FEWEST_OF_UPTIMES = 6;
/** Characters that are held at once. */
const MAX_HELD = 64 * 2 ** 20;
const BOOT_MARK = /^-- (?:Boot [\da-f]{32}|Reboot) --\s*$/;

interface Entry {
  readonly text: string;
  readonly number: number;
}

/** Messages of several CPUs are a little out of order: one rise in this many falls is allowed. */
const FALLS_TO_A_RISE = 10;

/** Whether the times of the lines fall. */
export function isNewestFirst(lines: readonly string[]): boolean {
  const step = Math.max(1, Math.ceil(lines.length / SAMPLE));
  let falls = 0;
  let rises = 0;
  let isDated = false;
  let last: bigint | null = null;
  for (let at = 0; at < lines.length; at += step) {
    const { boot, wall } = readPrefix(lines[at] ?? '');
    const time: bigint | null = boot ?? wall?.ns ?? null;
    if (time === null) continue;
    if (last !== null && time > last) rises += 1;
    if (last !== null && time < last) falls += 1;
    isDated = boot === null;
    last = time;
  }
  return rises * FALLS_TO_A_RISE <= falls && falls >= (isDated ? FEWEST_OF_DATES : FEWEST_OF_UPTIMES);
}

/** Holds the lines, and gives them to a sink from the last to the first. */
export class NewestFirst implements LineSink {
  readonly #context: IngestContext;
  readonly #sink: LineSink;
  #entries: Entry[][] = [];
  #held = 0;

  constructor(context: IngestContext, sink: LineSink) {
    this.#context = context;
    this.#sink = sink;
  }

  line(text: string, number: number): void {
    if (this.#held > MAX_HELD) {
      const detail = `a log, newest first, of more than ${MAX_HELD} characters (split it)`;
      this.#context.diagnose('input-limit', number, detail);
      this.#release();
    }
    this.#held += text.length;
    const last = this.#entries.at(-1);
    // What has no prefix continues the message above it.
    if (last && readPrefix(text).form === '' && !BOOT_MARK.test(text)) last.push({ text, number });
    else this.#entries.push([{ text, number }]);
  }

  /** Nothing is skipped: what a line continues is known at the end. */
  skipLines(_bytes: Uint8Array, from: number): number {
    return from;
  }

  end(): void {
    this.#release();
    this.#sink.end();
  }

  /** The mark of a boot stands before its messages, as it does in a log that is oldest first. */
  #release(): void {
    let end = this.#entries.length;
    for (let at = end - 1; at >= 0; at--) {
      const [first] = this.#entries[at] ?? [];
      const isMark = first !== undefined && BOOT_MARK.test(first.text);
      if (!isMark && at > 0) continue;
      if (isMark) this.#sink.line(first.text, first.number);
      else if (end < this.#entries.length && first) this.#sink.line('-- Reboot --', first.number);
      for (const entry of this.#entries.slice(isMark ? at + 1 : at, end).reverse())
        for (const { text, number } of entry) this.#sink.line(text, number);
      end = at;
    }
    this.#entries = [];
    this.#held = 0;
  }
}
