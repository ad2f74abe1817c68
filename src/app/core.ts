// SPDX-License-Identifier: Apache-2.0
/** The thread that analyzes, as the page sees it: started when first asked, ended to stop it. */
import type { AppReply, AppRequest, CoreData } from './messages.js';

/** Something that runs was stopped by hand. */
export class Stopped extends Error {}

export type Progress = Extract<AppReply, { is: 'progress' | 'working' }>;
export type Answer = Exclude<AppReply, { is: 'progress' | 'working' | 'failed' }>;

export class Core {
  readonly #url: string;
  readonly #data: CoreData;
  #worker: Worker | null = null;
  #settle: { readonly give: (answer: Answer) => void; readonly fail: (why: Error) => void } | null = null;
  onProgress: (progress: Progress) => void = () => {};

  constructor(url: string, data: CoreData) {
    this.#url = url;
    this.#data = data;
  }

  /** One at a time; rejects with Stopped, or with what went wrong. */
  ask(request: AppRequest): Promise<Answer> {
    const worker = this.#worker ?? this.#start();
    return new Promise((give, fail) => {
      this.#settle = { give, fail };
      worker.postMessage(request);
    });
  }

  stop(): void {
    this.#end(new Stopped('stopped'));
  }

  #end(why: Error): void {
    this.#worker?.terminate();
    this.#worker = null;
    const settle = this.#settle;
    this.#settle = null;
    settle?.fail(why);
  }

  #start(): Worker {
    const worker = new Worker(this.#url);
    worker.onmessage = ({ data }: MessageEvent<AppReply>) => {
      if (data.is === 'progress' || data.is === 'working') {
        this.onProgress(data);
        return;
      }
      const settle = this.#settle;
      this.#settle = null;
      if (data.is === 'failed') settle?.fail(new Error(data.why));
      else settle?.give(data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.#end(
        new Error(
          `the analysis ended: ${event.message || 'the browser ended its thread, perhaps for want of memory'}`,
        ),
      );
    };
    worker.postMessage({ ask: 'start', core: this.#data } satisfies AppRequest);
    this.#worker = worker;
    return worker;
  }
}
