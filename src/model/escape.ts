// SPDX-License-Identifier: Apache-2.0
/** Escapes what text from logs and archives can hide: terminal controls, invisible characters, bidirectional marks. */

/** Controls (C0, C1, DEL) except tab and line feed, format characters (bidi marks, zero widths, tags), line separators. */
const HIDDEN = /(?![\t\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
/** Most text is plain. */
const PLAIN = /^[\t\n\x20-\x7e]*$/;

/** `\x1b`, `\u202e`, `\u{e0001}`. */
function escapeChar(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code < 0x100) return `\\x${hex.padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\u{${hex}}`;
}

/** The text with hidden characters escaped; tabs and line feeds stay. */
export function escapeHidden(text: string): string {
  return PLAIN.test(text) ? text : text.replace(HIDDEN, escapeChar);
}

/** The same for text that must stay on one line: line feeds and tabs are escaped too. */
export function escapeLine(text: string): string {
  return escapeHidden(text).replaceAll('\n', '\\n').replaceAll('\t', '\\t');
}

/** The same inside JSON text, by JSON's own escapes: it parses to the original. */
export function escapeJson(json: string): string {
  if (PLAIN.test(json)) return json;
  return json.replace(HIDDEN, (char) => {
    const units = Array.from({ length: char.length }, (_, index) => char.charCodeAt(index));
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
  });
}
