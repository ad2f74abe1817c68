// SPDX-License-Identifier: Apache-2.0
/** Rules of the message catalogue: words to search for, a pattern of the message, and its facts. */
import type { ParsedEvent } from '../../../model/event.js';
import type { LogRecord } from '../record.js';
import type { WordFinder } from './word-finder.js';

/** An event without line and time, which come from the record. */
export type LogFact = ParsedEvent extends infer E
  ? E extends ParsedEvent
    ? Omit<E, 'line' | 't'>
    : never
  : never;

export interface Rule {
  /** The message must hold one of these words (case-sensitive); they are searched before the pattern. */
  readonly words: readonly string[];
  /** Matches the message from its start. */
  readonly pattern: RegExp;
  /** The facts of a match; null if the message is something else. */
  facts(match: RegExpExecArray, record: LogRecord): LogFact | readonly LogFact[] | null;
}

/** A module's name as kernel messages print it (MODULE_NAME_LEN is 56). */
export const NAME = '[\\w.+-]{1,63}';

/** Rules by the words that they look for. */
export class Catalogue {
  readonly #rules: readonly Rule[];
  /** By word of the finder: the rules that look for it, in their order. */
  readonly #byWord: readonly (readonly number[])[];

  constructor(rules: readonly Rule[], finder: WordFinder) {
    this.#rules = rules;
    const byWord = new Map(finder.words.map((word): [string, number[]] => [word, []]));
    for (const [number, { words }] of rules.entries())
      for (const word of words) byWord.get(word)?.push(number);
    this.#byWord = [...byWord.values()];
  }

  /** The facts by the first matching rule; `found`: the finder's words in the message. */
  read(record: LogRecord, found: readonly number[]): readonly LogFact[] {
    for (const number of this.#rulesFor(found)) {
      const rule = this.#rules[number];
      const match = rule?.pattern.exec(record.text);
      const facts = match && rule?.facts(match, record);
      if (facts) return Array.isArray(facts) ? facts : [facts as LogFact];
    }
    return [];
  }

  #rulesFor(found: readonly number[]): readonly number[] {
    if (found.length === 1) return this.#byWord[found[0] ?? 0] ?? [];
    return [...new Set(found.flatMap((word) => this.#byWord[word] ?? []))].sort((a, b) => a - b);
  }
}
