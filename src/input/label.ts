// SPDX-License-Identifier: Apache-2.0
/** Names from file systems and archives as one line of visible text. */
import { escapeLine } from '../model/escape.js';

const UTF8 = new TextDecoder();

/** Decodes a name as UTF-8, with U+FFFD for invalid bytes, and escapes it. */
export function decodeName(bytes: Uint8Array): string {
  return escapeLine(UTF8.decode(bytes));
}
