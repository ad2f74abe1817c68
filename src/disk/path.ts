// SPDX-License-Identifier: Apache-2.0
/**
 * Paths as text. A byte that is not UTF-8 becomes a lone surrogate, U+DC80 to U+DCFF, as in Python's surrogateescape: the
 * text stands for the path, survives JSON, and is visible once escaped.
 */
import { unfinishedTail, validLength } from '../model/utf8.js';

const LONE = /[\udc80-\udcff]/u;

export function pathText(bytes: Buffer): string {
  const text = bytes.toString();
  if (!text.includes('\ufffd')) return text;
  let whole = '';
  for (let at = 0; at < bytes.length; ) {
    const length = validLength(bytes, at);
    whole +=
      length > 0 ? bytes.toString('utf8', at, at + length) : String.fromCharCode(0xdc00 + (bytes[at] ?? 0));
    at += length || 1;
  }
  return whole;
}

export function pathBytes(text: string): Buffer {
  if (!LONE.test(text)) return Buffer.from(text);
  const parts = text.split(/([\udc80-\udcff])/u);
  return Buffer.concat(
    parts.map((part, index) =>
      index % 2 === 0 ? Buffer.from(part) : Buffer.of(part.charCodeAt(0) - 0xdc00),
    ),
  );
}

/** Decodes paths piece by piece: lines of a list. */
export class PathDecoder {
  #held: Buffer = Buffer.alloc(0);

  push(bytes: Buffer): string {
    const all = Buffer.concat([this.#held, bytes]);
    const whole = all.length - unfinishedTail(all);
    this.#held = all.subarray(whole);
    return pathText(all.subarray(0, whole));
  }

  end(): string {
    return pathText(this.#held);
  }
}
