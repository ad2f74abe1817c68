/** Kernel logs that are lines of text: prefixes off, continuation and glued lines told apart, records to the log. */
import type { IngestContext, LineSink } from '../ingester.js';
import { mayContinue } from '../wrapped.js';
import { isKnown, type Writer } from './catalogue.js';
import { isDated, passDated } from './dated.js';
import { VerboseReader } from './journal-verbose.js';
import { lavaMessage } from './lava.js';
import { KernelLog } from './log.js';
import { BANNER } from './messages/boot.js';
import { type Prefix, readPrefix } from './prefix.js';
import { PstoreParts } from './pstore.js';
import { bareRecord, type LogRecord, splitTool } from './record.js';
import { isStamped, passStamped } from './stamped.js';
import { cleanLine, latin1 } from './text.js';
import { UnknownPrefix } from './unknown-prefix.js';

/** A printk stamp inside a line: what was on the console before it had no newline. */
const GLUED = /\[ {0,6}\d{1,6}\.\d{6}\](?=\[| )/g;
/** `-- Boot ffc95aac6b3945d287beef0a09115b5f --`, `-- Reboot --` */
const BOOT_MARK = /^-- (?:Boot ([\da-f]{32})|Reboot) --$/;
/** `# `, `# # `, also behind a stamp or a date: a TAP comment, as kselftest prefixes a test's output. */
const QUOTED_BY_TEST = /(?:^|[\]:] ?|\d ?)(?:# {0,3}){1,4}$/;
const KMSG_FIELD = /^ [A-Z_]+=/;
const INDENTED_BANNER = /^(\s+)(?:Linux version |Command line: )/;

/** Enough to hold what stands before a message, but for the longest names of hosts. */
const FRONT_BYTES = 128;

/** A long command line, wrapped. */
const MAX_REJOINED = 40;
const MAX_EARLY = 1000;

interface Held {
  readonly record: LogRecord;
  readonly writer: Writer;
  /** The last line of it, as it came. */
  readonly last: string;
  readonly lines: number;
  /** It says what it would not without its rest. */
  readonly repaired: boolean;
}

export class KernelLogLines implements LineSink {
  readonly #context: IngestContext;
  readonly #log: KernelLog;
  readonly #verbose: VerboseReader;
  readonly #pstore: PstoreParts;
  readonly #unknown: UnknownPrefix;
  /**
   * True where lines need no prefix to be messages: in all of the source (`dmesg -t`, `journalctl -o cat`), or since a
   * kernel without printk.time began to speak on a console.
   */
  #bare: boolean;
  #last: { record: LogRecord; writer: Writer } | null = null;
  /** The last record, until it is clear that no wrapped rest of it follows. */
  #held: Held | null = null;
  /** What loaders said above the first message, until that has begun the boot. */
  #early: LogRecord[] = [];
  #sequence: number | null = null;
  #indent = '';

  constructor(context: IngestContext, bareForm: string) {
    this.#context = context;
    this.#log = new KernelLog(context);
    this.#verbose = new VerboseReader(this.#log, context);
    this.#pstore = new PstoreParts((text, number) => this.#text(text, number));
    this.#unknown = new UnknownPrefix((line, text) => context.diagnose('log-prefix-unknown', line, text));
    this.#bare = context.form === bareForm;
  }

  line(raw: string, number: number): void {
    const text = cleanLine(raw);
    if (text === '') return;
    if (this.#verbose.line(text, number)) return;
    if (this.#pstore.line(text, number)) return;
    const wrapped = lavaMessage(text);
    if (wrapped === null) return;
    for (const each of wrapped === undefined ? [text] : wrapped.split('\n')) this.#text(each, number);
  }

  /**
   * Of lines with printk's stamp or a date that hold no word of interest, all but the last, which another may go on
   * with.
   */
  skipLines(bytes: Uint8Array, from: number, to: number): number {
    if (this.#bare || this.#verbose.open || this.#pstore.open) return from;
    const front = latin1(bytes, from, Math.min(to, from + FRONT_BYTES));
    const stamped = isStamped(front);
    if ((!stamped && !isDated(front)) || !this.#mayPass()) return from;
    const passing = this.#log.passing();
    const last = stamped
      ? passStamped(passing, bytes, from, to)
      : passDated(this.#log, passing, bytes, from, to);
    passing.end();
    return last;
  }

  /** A line with a stamp or a date is no wrapped rest of the one before. */
  #mayPass(): boolean {
    this.#release();
    return this.#log.settled;
  }

  end(): void {
    this.#verbose.end();
    this.#pstore.end();
    this.#release();
    this.#unknown.end();
    this.#log.end();
  }

  #text(text: string, number: number): void {
    const mark = BOOT_MARK.exec(text);
    if (mark) {
      this.#release();
      this.#log.bootMark(bareRecord(number, text), mark[1] ?? null);
      return;
    }
    const stamps = stampsBehindFront(text);
    const front = stamps.length === 0 ? 0 : text.length - readPrefix(text).text.length;
    const cuts = stamps.filter((index) => isGlue(text, index, front));
    let from = 0;
    for (const cut of [...cuts, text.length]) {
      if (cut > from && !this.#isQuote(text, from, cut)) this.#piece(text.slice(from, cut), number);
      from = cut;
    }
  }

  /**
   * A test's output quotes the log behind a `# `, where a shell's prompt can stand as well, with the console's next
   * message behind it. Only a quote has a stamp that is older than what was printed before.
   */
  #isQuote(text: string, from: number, to: number): boolean {
    if (from === 0 || !QUOTED_BY_TEST.test(text.slice(0, from))) return false;
    const { boot } = readPrefix(text.slice(from, to));
    this.#release();
    return boot !== null && this.#log.isPast(boot);
  }

  #piece(piece: string, number: number): void {
    const text = piece.startsWith(this.#indent) ? piece.slice(this.#indent.length) : piece;
    const prefix = readPrefix(text);
    // The banner ends in a date.
    const isDate = prefix.form === 'date' && prefix.ident === null;
    if (isDate && this.#held && this.#rejoin(this.#held, text)) return;
    if (prefix.form !== '') this.#prefixed(prefix, text, number);
    else if (this.#bare) this.#bareLine(text, number);
    else this.#unprefixed(text, number);
  }

  #prefixed(prefix: Prefix, raw: string, line: number): void {
    const { boot, delta, wall, caller, ident } = prefix;
    if (prefix.sequence !== null) this.#number(prefix.sequence, line);
    const named = prefix.kernel && (ident === null || ident === 'kernel');
    const written = named ? splitTool(prefix.text) : { tool: ident, pid: prefix.pid, text: prefix.text };
    const program = !named || written.tool !== null;
    // A program's note in the ring buffer (`user  :notice:`) need not be named.
    const again = !named && ident === null ? splitTool(prefix.text) : written;
    // An escaped newline of /dev/kmsg has become one.
    const [first = '', ...rest] = again.text.includes('\n') ? again.text.split('\n') : [again.text];
    const record = {
      line,
      boot,
      delta,
      wall,
      caller,
      tool: again.tool,
      pid: again.pid,
      text: first,
      bootId: null,
    };
    // A logger's stamp says nothing of who wrote what it logged.
    const stamped = boot !== null || delta !== null || wall === null || wall.computed;
    const writer = program ? 'program' : stamped || ident !== null ? 'kernel' : 'either';
    if (boot !== null && writer === 'kernel') this.#unknown.look(first, line);
    this.#say(record, writer, raw);
    for (const text of rest) this.#say({ ...record, delta: null, text }, writer, text);
  }

  /** /dev/kmsg numbers its records: what is missing was overwritten before it was read. */
  #number(sequence: number, line: number): void {
    const missing = this.#sequence === null ? 0 : sequence - this.#sequence - 1;
    this.#sequence = sequence;
    if (missing > 0)
      this.#context.diagnose('log-messages-lost', line, 'a gap in the numbers of /dev/kmsg', missing);
  }

  #bareLine(text: string, line: number): void {
    const indented = this.#indent === '' ? INDENTED_BANNER.exec(text) : null;
    if (indented?.[1]) this.#indent = indented[1];
    const written = splitTool(indented?.[1] ? text.slice(indented[1].length) : text);
    const record = { ...bareRecord(line, written.text), tool: written.tool, pid: written.pid };
    this.#say(record, written.tool === null ? 'either' : 'program', text);
  }

  /** Indented: the rest of a message that holds a newline. Else, or where a rule knows it: something else on the console. */
  #unprefixed(text: string, line: number): void {
    if (/^\s/.test(text) && !isKnown(bareRecord(line, text.trimStart()), 'program')) {
      const last = this.#last;
      if (!last || KMSG_FIELD.test(text)) return;
      this.#release();
      this.#log.record({ ...last.record, line, delta: null, text: text.trimStart() }, last.writer);
      return;
    }
    if (BANNER.test(text)) {
      this.#bare = true;
      this.#bareLine(text, line);
      return;
    }
    const written = splitTool(text.trimStart());
    const record = { ...bareRecord(line, written.text), tool: written.tool, pid: written.pid };
    if (this.#held && !isKnown(record, 'program') && this.#rejoin(this.#held, text)) return;
    this.#release();
    this.#log.interrupt();
    if (this.#last) this.#log.record(record, 'program');
    else if (isKnown(record, 'program') && this.#early.length < MAX_EARLY) this.#early.push(record);
  }

  /** Takes a line as the wrapped rest of the record before it, unless that says more without. */
  #rejoin(held: Held, text: string): boolean {
    if (held.lines === MAX_REJOINED || !mayContinue(held.last, text)) return false;
    const { writer } = held;
    const record = { ...held.record, text: `${held.record.text} ${text}` };
    const repaired = isKnown(record, writer);
    if (!repaired && isKnown(held.record, writer)) return false;
    this.#held = { record, writer, last: text, lines: held.lines + 1, repaired };
    return true;
  }

  #say(record: LogRecord, writer: Writer, raw: string): void {
    this.#release();
    this.#last = { record, writer };
    this.#held = { record, writer, last: raw, lines: 1, repaired: false };
  }

  #release(): void {
    const held = this.#held;
    this.#held = null;
    if (!held) return;
    if (held.repaired)
      this.#context.diagnose('text-repaired', held.record.line, 'wrapped lines were joined again');
    this.#log.record(held.record, held.writer);
    for (const early of this.#early.splice(0)) this.#log.record(early, 'program');
  }
}

/** Where the stamps are that do not stand at the very front. */
function stampsBehindFront(text: string): number[] {
  const found: number[] = [];
  GLUED.lastIndex = 1;
  for (let match = GLUED.exec(text); match; match = GLUED.exec(text)) found.push(match.index);
  return found;
}

/** A stamp belongs to the line's own prefix, of `front` characters, when nothing of a message stands before it. */
function isGlue(text: string, index: number, front: number): boolean {
  const before = readPrefix(text.slice(0, index));
  return before.boot !== null || (before.text.trim() !== '' && front <= index);
}
