/** Clean blocks of bytes into text lines, at once: `write` returns when every line that ended in it was handed on. */
import { finished } from 'node:stream/promises';
import split2 from 'split2';
import { trimmedEnd } from '../model/trim.js';
import { CleanText } from './clean-text.js';

const CR = 0x0d;
const NUL = 0x00;

export type OnLine = (text: string, number: number) => void;

export class LineSplitter {
  readonly #clean: CleanText;
  readonly #onLine: OnLine;
  readonly #splitter: ReturnType<typeof split2>;
  #error: { readonly thrown: unknown } | null = null;
  /** Lines up to now, those included that were passed over. */
  lines = 0;
  /** Lines that were cut, and the number of the first. */
  longLines = 0;
  firstLongLine: number | null = null;

  constructor(onLine: OnLine, maxLineBytes: number) {
    this.#onLine = onLine;
    this.#clean = new CleanText(maxLineBytes);
    // Nothing is passed on, so that no line is buffered, and the next write is taken at once.
    this.#splitter = split2('\n', (line: string): undefined => {
      try {
        if (this.#error === null) this.#line(line);
      } catch (thrown) {
        this.#error = { thrown };
      }
    });
    this.#splitter.resume();
  }

  /** Bytes that are no UTF-8 (or halves of a UTF-16 pair); each became or is part of one U+FFFD. */
  get invalidBytes(): number {
    return this.#clean.invalidBytes;
  }

  get nulBytes(): number {
    return this.#clean.nulBytes;
  }

  /** True where the first bytes said that it is UTF-16. */
  get recoded(): boolean {
    return this.#clean.recoded;
  }

  write(bytes: Uint8Array): void {
    for (const piece of this.#clean.push(bytes)) this.#splitter.write(piece);
    this.#rethrow();
  }

  async end(): Promise<void> {
    for (const piece of this.#clean.end()) this.#splitter.write(piece);
    this.#splitter.end();
    await finished(this.#splitter);
    this.#rethrow();
  }

  #line(line: string): void {
    this.lines += 1;
    let text = line;
    // CleanText drops all NULs and marks the end of a line that it cut with one.
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
