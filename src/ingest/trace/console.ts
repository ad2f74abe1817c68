// SPDX-License-Identifier: Apache-2.0
/**
 * The kernel's messages in a trace: `console: foo: loading out-of-tree module taints kernel.`, the event printk:console.
 * They form a separate log inside the trace, with the trace's timestamps.
 */
import { readPrefix } from '../dmesg/prefix/prefix.js';
import type { IngestContext, LineSink } from '../ingester.js';
import type { TraceRecord } from './records.js';
import { text } from './values.js';

/** The event name as printed by the tracer and perf. */
const NAME = /^(?:printk:)?console: {1,16}/;
const NS_PER_US = 1000n;
const US_PER_S = 1_000_000n;

export class ConsoleEvents {
  readonly #context: IngestContext;
  #sink: LineSink | null = null;
  #recordings = 0;

  constructor(context: IngestContext) {
    this.#context = context;
  }

  /** Reads `console: TEXT`; `t` in nanoseconds, null if the trace clock has other units. */
  read(body: string, t: bigint | null, line: number): void {
    this.#sink ??= this.#context.section(this.#name(), 'excerpt');
    // Before 5.19 the text had the console prefix.
    const message = body.replace(NAME, '');
    const stamped = t === null || readPrefix(message).boot !== null ? message : `${stampOf(t)} ${message}`;
    this.#sink.line(stamped, line);
  }

  /** Takes a record of the event; false for another one. */
  takes({ name, system, fields, t, line }: TraceRecord): boolean {
    if (name !== 'console' || (system !== null && system !== 'printk')) return false;
    const message = text(fields.get('msg'));
    if (message !== null) this.read(message.trimEnd(), t, line);
    return true;
  }

  /** Ends the recording. */
  end(): void {
    this.#sink?.end();
    this.#sink = null;
  }

  #name(): string {
    this.#recordings += 1;
    return this.#recordings === 1 ? 'console' : `console ${this.#recordings}`;
  }
}

/** As printk prints it: `[   12.345678]`. */
function stampOf(t: bigint): string {
  const micros = t / NS_PER_US;
  const fraction = (micros % US_PER_S).toString().padStart(6, '0');
  return `[${(micros / US_PER_S).toString().padStart(5)}.${fraction}]`;
}
