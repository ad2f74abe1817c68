// SPDX-License-Identifier: Apache-2.0
/**
 * Decompresses a large file on a thread of its own while its output is read. What both threads do, whatever carries
 * their messages: Node's threads, or the browser's.
 */
import type { DiagnosticCode } from '../model/diagnostic.js';
import { ByteReader, concat } from './bytes.js';
import type { Report, UnpackBeside } from './found.js';
import { compressionOf, MAGIC_BYTES, ZstdEffort } from './magic.js';

/** From this size on, starting a thread costs little in comparison. */
export const WORTHWHILE_BYTES = 4 * 1024 ** 2;
/** Small chunks are joined into messages of this size. */
const MESSAGE_BYTES = 256 * 1024;
/** How far the thread may be ahead of its reader. */
const AHEAD_BYTES = 8 * 1024 ** 2;

/** Output of a decoder that ends at a byte of the message, and the bytes of the file decoded for it. */
interface Chunk {
  readonly end: number;
  readonly taken: number;
}

/** Messages of the thread, in order. It gets back the number of bytes read. */
export type Unpacked =
  | { readonly is: 'bytes'; readonly bytes: Uint8Array; readonly chunks: readonly Chunk[] }
  | { readonly is: 'problem'; readonly code: DiagnosticCode; readonly detail: string }
  | { readonly is: 'end' };

/** The thread's side. */
export class UnpackSender {
  readonly #post: (output: Unpacked, transfer: ArrayBuffer[]) => void;
  #ahead = 0;
  #wake = (): void => {};

  constructor(post: (output: Unpacked, transfer: ArrayBuffer[]) => void) {
    this.#post = post;
  }

  /** The reader has consumed this many bytes. */
  wasRead(bytes: number): void {
    this.#ahead -= bytes;
    this.#wake();
  }

  async send(file: (report: Report) => AsyncIterable<Uint8Array>): Promise<void> {
    const report: Report = (code, detail) => this.#post({ is: 'problem', code, detail }, []);
    const input = new ByteReader(file(report));
    const unpack = compressionOf(await input.peek(MAGIC_BYTES));
    let parts: Uint8Array[] = [];
    let chunks: Chunk[] = [];
    let length = 0;
    const flush = (): void => {
      if (length === 0) return;
      // A copy: the decoder may still use its output.
      const bytes = Uint8Array.from(concat(parts));
      this.#post({ is: 'bytes', bytes, chunks }, [bytes.buffer]);
      this.#ahead += length;
      parts = [];
      chunks = [];
      length = 0;
    };
    for await (const bytes of unpack?.(input, report, new ZstdEffort()) ?? []) {
      parts.push(bytes);
      length += bytes.length;
      chunks.push({ end: length, taken: input.taken });
      if (length < MESSAGE_BYTES) continue;
      flush();
      while (this.#ahead > AHEAD_BYTES)
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
    flush();
    this.#post({ is: 'end' }, []);
  }
}

/** A running thread. */
interface UnpackThread {
  wasRead(bytes: number): void;
  end(): Promise<unknown>;
}

/** Starts a thread, which calls back with each message and if it fails. */
export type StartThread = (receive: (output: Unpacked) => void, fail: (error: Error) => void) => UnpackThread;

/** The reader's side. */
export class UnpackReceiver implements UnpackBeside {
  readonly #start: StartThread;
  taken = 0;

  constructor(start: StartThread) {
    this.#start = start;
  }

  /** The decompressed file, in the chunks in which the same decoder would give it on this thread. */
  async *bytes(report: Report): AsyncGenerator<Uint8Array> {
    const received: Unpacked[] = [];
    let failure: Error | null = null;
    let wake = (): void => {};
    const thread = this.#start(
      (output) => {
        received.push(output);
        wake();
      },
      (error) => {
        failure = error;
        wake();
      },
    );
    try {
      for (;;) {
        const output = received.shift();
        if (output === undefined) {
          if (failure) throw failure;
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        } else if (output.is === 'bytes') {
          let from = 0;
          for (const { end, taken } of output.chunks) {
            this.taken = taken;
            yield output.bytes.subarray(from, end);
            from = end;
          }
          thread.wasRead(output.bytes.length);
        } else if (output.is === 'problem') report(output.code, output.detail);
        else return;
      }
    } finally {
      await thread.end();
    }
  }
}
