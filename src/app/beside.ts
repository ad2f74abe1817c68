// SPDX-License-Identifier: Apache-2.0
/** Decompresses a large file on a thread beside the one that analyzes. */
import { type Unpacked, UnpackReceiver, UnpackSender, WORTHWHILE_BYTES } from '../input/beside.js';
import { trustedUrl } from '../report/html/page/thread-url.js';
import { blobBytes, type OnBytes } from './blob-file.js';
import type { AppRequest } from './messages.js';

let url: string | null = null;

/** Null for small files. */
export function unpackBeside(blob: Blob, onBytes: OnBytes): UnpackReceiver | null {
  if (blob.size < WORTHWHILE_BYTES) return null;
  return new UnpackReceiver((receive, fail) => {
    // The script of this thread, which does the one or the other.
    url ??= trustedUrl(self.location.href, 'modwaste-app');
    const worker = new Worker(url);
    let taken = 0;
    worker.onmessage = ({ data }: MessageEvent<Unpacked>) => {
      if (data.is === 'bytes') {
        const now = data.chunks.at(-1)?.taken ?? taken;
        onBytes(now - taken);
        taken = now;
      }
      receive(data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      fail(new Error(event.message || 'the browser ended the thread, perhaps for want of memory'));
    };
    worker.postMessage({ ask: 'unpack', file: blob } satisfies AppRequest);
    return { wasRead: (bytes) => worker.postMessage(bytes), end: async () => worker.terminate() };
  });
}

/** What this thread needs of its own scope, whose types do not go together with those of pages. */
interface Port {
  onmessage: ((event: MessageEvent<number>) => void) | null;
  postMessage(output: Unpacked, transfer: ArrayBuffer[]): void;
}

/** The other side: from now on the thread does nothing else. */
export async function unpackHere(blob: Blob): Promise<void> {
  const port = self as unknown as Port;
  const sender = new UnpackSender((output, transfer) => port.postMessage(output, transfer));
  port.onmessage = ({ data }) => sender.wasRead(data);
  await sender.send((report) => blobBytes(blob, report, () => {}));
}
