// SPDX-License-Identifier: Apache-2.0
/** Logs with each line twice: a serial port that two consoles write to (keep_bootcon, earlycon beside console=). */
import type { LineSink } from '../ingester.js';

/** Added to the name of the form. */
export const EACH_TWICE = ', each line twice';

/** Equal lines with whole seconds may be two messages; these tell. */
const FEWEST_STAMPED = 3;
const STAMPED = /^(?:<\d{1,3}>)?\[ *\d{1,10}\.\d{6}\]/;

/** Whether nearly all lines of a head come in pairs. */
export function isEachTwice(lines: readonly string[]): boolean {
  let pairs = 0;
  let stamped = 0;
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? '';
    let end = at + 1;
    while (lines[end] === line) end++;
    if (end - at === 2) {
      pairs += 1;
      if (STAMPED.test(line)) stamped += 1;
    }
    at = end;
  }
  return stamped >= FEWEST_STAMPED && pairs * 20 >= lines.length * 9;
}

/** Gives a sink one line of each pair. */
export class EachOnce implements LineSink {
  readonly #sink: LineSink;
  #last: string | null = null;

  constructor(sink: LineSink) {
    this.#sink = sink;
  }

  line(text: string, number: number): void {
    if (text === this.#last) this.#last = null;
    else {
      this.#last = text;
      this.#sink.line(text, number);
    }
  }

  skipLines(bytes: Uint8Array, from: number, to: number, followed: boolean): number {
    return this.#sink.skipLines?.(bytes, from, to, followed) ?? to;
  }

  end(): void {
    this.#sink.end();
  }
}
