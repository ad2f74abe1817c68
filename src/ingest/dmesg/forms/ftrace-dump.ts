// SPDX-License-Identifier: Apache-2.0
/**
 * The trace buffer dumped to the log by a panic, sysrq-z or ftrace_dump_on_oops (kernel/trace/trace.c:ftrace_dump):
 *
 *     [   12.345678] Dumping ftrace buffer:
 *     [   12.345680] ---------------------------------
 *     [   12.345681] modprobe-902     5d..1. 1234567us : module_load: nls_cp737 E
 *     [   12.345699] ---------------------------------
 */
import type { IngestContext, LineSink } from '../../ingester.js';
import type { LogRecord } from '../record.js';

const START = /^Dumping ftrace (?:instance \S+ )?buffer:$/;
const RULE = /^-{20,}$/;
/** More lines than a dump has: its end was lost. */
const MAX_LINES = 1_000_000;

export class FtraceDump {
  readonly #context: IngestContext;
  #state: 'none' | 'announced' | 'open' = 'none';
  #lines = 0;
  #section: LineSink | null = null;

  constructor(context: IngestContext) {
    this.#context = context;
  }

  /** True while lines without needles matter. */
  get open(): boolean {
    return this.#state !== 'none';
  }

  /** Takes every kernel record; those of a dump are also read as a trace. */
  read({ text, line }: LogRecord): void {
    if (this.#state === 'open') this.#take(text, line);
    else if (this.#state === 'announced') this.#state = RULE.test(text) ? 'open' : 'none';
    else if (START.test(text)) this.#state = 'announced';
  }

  end(): void {
    this.#section?.end();
    this.#section = null;
    this.#state = 'none';
    this.#lines = 0;
  }

  #take(text: string, line: number): void {
    if (RULE.test(text) || this.#lines >= MAX_LINES) {
      this.end();
      return;
    }
    this.#lines++;
    this.#section ??= this.#context.section(`ftrace buffer at line ${line}`);
    this.#section.line(text, line);
  }
}
