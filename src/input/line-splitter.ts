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
  readonly #splitter: ReturnType<typeof split2>;
  #error: { readonly thrown: unknown } | null = null;
  /** True where the next byte starts a line of UTF-8. */
  #atStart = false;
  /** Lines so far, including skipped ones. */
  lines = 0;
  /** Truncated lines, and the number of the first. */
  longLines = 0;
  firstLongLine: number | null = null;

  constructor(onLine: OnLine, maxLineBytes: number) {
    this.#onLine = onLine;
    this.#maxLineBytes = maxLineBytes;
    this.#clean = new CleanText(maxLineBytes);
    // The stream outputs nothing: no line is buffered, and writes never wait.
    this.#splitter = split2('\n', (line: string): undefined => {
      try {
        if (this.#error === null) this.#line(line);
      } catch (thrown) {
        this.#error = { thrown };
      }
    });
    this.#splitter.resume();
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
    if (this.#writePlain(bytes)) return;
    for (const piece of this.#clean.push(bytes)) this.#splitter.write(piece);
    this.#rethrow();
    this.#atStart = bytes.at(-1) === LF && !this.isUtf16;
  }

  /** Whole lines of ASCII, as most writes of a prefilter are, need no stream: it takes longer than the line itself. */
  #writePlain(bytes: Uint8Array): boolean {
    const isWhole = this.#atStart && bytes.at(-1) === LF && bytes.length <= this.#maxLineBytes;
    if (!isWhole || !isAscii(bytes)) return false;
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
    if (text.includes('\0')) return false;
    for (let from = 0; from < text.length; ) {
      const end = text.indexOf('\n', from);
      this.#line(text.slice(from, end));
      from = end + 1;
    }
    return true;
  }

  async end(): Promise<void> {
    for (const piece of this.#clean.end()) this.#splitter.write(piece);
    await new Promise<void>((resolve, reject) => {
      this.#splitter.once('end', resolve).once('error', reject);
      this.#splitter.end();
    });
    this.#rethrow();
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
