// SPDX-License-Identifier: Apache-2.0
/** Mails in parts: attachments and bodies become decoded members. Plain-text mails are read as text. */
import { escapeLine } from '../../model/escape.js';
import { ascii, drain, keepOpen } from '../bytes.js';
import type { Report } from '../found.js';
import { contentEnd, gather, LineReader, type Lines, linesOf } from './line-reader.js';
import type { ArchiveInput, Member } from './member.js';
import { mailFields, type PartHeader, parseFields, partHeader } from './mime-header.js';
import { decoderFor, isKnownEncoding } from './transfer.js';

const DASH = 0x2d;
/** Nesting depth of multiparts. */
const MAX_LEVELS = 32;
/** Header lines of one part. */
const MAX_HEADER_LINES = 2000;

export function isMail(head: Uint8Array): boolean {
  const fields = mailFields(head);
  if (!fields) return false;
  const { boundary, encoding } = partHeader(fields);
  return boundary !== null || decoderFor(encoding) !== null;
}

export async function* readMail({ bytes }: ArchiveInput, report: Report): AsyncGenerator<Member> {
  const mail = new Mail(new LineReader(bytes), report);
  yield* mail.entity('', 0);
  if (mail.openParts > 0) report('archive-damaged', 'the mail is truncated inside a part');
}

class Mail {
  readonly #lines: LineReader;
  readonly #report: Report;
  /** Boundaries of the open multiparts, outermost first. */
  readonly #boundaries: string[] = [];
  readonly #names = new Map<string, number>();
  #parts = 0;
  /** Whether the last boundary ended its multipart. */
  #closed = false;
  /** False at the end of the stream. */
  #more = true;

  constructor(lines: LineReader, report: Report) {
    this.#lines = lines;
    this.#report = report;
  }

  get openParts(): number {
    return this.#boundaries.length;
  }

  /** A part from its header to the boundary that ends it. */
  async *entity(within: string, level: number): AsyncGenerator<Member> {
    const header = await this.#header();
    if (header === null) {
      yield { is: 'special', name: '', what: 'a part without header and body' };
      await drain(this.#body());
      return;
    }
    if (header.type.startsWith('multipart/') && header.boundary !== null) {
      if (level < MAX_LEVELS) {
        yield* this.#multipart(header.type, header.boundary, level);
        return;
      }
      this.#report('input-limit', `parts nested deeper than ${MAX_LEVELS}`);
    }
    if (!isKnownEncoding(header.encoding))
      this.#report('archive-unsupported', `a part is encoded as ${escapeLine(header.encoding.slice(0, 40))}`);
    this.#parts += 1;
    const name = this.#nameOf(header);
    const body = this.#body();
    if (within === 'multipart/alternative' && header.type === 'text/html') {
      yield { is: 'special', name, what: 'HTML version of the text' };
    } else {
      yield {
        is: 'file',
        name,
        size: null,
        taken: null,
        letter: header.name === null && header.type.startsWith('text/'),
        open: () => gather(decoded(body, header.encoding)),
      };
    }
    await drain(body);
  }

  async *#multipart(type: string, boundary: string, level: number): AsyncGenerator<Member> {
    this.#boundaries.push(boundary);
    const depth = this.#boundaries.length;
    // The preamble is for readers without MIME.
    const preamble = this.#body();
    await drain(preamble);
    // A boundary of an outer multipart closes this one.
    while (this.#boundaries.length === depth && this.#more) yield* this.entity(type, level + 1);
    if (this.#boundaries.length === depth - 1 && this.#closed && this.#more) {
      const epilogue = this.#body();
      await drain(epilogue);
    }
  }

  /** The lines up to the next boundary of any open multipart. The line end before a boundary belongs to it. */
  async *#body(): AsyncGenerator<Uint8Array> {
    let held: Uint8Array | null = null;
    const isBoundary = (line: Uint8Array): boolean => this.#isBoundary(line);
    const upToBoundary = (): Promise<Lines | null> => this.#lines.upTo(isBoundary, DASH);
    for (let part = await upToBoundary(); part; part = await upToBoundary()) {
      if (part.bytes.length > 0) {
        if (held) yield held;
        held = part.bytes;
      }
      if (part.end) {
        if (held) yield held.subarray(0, contentEnd(held));
        return;
      }
    }
    this.#more = false;
    if (held) yield held;
  }

  /** `--boundary` starts the next part; `--boundary--` ends the multipart and all inside it. */
  #isBoundary(line: Uint8Array): boolean {
    if (line[0] !== DASH || line[1] !== DASH) return false;
    const text = ascii(line).trimEnd();
    for (let index = this.#boundaries.length - 1; index >= 0; index--) {
      const delimiter = `--${this.#boundaries[index]}`;
      if (text !== delimiter && text !== `${delimiter}--`) continue;
      this.#closed = text !== delimiter;
      this.#boundaries.length = this.#closed ? index : index + 1;
      return true;
    }
    return false;
  }

  /** Null for none, where the next boundary follows at once. */
  async #header(): Promise<PartHeader | null> {
    const lines: string[] = [];
    let more = 0;
    for (let line = await this.#lines.next(); line; line = await this.#lines.next()) {
      const text = ascii(line, 0, contentEnd(line));
      if (text === '') break;
      if (this.#boundaries.length > 0 && text.startsWith('--')) {
        // A part without a body.
        this.#lines.unread(line);
        if (lines.length === 0) return null;
        break;
      }
      if (lines.length < MAX_HEADER_LINES) lines.push(text);
      else more++;
    }
    if (more > 0) this.#report('input-limit', `more than ${MAX_HEADER_LINES} lines in the header of a part`);
    return partHeader(parseFields(lines) ?? new Map());
  }

  #nameOf(header: PartHeader): string {
    const name = header.name ?? unnamed(header.type, this.#parts);
    const count = (this.#names.get(name) ?? 0) + 1;
    this.#names.set(name, count);
    return count === 1 ? name : `${name} (${count})`;
  }
}

function unnamed(type: string, part: number): string {
  if (type === 'text/plain') return 'text';
  if (type === 'text/html') return 'html';
  return `part-${part}`;
}

async function* decoded(body: AsyncGenerator<Uint8Array>, encoding: string): AsyncGenerator<Uint8Array> {
  const decoder = decoderFor(encoding);
  for await (const bytes of keepOpen(body)) {
    if (decoder) for (const line of linesOf(bytes)) yield decoder.line(line);
    else yield bytes;
  }
  if (decoder) yield decoder.end();
}
