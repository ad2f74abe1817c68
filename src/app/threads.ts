// SPDX-License-Identifier: Apache-2.0
/** Starts threads, and notices where one ends. */
import { trustedUrl } from '../report/html/page/thread-url.js';
import type { AppRequest } from './messages.js';

/** Milliseconds between two questions whether a thread is alive. */
const PULSE_MS = 1000;
/** Questions that threads may leave unanswered that are never busy for long. */
export const PATIENCE = 120;

/** A scope starts threads of one script. */
let trusted: string | null = null;

export interface Thread {
  post(request: AppRequest, transfer?: Transferable[]): void;
  end(): void;
}

/**
 * Starts a thread with the script at `url`. `fail` is called once with the reason if it ends by itself; where the browser
 * says nothing, once `patience` questions in a row stayed without any message: work of one piece keeps it from answering.
 */
export function startThread<Reply extends { readonly is: string }>(
  url: string,
  patience: number,
  receive: (reply: Reply) => void,
  fail: (why: string) => void,
): Thread {
  trusted ??= trustedUrl(url, 'modwaste-app');
  const worker = new Worker(trusted);
  let unanswered = 0;
  const end = (): void => {
    clearInterval(pulse);
    worker.terminate();
  };
  const ended = (why: string): void => {
    end();
    fail(why || 'the browser ended its thread, perhaps because it ran out of memory');
  };
  const pulse = setInterval(() => {
    unanswered += 1;
    if (unanswered > patience) ended('');
    else worker.postMessage({ ask: 'alive' } satisfies AppRequest);
  }, PULSE_MS);
  worker.onmessage = ({ data }: MessageEvent<Reply | { readonly is: 'alive' }>) => {
    unanswered = 0;
    if (data.is !== 'alive') receive(data as Reply);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    ended(event.message);
  };
  return { post: (request, transfer = []) => worker.postMessage(request, transfer), end };
}
