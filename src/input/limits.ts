// SPDX-License-Identifier: Apache-2.0
/** Limits on unpacking: a decompression bomb or an endless archive ends with what was read so far. */
import type { Report } from './found.js';
import { countNewlines } from './prefilter/scanner.js';

/** Bounds on what is unpacked and read: whatever exceeds one is left out, with the diagnostic `input-limit`. */
export interface Limits {
  /** Decompressed bytes, over all inputs. */
  readonly totalBytes: number;
  /** Bytes of one member or decompressed file. */
  readonly memberBytes: number;
  /** Bytes buffered for what cannot be streamed, such as a zip inside an archive. */
  readonly bufferBytes: number;
  /** Nesting depth of archives and compressions. */
  readonly depth: number;
  /** Archive members, over all inputs. Small inputs get a lower limit: see MEMBERS_FROM. */
  readonly members: number;
  /**
   * Unpacked bytes per input byte: of one compressed stream after RATIO_FROM unpacked bytes, and of all inputs together
   * after ALL_RATIO_FROM. Short lines count as LINE_BYTES.
   */
  readonly ratio: number;
  /** Events, over all inputs. Small inputs get a lower limit: see read-limits.ts. */
  readonly events: number;
  /** Seconds of reading, over all inputs. */
  readonly seconds: number;
}

const GIB = 1024 ** 3;

/** The limits where none are given. */
export const DEFAULT_LIMITS: Limits = {
  totalBytes: 64 * GIB,
  memberBytes: 16 * GIB,
  bufferBytes: 64 * 1024 ** 2,
  depth: 8,
  members: 200_000,
  ratio: 400,
  events: 4_000_000,
  seconds: 600,
};

/** The ratio of smaller streams is not limited. */
const RATIO_FROM = 64 * 1024 ** 2;

const ALL_RATIO_FROM = 128 * 1024 ** 2;

/** A line takes about as long as this many bytes: a shorter one counts as these, where a source unpacks to far more than most logs. */
const LINE_BYTES = 128;
const DENSE_RATIO = 16;

/**
 * Members of small inputs, and of larger ones for each byte: a hundred thousand tiny files pack into a few hundred
 * kilobytes, and each takes as long as a kilobyte of log. A copy of /sys, packed by xz, has one for some 20 bytes.
 */
const MEMBERS_FROM = 2000;
const BYTES_PER_MEMBER = 12;

/**
 * Mails of an mbox, parts of a mail and values of a crash file that have fewer than SMALL_PART_BYTES, and how much of such
 * texts allows a further one: each takes as long as some kilobytes of log.
 */
export const SMALL_PART_BYTES = 512;
const SMALL_PARTS = 500;
const TEXT_PER_SMALL_PART = 1024;

/** The command-line option of each limit. */
export const LIMIT_OPTIONS: Readonly<Record<keyof Limits, string>> = {
  totalBytes: '--max-total-bytes',
  memberBytes: '--max-member-bytes',
  bufferBytes: '--max-buffer-bytes',
  depth: '--max-depth',
  members: '--max-members',
  ratio: '--max-ratio',
  events: '--max-events',
  seconds: '--max-seconds',
};

const WITH_LINES = `with ${LINE_BYTES} or more for each line`;

function costOf(chunk: Uint8Array): number {
  return Math.max(chunk.length, countNewlines(chunk, 0, chunk.length) * LINE_BYTES);
}

/** What one run has used of its limits. */
export class Budget {
  readonly limits: Limits;
  /** Unpacked bytes; short lines count for more. */
  #bytes = 0;
  #inputBytes = 0;
  #members = 0;
  #smallParts = 0;
  #textBytes = 0;
  readonly #givenMembers: number | undefined;

  constructor(limits: Partial<Limits> = {}) {
    this.#givenMembers = limits.members;
    this.limits = { ...DEFAULT_LIMITS, ...limits };
  }

  get exhausted(): boolean {
    return this.#bytes >= this.#allowed;
  }

  get #allowed(): number {
    return Math.min(this.limits.totalBytes, ALL_RATIO_FROM + this.#inputBytes * this.limits.ratio);
  }

