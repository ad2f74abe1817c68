// SPDX-License-Identifier: Apache-2.0
/** Kernel logs as text lines: removes prefixes, joins wrapped lines, splits joined ones, and passes records to the log. */
import type { IngestContext, LineSink } from '../ingester.js';
import { Fronts } from '../stamp-front.js';
import { isKnown, type Writer } from './catalogue.js';
import { isDated, skipDated } from './dated.js';
import { BARE_FORM, FRONTED_FORM } from './detect.js';
import { VerboseReader } from './forms/journal-verbose.js';
import { lavaMessage } from './forms/lava.js';
import { PstoreParts } from './forms/pstore.js';
import { KernelLog } from './log.js';
import { BANNER } from './messages/boot.js';
import { isAuditRecord } from './prefix/audit.js';
import { hidesMessage } from './prefix/damaged.js';
import { type Prefix, readPrefix } from './prefix/prefix.js';
import { UnknownPrefix } from './prefix/unknown-prefix.js';
import { bareRecord, type LogRecord, splitTool } from './record.js';
import { isStamped, skipStamped } from './stamped.js';
import { cleanLine, lastLine, latin1 } from './text.js';

/** A printk timestamp inside a line: the console text before it had no newline. */
const INNER_STAMP = /\[ {0,6}\d{1,6}\.\d{6}\](?=\[| )/g;
/** `-- Boot ffc95aac6b3945d287beef0a09115b5f --`, `-- Reboot --` */
const BOOT_MARK = /^-- (?:Boot ([\da-f]{32})|Reboot) --$/;
/** `# `, `# # `, also after a timestamp or date: a TAP comment, with which kselftest prefixes a test's output. */
const QUOTED_BY_TEST = /(?:^|[\]:] ?|\d ?)(?:# {0,3}){1,4}$/;
const KMSG_FIELD = /^ [A-Z_]+=/;
const INDENTED_BANNER = /^(\s+)(?:Linux version |Command line: )/;

/** No prefix is longer: a line may hold thousands of messages, and the front is read for each. */
const LONGEST_FRONT = 1024;
/** Of the mark of a quote, at the end of what comes before it. */
const QUOTE_MARK = 40;
/** Enough for the prefix of a message, except with very long host names. */
const FRONT_BYTES = 128;
/** Of a timestamp in a diagnostic. */
const LONGEST_STAMP = 80;

export class KernelLogLines implements LineSink {
  readonly #context: IngestContext;
  readonly #log: KernelLog;
  readonly #verbose: VerboseReader;
  readonly #pstore: PstoreParts;
  readonly #unknown: UnknownPrefix;
  /**
   * True if lines without a prefix are messages: in the whole source (`dmesg -t`, `journalctl -o cat`), or after the start
   * of a kernel without printk.time on a console.
   */
  #bare: boolean;
  #last: { record: LogRecord; writer: Writer } | null = null;
  readonly #fronts: Fronts | null;
  #sequence: number | null = null;
  #indent = '';
  /** All lines before the next one were skipped. */
  #skipped = false;

  constructor(context: IngestContext) {
    this.#context = context;
    this.#log = new KernelLog(context);
    this.#verbose = new VerboseReader(this.#log, context);
    this.#pstore = new PstoreParts((text, number) => this.#text(text, number));
    this.#unknown = new UnknownPrefix((line, text) => context.diagnose('log-prefix-unknown', line, text));
    this.#bare = context.form.startsWith(BARE_FORM);
    this.#fronts = context.form.startsWith(FRONTED_FORM) ? new Fronts() : null;
  }

  line(raw: string, number: number): void {
    if (this.#skipped) this.#log.skippedTo(number - 1);
    this.#skipped = false;
    const clean = cleanLine(raw);
    const text = this.#fronts?.without(clean) ?? clean;
    if (text === '') return;
    if (this.#verbose.line(text, number)) return;
    if (this.#pstore.line(text, number)) return;
    const wrapped = lavaMessage(text);
    if (wrapped === null) return;
    for (const each of wrapped === undefined ? [text] : wrapped.split('\n')) this.#text(each, number);
  }

  /**
   * Skips lines with a printk timestamp or a date and without needles, except the last, which the next line may
   * continue, unless that has a timestamp too.
   */
  skipLines(bytes: Uint8Array, from: number, to: number, followed: boolean): number {
    if (this.#bare || this.#verbose.open || this.#pstore.open) return from;
    const front = latin1(bytes, from, Math.min(to, from + FRONT_BYTES));
    if (isAuditRecord(front)) {
      this.#log.records.close();
      return this.#log.settled ? lastLine(bytes, from, to) : from;
    }
    const stamped = isStamped(front);
    if (!stamped && !isDated(front)) return from;
    // A line with a timestamp or a date does not continue the one before.
    this.#log.records.close();
    if (!this.#log.settled) return from;
    const skips = this.#log.startSkip();
    const last = stamped
      ? skipStamped(skips, bytes, from, to, followed)
      : skipDated(this.#log, skips, bytes, from, to);
    skips.end();
    this.#skipped = last === to;
    return last;
  }

  end(): void {
    this.#verbose.end();
    this.#pstore.end();
    this.#log.records.end();
    this.#unknown.end();
    this.#log.end();
  }

  #text(text: string, number: number): void {
    const mark = BOOT_MARK.exec(text);
    if (mark) {
      this.#log.records.close();
      this.#log.bootMark(bareRecord(number, text), mark[1] ?? null);
      return;
    }
    const stamps = innerStamps(text);
    const front = stamps.length === 0 ? 0 : text.length - readPrefix(text).text.length;
    const splits = stamps.filter((index) => startsMessage(text, index, front));
    let from = 0;
    for (const split of [...splits, text.length]) {
      if (split > from && !this.#isQuote(text, from, split)) this.#piece(text.slice(from, split), number);
      from = split;
    }
  }

  /**
   * A test's output quotes the log after `# `, which may also be a shell prompt followed by a new message. Only a quote has
   * a timestamp older than the messages before.
   */
  #isQuote(text: string, from: number, to: number): boolean {
    if (from === 0 || !QUOTED_BY_TEST.test(text.slice(Math.max(0, from - QUOTE_MARK), from))) return false;
    const { boot } = readPrefix(text.slice(from, to));
    this.#log.records.close();
    return boot !== null && this.#log.isPast(boot);
  }

  #piece(piece: string, number: number): void {
    const text = piece.startsWith(this.#indent) ? piece.slice(this.#indent.length) : piece;
    const prefix = readPrefix(text);
    // The banner ends in a date.
    const isDate = prefix.form === 'date' && prefix.ident === null;
    if (isDate && this.#log.records.rejoin(text, bareRecord(number, text))) return;
    if (prefix.form !== '') this.#prefixed(prefix, text, number);
    else if (this.#bare) this.#bareLine(text, number);
    else this.#unprefixed(text, number);
  }

  #prefixed(prefix: Prefix, raw: string, line: number): void {
    const { boot, delta, wall, caller, ident } = prefix;
    if (prefix.badStamp !== null)
      this.#context.diagnose(
        'number-out-of-range',
        line,
        `the time ${prefix.badStamp.slice(0, LONGEST_STAMP)}`,
      );
    if (prefix.sequence !== null) this.#checkSequence(prefix.sequence, line);
    const named = prefix.kernel && (ident === null || ident === 'kernel');
    const written = named ? splitTool(prefix.text) : { tool: ident, pid: prefix.pid, text: prefix.text };
    const program = !named || written.tool !== null;
    // A program's message in the ring buffer (`user  :notice:`) need not name it.
    const again = !named && ident === null ? splitTool(prefix.text) : written;
    // An unescaped newline of /dev/kmsg.
    const [first = '', ...rest] = again.text.includes('\n') ? again.text.split('\n') : [again.text];
    const { tool, pid } = again;
    const { serial } = prefix;
    const record = { line, boot, delta, wall, caller, tool, pid, text: first, bootId: null, serial };
    // A logger's timestamp does not tell who wrote the message.
    const stamped = boot !== null || delta !== null || wall === null || wall.computed;
    const writer = program ? 'program' : stamped || ident !== null ? 'kernel' : 'either';
    if (boot !== null && writer === 'kernel') this.#unknown.check(first, line);
    this.#hold(record, writer, raw);
    for (const text of rest) this.#hold({ ...record, delta: null, text }, writer, text);
  }

  /** /dev/kmsg numbers its records: missing ones were overwritten before they were read. */
  #checkSequence(sequence: number, line: number): void {
    const missing = this.#sequence === null ? 0 : sequence - this.#sequence - 1;
    this.#sequence = sequence;
    if (missing > 0)
      this.#context.diagnose(
        'log-messages-lost',
        line,
        'a gap in the sequence numbers of /dev/kmsg',
        missing,
      );
  }

  #bareLine(text: string, line: number): void {
    const indented = this.#indent === '' ? INDENTED_BANNER.exec(text) : null;
    if (indented?.[1]) this.#indent = indented[1];
    const written = splitTool(indented?.[1] ? text.slice(indented[1].length) : text);
    const record = { ...bareRecord(line, ''), ...written };
    // A program's name starts a message.
    if (written.tool === null && this.#log.records.rejoin(text, record, 'either')) return;
    this.#hold(record, written.tool === null ? 'either' : 'program', text);
  }

  /** An indented line continues a message with a newline. Others, and known ones, are other console output. */
  #unprefixed(text: string, line: number): void {
    if (/^\s/.test(text) && !isKnown(bareRecord(line, text.trimStart()), 'program')) {
      const last = this.#last;
      if (!last || KMSG_FIELD.test(text)) return;
      this.#log.records.close();
      this.#log.record({ ...last.record, line, delta: null, text: text.trimStart() }, last.writer);
      return;
    }
    if (BANNER.test(text)) {
      this.#bare = true;
      this.#bareLine(text, line);
      return;
    }
    const record = { ...bareRecord(line, ''), ...splitTool(text.trimStart()) };
    if (this.#last && hidesMessage(text, record))
      this.#context.diagnose(
        'log-unreadable',
        line,
        `a message after a damaged timestamp: ${text.slice(0, LONGEST_STAMP)}`,
      );
    if (this.#log.records.rejoin(text, record)) return;
    this.#log.records.close();
    this.#log.interrupt();
    if (this.#log.records.addBare(record)) return;
    if (this.#last) this.#log.record(record, 'program');
    else if (isKnown(record, 'program')) this.#log.records.addEarly(record);
  }

  #hold(record: LogRecord, writer: Writer, raw: string): void {
    this.#log.records.open(record, writer, raw);
    this.#last = { record, writer };
  }
}

/** Offsets of timestamps after the start of the line. */
function innerStamps(text: string): number[] {
  const found: number[] = [];
  INNER_STAMP.lastIndex = 1;
  for (let match = INNER_STAMP.exec(text); match; match = INNER_STAMP.exec(text)) found.push(match.index);
  return found;
}

/** Whether a timestamp starts another message rather than belonging to the line's prefix of `front` characters. */
function startsMessage(text: string, index: number, front: number): boolean {
  const before = readPrefix(text.slice(0, Math.min(index, LONGEST_FRONT)));
  return before.boot !== null || (before.text.trim() !== '' && front <= index);
}
