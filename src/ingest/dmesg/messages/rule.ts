/** What a rule of the message catalogue is: words to look for, the whole message, and what it says. */
import type { ParsedEvent } from '../../../model/event.js';
import type { LogRecord } from '../record.js';

/** An event without its place and time, which come from the record. */
export type Said = ParsedEvent extends infer E
  ? E extends ParsedEvent
    ? Omit<E, 'line' | 't'>
    : never
  : never;

export interface Rule {
  /** Words that the message must hold (any case-exact one of them); they are looked for before the pattern is. */
  readonly words: readonly string[];
  /** Matches the message from its beginning. */
  readonly pattern: RegExp;
  /** What it says; null where a closer look says that it is something else. */
  says(match: RegExpExecArray, record: LogRecord): Said | readonly Said[] | null;
}

/** A module's name as kernel messages print it (MODULE_NAME_LEN is 56). */
export const NAME = '[\\w.+-]{1,63}';

/** Rules behind one search for any of their words. */
export class Catalogue {
  /** A message that any rule applies to holds one of them. */
  readonly words: readonly string[];
  readonly #gate: RegExp;
  readonly #rules: readonly Rule[];

  constructor(rules: readonly Rule[]) {
    this.#rules = rules;
    this.words = [...new Set(rules.flatMap((rule) => rule.words))];
    this.#gate = new RegExp(this.words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|'));
  }

  /** What the first rule that applies makes of the message. */
  read(record: LogRecord): readonly Said[] {
    if (!this.#gate.test(record.text)) return [];
    for (const rule of this.#rules) {
      if (!rule.words.some((word) => record.text.includes(word))) continue;
      const match = rule.pattern.exec(record.text);
      const said = match && rule.says(match, record);
      if (said) return Array.isArray(said) ? said : [said as Said];
    }
    return [];
  }
}
