// SPDX-License-Identifier: Apache-2.0
/**
 * Which of hundreds of words a message holds, in one pass: most hold none. Three characters of each word, those that
 * are rare in kernel logs, are its mark; a message is searched for all marks at once by a hash of three characters.
 */
import { addTo } from '../../../model/groups.js';

interface Mark {
  readonly word: number;
  readonly text: string;
  /** From the start of the word to the last character of its mark. */
  readonly offset: number;
}

const MARK_LENGTH = 3;
/** Of a character's code, in the hash: three of them, and none of the character before, fit into the mask. */
const SHIFT = 5;
const MASK = 2 ** (MARK_LENGTH * SHIFT) - 1;
/** Most frequent first; what is not in it is rare. */
const FREQUENT = ' etaoinsrdlcu0mpfg1hbwvy2k:.';

const RANKS = new Uint8Array(256).fill(FREQUENT.length);
for (let rank = 0; rank < FREQUENT.length; rank++) RANKS[FREQUENT.charCodeAt(rank)] = rank;

const NONE: readonly number[] = [];

export class WordFinder {
  readonly #words: readonly string[];
  /** By hash: whether a mark has it, and which ones. */
  readonly #isMark = new Uint8Array(MASK + 1);
  readonly #marks = new Map<number, Mark[]>();
  /** The same message is asked about by several readers, one after the other. */
  #text = '';
  #found = NONE;

  /** Words of three characters or more. */
  constructor(words: Iterable<string>) {
    this.#words = [...new Set(words)];
    for (const [word, text] of this.#words.entries()) {
      const offset = markOf(text) + MARK_LENGTH - 1;
      let hash = 0;
      for (let at = offset - MARK_LENGTH + 1; at <= offset; at++) hash = hashWith(hash, text.charCodeAt(at));
      this.#isMark[hash] = 1;
      addTo(this.#marks, hash, { word, text, offset });
    }
  }

  get words(): readonly string[] {
    return this.#words;
  }

  /** The indices of all words that the message holds. */
  find(text: string): readonly number[] {
    if (text !== this.#text) {
      this.#found = this.#search(text);
      this.#text = text;
    }
    return this.#found;
  }

  /** Whether a text holds any; read up to the first. */
  holdsAny(text: string): boolean {
    return this.#search(text, 1).length > 0;
  }

  #search(text: string, most = Number.POSITIVE_INFINITY): readonly number[] {
    const isMark = this.#isMark;
    let found: Set<number> | null = null;
    let hash = 0;
    for (let at = 0; at < text.length; at++) {
      hash = hashWith(hash, text.charCodeAt(at));
      if (isMark[hash] === 0) continue;
      for (const mark of this.#marks.get(hash) ?? []) {
        if (!text.startsWith(mark.text, at - mark.offset)) continue;
        found ??= new Set();
        found.add(mark.word);
        if (found.size >= most) return [...found];
      }
    }
    return found === null ? NONE : [...found];
  }
}

function hashWith(hash: number, code: number): number {
  return ((hash << SHIFT) ^ code) & MASK;
}

/** Where the rarest three characters of a word start. */
function markOf(word: string): number {
  if (word.length < MARK_LENGTH) throw new RangeError(`too short to be searched for: ${word}`);
  let best = 0;
  let rarest = -1;
  for (let from = 0; from + MARK_LENGTH <= word.length; from++) {
    let rarity = 0;
    for (let at = from; at < from + MARK_LENGTH; at++)
      rarity += RANKS[word.charCodeAt(at)] ?? FREQUENT.length;
    if (rarity > rarest) {
      best = from;
      rarest = rarity;
    }
  }
  return best;
}
