/** Labels: names from file systems and archives are data, and are printed as one line of visible text. */
import { escapeChar, escapeHidden } from '../model/escape.js';

/** `a\nb` -> `a\x0ab`. */
export function printable(name: string): string {
  return escapeHidden(name).replace(/[\n\t]/g, escapeChar);
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
