// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeHidden } from '../../../src/model/escape.js';
import { h, render } from '../../../src/report/html/markup.js';

describe('markup', () => {
  it('escapes text and attributes, leaves out what is null, and knows elements without an end', () => {
    expect(render(h('p', { title: `"<'`, class: null, hidden: true }, 'a<b>&', 12n, null, h('br')))).toBe(
      '<p title="&quot;&lt;&#39;" hidden>a&lt;b&gt;&amp;12<br></p>',
    );
  });

  it('makes what cannot be seen visible', () => {
    expect(escapeHidden('a\u0000b\u001b[31m\u202ec\u200b\n\td')).toBe('a\\x00b\\x1b[31m\\u202ec\\u200b\n\td');
    expect(escapeHidden('\ud800x 😀')).toBe('\\ud800x 😀');
  });

  it('lets no text become markup', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const inside = render(h('b', { title: text }, text)).slice('<b title="'.length, -'</b>'.length);
        const [attribute, content, ...more] = inside.split('">');
        expect(more).toEqual([]);
        expect(`${attribute}${content}`).not.toMatch(/[<>"']|&(?!amp;|lt;|gt;|quot;|#39;)/);
      }),
    );
  });
});
