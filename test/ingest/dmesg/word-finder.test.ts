// SPDX-License-Identifier: Apache-2.0
/** The finder of words says what `includes` says, for every text. */
import { expect, test } from 'vitest';
import { holdsWord, WORDS } from '../../../src/ingest/dmesg/catalogue.js';
import { WordFinder } from '../../../src/ingest/dmesg/messages/word-finder.js';
import { random } from '../../fuzz/mutate.js';

const found = (words: readonly string[], text: string) => {
  const finder = new WordFinder(words);
  return finder
    .find(text)
    .map((index) => finder.words[index])
    .sort();
};

test('all words of a text are found, also one inside another, and none twice', () => {
  const words = ['kmod', 'kmodloader: ', 'load', 'loader', 'Oops: '];
  expect(found(words, 'kmodloader: kmod is no Oops:')).toEqual(['kmod', 'kmodloader: ', 'load', 'loader']);
  expect(found(words, 'Oops: ')).toEqual(['Oops: ']);
  expect(found(words, '')).toEqual([]);
  expect(found(words, 'kmo d lo ad')).toEqual([]);
});

test('characters beyond Latin-1 hide no word and make none', () => {
  expect(found(['kmod'], '月𝄞kmod月')).toEqual(['kmod']);
  expect(found(['kmod'], 'km\u806fd \uff4bmod')).toEqual([]);
});

test('a finder asked about one text after another keeps them apart', () => {
  const finder = new WordFinder(['kmod', 'Oops: ']);
  expect(finder.find('Oops: 0000')).toEqual([1]);
  expect(finder.find('usb 1-1')).toEqual([]);
  expect(finder.find('kmod')).toEqual([0]);
});

test('pieces of the words, put together at random, hold what `includes` says', () => {
  const next = random(1);
  const below = (most: number) => Math.floor(next() * most);
  for (let round = 0; round < 5000; round++) {
    let text = '';
    for (let piece = 0; piece < 4; piece++) {
      const word = WORDS[below(WORDS.length)] ?? '';
      text += word.slice(below(3), word.length - below(3));
    }
    expect(holdsWord(text), text).toBe(WORDS.some((word) => text.includes(word)));
  }
});
