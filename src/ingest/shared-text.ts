// SPDX-License-Identifier: Apache-2.0
/**
 * One string per repeated name. A slice of a line keeps its whole block of text alive, and a million events hold a few
 * hundred names.
 */
import { Buffer } from '../platform/index.js';

const shared = new Map<string, string>();
const MAX_NAMES = 20_000;

/** The same text as a shared string. */
export function sharedText(text: string): string {
  const known = shared.get(text);
  if (known !== undefined) return known;
  if (shared.size >= MAX_NAMES) shared.clear();
  const own = Buffer.from(text).toString();
  shared.set(own, own);
  return own;
}
