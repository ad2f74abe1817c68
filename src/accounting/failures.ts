/**
 * Failures that are no duplicates, by reason. The kernel says the reason only in its log, which names no call:
 * a logged reason is given to a failed attempt of the same module, or, where the log names none, to one whose
 * errno and phase fit, in order. What nothing in a trace answers to stands for itself.
 */
import type { Event, InitCall, LoadFailure, UserLoad } from '../model/event.js';
import { BOOT_CLOCK, type SourceClock } from '../model/source.js';
import type { Attempt, Cite, FailureRow } from './model.js';

/** Log lines of one boot that say why a load failed. */
export interface LoggedFailures {
  readonly failures: readonly LoadFailure[];
  readonly inits: readonly InitCall[];
  /** What udev, modprobe and their like say could not be inserted. */
  readonly inserts: readonly UserLoad[];
}

interface Case {
  reason: string;
  module: string | null;
  phase: FailureRow['phase'];
  errno: number | null;
  wasted: { low: bigint; high: bigint | null } | null;
  t: bigint | null;
  clock: SourceClock;
  cite: Cite;
}

export function failureRows(
  boot: number,
  attempts: readonly Attempt[],
  logged: LoggedFailures,
): FailureRow[] {
  const lines = new OpenLines(logged.failures);
  const cases: Case[] = [];
  for (const attempt of attempts) {
    if (attempt.outcome !== 'failed') continue;
    const line = lines.take(attempt);
    cases.push({
      reason: line?.reason ?? reasonOf(attempt),
      module: attempt.module ?? line?.module ?? null,
      phase: attempt.phase,
      errno: attempt.errno,
      wasted: {
        low: BigInt(attempt.wasted.low),
        high: attempt.wasted.high === null ? null : BigInt(attempt.wasted.high),
      },
      t: attempt.start,
      clock: attempt.clock,
      cite: attempt.cite,
    });
  }
  const traced = attempts.some((attempt) => attempt.outcome !== 'unknown');
  cases.push(...loadsOfLines(traced ? lines.unexplained(cases) : lines.left()).map(logCase));
  if (!cases.some((known) => known.phase === 'init')) cases.push(...failedInits(logged.inits));
  if (!traced) cases.push(...failedInserts(nameFailures(cases, logged.inserts), cases));
  return group(boot, cases);
}

/** Log lines about failures that no attempt has been given yet. */
class OpenLines {
  readonly #lines: readonly LoadFailure[];
  readonly #taken = new Set<LoadFailure>();
  readonly #byModule = new Map<string | null, LoadFailure[]>();

  constructor(lines: readonly LoadFailure[]) {
    this.#lines = lines;
    for (const line of lines) {
      const same = this.#byModule.get(line.module);
      if (same) same.push(line);
      else this.#byModule.set(line.module, [line]);
    }
  }

  /** The first line that fits the attempt: of its module, or, where both lack a name, of a reason that fits. */
  take(attempt: Attempt): LoadFailure | null {
    const queue = this.#byModule.get(attempt.module) ?? [];
    const reasons = attempt.module === null ? loggedReasons(attempt) : null;
    const index = reasons ? queue.findIndex((line) => reasons.has(line.reason)) : 0;
    const [line] = index < 0 ? [] : queue.splice(index, 1);
    if (line) this.#taken.add(line);
    return line ?? null;
  }

  left(): LoadFailure[] {
    return this.#lines.filter((line) => !this.#taken.has(line));
  }

  /** Without further lines about a failure that is counted already (one load can print several). */
  unexplained(cases: readonly Case[]): LoadFailure[] {
    const modules = new Set(cases.map((known) => known.module));
    const reasons = new Set(cases.map((known) => known.reason));
    return this.left().filter((line) =>
      line.module === null ? !reasons.has(line.reason) : !modules.has(line.module),
    );
  }
}

/**
 * The lines that stand for one failed load each. A load can print several lines of its module (one for every
 * symbol that it misses), so a module failed as often as its most frequent line says.
 */
