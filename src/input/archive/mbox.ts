// SPDX-License-Identifier: Apache-2.0
/** mbox: concatenated mails, each after a `From ` line that follows an empty line. */
import { ascii, drain, keepOpen } from '../bytes.js';
import { contentEnd, gather, LineReader } from './line-reader.js';
import type { ArchiveInput, Member } from './member.js';
import { mailFields } from './mime-header.js';

// From mboxrd@z Thu Jan  1 00:00:00 1970
const FROM_LINE = /^From \S.* \d{1,2}:\d\d(?::\d\d)?.* \d{4}\b/;

export function isMbox(head: Uint8Array): boolean {
  const first = head.indexOf(0x0a);
  if (first < 0 || first > FROM_BYTES || !FROM_LINE.test(ascii(head, 0, first))) return false;
  return mailFields(head.subarray(first + 1)) !== null;
}

/** No `From ` line is longer. */
const FROM_BYTES = 300;

/** Members are named `1`, `2`, ...; mails in parts are opened in turn. */
export async function* readMbox({ bytes }: ArchiveInput): AsyncGenerator<Member> {
  const lines = new LineReader(bytes);
  await lines.next();
  const state = { more: true };
  for (let number = 1; state.more; number++) {
    const mail = readOne(lines, state);
    yield { is: 'file', name: String(number), size: null, taken: null, open: () => gather(keepOpen(mail)) };
    await drain(mail);
  }
}

async function* readOne(lines: LineReader, state: { more: boolean }): AsyncGenerator<Uint8Array> {
  let empty = false;
  const isNext = (line: Uint8Array): boolean => {
    if (empty && FROM_LINE.test(ascii(line, 0, Math.min(contentEnd(line), FROM_BYTES)))) return true;
    empty = contentEnd(line) === 0;
    return false;
  };
  for (let part = await lines.upTo(isNext); part; part = await lines.upTo(isNext)) {
    if (part.bytes.length > 0) yield part.bytes;
    if (part.end) return;
  }
  state.more = false;
}
