// SPDX-License-Identifier: Apache-2.0
/** xz, by xz-decompress (xz-embedded in WebAssembly). */
import { errorMessage } from '../../model/error-message.js';
import { loadXz, renewXz } from '../../platform/xz.js';
import type { ByteReader } from '../bytes.js';
import type { Report } from '../found.js';
import { pieceBytes } from './piece.js';

const MAGIC = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00];

export function isXz(head: Uint8Array): boolean {
  return MAGIC.every((byte, index) => head[index] === byte);
}

/** The decoder handles concatenated and padded streams. */
export async function* unxz(input: ByteReader, report: Report): AsyncGenerator<Uint8Array> {
  const feed = new Feed(input);
  const Xz = await loadXz();
  const reader = new Xz(feed.stream).getReader();
  let isOpen = true;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (value.length > 0) yield value;
    }
    isOpen = false;
  } catch (error) {
    isOpen = false;
    await renewXz(error);
    reportFailure(error, report);
  } finally {
    // A stream that is left early frees its memory.
    if (isOpen) await reader.cancel().catch(() => undefined);
    await feed.stop();
  }
}

/** The decoder's input, piece by piece on request. */
class Feed {
  readonly stream: ReadableStream<Uint8Array>;
  #fed = 0;
  #stopped = false;
  #pending: Promise<void> = Promise.resolve();

  constructor(input: ByteReader) {
    this.stream = new ReadableStream<Uint8Array>(
      {
        pull: (controller) => {
          this.#pending = this.#next(input, controller);
          return this.#pending;
        },
      },
      { highWaterMark: 0 },
    );
  }

  async #next(input: ByteReader, controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    const piece = this.#stopped ? null : await input.read(pieceBytes(this.#fed));
    if (!piece?.length) controller.close();
    else {
      this.#fed += piece.length;
      controller.enqueue(piece);
    }
  }

  /** Waits for a pending read and ends the input, which others may then read. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#pending;
  }
}

/** `get_next_output failed with error code 8`: enum xz_ret of xz-embedded (linux/include/linux/xz.h). */
function reportFailure(error: unknown, report: Report): void {
  const message = errorMessage(error);
  switch (/error code (\d+)/.exec(message)?.[1]) {
    case '2':
    case '6':
      report('archive-unsupported', 'the xz data uses a filter or checksum that is not supported');
      return;
    case '3':
    case '4':
      report('archive-unsupported', 'the xz data needs a dictionary of more than 64 MiB');
      return;
    case '5':
      report('archive-damaged', 'the data after the end of the xz stream is not xz and was not read');
      return;
    case '8':
      report('archive-damaged', 'the xz data is truncated');
      return;
    default:
      report('archive-damaged', `the xz data is damaged (${message})`);
  }
}
