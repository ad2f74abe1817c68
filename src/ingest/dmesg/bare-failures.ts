// SPDX-License-Identifier: Apache-2.0
/**
 * What the kernel says of failures in lines without a prefix, beside a log: a post shows such a line, then a log of
 * something else. Many such lines quote one of the log, which has its time.
 */
import { isKnown, type LogFact, parseMessage } from './catalogue.js';
import type { LogRecord } from './record.js';

const KINDS: ReadonlySet<LogFact['kind']> = new Set([
  'load-failure',
  'allocation-failure',
  'request-failure',
  'throttle',
]);
/** Of a log that says more, such a line tells nothing new. */
const MOST = 10_000;

/** Whether a fact is one that people quote without its prefix. */
export function isFailure(fact: LogFact): boolean {
  return KINDS.has(fact.kind) || (fact.kind === 'initcall' && fact.ret !== null && fact.ret < 0);
}

export class BareFailures {
  readonly #records = new Map<string, LogRecord>();
  readonly #said = new Set<string>();

  /** Keeps a line that is one; false for another line. */
  add(record: LogRecord): boolean {
    const { tool, text } = record;
    if (tool !== null || isKnown(record, 'program')) return false;
    if (!parseMessage(record, 'kernel').some(isFailure)) return false;
    if (this.#said.size < MOST && this.#records.size < MOST && !this.#records.has(text))
      this.#records.set(text, record);
    return true;
  }

  /** Notes a message of the log. */
  said({ text }: LogRecord, facts: readonly LogFact[]): void {
    if (this.#said.size < MOST && facts.some(isFailure)) this.#said.add(text);
  }

  /** What the log does not say. */
  unsaid(): LogRecord[] {
    return [...this.#records.values()].filter(({ text }) => !this.#said.has(text));
  }
}
