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
    expect(didYouMean('xyz', ['boot'])).toBeNull();
  });
});
