// SPDX-License-Identifier: Apache-2.0
/**
 * The kernel log: records in, events out. It separates boots, gives times, and passes messages to the catalogue and to the
 * readers of multi-line messages.
 */

import type { BootStart } from '../../model/event.js';
import type { IngestContext } from '../ingester.js';
import { holdsWord, isBanner, parseMessage, SUSPEND, startsMultiline, type Writer } from './catalogue.js';
import { mentionsLoading } from './mentions.js';
import { readLoss } from './messages/lost.js';
import type { LogFact } from './messages/rule.js';
import { Quotes } from './quotes.js';
import { MultilineReaders } from './readers.js';
import type { LogRecord } from './record.js';
import { Replay } from './replay.js';
import { Restated } from './restated.js';
import { REORDERING_MICROS, SkippedStamps } from './skipping.js';
import { type Entry, Timeline } from './timeline.js';
import type { Wall } from './wall.js';

const REORDERING_NS = BigInt(REORDERING_MICROS) * 1000n;
/** A log whose first timestamp is below this starts with the boot. */
const EARLY_NS = 1_000_000_000n;
/** Firmware and early console lines before the banner. */
const LINES_BEFORE_BANNER = 200;
const MAX_WAITING = 10_000;
/** Adjacent records with older timestamps that make a new boot. */
const FALLEN_RECORDS = 4;
/** A clock set during a boot usually changes by less than this. */
const CLOCK_SET_NS = 60_000_000_000n;

interface Boot {
  /** Its first record, until the boot start is emitted: the banner may follow and make the boot complete. */
  start: { by: BootStart['by']; entry: Entry } | null;
  banner: boolean;
  /** The banner's date. */
  printed: string | null;
  bootId: string | null;
  records: number;
  /** Line of its last record. */
  line: number;
  /** Highest printk timestamp of kernel records. */
  last: bigint | null;
  /** Its last record with a time. */
  timed: Entry | null;
  /** Timestamp and wall-clock time of the last record with facts and both. */
  both: { readonly boot: bigint; readonly wall: bigint } | null;
  /** The machine was suspended: its wall clock continued, its timestamps did not. */
  slept: boolean;
  /** Its first record is from the kernel's start. */
  readonly fromStart: boolean;
  /** The highest number of an audit log's records. */
  serial: number | null;
  readonly replay: Replay;
  readonly quotes: Quotes;
  readonly restated: Restated;
}

interface Queued {
  readonly record: LogRecord;
  readonly writer: Writer;
  readonly facts: readonly LogFact[];
}

/** How far records of one boot may be out of order in an audit log. */
const REORDERED_SERIALS = 200;

function fellBack(serial: number | null, highest: number | null): boolean {
  return serial !== null && highest !== null && serial + REORDERED_SERIALS < highest;
}

function isEarly({ boot }: LogRecord): boolean {
  return boot !== null && boot < EARLY_NS;
}

export class KernelLog {
  readonly #context: IngestContext;
  readonly #timeline: Timeline;
  readonly #readers: MultilineReaders;
  #boot: Boot | null = null;
  #mark: { record: LogRecord; bootId: string | null } | null = null;
  #timeless: number | null = null;
  /** Line and timestamp of the boot's last event. */
  #lastEvent: { line: number; boot: bigint | null } | null = null;
  /** Records with older timestamps, until it is known whether others follow. */
  #fallen: Queued[] = [];
  /** Events held while a multi-line message is open, to emit all in line order. */
  #waiting: { fact: LogFact; entry: Entry }[] = [];

  constructor(context: IngestContext) {
    this.#context = context;
    this.#timeline = new Timeline(context);
    this.#readers = new MultilineReaders(context, (fact, entry) => this.#emit(fact, entry));
  }

  /** `-- Boot <id> --` or `-- Reboot --` of journalctl: another boot follows. */
  bootMark(record: LogRecord, bootId: string | null): void {
    this.#mark = { record, bootId };
  }

