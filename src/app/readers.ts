// SPDX-License-Identifier: Apache-2.0
/** Threads that read small files of a case beside the one that opens its inputs. */
import type { Part } from '../ingest/collector.js';
import type { Batch, ReaderThreads } from '../read-beside.js';
import type { ThreadReply } from './messages.js';
import { PATIENCE, startThread, type Thread } from './threads.js';

/** More would wait for the thread that opens. */
const MOST_THREADS = 4;

interface Reader {
  readonly thread: Thread;
  /** Why it ended, once it did. */
  ended: Error | null;
  /** Whoever waits for an answer, in the order of the questions. */
  readonly waiting: {
    readonly give: (parts: readonly Part[]) => void;
    readonly fail: (why: Error) => void;
  }[];
}

/** As many as the machine has cores; started with the first batch. */
export class Readers implements ReaderThreads {
  readonly count = Math.min(MOST_THREADS, navigator.hardwareConcurrency || 1);
  readonly #readers: Reader[] = [];

  read(batch: Batch): Promise<readonly Part[]> {
    while (this.#readers.length < this.count) this.#readers.push(startReader());
    const [least] = this.#readers.toSorted((a, b) => a.waiting.length - b.waiting.length);
    if (least?.ended) return Promise.reject(least.ended);
    return new Promise((give, fail) => {
      least?.waiting.push({ give, fail });
      least?.thread.post(
        { ask: 'read', batch },
        batch.map(({ bytes }) => bytes.buffer),
      );
    });
  }

  end(): void {
    for (const { thread } of this.#readers.splice(0)) thread.end();
  }
}

function startReader(): Reader {
  const waiting: Reader['waiting'] = [];
  const thread = startThread<ThreadReply>(
    self.location.href,
    PATIENCE,
    (reply) => {
      if (reply.is === 'parts') waiting.shift()?.give(reply.parts);
      else waiting.shift()?.fail(new Error(reply.why));
    },
    (why) => {
      reader.ended = new Error(why);
      for (const { fail } of waiting.splice(0)) fail(reader.ended);
    },
  );
  const reader: Reader = { thread, waiting, ended: null };
  return reader;
}
