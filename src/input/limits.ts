/** Limits on what is unpacked, so that a bomb or an endless archive ends with what was read so far. */
import type { Report } from './found.js';

export interface Limits {
  /** Bytes that come out of decompression, over all inputs. */
  readonly totalBytes: number;
  /** Bytes of one member or decompressed file. */
  readonly memberBytes: number;
  /** Bytes held in memory for what cannot be streamed: a zip inside an archive, one mail. */
  readonly bufferBytes: number;
  /** Layers of archives and compressions inside each other. */
  readonly depth: number;
  /** Archive members, over all inputs. */
  readonly members: number;
  /**
   * Bytes out for one byte in: of one compressed stream, once it has given RATIO_FROM bytes, and of all inputs together,
   * once they have given ALL_RATIO_FROM bytes.
   */
  readonly ratio: number;
  /** Events that are kept, over all inputs. Small inputs may give fewer: see read-limits.ts. */
  readonly events: number;
  /** Seconds of reading, over all inputs. */
  readonly seconds: number;
}

const GIB = 1024 ** 3;

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

/** Small streams may be as repetitive as they like. */
export const RATIO_FROM = 64 * 1024 ** 2;

export const ALL_RATIO_FROM = 128 * 1024 ** 2;

/** What the command line calls each limit. */
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

/** What is left of the limits in one run. */
export class Budget {
  readonly limits: Limits;
  /** Bytes that came out of decompression, and of inputs as they lie on disk. */
  #bytes = 0;
  #inputBytes = 0;
  #members = 0;

  constructor(limits: Partial<Limits> = {}) {
    this.limits = { ...DEFAULT_LIMITS, ...limits };
  }

  get exhausted(): boolean {
    return this.#bytes >= this.#allowed;
  }

  get #allowed(): number {
    return Math.min(this.limits.totalBytes, ALL_RATIO_FROM + this.#inputBytes * this.limits.ratio);
  }

  /** Bytes of the inputs so far, as they lie on disk. */
  get inputBytes(): number {
    return this.#inputBytes;
  }

  /** Bytes of an input, from which more may come out. */
  addInput(bytes: number): void {
    this.#inputBytes += bytes;
  }

  /** False where the archive member would be one too many. */
  takeMember(): boolean {
    this.#members += 1;
    return this.#members <= this.limits.members;
  }

  /**
   * Passes on what a decompressor gives, until the total or the ratio is reached. `taken` tells the bytes that it
   * has taken in.
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
      if (chunk.length > rest) {
        this.#bytes = allowed;
        report('input-limit', this.#describeTotal(allowed));
        if (rest > 0) yield chunk.subarray(0, rest);
        return;
      }
      this.#bytes += chunk.length;
      given += chunk.length;
      yield chunk;
      if (taken && given >= RATIO_FROM && given > taken() * this.limits.ratio) {
        report(
          'input-limit',
          this.describe('ratio', `bytes came out for each byte in, after ${given} bytes`),
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
        report('input-limit', this.describe('memberBytes', 'bytes of this member were read'));
        if (rest > 0) yield chunk.subarray(0, rest);
        return;
      }
      rest -= chunk.length;
      yield chunk;
    }
  }

  #describeTotal(allowed: number): string {
    return allowed === this.limits.totalBytes
      ? this.describe('totalBytes', 'bytes were unpacked in all')
      : this.describe('ratio', `bytes came out for each byte of the inputs, after ${allowed} bytes`);
  }

  describe(limit: keyof Limits, what: string): string {
    return `more than ${this.limits[limit]} ${what} (${LIMIT_OPTIONS[limit]})`;
  }
}