  record(record: LogRecord, writer: Writer): void {
    const kernel = writer !== 'program';
    const banner = kernel && isBanner(record);
    const boot = this.#boot;
    if (boot && kernel && boot.replay.repeats(record, banner, boot.banner ? boot.last : null)) {
      if (banner)
        this.#context.diagnose('source-repeated', record.line, 'a console repeats the log from its start');
      return;
    }
    const facts = parseMessage(record, writer);
    const matters = facts.length > 0 || startsMultiline(record);
    if (matters && boot && this.#restates(boot, record)) return;
    if (matters && boot?.quotes.repeats(record) && !banner) return;
    const queued = { record, writer, facts };
    if (kernel && matters && this.#startedSince(record)) {
      this.#acceptFallen(null);
      this.#accept(queued, 'wall-clock');
      return;
    }
    const fell = kernel && !banner && record.bootId === null && this.#falls(record);
    if (!fell && this.#fallen.length === 0) {
      this.#accept(queued, null);
      return;
    }
    // One record with an older timestamp is late; several are another boot.
    this.#fallen.push(queued);
    const back = kernel && record.boot !== null && !fell;
    if (banner || back) this.#acceptFallen(null);
    else if (this.#fallen.length >= FALLEN_RECORDS) this.#acceptFallen('time-fell');
  }

  /** True where the boot is shown once more in another form. */
  #restates(boot: Boot, record: LogRecord): boolean {
    return this.#mark === null && record.bootId === null && boot.restated.restates(record);
  }

  /** Other text comes between the records. */
  interrupt(): void {
    this.#boot?.quotes.interrupt();
  }

  #acceptFallen(newBoot: 'time-fell' | null): void {
    const fallen = this.#fallen;
    this.#fallen = [];
    fallen.forEach((queued, index) => {
      this.#accept(queued, index === 0 ? newBoot : null);
    });
  }

