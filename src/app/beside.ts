// SPDX-License-Identifier: Apache-2.0
/** Decompresses a large file on a thread beside the one that analyzes. */
import { type Unpacked, UnpackReceiver, UnpackSender, WORTHWHILE_BYTES } from '../input/beside.js';
import { blobBytes, type OnBytes } from './blob-file.js';
import { PATIENCE, startThread } from './threads.js';

/** Null for small files. */
export function unpackBeside(blob: Blob, onBytes: OnBytes): UnpackReceiver | null {
  if (blob.size < WORTHWHILE_BYTES) return null;
  return new UnpackReceiver((receive, fail) => {
    let taken = 0;
    const thread = startThread<Unpacked>(
      // The script of this thread, which does the one or the other.
      self.location.href,
      PATIENCE,
      (data) => {
        if (data.is === 'bytes') {
          const now = data.chunks.at(-1)?.taken ?? taken;
          onBytes(now - taken);
          taken = now;
        }
        receive(data);
      },
      (why) => fail(new Error(why)),
    );
    thread.post({ ask: 'unpack', file: blob });
    return { wasRead: (bytes) => thread.post({ ask: 'more', bytes }), end: async () => thread.end() };
  });
}

let sender: UnpackSender | null = null;

/** The other side: the thread does nothing else. */
export async function unpackHere(
  blob: Blob,
  post: (output: Unpacked, transfer: ArrayBuffer[]) => void,
): Promise<void> {
  sender = new UnpackSender(post);
  await sender.send((report) => blobBytes(blob, report, () => {}));
}

/** The reader has consumed this many of the bytes unpacked here. */
export const wasRead = (bytes: number): void => sender?.wasRead(bytes);
