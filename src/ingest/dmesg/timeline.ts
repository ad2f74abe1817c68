/**
 * When the records of a boot were written, on one clock. printk's own stamps are the truth. Wall-clock times are tied
 * to them where a line has both, where dmesg made them from boot times and the boot's first line is there, or by
 * systemd's `Startup finished in ... = 58s`. Until a boot's tie is known its events wait.
 */
import { BOOT_CLOCK, type SourceClock } from '../../model/source.js';
import type { IngestContext } from '../ingester.js';
import type { Said } from './messages/rule.js';
import type { LogRecord } from './record.js';
import type { Wall } from './wall.js';

/** When a record was written, as far as it says. */
export interface Instant {
  readonly boot: bigint | null;
  readonly wall: Wall | null;
}

/** A record with its place in time. */
export interface Entry extends LogRecord {
  readonly at: Instant;
}

interface Held {
  readonly said: Said;
  readonly line: number;
  readonly instant: Instant;
}

const YEAR_NS = 365n * 86_400_000_000_000n;
const MINUTE_NS = 60_000_000_000n;
const MINUTES =
  'dmesg -H prints no time for the first message of a minute: from there on it may be later, by less than one';
const RECEIVED_LATE_NS = 1_000_000_000n;
const RECEIVED_LATE =
  'early kernel messages have the times at which they were received; journalctl -o json knows better';
/** Events that wait at most; beyond, what is known must do. */
const MAX_HELD = 50_000;

const EPOCH_CLOCK: SourceClock = { unit: 'ns', zero: 'epoch' };
const RELATIVE_CLOCK: SourceClock = { unit: 'ns', zero: 'relative' };

export class Timeline {
  readonly #context: IngestContext;
  #clock: SourceClock | null = null;
  /** First wall-clock time of the source, the zero of a relative clock. */
  #base: bigint | null = null;
  /** Added to wall-clock times without a year after each turn of the year. */
  #turned = 0n;
  #lastYearless: bigint | null = null;
  #sum: bigint | null = null;
  /** `dmesg -H`: the first minute that was printed, and by how much at most it had begun then. */
  #minute: { readonly ns: bigint; readonly from: bigint; last: bigint; begun: bigint } | null = null;
  #held: Held[] = [];
  /** Wall time of boot time 0: the least difference seen, because reception can only be late. */
  #offset: bigint | null = null;
  #absolute = false;

  constructor(context: IngestContext) {
    this.#context = context;
  }

  /** The record with its time; sums up deltas, and learns from records that have both clocks. */
  stamp(record: LogRecord): Entry {
    const wall = record.wall === null ? null : this.#yeared(record.wall);
    if (wall?.minute)
      return { at: { boot: this.#minuteBegins(wall.ns, record.line), wall: null }, ...record };
    if (wall !== null) this.#base ??= wall.ns;
    let boot = record.boot;
    if (boot === null && record.delta !== null) {
      this.#sum = (this.#sum ?? 0n) + record.delta;
      boot = this.#sum;
    }
    if (boot !== null && wall !== null) this.tie(wall, boot);
    return { at: { boot, wall }, ...record };
  }

  /** Learns from the times of a record of which nothing else matters. */
  pass(wall: Wall, boot: bigint | null): void {
    const yeared = this.#yeared(wall);
    this.#base ??= yeared.ns;
    if (boot !== null) this.tie(yeared, boot);
  }

  /**
   * `dmesg -H` prints the minute in place of the difference where a new one begins. The time since the first of them
   * is the minutes between, less what had passed of that one: at most what the messages in between leave of theirs.
   */
  #minuteBegins(ns: bigint, line: number): bigint {
    const sum = this.#sum ?? 0n;
    const first = this.#minute;
    if (!first) {
      this.#minute = { ns, from: sum, last: ns, begun: MINUTE_NS };
      this.#sum = sum;
      return sum;
    }
    const left = first.last - first.ns + MINUTE_NS - (sum - first.from);
    if (left < first.begun) first.begun = left;
    first.last = ns;
    const least = first.from + (ns - first.ns) - first.begun;
    this.#sum = least > sum ? least : sum;
    this.#context.diagnose('log-time-unknown', line, MINUTES);
    return this.#sum;
  }

  /** True once any event had a time. */
  get timed(): boolean {
    return this.#clock !== null;
  }

  /** True where wall-clock times of this boot have a place in it. */
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

  emit(said: Said, line: number, instant: Instant): void {
    if (this.#held.length === 0 && instant.boot !== null && (this.#clock ?? BOOT_CLOCK) === BOOT_CLOCK) {
      this.#settle(BOOT_CLOCK);
      this.#send(said, line, instant.boot);
    } else if (this.#held.length === 0 && instant.wall === null && instant.boot === null) {
      this.#send(said, line, null);
    } else {
      this.#held.push({ said, line, instant });
      if (this.#held.length >= MAX_HELD) this.#release();
    }
  }

  /** The boot is over, `line` was its last: its events are given their times. */
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
    const held = this.#held;
    this.#held = [];
    if (held.length === 0) return;
    const first = held.find(({ instant }) => instant.wall !== null || instant.boot !== null)?.instant;
    const tied = this.#offset !== null || held.some(({ instant }) => instant.boot !== null);
    this.#settle(tied ? BOOT_CLOCK : first?.wall?.absolute ? EPOCH_CLOCK : RELATIVE_CLOCK);
    for (const { said, line, instant } of held) {
      const t = this.#time(instant);
      if (t === null && instant.wall !== null) {
        this.#context.diagnose('log-time-unknown', line, 'wall-clock times that nothing ties to the boot');
      }
      this.#send(said, line, t);
    }
  }

  #time({ boot, wall }: Instant): bigint | null {
    const offset = this.#offset;
    if (this.#clock === BOOT_CLOCK) {
      if (boot !== null) return boot;
      if (wall === null || offset === null) return null;
      // What was stamped before the boot's zero was stamped by a clock that was set later.
      return wall.ns > offset ? wall.ns - offset : 0n;
    }
    const zero = this.#clock === RELATIVE_CLOCK ? (this.#base ?? 0n) : 0n;
    if (wall !== null) return wall.ns - zero;
    return boot === null || offset === null ? null : boot + offset - zero;
  }

  /** One source has one clock: the first that is needed. */
  #settle(clock: SourceClock): void {
    if (this.#clock !== null) return;
    this.#clock = clock;
    this.#context.clock(clock);
  }

  #send(said: Said, line: number, t: bigint | null): void {
    if (said.kind === 'boot-start' && said.complete && this.#clock === BOOT_CLOCK && t !== null) {
      // The banner is printed at 0; a journal may only know when it was received.
      if (t > RECEIVED_LATE_NS) this.#context.diagnose('log-time-unknown', line, RECEIVED_LATE);
      this.#context.emit({ line, t: 0n, ...said });
    } else {
      this.#context.emit({ line, t, ...said });
    }
  }

  /** Syslog's dates have no year: one that falls by half a year is the next year's. */
  #yeared(wall: Wall): Wall {
    if (wall.year) return wall;
    const last = this.#lastYearless;
    this.#lastYearless = wall.ns;
    if (last !== null && last - wall.ns > YEAR_NS / 2n) this.#turned += YEAR_NS;
    return this.#turned === 0n ? wall : { ...wall, ns: wall.ns + this.#turned };
  }
}
