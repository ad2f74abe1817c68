// SPDX-License-Identifier: Apache-2.0
/** Runs SQL over the case's tables on a thread, which is ended where it takes too long or is told to stop. */
import { TABLES } from '../../../store/schema.js';
import { tableBlock, WASM_BLOCK, WORKER_BLOCK } from '../wire.js';
import { blockBytes } from './blocks.js';
import type { SqlAnswer, SqlFailure, SqlReply, SqlRequest } from './sql-messages.js';
import { threadUrl } from './thread-url.js';

/** SQL that failed, with what SQLite says of it. */
export class SqlFailed extends Error {
  constructor(readonly failure: SqlFailure) {
    super(failure.message);
  }
}

export type Question = Pick<SqlRequest, 'query' | 'sql' | 'given' | 'most' | 'format'>;

/** The table that is far larger than all others, and that few questions need. */
const LARGE = 'events';

let script: Promise<string> | null = null;

export class SqlThread {
  #worker: Worker | null = null;
  /** Tables that the thread holds. */
  #held = new Set<string>();
  #last = 0;
  readonly #waiting = new Map<number, { settle: (reply: SqlReply) => void; fail: (why: Error) => void }>();

  /** The answer; rejects with SqlFailed, or with what ended the thread. `seconds` may be Infinity. */
  async ask(question: Question, seconds: number): Promise<SqlAnswer> {
    script ??= threadUrl(WORKER_BLOCK, 'modwaste');
    const url = await script;
    const worker = this.#worker ?? this.#start(url);
    const tables = this.#missing(question.query?.sql ?? '', question.sql ?? '');
    const request: SqlRequest = {
      ...question,
      id: ++this.#last,
      wasm: this.#held.size === 0 ? blockBytes(WASM_BLOCK) : null,
      tables: tables.map((name) => [name, blockBytes(tableBlock(name))]),
    };
    for (const name of tables) this.#held.add(name);
    const reply = await new Promise<SqlReply>((settle, fail) => {
      this.#waiting.set(request.id, { settle, fail });
      worker.postMessage(request);
      if (Number.isFinite(seconds)) {
        setTimeout(() => {
          if (this.#waiting.has(request.id)) this.stop(`stopped after ${seconds} s, the time limit`);
        }, seconds * 1000);
      }
    });
    if ('failed' in reply) throw new SqlFailed(reply.failed);
    return reply;
  }

  /** Ends the thread, and with it whatever it runs; the next question starts another. */
  stop(why = 'stopped'): void {
    this.#worker?.terminate();
    this.#worker = null;
    this.#held = new Set();
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { fail } of waiting) fail(new Error(why));
  }

  #start(url: string): Worker {
    const worker = new Worker(url);
    worker.onmessage = ({ data }: MessageEvent<SqlReply>) => {
      const waiting = this.#waiting.get(data.id);
      this.#waiting.delete(data.id);
      waiting?.settle(data);
    };
    worker.onerror = (event) =>
      this.stop(`the thread that runs SQL ended: ${event.message || 'out of memory?'}`);
    this.#worker = worker;
    return worker;
  }

  #missing(...texts: readonly string[]): string[] {
    const large = texts.some((text) => text.toLowerCase().includes(LARGE));
    return TABLES.map(({ name }) => name).filter(
      (name) => !this.#held.has(name) && (name !== LARGE || large),
    );
  }
}
