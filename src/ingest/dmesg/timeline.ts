// SPDX-License-Identifier: Apache-2.0
/**
 * Puts the records of a boot on one clock, that of the printk timestamps. Wall-clock times are tied to it by a line with
 * both, by the first line of the boot if dmesg computed them, or by systemd's `Startup finished in ... = 58s`.
 *
 * Events wait in one queue: at its end for the end of the messages that are open, whose events may have earlier lines;
 * before them, in order, for the tie of their boot.
 */
import { BOOT_CLOCK, SECONDS_CLOCK, type SourceClock, SUMMED_CLOCK } from '../../model/source.js';
import type { IngestContext } from '../ingester.js';
import type { LogFact } from './messages/rule.js';
import type { LogRecord } from './record.js';
import type { Wall } from './wall.js';

/** The times printed with a record. */
export interface Instant {
  readonly boot: bigint | null;
  readonly wall: Wall | null;
}

/** A record with its times. */
export interface Entry extends LogRecord {
  readonly at: Instant;
}

interface Waiting {
  readonly fact: LogFact;
  readonly line: number;
  readonly at: Instant;
}

const YEAR_NS = 365n * 86_400_000_000_000n;
const SECOND_NS = 1_000_000_000n;
const MINUTE_NS = 60_000_000_000n;
const MINUTES =
  'dmesg -H prints no time for the first message of a minute: times from there on may be up to a minute later';
const RECEIVED_LATE_NS = 1_000_000_000n;
const RECEIVED_LATE =
  'early kernel messages have the time when they were received; journalctl -o json has the original';
/** Limit for events without a tie; then the known ties are used. */
const MAX_UNTIED = 50_000;

const EPOCH_CLOCK: SourceClock = { unit: 'ns', zero: 'epoch' };
const RELATIVE_CLOCK: SourceClock = { unit: 'ns', zero: 'relative' };

export class Timeline {
  readonly #context: IngestContext;
  #clock: SourceClock | null = null;
  /** First wall-clock time of the source: zero of a relative clock. */
  #base: bigint | null = null;
  /** Added to wall-clock times without a year after New Year. */
  #yearOffset = 0n;
  #lastYearless: bigint | null = null;
  #sum: bigint | null = null;
  /** `dmesg -H`: the first printed minute, and how much of it had passed at most. */
  #minute: { readonly ns: bigint; readonly from: bigint; last: bigint; passed: bigint } | null = null;
  #queue: Waiting[] = [];
  /** Events at the front of the queue that are in order and only lack a tie. */
  #untied = 0;
  /** Wall time of boot time 0: the smallest difference, as reception can only be late. */
  #offset: bigint | null = null;
  #absolute = false;
  /** The events of the first boot have times in whole seconds only. */
  #seconds = false;

  constructor(context: IngestContext) {
    this.#context = context;
  }

