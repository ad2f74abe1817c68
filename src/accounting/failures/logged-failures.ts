// SPDX-License-Identifier: Apache-2.0
/** The lines of a log that say why a load failed; which of them are failures, by the kernel that printed them. */
import { EBUSY, EINVAL } from '../../model/errno.js';
import type { Event, InitCall, InitRefusal, LoadFailure, UserLoad } from '../../model/event.js';
import { LogClock } from '../boots/log-clock.js';
import { sameRecords } from './same-record.js';
import { isSoonAfter, isUnlinked, killedLoads, Unlinked, UserInserts } from './user-inserts.js';
import { deciderOf, fails, mayFail, mayFailBefore } from './whether-failed.js';

/** Log lines of one boot with reasons of failed loads. */
export interface LoggedFailures {
  readonly failures: readonly LoadFailure[];
  /** Those of them that are failures only where a call failed. */
  readonly doubtful: ReadonlySet<LoadFailure>;
  /**
   * Lines that are failures with a failed insert: about the image, on some kernels, where the release is not known; about a driver
   * that may be in the kernel image.
   */
  readonly possible: readonly LoadFailure[];
  /** Records of failures that the log holds once more. */
  readonly again: ReadonlySet<Event>;
  readonly inits: readonly InitCall[];
  /** Failed inserts reported by udev, modprobe and similar tools. */
  readonly inserts: readonly UserLoad[];
  /** Modules that modprobe or insmod did not find. */
  readonly missing: ReadonlySet<string>;
  /** The log holds the boot from its start. */
  readonly fromStart: boolean;
  readonly clock: LogClock;
}

/** The lines of a boot's log that failureRows needs. */
export function loggedFailures(events: readonly Event[], release: string | null): LoggedFailures {
  const failures: LoadFailure[] = [];
  const doubtful = new Set<LoadFailure>();
  const possible: LoadFailure[] = [];
  const inits: InitCall[] = [];
  const loaders = new UserInserts();
  const unlinked = new Unlinked();
  const kernel = deciderOf(events, release);
  const symbols = new Symbols(events);
  const again = sameRecords(events);
  for (const event of events) {
    if (event.kind === 'load-failure') {
      if (again.has(event)) continue;
      const last = failures.at(-1);
      if (event.names && last && isNamelessOf(last, event))
        failures[failures.length - 1] = { ...last, module: event.module };
      else if (isUnlinked(event)) {
        if (!unlinked.continues(event)) failures.push({ ...event, module: loaders.using(event) });
      } else if (mayFail(event, kernel)) {
        failures.push(event);
        doubtful.add(event);
      } else if (fails(event, kernel) && !symbols.isConsequence(event)) {
        if (last && isRefusalOf(last, event)) failures.pop();
        failures.push(symbols.withReason(event));
      } else if (mayFailBefore(event, kernel)) possible.push(event);
    } else if (event.kind === 'init-refusal') {
      if (event.why === 'registered') possible.push(ofInit(event));
    } else if (event.kind === 'initcall') inits.push(event);
    else if (event.kind === 'user-load') {
      loaders.add(event);
      unlinked.end();
    }
  }
  const { missing } = loaders;
  const inserts = [...loaders.inserts, ...killedLoads(events).untold];
  const fromStart = events.some((event) => event.kind === 'boot-start' && event.complete);
  return {
    failures,
    doubtful,
    possible,
    again,
    inits,
    inserts,
    missing,
    fromStart,
    clock: new LogClock(events),
  };
}

/** drivers/base/driver.c:driver_register returns this error. */
function ofInit({ why: _, ...event }: InitRefusal): LoadFailure {
  const failure = { reason: 'init', phase: 'init', errno: EBUSY, fails: 'always', names: false } as const;
  return { ...event, ...failure, kind: 'load-failure' };
}

/** A symbol that a load may not use is then unknown to it: the second line is about the same load. */
class Symbols {
  /** Lines that say why, and are not followed by the second yet, by module and symbol. */
  readonly #refused = new Map<string, number>();
  readonly #events: readonly Event[];
  /** Modules that do not import the namespace of a symbol; null until one is asked for. */
  #importless: ReadonlySet<string | null> | null = null;

  constructor(events: readonly Event[]) {
    this.#events = events;
  }

  isConsequence({ module, reason, message }: LoadFailure): boolean {
    const symbol = SYMBOL.exec(message)?.[1];
    if (module === null || symbol === undefined) return false;
    const key = `${module} ${symbol}`;
    const open = this.#refused.get(key) ?? 0;
    if (reason !== 'unknown-symbol') this.#refused.set(key, open + 1);
    else if (open > 0) this.#refused.set(key, open - 1);
    return reason === 'unknown-symbol' && open > 0;
  }

  /**
   * A symbol that is missing gives ENOENT. With EINVAL the kernel has it, of another version than the module was built for, or
   * in a namespace that the module does not import (resolve_symbol). An excerpt may lack the line that says which.
   */
  withReason(line: LoadFailure): LoadFailure {
    if (line.reason !== 'unknown-symbol' || line.errno !== EINVAL) return line;
    this.#importless ??= new Set(
      this.#events.flatMap((event) =>
        event.kind === 'load-failure' && event.reason === 'namespace' ? [event.module] : [],
      ),
    );
    return { ...line, reason: this.#importless.has(line.module) ? 'namespace' : 'symbol-version' };
  }
}

// "disagrees about version of symbol x", "uses symbol x from namespace N", "Unknown symbol x (err -22)"
const SYMBOL = /\bsymbol (?:version for )?['`"]?([\w.]+)/;

/** Some kernels print a missing key twice: when they look for it, and when they refuse the module. */
function isRefusalOf(last: LoadFailure, next: LoadFailure): boolean {
  return (
    last.fails.startsWith('if enforced') &&
    next.fails === 'always' &&
    last.phase === next.phase &&
    (next.reason === last.reason || next.reason === 'lockdown') &&
    (last.module === null || next.module === null || last.module === next.module) &&
    isSoonAfter(last, next)
  );
}

function isNamelessOf(last: LoadFailure, { reason, phase }: LoadFailure): boolean {
  return last.module === null && last.reason === reason && last.phase === phase;
}
