// SPDX-License-Identifier: Apache-2.0
/** Markup mounted as nodes. Text becomes text nodes only; the page's policy allows nothing else. */
import { escapeHidden } from '../../../model/escape.js';
import { isElement, type Markup } from '../markup.js';

const SVG = 'http://www.w3.org/2000/svg';

export function mount(markup: Markup, inSvg = false): Node {
  if (markup === null) return document.createTextNode('');
  if (typeof markup === 'object') {
    if (!isElement(markup)) {
      const fragment = document.createDocumentFragment();
      for (const part of markup) fragment.append(mount(part, inSvg));
      return fragment;
    }
    const svg = inSvg || markup.tag === 'svg';
    const element = svg ? document.createElementNS(SVG, markup.tag) : document.createElement(markup.tag);
    for (const [name, value] of Object.entries(markup.attributes)) {
      if (value !== null && value !== false)
        element.setAttribute(name, value === true ? '' : escapeHidden(String(value)));
    }
    for (const child of markup.children) element.append(mount(child, svg));
    return element;
  }
  return document.createTextNode(escapeHidden(String(markup)));
}

/** The element that the markup of one becomes. */
export function mountHtml(markup: Markup): HTMLElement {
  const node = mount(markup);
  if (!(node instanceof HTMLElement)) throw new Error('the markup is not an HTML element');
  return node;
}

export function find<T extends Element>(parent: ParentNode, selector: string, kind: new () => T): T {
  const found = parent.querySelector(selector);
  if (!(found instanceof kind)) throw new Error(`the page has no ${selector}`);
  return found;
}

/** A button that does something. */
export function button(label: string, title: string, action: () => void): HTMLButtonElement {
  const made = document.createElement('button');
  made.type = 'button';
  made.textContent = label;
  made.title = title;
  made.addEventListener('click', action);
  return made;
}

/** Hands the bytes over as a file of that name. */
export function download(bytes: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(bytes);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
