/** Labels: names from file systems and archives are data, and are printed as one line of visible text. */

// C0 and C1 controls, DEL, and the marks that change the direction of text.
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** `a\nb` -> `a\x0ab`. */
export function printable(name: string): string {
  return name.replace(UNPRINTABLE, (char) => {
    const code = char.charCodeAt(0);
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16)}`;
  });
}

const UTF8 = new TextDecoder();

/** A name as bytes: UTF-8, with U+FFFD for what is none. */
export function nameOf(bytes: Uint8Array): string {
  return printable(UTF8.decode(bytes));
}

/** What reports cite: `archive!member`, nested to any depth. */
export function memberPath(container: string, member: string): string {
  return `${container}!${member}`;
}
