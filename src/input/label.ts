// SPDX-License-Identifier: Apache-2.0
/** Names from file systems and archives as one line of visible text. */
import { escapeChar, escapeHidden } from '../model/escape.js';

/** `a\nb` -> `a\x0ab`. */
export function escapeName(name: string): string {
  return escapeHidden(name).replace(/[\n\t]/g, escapeChar);
}

const UTF8 = new TextDecoder();

/** Decodes a name as UTF-8, with U+FFFD for invalid bytes, and escapes it. */
export function decodeName(bytes: Uint8Array): string {
  return escapeName(UTF8.decode(bytes));
}