function loadsOfLines(lines: readonly LoadFailure[]): LoadFailure[] {
  const loads: LoadFailure[] = lines.filter((line) => line.module === null);
  const byModule = new Map<string, Map<string, LoadFailure[]>>();
  for (const line of lines) {
    if (line.module === null) continue;
    const key = `${line.module} ${phaseOf(line) ?? ''}`;
    const messages = byModule.get(key) ?? new Map<string, LoadFailure[]>();
    byModule.set(key, messages);
    messages.set(line.message, [...(messages.get(line.message) ?? []), line]);
  }
  for (const messages of byModule.values()) {
    const [first = [], ...others] = messages.values();
    const most = others.reduce((best, same) => (same.length > best.length ? same : best), first);
    const reason = first[0]?.reason;
    loads.push(...most.map((line) => (reason === undefined ? line : { ...line, reason })));
  }
  return loads;
}

/** What the kernel may have printed for an unnamed failure: nothing is printed for a bad signature or read. */
function loggedReasons(attempt: Attempt): ReadonlySet<string> {
  if (attempt.phase === 'decompress') return new Set(['decompress']);
  if (attempt.phase === 'becoming' && attempt.errno === 8) return new Set(['elf']);
  if (attempt.phase === 'becoming') return new Set(['signature', 'lockdown']);
  return new Set();
}

const EPERM = 1;
const ENOEXEC = 8;
const ENOMEM = 12;
const EBUSY = 16;
const EEXIST = 17;
const ENODEV = 19;
/** EINTR, and ERESTARTSYS where a trace shows it. */
const INTERRUPTED: ReadonlySet<number> = new Set([4, 512]);
/** What crypto/asymmetric_keys and kernel/module/signing.c return: ENOKEY, EKEY*, ENODATA, ENOPKG, EBADMSG. */
const SIGNATURE: ReadonlySet<number> = new Set([126, 127, 128, 129, 61, 65, 74]);

/** Reasons that the error number alone tells, in any stage. */
function byErrno(errno: number | null): string | null {
  if (errno === null) return null;
  if (SIGNATURE.has(errno)) return 'signature';
  if (INTERRUPTED.has(errno)) return 'interrupted';
  return errno === ENOMEM ? 'memory' : null;
}

/** The reason by errno and stage alone, where no log line says it (kernel/module/main.c, signing.c). */
function reasonOf(attempt: Attempt): string {
  const { phase, errno } = attempt;
  if (phase === 'init') return 'init';
  if (phase === 'kread') return 'read';
  if (phase === 'decompress') return 'decompress';
  const named = byErrno(errno);
  if (named !== null) return named;
  if (phase === 'becoming') {
    if (errno === 8) return attempt.module === null ? 'elf' : 'vermagic';
    if (errno === 1) return 'blacklist';
  }
  if (phase === 'load') {
    if (errno === 2) return 'unknown-symbol';
    if (errno === 22) return 'parameter';
    if (errno === 8) return 'duplicate-symbol';
  }
  return 'other';
}

function logCase(line: LoadFailure): Case {
  return {
    reason: line.reason,
    module: line.module,
    phase: phaseOf(line),
    errno: null,
    wasted: null,
    t: line.t,
    clock: BOOT_CLOCK,
    cite: { source: line.source, line: line.line },
  };
}

/** The stage whose code prints the line. */
function phaseOf(line: LoadFailure): FailureRow['phase'] {
  switch (line.reason) {
    case 'signature':
    case 'elf':
    case 'vermagic':
    case 'blacklist':
    case 'livepatch':
    case 'lockdown':
      return 'becoming';
    case 'unknown-symbol':
    case 'symbol-version':
    case 'duplicate-symbol':
    case 'parameter':
    case 'percpu':
      return 'load';
    case 'decompress':
      return 'decompress';
    case 'init':
      return 'init';
    case 'vmalloc':
    case 'other':
      return null;
  }
}

