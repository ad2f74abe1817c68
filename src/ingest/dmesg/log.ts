/**
 * The kernel log itself: records in, events out. It tells boots apart, gives times, and hands each message to the
 * catalogue and to the readers of messages that are several lines long.
 */

import type { BootStart } from '../../model/event.js';
import type { IngestContext } from '../ingester.js';
import { holdsWord, isBanner, opens, SUSPEND, saidBy, type Writer } from './catalogue.js';
import { FtraceDump } from './ftrace-dump.js';
import { LinkedInReader } from './linked-in.js';
import { mentionsLoading } from './mentions.js';
import { readLoss } from './messages/lost.js';
import type { Said } from './messages/rule.js';
import { Passing, REORDERING_MICROS } from './passing.js';
import { Quotes } from './quotes.js';
import type { LogRecord } from './record.js';
import { Replay } from './replay.js';
import { StuckReader } from './stuck.js';
import { type Entry, Timeline } from './timeline.js';
import type { Wall } from './wall.js';
import { WarnReader } from './warn.js';

const REORDERING_NS = BigInt(REORDERING_MICROS) * 1000n;
/** A log whose first stamp is below this begins with the boot. */
const BEGINNING_NS = 1_000_000_000n;
/** Firmware and early console lines before the banner. */
const LINES_BEFORE_BANNER = 200;
const MAX_WAITING = 10_000;
/** Records in a row with stamps that fell, before a new boot is believed in. */
const FALLEN_RECORDS = 4;
/** Clocks of one boot are set by less than this after it started, as a rule. */
const CLOCK_SET_NS = 60_000_000_000n;

interface Boot {
  /** Its first record, until it is announced: the banner may still come and say that the boot is complete. */
  start: { by: BootStart['by']; entry: Entry } | null;
  banner: boolean;
  /** The banner's date. */
  printed: string | null;
  bootId: string | null;
  records: number;
  /** Line of its last record. */
  line: number;
  /** Highest printk stamp of the kernel's own records. */
  last: bigint | null;
  /** Its last record that has a time. */
  timed: Entry | null;
  /** Stamp and wall-clock time of the last record that said something and has both. */
  both: { readonly boot: bigint; readonly wall: bigint } | null;
  /** The machine slept: its wall clock went on, its stamps did not. */
  slept: boolean;
  /** Its first record was printed as the kernel started. */
  readonly fromStart: boolean;
  readonly replay: Replay;
  readonly quotes: Quotes;
}

interface Queued {
  readonly record: LogRecord;
  readonly writer: Writer;
  readonly said: readonly Said[];
}

function isEarly({ boot }: LogRecord): boolean {
  return boot !== null && boot < BEGINNING_NS;
}

export class KernelLog {
  readonly #context: IngestContext;
  readonly #timeline: Timeline;
  readonly #warns: WarnReader;
  readonly #linkedIn: LinkedInReader;
  readonly #stuck: StuckReader;
  readonly #dump: FtraceDump;
  #boot: Boot | null = null;
  #mark: { record: LogRecord; bootId: string | null } | null = null;
  #timeless: number | null = null;
  /** Line of the last event. */
  #told = 0;
  /** Records whose stamps fell, until it is known whether others follow. */
  #fallen: Queued[] = [];
  /** Events that wait for a message of several lines to end, so that all leave in the order of their lines. */
  #waiting: { said: Said; entry: Entry }[] = [];

  constructor(context: IngestContext) {
    this.#context = context;
    this.#timeline = new Timeline(context);
    const emit = (said: Said, entry: Entry): void => this.#emit(said, entry);
    this.#warns = new WarnReader(emit);
    this.#linkedIn = new LinkedInReader(emit);
    this.#stuck = new StuckReader(emit);
    this.#dump = new FtraceDump(context);
  }

  /** `-- Boot <id> --` or `-- Reboot --` of journalctl: what follows is another boot. */
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
    const said = saidBy(record, writer);
    const tells = said.length > 0 || opens(record);
    if (tells && boot?.quotes.repeats(record) && !banner) return;
    const queued = { record, writer, said };
    if (kernel && tells && this.#startedSince(record)) {
      this.#acceptFallen(null);
      this.#accept(queued, 'wall-clock');
      return;
    }
    const fell = kernel && !banner && record.bootId === null && this.#falls(record);
    if (!fell && this.#fallen.length === 0) {
      this.#accept(queued, null);
      return;
    }
    // One line with an old stamp is a late one; several are another boot.
    this.#fallen.push(queued);
    const back = kernel && record.boot !== null && !fell;
    if (banner || back) this.#acceptFallen(null);
    else if (this.#fallen.length >= FALLEN_RECORDS) this.#acceptFallen('time-fell');
  }

