// SPDX-License-Identifier: Apache-2.0
/**
 * The HTML document around a report. Its policy allows the one script and the one style that it carries, by their
 * hashes, and a thread made from a script that it carries; nothing else: no request, no other script, no markup made
 * out of text.
 */
import { Buffer, gzip } from '../../platform/index.js';
import { h, type Markup, render } from './markup.js';

/** Data for the script. */
export interface Block {
  readonly id: string;
  readonly packed: Packed;
}

/** Gzipped and in base64. */
export type Packed = string;

export async function pack(bytes: Uint8Array): Promise<Packed> {
  return Buffer.from(await gzip(bytes)).toString('base64');
}

export interface Page {
  readonly title: string;
  readonly body: Markup;
  readonly blocks: Iterable<Block>;
}

/** What every page carries that is not data: its script and its style. */
export interface Assets {
  readonly script: string;
  /** `sha256-…`, as a policy names it. */
  readonly scriptHash: string;
  readonly style: string;
  readonly styleHash: string;
}

function policy({ scriptHash, styleHash }: Assets): string {
  return [
    "default-src 'none'",
    `script-src '${scriptHash}' 'wasm-unsafe-eval'`,
    'worker-src blob:',
    `style-src '${styleHash}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types modwaste',
  ].join('; ');
}

export function* documentHtml({ title, body, blocks }: Page, assets: Assets): Generator<string> {
  const { script, style } = assets;
  yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n';
  yield render(h('meta', { 'http-equiv': 'Content-Security-Policy', content: policy(assets) }));
  yield '\n<meta name="viewport" content="width=device-width">\n<meta name="color-scheme" content="light dark">\n';
  yield '<meta name="referrer" content="no-referrer">\n';
  yield render(h('title', title));
  yield `\n<style>${style}</style>\n</head>\n<body>\n`;
  yield render(body);
  for (const { id, packed } of blocks) {
    yield `\n<script type="application/gzip" id="${id}">`;
    yield packed;
    yield '</script>';
  }
  yield `\n<script type="module">${script}</script>\n</body>\n</html>\n`;
}
