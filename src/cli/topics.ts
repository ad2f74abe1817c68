// SPDX-License-Identifier: Apache-2.0
/** Pages of `modwaste help` that describe no command. */
import { WORDS } from '../model/words.js';
import { wrap } from '../report/views/wrap.js';
import { textTable } from './document.js';

interface Topic {
  readonly summary: string;
  text(): string;
}

const MEANING_COLUMNS = 70;

/** Meanings wrapped beside their words. */
function words(): string {
  const rows = WORDS.flatMap(([word, meaning]) =>
    wrap(meaning.replaceAll('`', ''), MEANING_COLUMNS).map((line, at) => [at === 0 ? word : '', line]),
  );
  return textTable(rows, '');
}

export const TOPICS: Readonly<Record<string, Topic>> = {
  words: { summary: 'the words of reports and tables', text: words },
};
