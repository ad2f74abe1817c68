// SPDX-License-Identifier: Apache-2.0
/**
 * Runs the thread that analyzes inside a sandboxed frame, for which browsers start a process of its own: where the thread
 * ends for want of memory, its process ends, and the page around it goes on.
 */
import { trustedUrl } from '../report/html/page/thread-url.js';
import type { AppReply, AppRequest } from './messages.js';

/** What the page gives once: the thread's script, and a port to it. */
window.addEventListener(
  'message',
  ({ data, ports }: MessageEvent<string>) => {
    const [port] = ports;
    if (!port) return;
    const reply = (message: AppReply): void => port.postMessage(message);
    const url = URL.createObjectURL(new Blob([data], { type: 'text/javascript' }));
    const worker = new Worker(trustedUrl(url, 'modwaste-app'));
    worker.onmessage = (event: MessageEvent<AppReply>) => reply(event.data);
    worker.onerror = (event) => {
      event.preventDefault();
      reply({ is: 'ended', why: event.message });
    };
    port.onmessage = (event: MessageEvent<AppRequest>) => {
      if (event.data.ask === 'alive') reply({ is: 'alive' });
      else worker.postMessage(event.data);
    };
  },
  { once: true },
);
