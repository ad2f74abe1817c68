// SPDX-License-Identifier: Apache-2.0
/** Content transfer encodings (RFC 2045): base64 and quoted-printable, line by line. */

import { trimmedEnd } from '../../model/trim.js';
import { Buffer } from '../../platform/index.js';
import { ascii, concat } from '../bytes.js';
import { contentEnd } from './line-reader.js';

/** Decodes lines with their line ends; `end` gives what is left after the last one, and starts anew. */
export interface TransferDecoder {
  line(line: Uint8Array): Uint8Array;
  end(): Uint8Array;
}

const NOTHING = new Uint8Array(0);

/** The decoder for a Content-Transfer-Encoding; null for the identity encodings. */
export function decoderFor(encoding: string): TransferDecoder | null {
  switch (encoding.trim().toLowerCase()) {
    case 'base64':
      return base64Lines();
    case 'quoted-printable':
      return { line: decodeQuotedPrintable, end: () => NOTHING };
    default:
      return null;
  }
}

/** Encodings whose text is as it is, and what programs write in place of them. */
const IDENTITY = /^(?:[78][ -]?bits?|binary|none|(?:us-)?ascii|utf-?8)?$/i;

/** Whether a text in that encoding can be read. */
export function isKnownEncoding(encoding: string): boolean {
  return IDENTITY.test(encoding.trim()) || decoderFor(encoding) !== null;
}

/** Groups of four characters may span lines; padding ends a group. */
function base64Lines(): TransferDecoder {
  let carry = '';
  const line = (bytes: Uint8Array): Uint8Array => {
    const text = carry + ascii(bytes).replace(/[^A-Za-z0-9+/=]/g, '');
    const whole = text.endsWith('=') ? text.length : text.length - (text.length % 4);
    carry = text.slice(whole);
    // What follows padding starts anew.
    const groups = text.slice(0, whole).match(/[^=]+=*/g) ?? [];
    return concat(groups.map((group) => Buffer.from(group, 'base64')));
  };
  const end = (): Uint8Array => {
    // Not all programs pad the last group.
    const rest = Buffer.from(carry, 'base64');
    carry = '';
    return rest;
  };
  return { line, end };
}

/** One line: `=XX` is a byte, a trailing `=` joins the next line, trailing blanks are dropped. */
export function decodeQuotedPrintable(line: Uint8Array): Uint8Array {
  const end = contentEnd(line);
  const text = trimmedEnd(ascii(line, 0, end), ' \t');
  const soft = text.endsWith('=');
  const bytes = (soft ? text.slice(0, -1) : text).replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(soft ? bytes : bytes + ascii(line, end), 'latin1');
}
