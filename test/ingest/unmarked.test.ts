// SPDX-License-Identifier: Apache-2.0
/** Colours and entities go, modules in brackets and names stay. */
import { expect, it } from 'vitest';
import { decoded, untagged } from '../../src/ingest/unmarked.js';

it.each([
  ['calling  mei_init+0x0/0x90 [mei] @ 466', 'calling  mei_init+0x0/0x90 [mei] @ 466'],
  [
    '\u001b[32m[    1.5] \u001b[0minitcall m_init+0x0 [m] returned 0',
    '[    1.5] initcall m_init+0x0 [m] returned 0',
  ],
  ['[0;1;31mFAILED[0m [mbcache]', 'FAILED [mbcache]'],
  ['^[[1mFAILED^[[m [mc]', 'FAILED [mc]'],
  ['#033[0;1;31mFAILED#033[0m', 'FAILED'],
  ['     &lt;idle&gt;-0  [000] 1.0: sys_exit -&gt; 0x0', '     <idle>-0  [000] 1.0: sys_exit -> 0x0'],
  ['&lt;4&gt;[    1.500000] a', '<4>[    1.500000] a'],
  ['&gt; &gt; [    1.500000] a', '> > [    1.500000] a'],
  ['fuse 7 Becoming &amp; Load', 'fuse 7 Becoming & Load'],
  ['could not insert &#39;foo&#39;: &quot;x&quot; &#x27;y&#x27;', "could not insert 'foo': \"x\" 'y'"],
  // It may be a name of its own.
  ["foo: Unknown parameter `a&lt;b'", "foo: Unknown parameter `a&lt;b'"],
  ['usb 1-1: Product: AT&amp;T', 'usb 1-1: Product: AT&amp;T'],
])('%j', (line, text) => {
  expect(decoded(line)).toBe(text);
});

it.each([
  [
    'Jun  1 10:00:01 arch kernel: **Lockdown: a is restricted**',
    'Jun  1 10:00:01 arch kernel: Lockdown: a is restricted',
  ],
  ['**[    5.000000] foo: Unknown symbol bar (err -2)**', '[    5.000000] foo: Unknown symbol bar (err -2)'],
  ['**[    5.000000] first of several lines', '[    5.000000] first of several lines'],
  ['[    6.000000] last of several lines**', '[    6.000000] last of several lines'],
  // Of the kernel's own.
  ['[    5.000000] **********************************', '[    5.000000] **********************************'],
  ['[    5.000000] **   NOTICE NOTICE NOTICE   **', '[    5.000000] **   NOTICE NOTICE NOTICE   **'],
  ['[    5.000000] a = 2**3**', '[    5.000000] a = 2**3**'],
])('bold type: %j', (line, text) => {
  expect(untagged(line)).toBe(text);
});
