// SPDX-License-Identifier: Apache-2.0
/** The head of a source as detection sees it: bytes and decoded lines. */
import { countInvalidBytes, unfinishedTail } from '../model/utf8.js';
import type { Head } from './ingester.js';

const UTF8 = new TextDecoder();
const REPLACEMENT = '\ufffd';
const LONGEST_SEQUENCE = 4;

/** UTF-16 by its byte order mark; everything else is UTF-8, with invalid bytes replaced. */
function encodingOf(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | 'utf-8' {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return 'utf-8';
}

/** Decodes text piece by piece. */
export class PiecewiseText {
  /** Bytes of invalid UTF-8 so far, replaced by U+FFFD. */
  invalidBytes = 0;
  /** The start of an unfinished UTF-8 sequence. */
  #unfinished: Uint8Array = new Uint8Array(0);
  #decoder: InstanceType<typeof TextDecoder> | null = null;
  #mark: Uint8Array = new Uint8Array(0);

  /** True if the bytes are UTF-16. */
  get isUtf16(): boolean {
    return this.#decoder !== null && this.#decoder.encoding !== 'utf-8';
  }

  push(bytes: Uint8Array): string {
    let piece = bytes;
    if (!this.#decoder) {
      piece = joined(this.#mark, bytes);
      this.#mark = piece;
      // A byte order mark has two bytes.
      if (piece.length < 2) return '';
      this.#decoder = new TextDecoder(encodingOf(piece));
    }
    const text = this.#decoder.decode(piece, { stream: true });
    this.#count(piece, text);
    return text;
  }

  end(): string {
    this.invalidBytes += this.#unfinished.length;
    return this.#decoder ? this.#decoder.decode() : new TextDecoder().decode(this.#mark);
  }

  #count(piece: Uint8Array, text: string): void {
    if (this.isUtf16) return;
    if (text.includes(REPLACEMENT)) {
      const bytes = joined(this.#unfinished, piece);
      this.invalidBytes += countInvalidBytes(bytes.subarray(0, bytes.length - unfinishedTail(bytes)));
    }
    const tail = joined(this.#unfinished, piece.subarray(-LONGEST_SEQUENCE));
    this.#unfinished = tail.slice(tail.length - unfinishedTail(tail));
  }
}

/** Decodes a value; tells how many bytes of it were invalid UTF-8, if any. */
export function textOfValue(bytes: Uint8Array, invalid: (count: number) => void): string {
  const text = UTF8.decode(bytes);
  const count = text.includes(REPLACEMENT) ? countInvalidBytes(bytes) : 0;
  if (count > 0) invalid(count);
  return text;
}

/**
 * Caches a property of the last head for several sniffers. Heads are judged one after the other; a WeakMap would keep
 * many of them alive and cost more time than it saves.
 */
export function cachedForHead<Known>(find: (head: Head) => Known): (head: Head) => Known {
  let last: { readonly head: Head; readonly known: Known } | null = null;
  return (head) => {
    if (last?.head !== head) last = { head, known: find(head) };
    return last.known;
  };
}

/** Most lines start with a letter, a digit or a bracket: no look at their ends. */
const isFilled = (line: string): boolean => {
  const first = line.charCodeAt(0);
  return (first > 0x20 && first < 0x7f) || line.trim() !== '';
};

/** The lines that are not blank. */
export const filledLines = cachedForHead((head) => head.lines.filter(isFilled));

/** A printk timestamp without anything before it: most lines of most logs, and of nothing else. */
const STAMPED = /^\[ *\d+\.\d{6}\] /;

/** The lines without a printk timestamp at their start. */
export const unstampedLines = cachedForHead((head) => head.lines.filter((line) => !STAMPED.test(line)));

interface HeadText {
  /** All lines, for quick searches of words. */
  readonly text: string;
  /** True if a line holds characters from a terminal, a serial line, a word processor or a damaged disk. */
  readonly odd: boolean;
}

const ODD = ['\u001b', '\r', '\0', '\u00a0', '\u2007', '\u202f', '\ufeff', '\ufffd'];

export const textOfHead = cachedForHead((head): HeadText => {
  const text = head.lines.join('\n');
  return { text, odd: ODD.some((character) => text.includes(character)) };
});

/** Words of loaders and of the kernel about loads, and printk timestamps. */
const LOADING =
  /finit_module|init_module\(|\b_*load_module\b|module_load|request_module|(?:could not|Failed to) insert|Inserted module|^(?:<\d>)?\[ *\d{1,6}\.\d{6}\] /m;

/** Whether a text without a known format mentions module loading. */
export const mentionsLoading = cachedForHead((head) => LOADING.test(textOfHead(head).text));

export function headOf(bytes: Uint8Array, whole: boolean, path: string): Head {
  const text = new TextDecoder(encodingOf(bytes)).decode(bytes).replaceAll('\0', '');
  return { bytes, lines: splitLines(text), whole, path };
}

export function headOfLines(lines: readonly string[], whole: boolean, path: string): Head {
  return { bytes: new TextEncoder().encode(lines.join('\n')), lines, whole, path };
}

function splitLines(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return text.includes('\r') ? lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line)) : lines;
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}
