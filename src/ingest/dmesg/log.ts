// SPDX-License-Identifier: Apache-2.0
/**
 * The kernel log: records in, events out. It separates boots, gives times, and passes messages to the catalogue and to the
 * readers of multi-line messages.
 */

import type { BootStart } from '../../model/event.js';
import type { IngestContext } from '../ingester.js';
import { MultilineReaders } from './blocks/readers.js';
import { holdsWord, isBanner, parseMessage, startsMultiline, type Writer } from './catalogue.js';
import { LogBoot } from './log-boot.js';
import { mentionsLoading } from './mentions.js';
import { InstallerLines } from './messages/installers.js';
import { readLoss } from './messages/lost.js';
import type { LogFact } from './messages/rule.js';
import type { LogRecord } from './record.js';
import { type Queued, RecordQueue } from './record-queue.js';
import { SkippedStamps } from './skipping.js';
import { type Entry, Timeline } from './timeline.js';
import type { Wall } from './wall.js';

const MAX_WAITING = 10_000;
export class KernelLog {
  readonly #context: IngestContext;
  readonly #timeline: Timeline;
  readonly #readers: MultilineReaders;
  #boot: LogBoot | null = null;
  #mark: { record: LogRecord; bootId: string | null } | null = null;
  #timeless: number | null = null;
  /** Line and timestamp of the boot's last event. */
  #lastEvent: { line: number; boot: bigint | null } | null = null;
  readonly #installer = new InstallerLines();
  readonly records: RecordQueue;

  constructor(context: IngestContext) {
    this.#context = context;
    this.#timeline = new Timeline(context);
    this.records = new RecordQueue(
      context,
      (record, writer) => this.record(record, writer),
      (queued, newBoot) => this.#accept(queued, newBoot),
    );
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
    const facts = this.#installer.named(parseMessage(record, writer));
    const matters = facts.length > 0 || startsMultiline(record);
    if (matters && boot && this.#restates(boot, record)) return;
    if (matters && boot?.quotes.repeats(record) && !banner) return;
    const queued = { record, writer, facts };
    if (kernel && matters && boot?.endedBefore(record)) {
      this.records.acceptFallen();
      this.#accept(queued, 'wall-clock');
      return;
    }
    const fell = kernel && !banner && record.bootId === null && boot?.isPast(record.boot) === true;
    this.records.add(queued, fell, banner || (kernel && record.boot !== null && !fell));
  }

  /** True where the boot is shown once more in another form. */
  #restates(boot: LogBoot, record: LogRecord): boolean {
    return this.#mark === null && record.bootId === null && boot.restated.restates(record);
  }

  /** Other text comes between the records. */
  interrupt(): void {
    this.#boot?.quotes.interrupt();
  }

  /** Whether a timestamp is too old to be printed now, after the boot's last. */
  isPast(stamp: bigint): boolean {
    return this.#boot?.isPast(stamp) === true;
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
    boot.add(record, entry, kernel, facts.length > 0);
    if (banner) {
      boot.addBanner(entry);
      if (entry.at.wall?.computed) this.#timeline.tie(entry.at.wall, 0n);
    }
    this.#read(entry, writer, facts);
  }

  /**
   * True if only the timestamps of kernel records without needles matter: no message is open, and the start of the boot is
   * over.
   */
  get settled(): boolean {
    return (
      this.#boot?.underWay === true &&
      this.#mark === null &&
      !this.records.holdsFallen &&
      this.#timeline.waiting === 0 &&
      !this.#readers.inDump &&
      this.#settled()
    );
  }

  /** Starts to skip kernel records, of which only the timestamps matter. */
  startSkip(): SkippedStamps {
    const boot = this.#boot;
    const last = boot?.last ?? null;
    return new SkippedStamps(last === null ? -1 : Number((last + 999n) / 1000n), (micros) => {
      boot?.skipTo(BigInt(micros) * 1000n);
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
    this.records.acceptFallen();
    this.#endBoot();
    if (this.#timeless !== null && !this.#timeline.timed)
      this.#context.diagnose('log-time-unknown', this.#timeless, 'no timestamps');
  }

  #read(entry: Entry, writer: Writer, facts: readonly LogFact[]): void {
    const speaks = holdsWord(entry.text);
    const loss = speaks ? readLoss(entry.text) : null;
    if (loss) this.#context.diagnose(loss.code, entry.line, entry.text, loss.count ?? 1);
    this.#learnTie(entry, facts);
    for (const each of facts)
      if (each.kind === 'allocation-failure') this.#readers.startAllocation(each, entry);
      else if (!this.#boot?.knows(each)) this.#emit(each, entry);
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
    if (this.#timeline.waiting > 0 && this.#settled()) this.#release();
  }

  #emit(fact: LogFact, entry: Entry): void {
    this.#timeline.wait(fact, entry);
    if (this.#settled()) this.#release();
  }

  #settled(): boolean {
    return this.#readers.idle || this.#timeline.waiting >= MAX_WAITING;
  }

  #release(): void {
    const complete = this.#timeline.complete();
    this.#emitBootStart();
    for (const { fact, line, at } of complete) {
      if (at.boot === null && at.wall === null) this.#timeless ??= line;
      this.#timeline.emit(fact, line, at);
      this.#lastEvent = { line, boot: at.boot };
    }
  }

  /** How the record shows that it starts a boot, or null if it belongs to the current one. */
  #bootStartBy(record: LogRecord, banner: boolean): BootStart['by'] | null {
    if (this.#mark) return 'journal-mark';
    const boot = this.#boot;
    if (!boot) return record.bootId === null ? 'first-line' : 'boot-id';
    return boot.followedBy(record, banner);
  }

  #startBoot(entry: Entry, by: BootStart['by']): LogBoot {
    const mark = this.#mark;
    this.#mark = null;
    const first = mark ? { ...entry, line: mark.record.line } : entry;
    this.#boot = new LogBoot(by, first, entry, entry.bootId ?? mark?.bootId ?? null);
    return this.#boot;
  }

  /** Emits the start of the boot, before its first event. */
  #emitBootStart(): void {
    const boot = this.#boot;
    const start = boot?.start;
    if (!boot || !start) return;
    boot.start = null;
    const { by, entry } = start;
    const fact = boot.startFact(by);
    if (!fact.complete && boot.serial === null)
      this.#context.diagnose('log-beginning-missing', entry.line, 'no `Linux version` line at its start');
    this.#timeline.emit(fact, entry.line, entry.at);
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
    if (this.#boot.serial !== null && this.#boot.start && this.#timeline.waiting === 0) {
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
  #emitLastRecord(boot: LogBoot): void {
    const at = boot.endedAt(this.#timeline.tied);
    if (!at) return;
    const event = this.#lastEvent;
    if (event && (at.boot === null ? event.line === boot.timed?.line : event.boot === at.boot)) return;
    this.#timeline.emit({ kind: 'boot-mark', what: 'last-record', value: '' }, boot.line, at);
  }
}