  /** Adds the times to a record; sums deltas, and learns the tie from records with both clocks. */
  stamp(record: LogRecord): Entry {
    const wall = record.wall === null ? null : this.#withYear(record.wall);
    if (wall?.minute) return { at: { boot: this.#minuteStart(wall.ns, record.line), wall: null }, ...record };
    if (wall !== null) this.#base ??= wall.ns;
    let boot = record.boot;
    if (boot === null && record.delta !== null) {
      this.#sum = (this.#sum ?? 0n) + record.delta;
      boot = this.#sum;
    }
    if (boot !== null && wall !== null) this.tie(wall, boot);
    // Field by field, for every line of a log: spreading a record measured slower.
    const { line, delta, caller, tool, pid, text, bootId } = record;
    return {
      line,
      boot: record.boot,
      wall: record.wall,
      delta,
      caller,
      tool,
      pid,
      text,
      bootId,
      at: { boot, wall },
    };
  }

  /** Learns from the times of a skipped record. */
  skip(wall: Wall, boot: bigint | null): void {
    const dated = this.#withYear(wall);
    this.#base ??= dated.ns;
    if (boot !== null) this.tie(dated, boot);
  }

  /**
   * `dmesg -H` prints the minute instead of the delta at the start of a new minute. The time since the first one is the
   * minutes between, less what had passed of the first: at most what the deltas between leave of it.
   */
  #minuteStart(ns: bigint, line: number): bigint {
    const sum = this.#sum ?? 0n;
    const first = this.#minute;
    if (!first) {
      this.#minute = { ns, from: sum, last: ns, passed: MINUTE_NS };
      this.#sum = sum;
      return sum;
    }
    const left = first.last - first.ns + MINUTE_NS - (sum - first.from);
    if (left < first.passed) first.passed = left;
    first.last = ns;
    const least = first.from + (ns - first.ns) - first.passed;
    this.#sum = least > sum ? least : sum;
    this.#context.diagnose('log-time-unknown', line, MINUTES);
    return this.#sum;
  }

  /** True once an event had a time. */
  get timed(): boolean {
    return this.#clock !== null;
  }

  /** True if wall-clock times of this boot are tied to it. */
  get tied(): boolean {
    return this.#offset !== null;
  }

  /** `wall` is the time at `boot` nanoseconds since boot, or a little later. */
  tie(wall: Wall, boot: bigint): void {
    const offset = wall.ns - boot;
    if (this.#offset !== null && offset >= this.#offset) return;
    this.#offset = offset;
    this.#absolute = wall.absolute;
  }

  /** Queues an event until the messages that are open have ended. */
  wait(fact: LogFact, { line, at }: Entry): void {
    this.#queue.push({ fact, line, at });
  }

  /** How many events wait for the end of messages. */
  get waiting(): number {
    return this.#queue.length - this.#untied;
  }

  /** Takes those off, in the order of their lines. */
  complete(): Waiting[] {
    return this.#queue.splice(this.#untied).sort((a, b) => a.line - b.line);
  }

  /** Emits an event at once where its time is known, else when it is. No event may wait for the end of messages. */
  emit(fact: LogFact, line: number, at: Instant): void {
    if (this.#untied === 0 && at.boot !== null && (this.#clock ?? BOOT_CLOCK) === BOOT_CLOCK) {
      this.#setClock(BOOT_CLOCK);
      this.#send(fact, line, at.boot);
    } else if (this.#untied === 0 && at.wall === null && at.boot === null) {
      this.#send(fact, line, null);
    } else {
      this.#queue.push({ fact, line, at });
      this.#untied += 1;
      if (this.#untied >= MAX_UNTIED) this.#release();
    }
  }

  /** Ends the boot, whose last line is `line`: emits what waits for its tie. */
  endBoot(line: number): void {
    this.#release();
    if (this.#absolute && this.#offset !== null) {
      this.#send({ kind: 'boot-mark', what: 'wall-offset', value: this.#offset.toString() }, line, null);
    }
    this.#offset = null;
    this.#absolute = false;
    this.#sum = null;
    this.#minute = null;
  }

  #release(): void {
    const untied = this.#queue.splice(0, this.#untied);
    this.#untied = 0;
    if (untied.length === 0) return;
    const first = untied.find(({ at }) => at.wall !== null || at.boot !== null)?.at;
    const tied = this.#offset !== null || untied.some(({ at }) => at.boot !== null);
    this.#seconds = untied.every(({ at }) => at.boot === null && (at.wall?.ns ?? 0n) % SECOND_NS === 0n);
    this.#setClock(tied ? BOOT_CLOCK : first?.wall?.absolute ? EPOCH_CLOCK : RELATIVE_CLOCK);
    for (const { fact, line, at } of untied) {
      const t = this.#time(at);
      if (t === null && at.wall !== null) {
        this.#context.diagnose('log-time-unknown', line, 'wall-clock times that cannot be tied to the boot');
      }
      this.#send(fact, line, t);
    }
  }

  #time({ boot, wall }: Instant): bigint | null {
    const offset = this.#offset;
    if (this.#clock === BOOT_CLOCK) {
      if (boot !== null) return boot;
      if (wall === null || offset === null) return null;
      // Times before the boot are from a clock that was set later.
      return wall.ns > offset ? wall.ns - offset : 0n;
    }
    const zero = this.#clock === RELATIVE_CLOCK ? (this.#base ?? 0n) : 0n;
    if (wall !== null) return wall.ns - zero;
    return boot === null || offset === null ? null : boot + offset - zero;
  }

  /** Sets the clock of the source: the first one needed. */
  #setClock(clock: SourceClock): void {
    if (this.#clock !== null) return;
    this.#clock = clock;
    this.#context.clock(clock === BOOT_CLOCK ? this.#bootClock() : clock);
  }

  #bootClock(): SourceClock {
    if (this.#sum !== null) return SUMMED_CLOCK;
    return this.#seconds ? SECONDS_CLOCK : BOOT_CLOCK;
  }

  #send(fact: LogFact, line: number, t: bigint | null): void {
    if (fact.kind === 'boot-start' && fact.complete && this.#clock === BOOT_CLOCK && t !== null) {
      // The banner is printed at 0; a journal may only know when it was received.
      if (t > RECEIVED_LATE_NS) this.#context.diagnose('log-time-unknown', line, RECEIVED_LATE);
      this.#context.emit({ line, t: 0n, ...fact });
    } else {
      this.#context.emit({ line, t, ...fact });
    }
  }

  /** Syslog dates have no year: a date that falls by half a year is in the next year. */
  #withYear(wall: Wall): Wall {
    if (wall.year) return wall;
    const last = this.#lastYearless;
    this.#lastYearless = wall.ns;
    if (last !== null && last - wall.ns > YEAR_NS / 2n) this.#yearOffset += YEAR_NS;
    return this.#yearOffset === 0n ? wall : { ...wall, ns: wall.ns + this.#yearOffset };
  }
}
