// SPDX-License-Identifier: Apache-2.0
/** Headers of mails and their parts (RFC 5322, 2045, 2231, 2047), as far as needed to find and name the parts. */

import { escapeLine } from '../../model/escape.js';
import { Buffer } from '../../platform/index.js';
import { ascii } from '../bytes.js';
import { decodeQuotedPrintable } from './transfer.js';

export interface PartHeader {
  /** In lower case: `text/plain` (the default), `multipart/mixed`. */
  readonly type: string;
  readonly boundary: string | null;
  readonly encoding: string;
  /** The file name, if any. */
  readonly name: string | null;
}

// `Subject: text`; a field name is visible ASCII without a colon.
const FIELD = /^([\x21-\x39\x3b-\x7e]{1,76}):(.*)$/s;

const MAIL_FIELDS = new Set([
  'from',
  'to',
  'cc',
  'subject',
  'date',
  'message-id',
  'mime-version',
  'received',
  'return-path',
  'delivered-to',
  'reply-to',
  'in-reply-to',
  'content-type',
  'content-transfer-encoding',
]);

/** The unfolded fields by lower-case name; null if a line is not a field. */
export function parseFields(lines: readonly string[]): Map<string, string> | null {
  const fields = new Map<string, string>();
  let last: string | null = null;
  for (const line of lines) {
    if (/^[ \t]/.test(line) && last !== null) {
      fields.set(last, `${fields.get(last) ?? ''} ${line.trim()}`);
      continue;
    }
    const match = FIELD.exec(line);
    if (!match?.[1]) return null;
    last = match[1].toLowerCase();
    fields.set(last, (match[2] ?? '').trim());
  }
  return fields;
}

/** The header fields if this is the head of a mail, else null: only fields, two of them typical of mail. */
export function mailFields(head: Uint8Array): Map<string, string> | null {
  if (!FIELD.test(ascii(head, 0, 78).split(/\r?\n/, 1)[0] ?? '')) return null;
  const text = ascii(head);
  const end = /\r?\n\r?\n/.exec(text);
  // Without an empty line, the last line may be truncated.
  const lines = (end ? text.slice(0, end.index) : text.slice(0, text.lastIndexOf('\n') + 1)).split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  const fields = parseFields(lines);
  if (!fields) return null;
  return [...fields.keys()].filter((name) => MAIL_FIELDS.has(name)).length >= 2 ? fields : null;
}

export function partHeader(fields: ReadonlyMap<string, string>): PartHeader {
  const type = parseParameters(fields.get('content-type') ?? 'text/plain');
  const disposition = parseParameters(fields.get('content-disposition') ?? '');
  const name = disposition.parameters.get('filename') ?? type.parameters.get('name') ?? null;
  return {
    type: type.value || 'text/plain',
    boundary: type.parameters.get('boundary') ?? null,
    encoding: (fields.get('content-transfer-encoding') ?? '').split('(', 1)[0]?.trim() ?? '',
    name: name === null || name === '' ? null : escapeLine(decodeWords(name)),
  };
}

// ; filename="a \" b"   ; charset=utf-8   ; filename*0*=utf-8''a%20   ; filename*1=b.txt
const PARAMETER = /;\s*([^\s=;*]+)(\*\d+)?(\*)?\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;]*))/gs;

/** Longer headers are truncated. */
const MAX_CHARS = 8192;

function parseParameters(whole: string): { value: string; parameters: Map<string, string> } {
  const text = whole.slice(0, MAX_CHARS);
  const parameters = new Map<string, string>();
  for (const [, name = '', part, extended, quoted, plain] of text.matchAll(PARAMETER)) {
    const raw = quoted?.replace(/\\(.)/gs, '$1') ?? plain ?? '';
    const value = extended ? decodeExtended(raw) : raw;
    const key = name.toLowerCase();
    // Parts of a continued value are in order in practice.
    parameters.set(key, part ? (parameters.get(key) ?? '') + value : value);
  }
  return { value: (text.split(';', 1)[0] ?? '').trim().toLowerCase(), parameters };
}

/** `utf-8''a%20b` -> `a b`; only the first part of a continued value has the charset. */
function decodeExtended(text: string): string {
  const escaped = text.replace(/^[^']*'[^']*'/, '');
  try {
    return decodeURIComponent(escaped);
  } catch {
    return escaped;
  }
}

/** `=?utf-8?B?ZG1lc2c=?=` -> `dmesg`. */
function decodeWords(text: string): string {
  return text.replace(/=\?[^?]+\?([bq])\?([^?]*)\?=\s*/gi, (_, kind: string, word: string) =>
    kind.toLowerCase() === 'b'
      ? Buffer.from(word, 'base64').toString()
      : Buffer.from(decodeQuotedPrintable(Buffer.from(word.replaceAll('_', ' '), 'latin1'))).toString(),
  );
}
