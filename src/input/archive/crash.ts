/**
 * Crash files of apport (/var/crash/*.crash; problem_report.py): `Key: value` lines, longer values on lines that start
 * with a blank, and `Key: base64`, whose lines are each base64 and together a gzip stream.
 */
import { ascii, drain, lent } from '../bytes.js';
import { printable } from '../label.js';
import { contentEnd, gathered, LineReader } from './line-reader.js';
import type { ArchiveInput, Member } from './member.js';
import { decoderFor } from './transfer.js';

const BLANK = 0x20;

// ProblemType: Crash   CurrentDmesg:   CoreDump: base64
const KEY = /^([A-Za-z0-9._-]{1,100}):(?: (.*))?$/s;

/** Values of one line each are gathered up to here. */
const FIELD_BYTES = 1024 ** 2;

export function isCrash(head: Uint8Array): boolean {
  const text = ascii(head, 0, 16 * 1024);
  if (!KEY.test(text.split('\n', 1)[0] ?? '')) return false;
  // Without a longer value there is nothing to take apart, and the text is read as it is.
  return /^ProblemType: \w/m.test(text) && /^[A-Za-z0-9._-]+:(?: (?:base64)?)?\r?\n /m.test(text);
}

/** Every longer value is a member of its key's name; the one-line values are the member `fields`. */
export async function* readCrash({ bytes }: ArchiveInput): AsyncGenerator<Member> {
  const lines = new LineReader(bytes);
  let fields = '';
  for (let line = await lines.next(); line; line = await lines.next()) {
    const text = ascii(line, 0, contentEnd(line));
    const [, key, rest = ''] = KEY.exec(text) ?? [];
    if (key !== undefined && (rest === '' || rest === 'base64') && (await continues(lines))) {
      const value = readValue(lines, rest === 'base64');
      yield { is: 'file', name: printable(key), size: null, taken: null, open: () => gathered(lent(value)) };
      await drain(value);
    } else if (fields.length < FIELD_BYTES) fields += `${text}\n`;
  }
  const whole = Buffer.from(fields, 'latin1');
  yield { is: 'file', name: 'fields', size: whole.length, taken: null, open: () => once(whole) };
}

/** Whether the next line belongs to the value above it. */
async function continues(lines: LineReader): Promise<boolean> {
  const line = await lines.next();
  if (line) lines.unread(line);
  return line?.[0] === BLANK;
}

/** The lines that start with a blank, without it. Lines of over 1 MiB come in pieces. */
async function* readValue(lines: LineReader, base64: boolean): AsyncGenerator<Uint8Array> {
  let whole = true;
  let decode = base64 ? decoderFor('base64') : null;
  for (let line = await lines.next(); line; line = await lines.next()) {
    if (whole && line[0] !== BLANK) {
      lines.unread(line);
      return;
    }
    const bytes = whole ? line.subarray(1) : line;
    whole = contentEnd(line) < line.length;
    yield decode ? decode(bytes) : bytes;
    // Each line is base64 of its own.
    if (decode && whole) decode = decoderFor('base64');
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
