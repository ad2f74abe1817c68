// SPDX-License-Identifier: Apache-2.0
/**
 * Crash files of apport (/var/crash/*.crash; problem_report.py): `Key: value` lines; multi-line values on lines that start
 * with a blank; and `Key: base64`, whose lines are each base64 and together a gzip stream.
 */

import { escapeLine } from '../../model/escape.js';
import { Buffer } from '../../platform/index.js';
import { ascii, drain, keepOpen } from '../bytes.js';
import type { Report } from '../found.js';
import { contentEnd, gather, LineReader, linesOf } from './line-reader.js';
import type { ArchiveInput, Member } from './member.js';
import { decoderFor } from './transfer.js';

const BLANK = 0x20;

// ProblemType: Crash   CurrentDmesg:   CoreDump: base64
const KEY = /^([A-Za-z0-9._-]{1,100}):(?: (.*))?$/s;

/** Limit for the one-line values together. */
const FIELD_BYTES = 1024 ** 2;

export function isCrash(head: Uint8Array): boolean {
  const text = ascii(head, 0, 16 * 1024);
  if (!KEY.test(text.split('\n', 1)[0] ?? '')) return false;
  // Without a multi-line value the text is read as a whole.
  return /^ProblemType: \w/m.test(text) && /^[A-Za-z0-9._-]+:(?: (?:base64)?)?\r?\n /m.test(text);
}

/** Each multi-line value is a member named by its key; the one-line values form the member `fields`. */
export async function* readCrash({ bytes }: ArchiveInput, report: Report): AsyncGenerator<Member> {
  const lines = new LineReader(bytes);
  let fields = '';
  let isTruncated = false;
  for (let line = await lines.next(); line; line = await lines.next()) {
    const text = ascii(line, 0, contentEnd(line));
    const [, key, rest = ''] = KEY.exec(text) ?? [];
    if (key !== undefined && (rest === '' || rest === 'base64') && (await continues(lines))) {
      const value = readValue(lines, rest === 'base64');
      yield {
        is: 'file',
        name: escapeLine(key),
        size: null,
        taken: null,
        open: () => gather(keepOpen(value)),
      };
      await drain(value);
    } else if (fields.length < FIELD_BYTES) fields += `${text}\n`;
    else isTruncated = true;
  }
  if (isTruncated) report('input-limit', `more than ${FIELD_BYTES} bytes of values of one line`);
  const whole = Buffer.from(fields, 'latin1');
  yield { is: 'file', name: 'fields', size: whole.length, taken: null, open: () => once(whole) };
}

/** Whether the next line belongs to the value above it. */
async function continues(lines: LineReader): Promise<boolean> {
  const line = await lines.next();
  if (line) lines.unread(line);
  return line?.[0] === BLANK;
}

/** Lines that start with a blank, without it. Lines over 1 MiB come in pieces. */
async function* readValue(lines: LineReader, base64: boolean): AsyncGenerator<Uint8Array> {
  let whole = true;
  const decoder = base64 ? decoderFor('base64') : null;
  const isNext = (line: Uint8Array): boolean => {
    const next = whole && line[0] !== BLANK;
    whole = contentEnd(line) < line.length;
    return next;
  };
  let continued = false;
  for (let part = await lines.upTo(isNext); part; part = await lines.upTo(isNext)) {
    for (const line of linesOf(part.bytes)) {
      const bytes = continued ? line : line.subarray(1);
      continued = contentEnd(line) === line.length;
      yield decoder ? decoder.line(bytes) : bytes;
      // Each line is base64 by itself.
      if (decoder && !continued) yield decoder.end();
    }
    if (part.end) {
      lines.unread(part.end);
      return;
    }
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
