// SPDX-License-Identifier: Apache-2.0
/**
 * Markup as data: elements with attributes and children, rendered to HTML text here and mounted as DOM nodes by the
 * page's script. Text is text everywhere, so nothing out of a log can become an element, an attribute or a script.
 */

import { escapeHidden } from '../../model/escape.js';

export type Attributes = Readonly<Record<string, string | number | boolean | null>>;

export interface Element {
  readonly tag: string;
  readonly attributes: Attributes;
  readonly children: readonly Markup[];
}

export type Markup = string | number | bigint | null | Element | readonly Markup[];

/** `h('td.n', { title: 'bytes' }, 12)`. An attribute that is null or false is omitted; true is an empty one. */
export function h(name: string, attributes: Attributes, ...children: readonly Markup[]): Element;
export function h(name: string, ...children: readonly Markup[]): Element;
export function h(name: string, ...parts: readonly (Attributes | Markup)[]): Element {
  const [tag = '', ...classes] = name.split('.');
  const [first = null, ...others] = parts;
  const own = classes.length === 0 ? {} : { class: classes.join(' ') };
  return isAttributes(first)
    ? { tag, attributes: { ...own, ...first }, children: others as Markup[] }
    : { tag, attributes: own, children: parts as Markup[] };
}

function isAttributes(part: Attributes | Markup): part is Attributes {
  return typeof part === 'object' && part !== null && !Array.isArray(part) && !('tag' in part);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escapeHtml(text: string): string {
  return escapeHidden(text).replace(/[&<>"']/g, (char) => ESCAPES[char] ?? char);
}

/** Elements without an end tag. */
const VOID = new Set(['br', 'col', 'hr', 'input', 'link', 'meta']);

export function render(markup: Markup): string {
  if (markup === null) return '';
  if (typeof markup === 'object') {
    if (!isElement(markup)) return markup.map(render).join('');
    const { tag, children } = markup;
    let attributes = '';
    for (const [name, value] of Object.entries(markup.attributes)) {
      if (value === null || value === false) continue;
      attributes += value === true ? ` ${name}` : ` ${name}="${escapeHtml(String(value))}"`;
    }
    return VOID.has(tag)
      ? `<${tag}${attributes}>`
      : `<${tag}${attributes}>${children.map(render).join('')}</${tag}>`;
  }
  return escapeHtml(String(markup));
}

export function isElement(markup: Element | readonly Markup[]): markup is Element {
  return !Array.isArray(markup);
}
