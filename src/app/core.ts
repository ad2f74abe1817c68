// SPDX-License-Identifier: Apache-2.0
/** The analysis thread as the page sees it: started on first use, terminated to stop it. */
import type { AppReply, AppRequest, CoreData } from './messages.js';

/** Something that runs was stopped by hand. */
export class Stopped extends Error {}

export type Progress = Extract<AppReply, { is: 'progress' | 'working' }>;
export type Answer = Exclude<AppReply, Progress | { is: 'alive' | 'ended' | 'failed' }>;

/** Milliseconds between two questions whether the frame is alive, and how many may stay without an answer. */
const PULSE_MS = 1000;
const UNANSWERED = 10;

/** A frame with the thread in it. */
interface Host {
  readonly frame: HTMLIFrameElement;
  readonly port: MessagePort;
  readonly pulse: ReturnType<typeof setInterval>;
}

export class Core {
  readonly #hostUrl: string;
  readonly #script: string;
  readonly #data: CoreData;
  #host: Host | null = null;
  #unanswered = 0;
  #settle: { readonly give: (answer: Answer) => void; readonly fail: (why: Error) => void } | null = null;
  onProgress: (progress: Progress) => void = () => {};

  /** `hostUrl`: the document of the frame; `script`: that of the thread. */
  constructor(hostUrl: string, script: string, data: CoreData) {
    this.#hostUrl = hostUrl;
    this.#script = script;
    this.#data = data;
  }

  /** One at a time; rejects with Stopped, or with what went wrong. */
  ask(request: AppRequest): Promise<Answer> {
    const { port } = this.#host ?? this.#start();
    return new Promise((give, fail) => {
      this.#settle = { give, fail };
      port.postMessage(request);
    });
  }

  stop(): void {
    this.#end(new Stopped('stopped'));
  }

  #end(why: Error): void {
    clearInterval(this.#host?.pulse);
    this.#host?.port.close();
    this.#host?.frame.remove();
    this.#host = null;
    const settle = this.#settle;
    this.#settle = null;
    settle?.fail(why);
  }

  #start(): Host {
    const frame = document.createElement('iframe');
    frame.hidden = true;
    frame.title = 'Analysis';
    frame.sandbox.add('allow-scripts');
    frame.src = this.#hostUrl;
    const { port1: port, port2 } = new MessageChannel();
    const begin = (): void => frame.contentWindow?.postMessage(this.#script, '*', [port2]);
    frame.addEventListener('load', begin, { once: true });
    port.onmessage = ({ data }: MessageEvent<AppReply>) => this.#take(data);
    port.postMessage({ ask: 'start', core: this.#data } satisfies AppRequest);
    document.body.append(frame);
    this.#unanswered = 0;
    const pulse = setInterval(() => this.#askIfAlive(port), PULSE_MS);
    this.#host = { frame, port, pulse };
    return this.#host;
  }

  /** No event tells that the process of a frame has ended. */
  #askIfAlive(port: MessagePort): void {
    this.#unanswered += 1;
    if (this.#unanswered <= UNANSWERED) port.postMessage({ ask: 'alive' } satisfies AppRequest);
    else this.#end(new Error('the browser ended the analysis, perhaps because it ran out of memory'));
  }

  #take(reply: AppReply): void {
    this.#unanswered = 0;
    if (reply.is === 'alive') return;
    if (reply.is === 'progress' || reply.is === 'working') {
      this.onProgress(reply);
      return;
    }
    if (reply.is === 'ended') {
      this.#end(new Error(`the analysis ended: ${reply.why}`));
      return;
    }
    const settle = this.#settle;
    this.#settle = null;
    if (reply.is === 'failed') settle?.fail(new Error(reply.why));
    else settle?.give(reply);
  }
}
