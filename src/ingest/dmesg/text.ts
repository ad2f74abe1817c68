// SPDX-License-Identifier: Apache-2.0
/** Removes what mail, terminals, consoles and crashed disks add to a line. */

import { trimmedEnd } from '../../model/trim.js';
import { Buffer } from '../../platform/index.js';
import { decoded, isQuoted, unquoted, untagged } from '../unmarked.js';

const ODD = ['\r', '\0', '\u00a0', '\ufeff', '\ufffd'];

/**
 * The line without terminal escapes, markup, carriage returns, NULs and mail quoting; U+00A0 becomes a space. Tabs stay, as
 * kernel messages may hold them. Text overwritten after a bare carriage return is kept.
 */
export function cleanLine(raw: string): string {
  let text = decoded(raw);
  // Searches for single characters take half the time of a pattern.
  if (ODD.some((character) => text.includes(character))) {
    text = text
      .replace(/[\0\ufeff]/g, '')
      .replace(/^\ufffd+/, '')
      .replaceAll('\u00a0', ' ');
    text = trimmedEnd(text, '\r').replaceAll('\r', ' ');
  }
  if (isQuoted(text)) text = unquoted(text).replace(/^ +/, '');
  return untagged(text.trimEnd());
}

/** ASCII bytes as a string. */
export function latin1(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1');
}

const NEWLINE = 0x0a;

/** The start of the last whole line in [from, to). */
export function lastLine(bytes: Uint8Array, from: number, to: number): number {
  const before = bytes.lastIndexOf(NEWLINE, to - 2);
  return before < from ? from : before + 1;
}
