// SPDX-License-Identifier: Apache-2.0
/** Boots by the messages of their logs: which of them hold messages of a further log at other times, without a look at each. */
import { addTo } from '../../model/groups.js';
import type { BootParts } from './boot-parts.js';
import { ENOUGH, type StampedLines } from './ties.js';

export class LineIndex {
  readonly #numbers = new Map<BootParts, number>();
  readonly #byText = new Map<string, number[]>();
  /** First and last microsecond of each boot's lines. */
  readonly #from: number[] = [];
  readonly #to: number[] = [];

  /** Takes the texts of a further log of the boot, before its lines are added to those of the boot. */
  addTexts(boot: BootParts, { texts }: StampedLines): void {
    const number = this.#numbers.get(boot) ?? this.#numbers.size;
    this.#numbers.set(boot, number);
    for (const text of texts) if (!boot.lines?.texts.has(text)) addTo(this.#byText, text, number);
  }

  /** Takes the times of the boot, once they are known. */
  setTimes(boot: BootParts, { from, to }: StampedLines): void {
    const number = this.#numbers.get(boot) ?? 0;
    this.#from[number] = Number(-floorMicros(-from));
    this.#to[number] = Number(floorMicros(to));
  }

  /** See `areOfOtherBoots`, for a log of which no boot has a line at the same time. */
  ofOtherBoots(lines: StampedLines): OtherBoots {
    const counts = new Uint32Array(this.#numbers.size);
    for (const line of lines.at) {
      const end = line.indexOf(' ');
      const micros = Number(line.slice(0, end));
      for (const number of this.#byText.get(line.slice(end + 1)) ?? [])
        if (micros >= (this.#from[number] ?? 0) && micros <= (this.#to[number] ?? 0))
          counts[number] = (counts[number] ?? 0) + 1;
    }
    return {
      size: counts.reduce((sum, count) => sum + (count >= ENOUGH ? 1 : 0), 0),
      has: (boot) => (counts[this.#numbers.get(boot) ?? -1] ?? 0) >= ENOUGH,
    };
  }
}

/** Boots that a log cannot be of. */
export interface OtherBoots {
  readonly size: number;
  has(boot: BootParts): boolean;
}

const floorMicros = (ns: bigint): bigint => (ns >= 0n ? ns / 1000n : (ns - 999n) / 1000n);