  #falls({ boot }: LogRecord): boolean {
    return boot !== null && this.isPast(boot);
  }

  /** Whether a timestamp is too old to be printed now, after the boot's last. */
  isPast(stamp: bigint): boolean {
    const last = this.#boot?.last ?? null;
    return last !== null && stamp + REORDERING_NS < last;
  }

  /**
   * True if wall clock and timestamp show that the record's kernel started after the record before was printed. So they do
   * after a suspend or a change of the clock; therefore a log with the start of its boot, or with a suspend message, does
   * not count.
   */
  #startedSince({ boot: stamp, wall, bootId }: LogRecord): boolean {
    const boot = this.#boot;
    const before = boot?.both;
    if (!boot || !before || stamp === null || wall === null || wall.minute || bootId !== null) return false;
    if (wall.ns - stamp <= before.wall + CLOCK_SET_NS) return false;
    return stamp + REORDERING_NS < before.boot || !(boot.slept || boot.banner || boot.fromStart);
  }

  #accept({ record, writer, facts }: Queued, newBoot: 'time-fell' | 'wall-clock' | null): void {
    const kernel = writer !== 'program';
    const banner = kernel && isBanner(record);
    const by = newBoot ?? this.#bootStartBy(record, banner);
    if (by !== null) this.#endBoot();
    const entry = this.#timeline.stamp(record);
    const boot = by === null && this.#boot ? this.#boot : this.#startBoot(entry, by ?? 'first-line');
    if (by !== null) {
      boot.quotes.repeats(record);
      boot.restated.restates(record);
    }
    boot.bootId ??= record.bootId;
    boot.records += 1;
    boot.line = record.line;
    const { serial = null } = record;
    if (serial !== null && serial > (boot.serial ?? -1)) boot.serial = serial;
    if (entry.at.boot !== null || entry.at.wall !== null) boot.timed = entry;
    if (kernel && record.boot !== null) {
      if (boot.last === null || record.boot > boot.last) boot.last = record.boot;
      if (facts.length > 0 && record.wall !== null) boot.both = { boot: record.boot, wall: record.wall.ns };
      if (record.text.startsWith(SUSPEND)) boot.slept = true;
    }
    if (banner) this.#banner(boot, entry);
    this.#read(entry, writer, facts);
  }

  /**
   * True if only the timestamps of kernel records without needles matter: no message is open, and the start of the boot is
   * over.
   */
  get settled(): boolean {
    const boot = this.#boot;
    return (
      boot !== null &&
      (boot.banner || boot.records > LINES_BEFORE_BANNER) &&
      !boot.replay.mayRepeat &&
      this.#mark === null &&
      this.#fallen.length === 0 &&
      this.#waiting.length === 0 &&
      !this.#readers.inDump &&
      this.#settled()
    );
  }

  /** Starts to skip kernel records, of which only the timestamps matter. */
  startSkip(): SkippedStamps {
    const boot = this.#boot;
    const last = boot?.last ?? null;
    return new SkippedStamps(last === null ? -1 : Number((last + 999n) / 1000n), (micros) => {
      const stamp = BigInt(micros) * 1000n;
      if (boot && (boot.last === null || stamp > boot.last)) boot.last = stamp;
    });
  }

  /** Skips a record with a date and perhaps a timestamp (microseconds), of which only these matter. */
  skipDated(wall: Wall, micros: number | null): void {
    this.#timeline.skip(wall, micros === null ? null : BigInt(micros) * 1000n);
  }

  /** Sets the line of the last skipped record. */
  skippedTo(line: number): void {
    if (this.#boot) this.#boot.line = line;
  }

  end(): void {
    this.#acceptFallen(null);
    this.#endBoot();
    if (this.#timeless !== null && !this.#timeline.timed) {
      this.#context.diagnose('log-time-unknown', this.#timeless, 'no timestamps');
    }
  }

  #read(entry: Entry, writer: Writer, facts: readonly LogFact[]): void {
    const speaks = holdsWord(entry.text);
    const loss = speaks ? readLoss(entry.text) : null;
    if (loss) this.#context.diagnose(loss.code, entry.line, entry.text, loss.count ?? 1);
    this.#learnTie(entry, facts);
    for (const each of facts)
      if (each.kind === 'allocation-failure') this.#readers.startAllocation(each, entry);
      else this.#emit(each, entry);
    if (
      facts.length === 0 &&
      !loss &&
      !this.#readers.inDump &&
      mentionsLoading(entry, writer !== 'program')
    ) {
      this.#context.diagnose('loading-not-understood', entry.line, entry.text);
      this.#emit({ kind: 'not-understood', message: entry.text }, entry);
    }
    this.#readers.read(entry, writer, speaks);
    if (this.#waiting.length > 0 && this.#settled()) this.#release();
  }

  #emit(fact: LogFact, entry: Entry): void {
    this.#waiting.push({ fact, entry });
    if (this.#settled()) this.#release();
  }

  #settled(): boolean {
    return this.#readers.idle || this.#waiting.length >= MAX_WAITING;
  }

  #release(): void {
    const waiting = this.#waiting.sort((a, b) => a.entry.line - b.entry.line);
    this.#waiting = [];
    this.#emitBootStart();
    for (const { fact, entry } of waiting) {
      if (entry.at.boot === null && entry.at.wall === null) this.#timeless ??= entry.line;
      this.#timeline.emit(fact, entry.line, entry.at);
      this.#lastEvent = { line: entry.line, boot: entry.at.boot };
    }
  }

  /** How the record shows that it starts a boot, or null if it belongs to the current one. */
  #bootStartBy(record: LogRecord, banner: boolean): BootStart['by'] | null {
    if (this.#mark) return 'journal-mark';
    const boot = this.#boot;
    if (!boot) return record.bootId === null ? 'first-line' : 'boot-id';
    if (record.bootId !== null && boot.bootId !== null && record.bootId !== boot.bootId) return 'boot-id';
    if (fellBack(record.serial ?? null, boot.serial)) return 'audit-number';
    if (!banner) return null;
    // Firmware, scripts and other text before a banner are not a separate boot.
    if (boot.start && boot.last === null && !boot.banner) return null;
    return boot.banner || this.#falls(record) || boot.records > LINES_BEFORE_BANNER ? 'banner' : null;
  }

  #startBoot(entry: Entry, by: BootStart['by']): Boot {
    const mark = this.#mark;
    this.#mark = null;
    const first = mark ? { ...entry, line: mark.record.line } : entry;
    const bootId = entry.bootId ?? mark?.bootId ?? null;
    const boot: Boot = {
      start: { by, entry: first },
      banner: false,
      printed: null,
      bootId,
      records: 0,
      line: entry.line,
      last: null,
      timed: null,
      both: null,
      slept: false,
      fromStart: isEarly(entry),
      serial: null,
      replay: new Replay(),
      quotes: new Quotes(),
      restated: new Restated(),
    };
    this.#boot = boot;
    return boot;
  }

  #banner(boot: Boot, entry: Entry): void {
    boot.banner = true;
    const { wall } = entry.at;
    if (wall && !wall.computed && !wall.minute) boot.printed ??= `${wall.ns / 1_000_000_000n}`;
    if (entry.at.wall?.computed) this.#timeline.tie(entry.at.wall, 0n);
    if (boot.start?.by === 'first-line') {
      const far = boot.records > LINES_BEFORE_BANNER;
      boot.start = { by: 'banner', entry: far ? entry : boot.start.entry };
    }
  }

  /** Emits the start of the boot, before its first event. */
  #emitBootStart(): void {
    const boot = this.#boot;
    const start = boot?.start;
    if (!boot || !start) return;
    boot.start = null;
    const { by, entry } = start;
    const complete = boot.banner || boot.fromStart;
    if (!complete && boot.serial === null) {
      this.#context.diagnose('log-beginning-missing', entry.line, 'no `Linux version` line at its start');
    }
    const { bootId, printed, last } = boot;
    this.#timeline.emit(
      {
        kind: 'boot-start',
        by,
        bootId,
        complete,
        ...(last === null ? {} : { stamped: true as const }),
        ...(printed === null ? {} : { printed }),
      },
      entry.line,
      entry.at,
    );
  }

  /** `Startup finished` gives the time since boot: a tie for logs with wall-clock times. */
  #learnTie({ at }: Entry, facts: readonly LogFact[]): void {
    if (at.boot !== null || at.wall === null) return;
    let sum = 0n;
    for (const each of facts) if (each.kind === 'boot-duration' && each.what !== 'total') sum += each.ns;
    if (sum > 0n) this.#timeline.tie(at.wall, sum);
  }

  #endBoot(): void {
    if (!this.#boot) return;
    this.#readers.flush();
    // An audit log need not say anything about module loading.
    if (this.#boot.serial !== null && this.#boot.start && this.#waiting.length === 0) {
      this.#boot = null;
      return;
    }
    this.#emitBootStart();
    this.#release();
    this.#emitLastRecord(this.#boot);
    this.#timeline.endBoot(this.#boot.line);
    this.#boot = null;
    this.#lastEvent = null;
  }

  /** Emits the time of the boot's last record, unless an event has it. */
  #emitLastRecord({ last, timed, line }: Boot): void {
    const at = timed?.at ?? { boot: null, wall: null };
    const byWall = at.boot === null && at.wall !== null && (last === null || this.#timeline.tied);
    const boot = !byWall && last !== null && (at.boot === null || at.boot < last) ? last : at.boot;
    if (boot === null && at.wall === null) return;
    const event = this.#lastEvent;
    if (event && (boot === null ? event.line === timed?.line : event.boot === boot)) return;
    this.#timeline.emit({ kind: 'boot-mark', what: 'last-record', value: '' }, line, { boot, wall: at.wall });
  }
}
