/** What mail, terminals, consoles and crashed disks do to a line, undone. */
import { trimmedEnd } from '../../model/trim.js';
import { decoded, untagged } from '../unmarked.js';

/** `> `, `>> > `, `| `, `| > ` */
const QUOTES = /^[>|][>| ]*/;

/**
 * The line without colour and cursor escapes, markup, carriage returns, NULs and mail quoting; 0xA0 is a space. Tabs stay,
 * because a kernel message may hold them. What a bare carriage return overwrote on the terminal is kept.
 */
export function cleanLine(raw: string): string {
  let text = decoded(raw);
  if (/[\r\0\u00a0\ufeff\ufffd]/.test(text)) {
    text = text
      .replace(/[\0\ufeff]/g, '')
      .replace(/^\ufffd+/, '')
      .replaceAll('\u00a0', ' ');
    text = trimmedEnd(text, '\r').replaceAll('\r', ' ');
  }
  const first = text.charCodeAt(0);
  if (first === 0x3e || first === 0x7c) text = text.replace(QUOTES, '');
  return untagged(text.trimEnd());
}

/** ASCII bytes as a string. */
export function latin1(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1');
}
