// SPDX-License-Identifier: Apache-2.0
/**
 * Runs the thread that analyzes inside a sandboxed frame, for which browsers start a process of its own: when the thread
 * runs out of memory, that process ends and the page survives.
 */
import type { AppReply, AppRequest } from './messages.js';
import { startThread } from './threads.js';

/** Accounting and SQL of a large case are one piece of work each: as long as a case may take to read. */
const ANALYSIS_PATIENCE = 600;

/** What the page gives once: the thread's script, and a port to it. */
window.addEventListener(
  'message',
  ({ data, ports }: MessageEvent<string>) => {
    const [port] = ports;
    if (!port) return;
    const reply = (message: AppReply): void => port.postMessage(message);
    const url = URL.createObjectURL(new Blob([data], { type: 'text/javascript' }));
    const thread = startThread<AppReply>(url, ANALYSIS_PATIENCE, reply, (why) => reply({ is: 'ended', why }));
    port.onmessage = (event: MessageEvent<AppRequest>) => {
      if (event.data.ask === 'alive') reply({ is: 'alive' });
      else thread.post(event.data);
    };
  },
  { once: true },
);
