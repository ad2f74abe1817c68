// SPDX-License-Identifier: Apache-2.0
/** Colours go, modules in brackets stay. */
import { expect, it } from 'vitest';
import { decoded } from '../../src/ingest/unmarked.js';

it.each([
  ['calling  mei_init+0x0/0x90 [mei] @ 466', 'calling  mei_init+0x0/0x90 [mei] @ 466'],
  [
    '\u001b[32m[    1.5] \u001b[0minitcall m_init+0x0 [m] returned 0',
    '[    1.5] initcall m_init+0x0 [m] returned 0',
  ],
  ['[0;1;31mFAILED[0m [mbcache]', 'FAILED [mbcache]'],
  ['^[[1mFAILED^[[m [mc]', 'FAILED [mc]'],
  ['#033[0;1;31mFAILED#033[0m', 'FAILED'],
])('%j', (line, text) => {
  expect(decoded(line)).toBe(text);
});
