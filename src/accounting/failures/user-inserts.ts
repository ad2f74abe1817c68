// SPDX-License-Identifier: Apache-2.0
/** What loaders say of a load, up to that it failed: which module it was, and whether the kernel was called at all. */
import { ENOENT, ENOSYS, EPERM } from '../../model/errno.js';
import type { Event, LoadFailure, StuckLoad, UserLoad } from '../../model/event.js';
import { groupBy } from '../../model/groups.js';

/** How soon after the kernel's message another about the same load follows, of the kernel or of a tool. */
export const ANSWERED_WITHIN = 10_000_000_000n;
/** How far below a loader's message its next one stands, where messages of others come between. */
const NEXT_LINES = 5;

/**
 * Programs that say of a module they did not find that they failed as well; Android's init prints that it found no module for
 * each load that failed.
 */
const PROGRAMS: ReadonlySet<string> = new Set(['modprobe', 'insmod', 'kmod', 'kmodloader']);

/** Whether a program may only say once more, of a module that it did not find, that it failed. */
function mayRepeat({ tool, errno, again }: UserLoad): boolean {
  return PROGRAMS.has(tool) && (errno === null || again === true);
}

/** Where one of the times is unknown, too. */
export function isSoonAfter(last: Event, next: Event): boolean {
  return last.t === null || next.t === null || next.t - last.t <= ANSWERED_WITHIN;
}

const isNextTo = (last: Event, next: Event): boolean =>
  last.source === next.source && next.line > last.line && next.line - last.line <= NEXT_LINES;

const isRightBefore = (last: Event, next: Event): boolean =>
  last.source === next.source && next.line === last.line + 1;

export class UserInserts {
  readonly inserts: UserLoad[] = [];
  /** Modules that modprobe or insmod did not find. */
  readonly missing = new Set<string>();
  /** Inserts that failed without a call, as there is no file. */
  readonly pathless = new Set<UserLoad>();
  /** Install commands that failed, by module: the loader goes on to say that it could not insert it. */
  readonly #commands = new Map<string, UserLoad>();
  readonly #notFound = new Map<string, UserLoad>();
  #refused: UserLoad | null = null;
  /** The file that a loader has just named, or that failed. */
  #loading: UserLoad | null = null;

  add(event: UserLoad): void {
    const { module, what, tool, again } = event;
    if (what === 'command-failed') this.#commands.set(module, event);
    else if (what === 'not-found' && PROGRAMS.has(tool)) {
      this.missing.add(module);
      this.#notFound.set(module, event);
    } else if (what === 'failed') this.#addFailed(event);
    else if (what === 'unsupported') this.#refused = event;
    this.#loading = what === 'loading' || again ? event : null;
  }

  #addFailed(event: UserLoad): void {
    const command = this.#commands.get(event.module);
    this.#commands.delete(event.module);
    if (command && isSoonAfter(command, event)) return;
    if (this.#isRefused(event)) return;
    if (this.#isPathless(event)) this.pathless.add(event);
    else this.inserts.push({ ...event, module: this.#shownBefore(event)?.module ?? event.module });
  }

  /** kmod_module_insert_module returns ENOSYS, later ENOENT, where it has no path, and modprobe reports it as the load's. */
  #isPathless(event: UserLoad): boolean {
    const last = this.#notFound.get(event.module);
    this.#notFound.delete(event.module);
    if (!last || !isSoonAfter(last, event)) return false;
    if (event.errno === ENOSYS) return true;
    const isSame = last.tool === 'modprobe' && event.tool === 'modprobe' && last.pid === event.pid;
    return event.errno === ENOENT && isSame && isRightBefore(last, event);
  }

  /** The module, or one that it depends on, is not supported: SUSE's kmod_module_insert_module then returns EPERM itself. */
  #isRefused(event: UserLoad): boolean {
    const last = this.#refused;
    this.#refused = null;
    return last !== null && event.errno === EPERM && isNextTo(last, event) && isSoonAfter(last, event);
  }

  /**
   * `modprobe -v` shows each file before its load, with -vv libkmod says which failed; then modprobe names the module that it
   * was asked for.
   */
  #shownBefore(event: UserLoad): UserLoad | null {
    const shown = this.#loading;
    if (!shown || event.tool !== 'modprobe' || shown.tool !== 'modprobe') return null;
    // On the lines between may be another command.
    if (shown.what === 'loading') return isRightBefore(shown, event) ? shown : null;
    return isNextTo(shown, event) && shown.errno !== null && shown.errno === event.errno ? shown : null;
  }

  /** The file that insmod of modutils or of busybox says that it uses. */
  using(event: Event): string | null {
    const shown = this.#loading;
    return shown?.what === 'loading' && shown.tool === 'insmod' && isNextTo(shown, event)
      ? shown.module
      : null;
  }
}

const BY_HAND: ReadonlySet<string | null> = new Set(['modprobe', 'insmod']);

/** Loads by commands that the kernel killed, by the crashes of loaders that the log has; `untold`: those without one. */
export function killedLoads(log: readonly Event[]): {
  readonly told: ReadonlyMap<Event, UserLoad>;
  readonly untold: readonly UserLoad[];
} {
  const crashes = log.filter(
    (event): event is StuckLoad =>
      event.kind === 'stuck-load' && event.what === 'crashed' && BY_HAND.has(event.comm),
  );
  const killed = log.filter(
    (event): event is UserLoad => event.kind === 'user-load' && event.what === 'killed',
  );
  const byModule = groupBy(crashes, ({ module }) => module);
  const waiting = new Map([...byModule].map(([module, events]) => [module, events.values()]));
  const told = new Map<Event, UserLoad>();
  const untold = killed.filter((load) => {
    // One that names the module, before those that name none.
    const crash = waiting.get(load.module)?.next().value ?? waiting.get(null)?.next().value;
    if (crash) told.set(crash, load);
    return crash === undefined;
  });
  return { told, untold };
}

/** Modules whose loads the kernel or a loader says to have failed. */
export function failedModules(log: readonly Event[]): ReadonlySet<string | null> {
  const failed = new Set<string | null>();
  const loaders = new UserInserts();
  for (const event of log) {
    if (event.kind === 'user-load') loaders.add(event);
    if (
      event.kind === 'load-failure' ||
      (event.kind === 'user-load' &&
        event.what === 'failed' &&
        !loaders.pathless.has(event) &&
        !mayRepeat(event))
    )
      failed.add(event.module);
  }
  return failed;
}

/** modutils and busybox before 2.6 link the module themselves, and complain of each symbol that it lacks. */
export class Unlinked {
  #last: LoadFailure | null = null;
  #said = new Set<string>();

  /** Whether a line without a name is about the same load as the one before; no load lacks a symbol twice. */
  continues(event: LoadFailure): boolean {
    const last = this.#last;
    const isOpen = last !== null && isNextTo(last, event) && isSoonAfter(last, event);
    const again = isOpen && last.reason === event.reason && !this.#said.has(event.message);
    if (!again) this.#said = new Set();
    this.#said.add(event.message);
    this.#last = event;
    return again;
  }

  /** Another load follows. */
  end(): void {
    this.#last = null;
  }
}

/** The kernel's own messages have a phase. */
export const isUnlinked = ({ module, phase, reason }: LoadFailure): boolean =>
  module === null && phase === null && reason === 'unknown-symbol';
