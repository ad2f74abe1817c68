/** Text out of logs and archives as text: what steers a terminal, hides, or turns letters around is shown escaped. */

/** Controls (C0, C1, DEL) but tab and line feed, formats (bidirectional marks, zero widths, tags), line separators. */
const UNSEEN = /(?![\t\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
/** Most texts hold no more than this. */
const PLAIN = /^[\t\n\x20-\x7e]*$/;

/** `\x1b`, `\u202e`, `\u{e0001}`. */
export function escaped(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code < 0x100) return `\\x${hex.padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\u{${hex}}`;
}

/** Characters that cannot be seen, or that make others be seen elsewhere, as escapes: a name shows what it holds. */
export function legible(text: string): string {
  return PLAIN.test(text) ? text : text.replace(UNSEEN, escaped);
}

/** The same of what is one line in any case: line feeds and tabs are escaped too. */
export function legibleLine(text: string): string {
  return legible(text).replaceAll('\n', '\\n').replaceAll('\t', '\\t');
}

/** The same inside JSON text, where an escape stands for the very character. */
export function legibleJson(json: string): string {
  if (PLAIN.test(json)) return json;
  return json.replace(UNSEEN, (char) => {
    const units = Array.from({ length: char.length }, (_, index) => char.charCodeAt(index));
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
  });
}
