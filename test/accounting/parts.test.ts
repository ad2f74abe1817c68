// SPDX-License-Identifier: Apache-2.0
/** Cutting sources into boots has an end. */
import { describe, expect, it } from 'vitest';
import { MOST_PARTS, splitParts } from '../../src/accounting/boots/parts.js';
import type { BootStart } from '../../src/model/event.js';
import { BOOT_CLOCK, type Source } from '../../src/model/source.js';

const source: Source = {
  id: 1,
  parent: null,
  path: 'console.log',
  kind: 'file',
  format: 'dmesg',
  bytes: 0,
  lines: 0,
  events: 0,
  clock: BOOT_CLOCK,
  why: '',
  status: 'read',
};

const starts = (count: number): BootStart[] =>
  Array.from({ length: count }, (_, index) => ({
    kind: 'boot-start',
    source: 1,
    line: index + 1,
    t: null,
    by: 'banner',
    bootId: null,
    complete: true,
  }));

function split(count: number): { parts: number; events: number; beyond: number } {
  let beyond = 0;
  const parts = splitParts([source], new Map([[1, starts(count)]]), (_source, _line, more) => {
    beyond += more;
  });
  return { parts: parts.length, events: parts.reduce((sum, part) => sum + part.events.length, 0), beyond };
}

describe('splitParts', () => {
  it('makes a part of each boot', () => {
    expect(split(3)).toEqual({ parts: 3, events: 3, beyond: 0 });
    expect(split(MOST_PARTS)).toEqual({ parts: MOST_PARTS, events: MOST_PARTS, beyond: 0 });
  });

  it('keeps what comes after the limit with the last part, and counts it', () => {
    expect(split(MOST_PARTS + 5)).toEqual({ parts: MOST_PARTS, events: MOST_PARTS + 5, beyond: 5 });
  });
});
