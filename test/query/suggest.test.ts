// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { didYouMean, editDistance, nearMisses } from '../../src/query/suggest.js';

describe('near misses', () => {
  it('counts edits, a swap of neighbours as one, ignoring case', () => {
    expect(editDistance('phase', 'phase')).toBe(0);
    expect(editDistance('phsae', 'phase')).toBe(1);
    expect(editDistance('Phase', 'phases')).toBe(1);
    expect(editDistance('', 'abc')).toBe(3);
    expect(editDistance('becoming', 'load')).toBeGreaterThan(5);
  });

  // Damerau's distance, restricted: a swap is of two neighbours, in both names.
  it.each([
    ['ab', 'ba', 1],
    ['abc', 'acb', 1],
    ['abcd', 'badc', 2],
    ['ab', 'bc', 2],
    ['ab', 'ca', 2],
    ['abc', 'cba', 2],
    ['aab', 'aba', 1],
    ['kitten', 'sitting', 3],
    ['abc', '', 3],
    ['a', 'ab', 1],
  ])('from %j to %j are %i edits', (a, b, edits) => {
    expect(editDistance(a, b)).toBe(edits);
    expect(editDistance(b, a)).toBe(edits);
  });

  it('names three at most: by distance, then by the alphabet, each once', () => {
    expect(nearMisses('boots', ['boats', 'books', 'boot', 'roots', 'boot'])).toEqual([
      'boats',
      'books',
      'boot',
    ]);
    expect(nearMisses('timeline', ['timelines', 'timeliness', 'time'])).toEqual(['timelines', 'timeliness']);
    expect(nearMisses('timeliness', ['timeline', 'timelines'])).toEqual(['timelines', 'timeline']);
  });

  it('takes a third of the letters for mistakes, one at least', () => {
    expect(nearMisses('abcdef', ['abcdxy'])).toEqual(['abcdxy']);
    expect(nearMisses('abcdef', ['abcxyz'])).toEqual([]);
    expect(nearMisses('ab', ['ax'])).toEqual(['ax']);
    expect(nearMisses('ab', ['xy'])).toEqual([]);
  });

  it('takes names that start so where none is near, from three letters on', () => {
    expect(nearMisses('ATT', ['attempts', 'attribution', 'attend', 'attack'])).toEqual([
      'attack',
      'attend',
      'attempts',
    ]);
    expect(nearMisses('at', ['attempts'])).toEqual([]);
  });

  it('takes names that hold it or are abbreviated by it where none starts so', () => {
    const names = ['duplicates', 'storm-modules', 'phase-waste', 'requesters'];
    expect(nearMisses('dups', names)).toEqual(['duplicates']);
    expect(nearMisses('rqst', names)).toEqual(['requesters']);
    expect(nearMisses('modules', names)).toEqual(['storm-modules']);
    expect(nearMisses('ups', names)).toEqual([]);
  });

  it('names what is near, nearest first, and nothing that is far', () => {
    const names = ['phase-waste', 'duplicates', 'requesters', 'attempts', 'sources'];
    expect(nearMisses('phase-wast', names)).toEqual(['phase-waste']);
    expect(nearMisses('duplicate', names)).toEqual(['duplicates']);
    expect(nearMisses('req', names)).toEqual(['requesters']);
    expect(nearMisses('zzz', names)).toEqual([]);
  });

  it('asks in words', () => {
    expect(didYouMean('boots', ['boot'])).toBe('did you mean boot?');
    expect(didYouMean('load', ['loads', 'loaf', 'boot'])).toBe('did you mean loads or loaf?');
    expect(didYouMean('cat', ['bat', 'hat', 'rat', 'dog'])).toBe('did you mean bat, hat or rat?');
    expect(didYouMean('xyz', ['boot'])).toBeNull();
  });
});
