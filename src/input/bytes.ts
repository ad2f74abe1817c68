/** Reading a stream of bytes by pulling: some, exactly n, ahead, and back. */

const EMPTY = new Uint8Array(0);

/** As many bytes as one read takes from disk or hands on. */
export const CHUNK_BYTES = 64 * 1024;

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  if (only && parts.length === 1) return only;
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** Bytes as latin-1 text: one character a byte, for magic numbers and headers. */
export function ascii(bytes: Uint8Array, start = 0, end = bytes.length): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1', start, end);
}

export class ByteReader {
  readonly #source: AsyncIterator<Uint8Array>;
  /** What was pulled and not yet taken. */
  #held: Uint8Array = EMPTY;
  #ended = false;
  #pulled = 0;

  constructor(bytes: AsyncIterable<Uint8Array>) {
    this.#source = bytes[Symbol.asyncIterator]();
  }

  /** Bytes handed out so far. */
  get taken(): number {
    return this.#pulled - this.#held.length;
  }

  /** The next bytes, at most `max`; null at the end. */
  async some(max: number = CHUNK_BYTES): Promise<Uint8Array | null> {
    while (this.#held.length === 0) {
      const next = await this.#pull();
      if (next === null) return null;
      this.#held = next;
    }
    return this.#take(max);
  }

  /** Exactly `count` bytes; fewer only at the end. */
  async read(count: number): Promise<Uint8Array> {
    await this.#hold(count);
    return this.#take(count);
  }

  /** The next bytes up to `count`, which stay to be read; fewer only at the end. */
  async peek(count: number): Promise<Uint8Array> {
    await this.#hold(count);
    return this.#held.subarray(0, count);
  }

  /** Passes over `count` bytes; returns how many there were. */
  async skip(count: number): Promise<number> {
    let skipped = 0;
    while (skipped < count) {
      const bytes = await this.some(count - skipped);
      if (bytes === null) break;
      skipped += bytes.length;
    }
    return skipped;
  }

  /** Gives back bytes that were taken last, to be read again. */
  unread(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#held = this.#held.length === 0 ? bytes : concat([bytes, this.#held]);
  }

  /** All that is left, or the next `count` bytes. */
  async *rest(count = Number.POSITIVE_INFINITY): AsyncGenerator<Uint8Array> {
    let left = count;
    while (left > 0) {
      const bytes = await this.some(Math.min(left, CHUNK_BYTES));
      if (bytes === null) return;
      left -= bytes.length;
      yield bytes;
    }
  }

  /** Lets go of the source. */
  async close(): Promise<void> {
    this.#ended = true;
    this.#held = EMPTY;
    await this.#source.return?.();
  }

  #take(max: number): Uint8Array {
    const bytes = this.#held.subarray(0, max);
    this.#held = this.#held.subarray(bytes.length);
    return bytes;
  }

  async #hold(count: number): Promise<void> {
    if (this.#held.length >= count) return;
    const parts = [this.#held];
    let length = this.#held.length;
    while (length < count) {
      const next = await this.#pull();
      if (next === null) break;
      parts.push(next);
      length += next.length;
    }
    this.#held = concat(parts);
  }

  async #pull(): Promise<Uint8Array | null> {
    if (this.#ended) return null;
    const next = await this.#source.next();
    if (next.done) {
      this.#ended = true;
      return null;
    }
    this.#pulled += next.value.length;
    return next.value;
  }
}

/**
 * What a generator gives, without closing it where its reader stops early (as `for await` and `yield*` would): whoever
 * lent it passes over the rest by `drain`.
 */
export async function* lent<T>(items: AsyncGenerator<T>): AsyncGenerator<T> {
  for (let next = await items.next(); !next.done; next = await items.next()) yield next.value;
}

export async function drain<T>(items: AsyncGenerator<T>): Promise<void> {
  while (!(await items.next()).done);
}

/** The first `count` bytes (fewer where the stream is shorter), and a stream that still yields everything. */
export async function peek(
  bytes: AsyncIterable<Uint8Array>,
  count: number,
): Promise<{ head: Uint8Array; whole: boolean; bytes: AsyncIterable<Uint8Array> }> {
  const reader = new ByteReader(bytes);
  const ahead = await reader.peek(count + 1);
  return { head: ahead.subarray(0, count), whole: ahead.length <= count, bytes: closing(reader) };
}

async function* closing(reader: ByteReader): AsyncGenerator<Uint8Array> {
  try {
    yield* reader.rest();
  } finally {
    await reader.close();
  }
}
