// SPDX-License-Identifier: Apache-2.0
/** One boot of a log while it is read, and whether the next record still belongs to it. */
import type { BootStart } from '../../model/event.js';
import { SUSPEND } from './catalogue.js';
import type { LogFact } from './messages/rule.js';
import { Quotes } from './quotes.js';
import type { LogRecord } from './record.js';
import { Replay } from './replay.js';
import { Restated } from './restated.js';
import { REORDERING_MICROS } from './skipping.js';
import type { Entry, Instant } from './timeline.js';

const REORDERING_NS = BigInt(REORDERING_MICROS) * 1000n;
/** A log whose first timestamp is below this starts with the boot: by then few lines are printed, hundreds in a second. */
const EARLY_NS = 100_000_000n;
/** Firmware and early console lines before the banner. */
const LINES_BEFORE_BANNER = 200;
/** A clock set during a boot usually changes by less than this. */
const CLOCK_SET_NS = 60_000_000_000n;
/** How far records of one boot may be out of order in an audit log. */
const REORDERED_SERIALS = 200;

export class LogBoot {
  /** Its first record, until the boot start is emitted: the banner may follow and make the boot complete. */
  start: { by: BootStart['by']; entry: Entry } | null;
  bootId: string | null;
  /** Its first record is from the kernel's start. */
  readonly fromStart: boolean;
  /** Line of its last record. */
  line: number;
  banner = false;
  /** The banner's date. */
  printed: string | null = null;
  /** Highest printk timestamp of kernel records. */
  last: bigint | null = null;
  /** Its last record with a time. */
  timed: Entry | null = null;
  /** Records with only a timestamp were skipped after it. */
  #skippedSince = false;
  /** The highest number of an audit log's records. */
  serial: number | null = null;
  readonly replay = new Replay();
  readonly quotes = new Quotes();
  readonly restated = new Restated();
  #saysKernel = false;
  #saysMachine = false;
  #records = 0;
  /** Timestamp and wall-clock time of the last record with facts and both. */
  #both: { readonly boot: bigint; readonly wall: bigint } | null = null;
  /** The machine was suspended: its wall clock continued, its timestamps did not. */
  #slept = false;

  constructor(by: BootStart['by'], first: Entry, entry: Entry, bootId: string | null) {
    this.start = { by, entry: first };
    this.bootId = bootId;
    this.line = entry.line;
    this.fromStart = entry.boot !== null && entry.boot < EARLY_NS;
  }

  /** Adds a record; `matters`: it has facts. */
  add(record: LogRecord, entry: Entry, kernel: boolean, matters: boolean): void {
    this.bootId ??= record.bootId;
    this.#records += 1;
    this.line = Math.max(this.line, record.line);
    const { serial = null } = record;
    if (serial !== null && serial > (this.serial ?? -1)) this.serial = serial;
    if (entry.at.boot !== null || entry.at.wall !== null) {
      this.timed = entry;
      this.#skippedSince = false;
    }
    if (!kernel || record.boot === null) return;
    this.stamp(record.boot);
    if (matters && record.wall !== null) this.#both = { boot: record.boot, wall: record.wall.ns };
    if (record.text.startsWith(SUSPEND)) this.#slept = true;
  }

  /** Notes a timestamp. */
  stamp(stamp: bigint): void {
    if (this.last === null || stamp > this.last) this.last = stamp;
  }

  /** Notes skipped records with a timestamp, the highest of which is this. */
  skipTo(stamp: bigint): void {
    this.stamp(stamp);
    this.#skippedSince = true;
  }

  /** Whether a fact is told already: each stack trace names kernel and machine. */
  knows(fact: LogFact): boolean {
    if (fact.kind === 'kernel-version' && fact.banner === '') {
      const known = this.banner || this.#saysKernel;
      this.#saysKernel = true;
      return known;
    }
    if (fact.kind !== 'boot-mark' || fact.what !== 'machine') return false;
    const known = this.#saysMachine;
    this.#saysMachine = true;
    return known;
  }

  addBanner(entry: Entry): void {
    this.banner = true;
    const { wall } = entry.at;
    if (wall && !wall.computed && !wall.minute) this.printed ??= `${wall.ns / 1_000_000_000n}`;
    if (this.start?.by === 'first-line')
      this.start = { by: 'banner', entry: this.#pastBanner ? entry : this.start.entry };
  }

  /** More records than come before a banner. */
  get #pastBanner(): boolean {
    return this.#records > LINES_BEFORE_BANNER;
  }

  /** True where no banner can follow that makes the boot complete, and no console repeats the log. */
  get underWay(): boolean {
    return (this.banner || this.#pastBanner) && !this.replay.mayRepeat;
  }

  /** Whether a timestamp is too old to be printed now, after the last. */
  isPast(stamp: bigint | null): boolean {
    return stamp !== null && this.last !== null && stamp + REORDERING_NS < this.last;
  }

  /**
   * True if wall clock and timestamp show that the record's kernel started after the record before was printed. So they do
   * after a suspend or a change of the clock; therefore a log with the start of its boot, or with a suspend message, does
   * not count.
   */
  endedBefore({ boot: stamp, wall, bootId }: LogRecord): boolean {
    const before = this.#both;
    if (!before || stamp === null || wall === null || wall.minute || bootId !== null) return false;
    if (wall.ns - stamp <= before.wall + CLOCK_SET_NS) return false;
    return stamp + REORDERING_NS < before.boot || !(this.#slept || this.banner || this.fromStart);
  }

  /** How the record shows that it starts another boot; null: it belongs to this one. */
  followedBy(record: LogRecord, isBanner: boolean): BootStart['by'] | null {
    if (record.bootId !== null && this.bootId !== null && record.bootId !== this.bootId) return 'boot-id';
    const { serial = null } = record;
    if (serial !== null && this.serial !== null && serial + REORDERED_SERIALS < this.serial)
      return 'audit-number';
    if (!isBanner) return null;
    // Firmware, scripts and other text before a banner are not a separate boot.
    if (this.start && this.last === null && !this.banner) return null;
    return this.banner || this.isPast(record.boot) || this.#pastBanner ? 'banner' : null;
  }

  startFact(by: BootStart['by']) {
    return {
      kind: 'boot-start' as const,
      by,
      bootId: this.bootId,
      complete: this.banner || this.fromStart,
      ...(this.last === null ? {} : { stamped: true as const }),
      ...(this.printed === null ? {} : { printed: this.printed }),
    };
  }

  /** When its last record was written; `tied`: wall-clock times are tied to the boot. */
  endedAt(tied: boolean): Instant | null {
    const { last } = this;
    const at = this.timed?.at ?? { boot: null, wall: null };
    const byWall = !this.#skippedSince && at.boot === null && at.wall !== null && (last === null || tied);
    const boot = !byWall && last !== null && (at.boot === null || at.boot < last) ? last : at.boot;
    return boot === null && at.wall === null ? null : { boot, wall: at.wall };
  }
}
