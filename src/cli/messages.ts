// SPDX-License-Identifier: Apache-2.0
/** Everything on stderr: errors, notes, progress. */
import { escapeHidden } from '../model/escape.js';
import type { Io } from './io.js';

/** Whether to use colour: by `--color`, then NO_COLOR and TERM=dumb, then whether the stream is a terminal. */
export type ColorChoice = 'auto' | 'always' | 'never';

export function usesColor(choice: ColorChoice, isTTY: boolean, env: Io['env']): boolean {
  if (choice !== 'auto') return choice === 'always';
  return isTTY && !env.NO_COLOR && env.TERM !== 'dumb';
}

/** Terminal styles; without colour they return the text unchanged. */
export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly green: (text: string) => string;
}

export function styleFor(color: boolean): Style {
  const sgr = (on: number, off: number) => (text: string) =>
    color && text !== '' ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  return { bold: sgr(1, 22), dim: sgr(2, 22), red: sgr(31, 39), yellow: sgr(33, 39), green: sgr(32, 39) };
}

/** The escape sequences of `styleFor`. */
const STYLES = /(\u001b\[(?:1|2|22)m)/;

/** Text for stdout without control characters, except for styles where there is colour. */
export function shownText(text: string, color: boolean): string {
  if (!color) return escapeHidden(text);
  return text
    .split(STYLES)
    .map((part, index) => (index % 2 === 1 ? part : escapeHidden(part)))
    .join('');
}

/** Text for stderr without control characters, except for erasing a progress line on a terminal. */
export function shownMessage(text: string, isTTY: boolean): string {
  if (!isTTY || !text.startsWith(ERASE_LINE)) return escapeHidden(text);
  return ERASE_LINE + escapeHidden(text.slice(ERASE_LINE.length));
}

const PROGRESS_MS = 100;
const ERASE_LINE = '\r\u001b[K';

export class Messages {
  readonly #io: Io;
  readonly #quiet: boolean;
  #progressShown = false;
  #nextProgress = 0;

  constructor(io: Io, quiet: boolean) {
    this.#io = io;
    this.#quiet = quiet;
  }

  /** Prints a note, unless --quiet. */
  note(text: string): void {
    if (!this.#quiet) this.error(`modwaste: ${text}`);
  }

  /** Prints a line always, as it is. */
  error(line: string): void {
    this.clearProgress();
    this.#io.stderr.write(`${line}\n`);
  }

  /** Prints a line that the next one overwrites; only on a terminal, at a readable rate. */
  progress(text: string): void {
    const now = performance.now();
    if (this.#quiet || !this.#io.stderr.isTTY || now < this.#nextProgress) return;
    this.#nextProgress = now + PROGRESS_MS;
    const width = (this.#io.stderr.columns ?? 80) - 1;
    this.#io.stderr.write(`${ERASE_LINE}${text.length > width ? `${text.slice(0, width - 1)}…` : text}`);
    this.#progressShown = true;
  }

  clearProgress(): void {
    if (!this.#progressShown) return;
    this.#io.stderr.write(ERASE_LINE);
    this.#progressShown = false;
  }
}
