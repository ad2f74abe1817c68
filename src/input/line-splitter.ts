// SPDX-License-Identifier: Apache-2.0
/** Splits bytes into text lines synchronously: `write` returns after every line that ends in it was passed on. */
import split2 from 'split2';
import { trimmedEnd } from '../model/trim.js';
import { Buffer, isAscii } from '../platform/index.js';
import { CleanText } from './clean-text.js';

const CR = 0x0d;
const LF = 0x0a;
const NUL = 0x00;

export type OnLine = (text: string, number: number) => void;

export class LineSplitter {
  readonly #maxLineBytes: number;
  readonly #clean: CleanText;
  readonly #onLine: OnLine;
  #splitter: ReturnType<typeof split2> | null = null;
  #error: { readonly thrown: unknown } | null = null;
  /** True where the next byte starts a line, but for UTF-16. */
  #atStart = true;
  /** The end of the first write, if that is ASCII and may be all. */
  #tail = '';
  /** Lines so far, including skipped ones. */
  lines = 0;
  /** Truncated lines, and the number of the first. */
  longLines = 0;
  firstLongLine: number | null = null;

  constructor(onLine: OnLine, maxLineBytes: number) {
    this.#onLine = onLine;
    this.#maxLineBytes = maxLineBytes;
    this.#clean = new CleanText(maxLineBytes);
  }

  /** Bytes of invalid UTF-8 (or of unpaired UTF-16 surrogates), replaced by U+FFFD. */
  get invalidBytes(): number {
    return this.#clean.invalidBytes;
  }

  get nulBytes(): number {
    return this.#clean.nulBytes;
  }

  /** True if the first bytes show UTF-16. */
  get isUtf16(): boolean {
    return this.#clean.isUtf16;
  }

  write(bytes: Uint8Array): void {
    if (bytes.length === 0 || this.#writePlain(bytes)) return;
    if (this.#tail !== '') this.#split(this.#clean.push(Buffer.from(this.#tail)));
    this.#tail = '';
    this.#split(this.#clean.push(bytes));
    this.#atStart = bytes.at(-1) === LF && !this.isUtf16;
  }

  /**
   * ASCII from the start of a line, as most small files and writes of a prefilter are, needs no stream: making one takes longer
   * than a whole small file, passing a line through it longer than the line itself.
   */
  #writePlain(bytes: Uint8Array): boolean {
    const isWhole = bytes.at(-1) === LF || !this.#clean.isStarted;
    if (!this.#atStart || !isWhole || bytes.length > this.#maxLineBytes || !isAscii(bytes)) return false;
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
    if (text.includes('\0')) return false;
    this.#clean.isStarted = true;
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      this.#line(text.slice(from, end));
      from = end + 1;
    }
    this.#tail = text.slice(from);
    this.#atStart = this.#tail === '';
    return true;
  }

  async end(): Promise<void> {
    if (this.#tail !== '') this.#line(this.#tail);
    this.#split(this.#clean.end());
    const splitter = this.#splitter;
    if (!splitter) return;
    await new Promise<void>((resolve, reject) => {
      splitter.once('end', resolve).once('error', reject);
      splitter.end();
    });
    this.#rethrow();
  }

  #split(pieces: Iterable<Uint8Array>): void {
    for (const piece of pieces) {
      this.#splitter ??= this.#start();
      this.#splitter.write(piece);
    }
    this.#rethrow();
  }

  /** The stream outputs nothing: no line is buffered, and writes never wait. */
  #start(): ReturnType<typeof split2> {
    const splitter = split2('\n', (line: string): undefined => {
      try {
        if (this.#error === null) this.#line(line);
      } catch (thrown) {
        this.#error = { thrown };
      }
    });
    return splitter.resume();
  }

  #line(line: string): void {
    this.lines += 1;
    let text = line;
    // CleanText drops all NULs and marks the end of a truncated line with one.
    if (text.charCodeAt(text.length - 1) === NUL) {
      text = text.slice(0, -1);
      this.longLines += 1;
      this.firstLongLine ??= this.lines;
    }
    if (text.charCodeAt(text.length - 1) === CR) text = text.slice(0, -1);
    if (text.includes('\r')) text = trimmedEnd(text, '\r').replace(/^\r+/, '').replace(/\r+/g, ' ');
    this.#onLine(text, this.lines);
  }

  #rethrow(): void {
    if (this.#error) throw this.#error.thrown;
  }
}