  /** Bytes of the inputs so far, as stored on disk. */
  get inputBytes(): number {
    return this.#inputBytes;
  }

  /** Counts bytes of an input, which allow more unpacked bytes. */
  addInput(bytes: number): void {
    this.#inputBytes += bytes;
  }

  /** Counts an archive member; false if it is over the limit. */
  takeMember(): boolean {
    this.#members += 1;
    return this.#members <= this.#mostMembers;
  }

  get #mostMembers(): number {
    const most = MEMBERS_FROM + Math.floor(this.#inputBytes / BYTES_PER_MEMBER);
    return this.#givenMembers ?? Math.min(this.limits.members, most);
  }

  /** Counts bytes of a text in parts, which allow more small ones, as far as texts are packed. */
  addText(bytes: number): void {
    this.#textBytes += bytes;
  }

  /** Counts a part of a text with less than SMALL_PART_BYTES; false if it is over the limit. */
  takeSmallPart(): boolean {
    const text = Math.min(this.#textBytes, this.#inputBytes * DENSE_RATIO);
    const most = this.#givenMembers ?? SMALL_PARTS + Math.floor(text / TEXT_PER_SMALL_PART);
    if (this.#smallParts >= most) return false;
    this.#smallParts += 1;
    return true;
  }

  describeSmallParts(): string {
    const more =
      this.#givenMembers === undefined ? ` and one for each ${TEXT_PER_SMALL_PART} bytes of text` : '';
    const most = `${this.#givenMembers ?? SMALL_PARTS} mails, parts or values${more}`;
    return `more than ${most} of less than ${SMALL_PART_BYTES} bytes (${LIMIT_OPTIONS.members})`;
  }

  describeMembers(): string {
    return `more than ${this.#mostMembers} archive members (${LIMIT_OPTIONS.members})`;
  }

  /**
   * Passes on a decompressor's output until the total or the ratio reaches its limit. `taken` gives the bytes that it
   * has consumed.
   */
  async *unpacked(
    bytes: AsyncIterable<Uint8Array>,
    taken: (() => number) | null,
    report: Report,
  ): AsyncGenerator<Uint8Array> {
    let given = 0;
    for await (const chunk of bytes) {
      const allowed = this.#allowed;
      const rest = allowed - this.#bytes;
      const isDense = given > (taken?.() ?? this.#inputBytes) * DENSE_RATIO;
      const cost = isDense ? costOf(chunk) : chunk.length;
      if (cost > rest) {
        this.#bytes = allowed;
        report('input-limit', this.#describeTotal(allowed));
        if (rest > 0) yield chunk.subarray(0, Math.floor((chunk.length * rest) / cost));
        return;
      }
      this.#bytes += cost;
      given += cost;
      yield chunk;
      if (taken && given >= RATIO_FROM && given > taken() * this.limits.ratio) {
        report(
          'input-limit',
          this.describe('ratio', `bytes unpacked per compressed byte, after ${given} bytes, ${WITH_LINES}`),
        );
        return;
      }
    }
  }

  /** Passes on the bytes of one member until its limit is reached. */
  async *member(bytes: AsyncIterable<Uint8Array>, report: Report): AsyncGenerator<Uint8Array> {
    let rest = this.limits.memberBytes;
    for await (const chunk of bytes) {
      if (chunk.length > rest) {
        report('input-limit', this.describe('memberBytes', 'bytes in this member'));
        if (rest > 0) yield chunk.subarray(0, rest);
        return;
      }
      rest -= chunk.length;
      yield chunk;
    }
  }

  #describeTotal(allowed: number): string {
    return allowed === this.limits.totalBytes
      ? this.describe('totalBytes', 'bytes unpacked in total')
      : this.describe('ratio', `bytes unpacked per byte of input, after ${allowed} bytes, ${WITH_LINES}`);
  }

  describe(limit: keyof Limits, what: string): string {
    return `more than ${this.limits[limit]} ${what} (${LIMIT_OPTIONS[limit]})`;
  }
}
