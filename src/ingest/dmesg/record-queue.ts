// SPDX-License-Identifier: Apache-2.0
/**
 * The records of a log that are held back: those with older timestamps, until it is known whether others follow, and then
 * the newest line, until no wrapped rest of it can follow.
 */
import type { IngestContext } from '../ingester.js';
import { mayContinue } from '../wrapped.js';
import { BareFailures } from './bare-failures.js';
import { isKnown, type Writer } from './catalogue.js';
import type { LogFact } from './messages/rule.js';
import type { LogRecord } from './record.js';

export interface Queued {
  readonly record: LogRecord;
  readonly writer: Writer;
  readonly facts: readonly LogFact[];
}

interface Open {
  readonly record: LogRecord;
  readonly writer: Writer;
  /** Its last line, as read. */
  readonly last: string;
  readonly lines: number;
  /** A rule knows it only with its wrapped rest. */
  readonly repaired: boolean;
}

/** Terminals have no fewer columns, but for the last blank. */
const NARROWEST = 79;
/** Enough lines for a long wrapped command line. */
const MAX_REJOINED = 40;
const MAX_EARLY = 1000;
/** What programs start a message of their own with. */
const STARTS_ANEW = /^(?:(?:ERROR|WARNING|FATAL|Error|Warning): |-> )/;
/** Adjacent records with older timestamps that make a new boot. */
const FALLEN_RECORDS = 4;

export class RecordQueue {
  readonly #context: IngestContext;
  readonly #read: (record: LogRecord, writer: Writer) => void;
  readonly #accept: (queued: Queued, newBoot: 'time-fell' | null) => void;
  /** Loader messages before the first kernel message, until that starts the boot. */
  #early: LogRecord[] = [];
  readonly #bare = new BareFailures();
  #fallen: Queued[] = [];
  #open: Open | null = null;

  /** `read` gets the lines, `accept` the records whose boot is known. */
  constructor(
    context: IngestContext,
    read: (record: LogRecord, writer: Writer) => void,
    accept: (queued: Queued, newBoot: 'time-fell' | null) => void,
  ) {
    this.#context = context;
    this.#read = read;
    this.#accept = accept;
  }

  /** Holds a line, `raw` as read, whose wrapped rest may follow. */
  open(record: LogRecord, writer: Writer, raw: string): void {
    this.close();
    this.#open = { record, writer, last: raw, lines: 1, repaired: false };
  }

  /** Joins a line as the wrapped rest of the one before, unless a rule knows only one of them, `alone` as a message `by` a writer. */
  rejoin(text: string, alone: LogRecord, by: Writer = 'program'): boolean {
    const open = this.#open;
    if (!open || open.lines === MAX_REJOINED) return false;
    if (open.last.length < NARROWEST && !mayContinue(open.last, text)) return false;
    const { writer } = open;
    if (open.record.text !== '' && isKnown(alone, by)) return false;
    const glued = { ...open.record, text: `${open.record.text}${text}` };
    // A terminal wraps within a word, at any width.
    const isGlued = open.last.length >= NARROWEST && isKnown(glued, writer) && !isKnown(open.record, writer);
    if (!isGlued && !mayContinue(open.last, text)) return false;
    const record = isGlued ? glued : { ...open.record, text: `${open.record.text} ${text}`.trimStart() };
    const repaired = isGlued || isKnown(record, writer);
    if (!repaired && STARTS_ANEW.test(text)) return false;
    // A line without a prefix may be another message: only a rule tells.
    if (
      by === 'either' ? !repaired || isKnown(open.record, writer) : !repaired && isKnown(open.record, writer)
    )
      return false;
    this.#open = { record, writer, last: text, lines: open.lines + 1, repaired };
    return true;
  }

  /** No rest of the line follows. */
  close(): void {
    const open = this.#open;
    this.#open = null;
    if (!open) return;
    if (open.repaired) this.#context.diagnose('text-repaired', open.record.line, 'wrapped lines were joined');
    this.#read(open.record, open.writer);
    for (const early of this.#early.splice(0)) this.#read(early, 'program');
  }

  /** No line follows. */
  end(): void {
    this.close();
    for (const record of this.#bare.unsaid()) this.#read(record, 'kernel');
  }

  /** Takes what the kernel says of a failure in a line without a prefix; false for another line. */
  addBare(record: LogRecord): boolean {
    return this.#bare.add(record);
  }

  addEarly(record: LogRecord): void {
    if (this.#early.length < MAX_EARLY) this.#early.push(record);
  }

  /** One record with an older timestamp is late; several are another boot. `decides`: another one shows which. */
  add(queued: Queued, fell: boolean, decides: boolean): void {
    this.#bare.said(queued.record, queued.facts);
    if (!fell && !this.holdsFallen) {
      this.#accept(queued, null);
      return;
    }
    this.#fallen.push(queued);
    if (decides) this.acceptFallen();
    else if (this.#fallen.length >= FALLEN_RECORDS) this.acceptFallen('time-fell');
  }

  get holdsFallen(): boolean {
    return this.#fallen.length > 0;
  }

  acceptFallen(newBoot: 'time-fell' | null = null): void {
    for (const [index, queued] of this.#fallen.splice(0).entries())
      this.#accept(queued, index === 0 ? newBoot : null);
  }
}