  /** Text of its own stands between the records. */
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

  /** Whether a stamp is so much older than the boot's last that printk did not print it now. */
  isPast(stamp: bigint): boolean {
    const last = this.#boot?.last ?? null;
    return last !== null && stamp + REORDERING_NS < last;
  }

  /**
   * True where wall clock and stamp of the record say that its kernel started after the one before was printed. A
   * machine that slept, or whose clock was set, says so too; but then the log is not one of chosen lines, which has
   * neither a boot's beginning nor the message before a sleep.
   */
  #startedSince({ boot: stamp, wall, bootId }: LogRecord): boolean {
    const boot = this.#boot;
    const before = boot?.both;
    if (!boot || !before || stamp === null || wall === null || wall.minute || bootId !== null) return false;
    if (wall.ns - stamp <= before.wall + CLOCK_SET_NS) return false;
    return stamp + REORDERING_NS < before.boot || !(boot.slept || boot.banner || boot.fromStart);
  }

  #accept({ record, writer, said }: Queued, newBoot: 'time-fell' | 'wall-clock' | null): void {
    const kernel = writer !== 'program';
    const banner = kernel && isBanner(record);
    const by = newBoot ?? this.#begins(record, banner);
    if (by !== null) this.#endBoot();
    const entry = this.#timeline.stamp(record);
    const boot = by === null && this.#boot ? this.#boot : this.#beginBoot(entry, by ?? 'first-line');
    if (by !== null) boot.quotes.repeats(record);
    boot.bootId ??= record.bootId;
    boot.records += 1;
    boot.line = record.line;
    if (entry.at.boot !== null || entry.at.wall !== null) boot.timed = entry;
    if (kernel && record.boot !== null) {
      if (boot.last === null || record.boot > boot.last) boot.last = record.boot;
      if (said.length > 0 && record.wall !== null) boot.both = { boot: record.boot, wall: record.wall.ns };
      if (record.text.startsWith(SUSPEND)) boot.slept = true;
    }
    if (banner) this.#banner(boot, entry);
    this.#read(entry, writer, said);
  }

  /**
   * True where the kernel's records that hold none of WORDS matter no more than by their stamps: nothing is open, and
   * the boot's beginning is over.
   */
  get settled(): boolean {
    const boot = this.#boot;
    return (
      boot !== null &&
      (boot.banner || boot.records > LINES_BEFORE_BANNER) &&
      !boot.replay.near &&
      this.#mark === null &&
      this.#fallen.length === 0 &&
      this.#waiting.length === 0 &&
      !this.#dump.open &&
      this.#settled()
    );
  }

  /** Begins to pass over records of the kernel of which only the stamps matter. */
  passing(): Passing {
    const boot = this.#boot;
    const last = boot?.last ?? null;
    return new Passing(last === null ? -1 : Number((last + 999n) / 1000n), (micros) => {
      const stamp = BigInt(micros) * 1000n;
      if (boot && (boot.last === null || stamp > boot.last)) boot.last = stamp;
    });
  }

  /** Passes over a record with a date, and perhaps with a stamp (in microseconds), of which only these matter. */
  passDated(wall: Wall, micros: number | null): void {
    this.#timeline.pass(wall, micros === null ? null : BigInt(micros) * 1000n);
  }

  /** The line of the last record that was passed over, where the records themselves are not given. */
  passedTo(line: number): void {
    if (this.#boot) this.#boot.line = line;
  }

  end(): void {
    this.#acceptFallen(null);
    this.#endBoot();
    if (this.#timeless !== null && !this.#timeline.timed) {
      this.#context.diagnose('log-time-unknown', this.#timeless, 'no times at all');
    }
  }

  #read(entry: Entry, writer: Writer, said: readonly Said[]): void {
    const speaks = holdsWord(entry.text);
    const loss = speaks ? readLoss(entry.text) : null;
    if (loss) this.#context.diagnose(loss.code, entry.line, entry.text, loss.count ?? 1);
    this.#learnTie(entry, said);
    for (const each of said) this.#emit(each, entry);
    if (said.length === 0 && !loss && !this.#dump.open && mentionsLoading(entry, writer !== 'program')) {
      this.#context.diagnose('loading-not-understood', entry.line, entry.text);
      this.#emit({ kind: 'not-understood', message: entry.text }, entry);
    }
    if (writer === 'program' || (!speaks && !this.#dump.open && this.#isIdle())) return;
    this.#warns.read(entry);
    this.#stuck.read(entry);
    this.#linkedIn.read(entry);
    this.#dump.read(entry);
    if (this.#waiting.length > 0 && this.#settled()) this.#release();
  }

  #emit(said: Said, entry: Entry): void {
    this.#waiting.push({ said, entry });
    if (this.#settled()) this.#release();
  }

  #settled(): boolean {
    return this.#isIdle() || this.#waiting.length >= MAX_WAITING;
  }

  /** True where no message of several lines is open. */
  #isIdle(): boolean {
    return !this.#warns.open && !this.#stuck.open && !this.#linkedIn.open;
  }

  #release(): void {
    const waiting = this.#waiting.sort((a, b) => a.entry.line - b.entry.line);
    this.#waiting = [];
    this.#announce();
    for (const { said, entry } of waiting) {
      if (entry.at.boot === null && entry.at.wall === null) this.#timeless ??= entry.line;
      this.#timeline.emit(said, entry.line, entry.at);
      this.#told = entry.line;
    }
  }

  /** How the record shows that it begins a boot, or null where it is of the one before. */
  #begins(record: LogRecord, banner: boolean): BootStart['by'] | null {
    if (this.#mark) return 'journal-mark';
    const boot = this.#boot;
    if (!boot) return record.bootId === null ? 'first-line' : 'boot-id';
    if (record.bootId !== null && boot.bootId !== null && record.bootId !== boot.bootId) return 'boot-id';
    if (!banner) return null;
    // Firmware, scripts and other text before a banner are no boot of their own.
    if (boot.start && boot.last === null && !boot.banner) return null;
    return boot.banner || this.#falls(record) || boot.records > LINES_BEFORE_BANNER ? 'banner' : null;
  }

  #beginBoot(entry: Entry, by: BootStart['by']): Boot {
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
      replay: new Replay(),
      quotes: new Quotes(),
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

  /** Says that a boot begins, before its first event. */
  #announce(): void {
    const boot = this.#boot;
    const start = boot?.start;
    if (!boot || !start) return;
    boot.start = null;
    const { by, entry } = start;
    const complete = boot.banner || boot.fromStart;
    if (!complete) {
      this.#context.diagnose('log-beginning-missing', entry.line, 'no `Linux version` line at its beginning');
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

  /** `Startup finished` says how long ago the kernel started: a tie for a log of wall-clock times. */
  #learnTie({ at }: Entry, said: readonly Said[]): void {
    if (at.boot !== null || at.wall === null) return;
    let sum = 0n;
    for (const each of said) if (each.kind === 'boot-duration' && each.what !== 'total') sum += each.ns;
    if (sum > 0n) this.#timeline.tie(at.wall, sum);
  }

  #endBoot(): void {
    if (!this.#boot) return;
    this.#warns.flush();
    this.#stuck.flush();
    this.#linkedIn.flush();
    this.#dump.end();
    this.#announce();
    this.#release();
    this.#sayEnd(this.#boot);
    this.#timeline.endBoot(this.#boot.line);
    this.#boot = null;
  }

  /** Says when the boot's last record was written, where no event does. */
  #sayEnd({ last, timed, line }: Boot): void {
    const at = timed?.at ?? { boot: null, wall: null };
    const byWall = at.boot === null && at.wall !== null && (last === null || this.#timeline.tied);
    const boot = !byWall && last !== null && (at.boot === null || at.boot < last) ? last : at.boot;
    if ((boot === null && at.wall === null) || (timed?.line === this.#told && boot === at.boot)) return;
    this.#timeline.emit({ kind: 'boot-mark', what: 'last-record', value: '' }, line, { boot, wall: at.wall });
  }
}