/** initcall_debug: each failed return of a module's init is a whole load that the counters do not see. */
function failedInits(inits: readonly InitCall[]): Case[] {
  return inits
    .filter((init) => init.point === 'returned' && init.ret !== null && init.ret < 0)
    .map((init) => ({
      reason: 'init',
      module: init.module,
      phase: 'init' as const,
      errno: init.ret === null ? null : -init.ret,
      wasted: null,
      t: init.t,
      clock: BOOT_CLOCK,
      cite: { source: init.source, line: init.line },
    }));
}

/** Reasons of which the kernel names no module, and what user space is then told. */
const NAMELESS: Readonly<Record<string, (errno: number) => boolean>> = {
  signature: (errno) => SIGNATURE.has(errno) || errno === EPERM,
  lockdown: (errno) => errno === EPERM,
  elf: (errno) => errno === ENOEXEC,
};

/** Gives failures without a name the module that user space's line about them names; gives back the other lines. */
function nameFailures(cases: readonly Case[], inserts: readonly UserLoad[]): UserLoad[] {
  const nameless = cases.filter(({ module, reason }) => module === null && reason in NAMELESS);
  const named = new Set(cases.map(({ module }) => module));
  return inserts.filter(({ module, errno }) => {
    if (errno === null || named.has(module)) return true;
    const one = nameless.find((known) => known.module === null && NAMELESS[known.reason]?.(errno));
    if (one) Object.assign(one, { module, errno });
    return !one;
  });
}

/**
 * Modules that user space could not insert and of which the kernel printed nothing. EEXIST is no failure to these
 * tools; EBUSY is a duplicate of a load that then failed, which they cannot tell from a failure.
 */
function failedInserts(inserts: readonly UserLoad[], known: readonly Case[]): Case[] {
  const named = new Set(known.map((one) => one.module));
  return inserts
    .filter(({ module, errno }) => !named.has(module) && errno !== EEXIST)
    .map(({ module, errno, t, source, line }) => ({
      reason: errno === EBUSY ? 'busy' : errno === ENODEV ? 'init' : (byErrno(errno) ?? 'other'),
      module,
      // No load fails with ENODEV but by the module's own init.
      phase: errno === ENODEV ? ('init' as const) : null,
      errno,
      wasted: null,
      t,
      clock: BOOT_CLOCK,
      cite: { source, line },
    }));
}

function group(boot: number, cases: readonly Case[]): FailureRow[] {
  const groups = new Map<string, Case[]>();
  for (const one of cases) {
    const key = [one.reason, one.module, one.phase, one.errno].join('\t');
    const known = groups.get(key);
    if (known) known.push(one);
    else groups.set(key, [one]);
  }
  return [...groups.values()].flatMap((members) => {
    const [first] = members;
    if (!first) return [];
    const exact = members.every((one) => one.wasted !== null && one.wasted.high === one.wasted.low);
    const low = members.reduce((sum, one) => sum + (one.wasted?.low ?? 0n), 0n);
    return [
      {
        boot,
        reason: first.reason,
        module: first.module,
        phase: first.phase,
        errno: first.errno,
        times: members.length,
        wasted: exact || low > 0n ? low : null,
        basis: exact ? ('measured' as const) : low > 0n ? ('bounded' as const) : null,
        firstT: first.t,
        clock: first.clock,
        cite: first.cite,
      },
    ];
  });
}

/** `do_init_module: 'foo'->init suspiciously returned 1`: a wrong result, after which the module stays loaded. */
function isLoadedAnyway({ reason, message }: LoadFailure): boolean {
  return reason === 'init' && message.includes('suspiciously returned');
}

/** The lines of a boot's log that failureRows wants. */
export function loggedFailures(events: readonly Event[]): LoggedFailures {
  const failures: LoadFailure[] = [];
  const inits: InitCall[] = [];
  const inserts: UserLoad[] = [];
  for (const event of events) {
    if (event.kind === 'load-failure') {
      if (!isLoadedAnyway(event)) failures.push(event);
    } else if (event.kind === 'initcall') inits.push(event);
    else if (event.kind === 'user-load' && event.what === 'failed') inserts.push(event);
  }
  return { failures, inits, inserts };
}
