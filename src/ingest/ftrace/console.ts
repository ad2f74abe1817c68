/**
 * The kernel's messages in a trace: `console: foo: loading out-of-tree module taints kernel.`, the event printk:console.
 * They are read like those of a log, at the trace's times; a trace starts no boot of its own.
 */
import { KernelLog } from '../dmesg/log.js';
import { readPrefix } from '../dmesg/prefix.js';
import { bareRecord, splitTool } from '../dmesg/record.js';
import type { IngestContext } from '../ingester.js';

/** As the tracer and perf print it. */
const NAME = /^(?:printk:)?console: {1,16}/;

export class ConsoleEvents {
  readonly #context: IngestContext;
  #log: KernelLog | null = null;

  constructor(context: IngestContext) {
    this.#context = context;
  }

  /** Reads `console: TEXT`. */
  read(body: string, t: bigint, line: number): void {
    // Before 5.19 the text had the prefix that consoles print.
    const { text, kernel } = readPrefix(body.replace(NAME, ''));
    const { tool, pid, text: message } = splitTool(text);
    this.#log ??= new KernelLog(withoutItself(this.#context));
    const record = { ...bareRecord(line, message), boot: t, tool, pid };
    this.#log.record(record, tool === null && kernel ? 'kernel' : 'program');
  }

  end(): void {
    this.#log?.end();
    this.#log = null;
  }
}

/** Takes events and diagnostics of single messages alone. */
function withoutItself(context: IngestContext): IngestContext {
  return {
    ...context,
    emit: (event) => {
      const ofTheLog =
        event.kind === 'boot-start' || (event.kind === 'boot-mark' && event.what === 'last-record');
      if (!ofTheLog) context.emit(event);
    },
    diagnose: (code, line, detail, count) => {
      if (code !== 'log-beginning-missing' && code !== 'log-time-unknown')
        context.diagnose(code, line, detail, count);
    },
    clock: () => undefined,
  };
}
