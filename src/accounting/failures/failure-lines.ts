// SPDX-License-Identifier: Apache-2.0
/** Matches log lines about failed loads with failed attempts. */
import { EKEYREJECTED } from '../../model/errno.js';
import type { LoadFailure } from '../../model/event.js';
import { groupBy } from '../../model/groups.js';
import { type LogClock, type Period, periodsOf } from '../boots/log-clock.js';
import type { Attempt } from '../model.js';
import { mayPrint } from './failure-reasons.js';

/** Differences between stamps of one event by one clock, and by two clocks with a known offset. */
const EXACT = 10_000_000n;
const SOON = 1_000_000_000n;
/** Limits for comparing attempts without a line to lines without an attempt. */
const MOST_CALLS = 10_000;
const MOST_LINES = 1_000;

/** Lines not matched with an attempt yet. */
export class OpenLines {
  readonly #open: Set<LoadFailure>;
  /** Further lines of a load that another line stands for. */
  readonly #further: ReadonlySet<LoadFailure>;
  readonly #calls: readonly Attempt[];
  /** Of the calls; made when first needed. */
  #periods: Period[] | null = null;
  readonly #clock: LogClock;

  constructor(lines: readonly LoadFailure[], calls: readonly Attempt[], clock: LogClock) {
    this.#open = new Set(lines);
    this.#further = furtherLines(lines);
    this.#calls = calls;
    this.#clock = clock;
  }

  /** The line of each failed call that has one: of its module first, then the nearest of those where a name is missing. */
  match(failed: readonly Attempt[]): ReadonlyMap<Attempt, LoadFailure> {
    const matched = new Map<Attempt, LoadFailure>();
    const give = (attempt: Attempt, line: LoadFailure | undefined): void => {
      if (!line) return;
      matched.set(attempt, line);
      this.#open.delete(line);
    };
    const byModule = groupBy(this.#open, (line) => line.module);
    // Up to where the lines of a module are taken, or fit no such call.
    const searched = new Map<string, number>();
    for (const attempt of failed) {
      const { module, phase, errno } = attempt;
      const own = module === null ? [] : (byModule.get(module) ?? []);
      const such = `${module} ${phase} ${errno}`;
      let at = searched.get(such) ?? 0;
      for (let line = own[at]; line && !(this.#open.has(line) && fits(line, attempt)); ) line = own[++at];
      searched.set(such, at);
      give(attempt, own[at]);
    }
    const nameless = failed.filter((attempt) => !matched.has(attempt)).slice(0, MOST_CALLS);
    // The closest pairs first: a call must not take the line of one that comes later.
    for (const within of [0n, EXACT, SOON, this.#clock.near, null]) {
      for (const attempt of nameless) {
        if (!matched.has(attempt)) give(attempt, this.#nearest(attempt, within));
      }
    }
    return matched;
  }

  left(): LoadFailure[] {
    return [...this.#open];
  }

  /** Without further lines about a failure that is counted already (one load can print several). */
  unexplained(known: {
    readonly modules: ReadonlySet<string | null>;
    readonly reasons: ReadonlySet<string>;
  }): LoadFailure[] {
    return this.left().filter(
      (line) =>
        !(line.module === null ? known.reasons.has(line.reason) : known.modules.has(line.module)) ||
        this.#isOutside(line),
    );
  }

  /**
   * Of the lines that name no module, or that name one where the call has none; `within` null: the first of those whose
   * times cannot be compared.
   */
  #nearest(attempt: Attempt, within: bigint | null): LoadFailure | undefined {
    let best: LoadFailure | undefined;
    let least = within;
    let tried = 0;
    for (const line of this.#open) {
      if (++tried > MOST_LINES) break;
      if ((line.module !== null && attempt.module !== null) || !fits(line, attempt)) continue;
      if (this.#further.has(line)) continue;
      const far = this.#clock.distance(line.t, attempt);
      if (within === null && far === null) return line;
      if (far !== null && least !== null && far <= least) [best, least] = [line, far];
    }
    return best;
  }

  /** True of a line that was printed before or after all calls of the trace: it is about none of them. */
  #isOutside(line: LoadFailure): boolean {
    this.#periods ??= periodsOf(this.#calls);
    return this.#calls.length > 0 && this.#periods !== null && this.#clock.isFar(line.t, this.#periods);
  }
}

/** Whether a call that ended so may have printed the line. */
export function fits(line: LoadFailure, { phase, errno }: Attempt): boolean {
  return (
    (line.phase === null || phase === null || line.phase === phase) &&
    mayPrint(line, errno) &&
    // It is of a blacklisted hash, whose line names no module; a blacklisted name gives EPERM.
    !(errno === EKEYREJECTED && line.reason === 'blacklist' && line.module !== null)
  );
}

/** A load prints one of these for every symbol that it misses. */
const PER_SYMBOL: ReadonlySet<string> = new Set(['unknown-symbol', 'symbol-version', 'namespace', 'license']);

/** How soon after another a line about a further symbol of one load is printed. */
const SAME_LOAD = 100_000_000n;

/** The lines about symbols that a load prints after its first: it has no line twice. */
function furtherLines(lines: readonly LoadFailure[]): Set<LoadFailure> {
  const further = new Set<LoadFailure>();
  const loads = new Map<string, { times: Map<string, number>; most: number; t: bigint | null }>();
  for (const line of lines) {
    const { module, reason, message, t } = line;
    if (module === null || !PER_SYMBOL.has(reason)) continue;
    const last = loads.get(module);
    const isLater = last?.t != null && t !== null && t - last.t > SAME_LOAD;
    const known = last && !isLater ? last : { times: new Map<string, number>(), most: 0, t };
    loads.set(module, known);
    const times = (known.times.get(message) ?? 0) + 1;
    known.times.set(message, times);
    known.t = t;
    if (times > known.most) known.most = times;
    else further.add(line);
  }
  return further;
}

/**
 * The lines that stand for one failed load each. One load can print several lines of its module, but each of them
 * once: a module failed as often as its most frequent line says.
 */
export function loadsOfLines(lines: readonly LoadFailure[]): LoadFailure[] {
  const named = lines.filter((line) => line.module !== null);
  const loads = lines.filter((line) => line.module === null);
  for (const same of groupBy(named, familyOf).values()) {
    const series = [...groupBy(same, textOf).values()];
    const most = series.reduce((best, each) => (each.length > best.length ? each : best));
    const reason = same[0]?.reason;
    for (const line of most) loads.push(reason === undefined ? line : { ...line, reason });
  }
  return loads;
}

function familyOf({ module, phase, reason }: LoadFailure): string {
  return `${module} ${phase ?? ''} ${PER_SYMBOL.has(reason) ? 'symbols' : reason}`;
}

/** Symbols tell lines of one load apart; addresses and numbers differ from load to load. */
function textOf({ reason, message }: LoadFailure): string {
  // An init fails once in a load, whatever it says.
  if (reason === 'init') return reason;
  return PER_SYMBOL.has(reason) ? message : message.replace(/'[^']*'|\b(?:0x)?(?=[a-f]*\d)[\da-f]+\b/g, '#');
}
