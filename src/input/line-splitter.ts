// SPDX-License-Identifier: Apache-2.0
/** Splits bytes into text lines synchronously: `write` returns after every line that ends in it was passed on. */
import { trimmedEnd } from '../model/trim.js';
import { Buffer, isAscii } from '../platform/index.js';
import { concat } from './bytes.js';
import { CleanText } from './clean-text.js';

const CR = 0x0d;
const LF = 0x0a;
const NUL = 0x00;
const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true });

export type OnLine = (text: string, number: number) => void;

export class LineSplitter {
  readonly #maxLineBytes: number;
  readonly #clean: CleanText;
  readonly #onLine: OnLine;
  /** The unfinished line, cleaned. */
  #held: Uint8Array[] = [];
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
    for (const piece of this.#clean.push(bytes)) this.#take(piece);
    this.#atStart = bytes.at(-1) === LF && !this.isUtf16;
  }

  /** Whole lines of ASCII, as most writes of a prefilter are, need no cleaning. */
  #writePlain(bytes: Uint8Array): boolean {
    const isWhole = this.#atStart && bytes.at(-1) === LF && bytes.length <= this.#maxLineBytes;
    if (!isWhole || !isAscii(bytes)) return false;
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
    if (text.includes('\0')) return false;
    this.#split(text);
    return true;
  }

  /** Cleaned bytes, which are valid only during the call. */
  #take(piece: Uint8Array): void {
    const whole = piece.lastIndexOf(LF) + 1;
    if (whole > 0) {
      const text = UTF8.decode(concat([...this.#held, piece.subarray(0, whole)]));
      this.#held = [];
      this.#split(text);
    }
    if (whole < piece.length) this.#held.push(piece.slice(whole));
  }

  end(): void {
    for (const piece of this.#clean.end()) this.#take(piece);
    if (this.#held.length > 0) this.#line(UTF8.decode(concat(this.#held)));
  }

  /** Whole lines. */
  #split(text: string): void {
    for (let from = 0; from < text.length; ) {
      const end = text.indexOf('\n', from);
      this.#line(text.slice(from, end));
      from = end + 1;
    }
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
}
