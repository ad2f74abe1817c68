// SPDX-License-Identifier: Apache-2.0
/** bzip2, decoded block by block by seek-bzip. */

import type { BunzipDecoder } from 'seek-bzip';
import { errorMessage } from '../../model/error-message.js';
import { Buffer } from '../../platform/index.js';
import { type ByteReader, CHUNK_BYTES, concat } from '../bytes.js';
import type { Report } from '../found.js';

/** More than any block of up to 900 kB needs compressed. */
const BLOCK_BYTES = 1_300_000;

/** Holds the only block of a stream of a few lines, of which there may be thousands. */
const SMALL_BLOCK_BYTES = 16 * 1024;
/** The decoder's code for damage, and for a block that is larger than its buffer. */
const DATA_ERROR = -5;

/** `BZh1` to `BZh9`, then the magic number of a block (pi) or of the end (its square root). */
export function isBzip2(head: Uint8Array): boolean {
  const text = Buffer.from(head.subarray(0, 10)).toString('hex');
  return /^425a683[1-9](?:314159265359|177245385090)/.test(text);
}

export async function* bunzip2(input: ByteReader, report: Report): AsyncGenerator<Uint8Array> {
  const { default: Bunzip } = await import('seek-bzip');
  const source = new Source();
  const sink = new Sink();
  do {
    let decoder: BunzipDecoder | null = null;
    for (let more = true; more; ) {
      await source.fill(input);
      const failure = failureOf(() => {
        decoder ??= new Bunzip(source, sink);
        more = decodeBlock(decoder, source);
      });
      yield* sink.drain();
      if (failure !== null) {
        report('archive-damaged', failure);
        return;
      }
    }
    await source.fill(input);
  } while (source.atStream());
  if (!source.atEnd()) {
    report('archive-damaged', 'the data after the end of the bzip2 stream is not bzip2 and was not read');
  }
}

/** Decodes one block into the sink; false at the end of the stream, if its checksum is right. */
function decodeBlock(decoder: BunzipDecoder, source: Source): boolean {
  if (startBlock(decoder, source)) {
    decoder._read_bunzip();
    return true;
  }
  if (decoder.reader.read(32) >>> 0 !== decoder.streamCRC) throw new Error('the checksum does not match');
  return false;
}

/** Reads the block that is next. The first of a stream gets a small buffer; if that does not hold it, a full one. */
function startBlock(decoder: BunzipDecoder, source: Source): boolean {
  const { reader, dbufSize, streamCRC } = decoder;
  if (streamCRC !== 0 || dbufSize <= SMALL_BLOCK_BYTES) return decoder._init_block();
  const { bitOffset, curByte, hasByte } = reader;
  const { offset } = source;
  decoder.dbufSize = SMALL_BLOCK_BYTES;
  try {
    return decoder._init_block();
  } catch (error) {
    if (!(error instanceof Error && 'errorCode' in error && error.errorCode === DATA_ERROR)) throw error;
  } finally {
    decoder.dbufSize = dbufSize;
  }
  source.offset = offset;
  Object.assign(reader, { bitOffset, curByte, hasByte });
  decoder.streamCRC = streamCRC;
  return decoder._init_block();
}

class Truncated extends Error {}

/** Runs a step and returns what is wrong with the data, or null. */
function failureOf(step: () => void): string | null {
  try {
    step();
    return null;
  } catch (error) {
    if (error instanceof Truncated) return 'the bzip2 data is truncated';
    return `the bzip2 data is damaged (${errorMessage(error)})`;
  }
}

/** The compressed bytes that the decoder, which cannot wait, may need for its next block. */
class Source {
  #bytes: Uint8Array = new Uint8Array(0);
  /** The next byte to give. */
  offset = 0;

  async fill(input: ByteReader): Promise<void> {
    const left = this.#bytes.length - this.offset;
    if (left >= BLOCK_BYTES) return;
    const more = await input.read(2 * BLOCK_BYTES - left);
    if (more.length === 0) return;
    this.#bytes = concat([this.#bytes.subarray(this.offset), more]);
    this.offset = 0;
  }

  readByte(): number {
    const byte = this.#bytes[this.offset];
    if (byte === undefined) throw new Truncated();
    this.offset += 1;
    return byte;
  }

  read(into: Uint8Array, offset: number, length: number): number {
    for (let index = 0; index < length; index++) into[offset + index] = this.readByte();
    return length;
  }

  atStream(): boolean {
    return isBzip2(this.#bytes.subarray(this.offset));
  }

  /** Zeros are padding. */
  atEnd(): boolean {
    return this.#bytes.subarray(this.offset).every((byte) => byte === 0);
  }
}

class Sink {
  readonly #full: Uint8Array[] = [];
  #chunk = new Uint8Array(CHUNK_BYTES);
  #used = 0;

  writeByte(byte: number): void {
    if (this.#used === CHUNK_BYTES) {
      this.#full.push(this.#chunk);
      this.#chunk = new Uint8Array(CHUNK_BYTES);
      this.#used = 0;
    }
    this.#chunk[this.#used++] = byte;
  }

  *drain(): Generator<Uint8Array> {
    yield* this.#full.splice(0);
    if (this.#used > 0) yield this.#chunk.slice(0, this.#used);
    this.#used = 0;
  }
}
