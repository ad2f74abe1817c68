// SPDX-License-Identifier: Apache-2.0
/**
 * Multi-line WARNs of the module loader. From kernel/module/dups.c (`module.enable_dups_trace=1`):
 *
 *     module-autoload: duplicate request for module net-pf-3
 *     WARNING: CPU: 7 PID: 179 at kernel/module/dups.c:174 kmod_dup_request_exists_wait+0x123/0x240
 *     WARNING: kernel/module/dups.c:184 at kmod_dup_request_exists_wait+0x.., CPU#4: firewalld/1071     (since 7.0)
 *     CPU: 7 UID: 0 PID: 179 Comm: snmpd Not tainted 6.12.117 #1
 *     Call Trace:
 *      __request_module+0x10b/0x2b0
 *      ? inode_init_always_gfp+0x16a/0x1c0
 *      __sock_create+0x12b/0x190                 <- the call site: the next frame that is not a guess (`?`)
 */
import { DUPLICATE_WARN } from '../messages/requests.js';
import type { LogFact } from '../messages/rule.js';
import type { Entry } from '../timeline.js';
import { Owners } from './warn-owners.js';
import { FRAMES, frameOf, TASK_LINE, taskOf, warnSteps } from './warn-steps.js';

type Emit = (fact: LogFact, entry: Entry) => void;

interface Splat {
  readonly entry: Entry;
  readonly requested: string;
  pid: number | null;
  comm: string | null;
  callSite: string | null;
  /** Its last printed step (warn-steps.ts). */
  step: number;
  /** True once `__request_module` was seen in its trace. */
  requestSeen: boolean;
  /** True once the frame after it was seen. */
  callSiteSeen: boolean;
  /** Number of its last line among all lines of WARNs. */
  active: number;
  /** Lines since its start; a WARN that does not end is closed after MAX_AGE. */
  age: number;
}

const WARNING =
  /^WARNING: (?:CPU: \d+ PID: (\d+) at )?\S*kernel\/module\/dups\.c:\d+(?: at [^,]+, CPU#\d+: (.*)\/(\d+))?/;
const LIST_TRUNCATED =
  /^WARNING: (?:CPU: \d+ PID: \d+ at )?\S*kernel\/module\/stats\.c:\d+ (?:at )?read_file_mod_stats\b/;
const REQUEST_MODULE = /^__request_module(?:\.|$)/;

/** Generous: a WARN with registers has about 40 lines, and many CPUs may print. */
const MAX_AGE = 2000;
const MAX_OPEN = 256;
/** A WARN with a line among this many last ones is being printed. */
const RECENT = 8;

export class WarnReader {
  readonly #emit: Emit;
  readonly #owners = new Owners();
  #open: Splat[] = [];
  #lines = 0;

  constructor(emit: Emit) {
    this.#emit = emit;
  }

  /** True while a WARN is open. */
  get open(): boolean {
    return this.#open.length > 0;
  }

  read(entry: Entry): void {
    const { text } = entry;
    if (text.startsWith('module-autoload: ')) {
      const match = DUPLICATE_WARN.exec(text);
      if (match?.[1]) this.#start(entry, match[1].trimEnd());
    } else if (text.startsWith('WARNING: ')) {
      this.#warning(entry);
    } else if (this.#open.length > 0) {
      this.#detail(entry);
    }
    if (this.#open.length > 0) this.#grow();
  }

  /** Emits open WARNs at the end of the log or boot. */
  flush(): void {
    const open = this.#open;
    this.#open = [];
    for (const splat of open) this.#emitRequest(splat);
  }

  #start(entry: Entry, requested: string): void {
    const oldest = this.#open[0];
    if (oldest && this.#open.length >= MAX_OPEN) this.#close(oldest);
    this.#open.push({
      entry,
      requested,
      pid: null,
      comm: null,
      callSite: null,
      step: 0,
      requestSeen: false,
      callSiteSeen: false,
      active: this.#lines++,
      age: 0,
    });
  }

  #warning(entry: Entry): void {
    const match = WARNING.exec(entry.text);
    if (match) {
      const splat = this.#take(entry, [1]);
      if (!splat) return;
      const pid = match[1] ?? match[3];
      splat.pid = pid === undefined ? null : Number(pid);
      splat.comm = match[2] ?? null;
    } else if (LIST_TRUNCATED.test(entry.text)) {
      this.#emit({ kind: 'list-cut-warning' }, entry);
    }
  }

  #detail(entry: Entry): void {
    const steps = warnSteps(entry.text);
    if (steps === null) return;
    const task = steps[0] === TASK_LINE ? taskOf(entry.text) : null;
    const pid = task?.pid ?? this.#owners.pid(entry.text);
    const splat = this.#take(entry, steps, pid);
    if (!splat) return;
    if (task) splat.comm = task.comm;
    if (splat.pid !== null) this.#owners.learn(entry.text, splat.pid, task !== null || pid === splat.pid);
    if (steps[0] === FRAMES) this.#frame(splat, entry.text);
    if (/^---\[ end trace/.test(entry.text)) this.#close(splat);
  }

  #frame(splat: Splat, text: string): void {
    const frame = frameOf(text);
    if (frame === null || frame.guess) return;
    if (REQUEST_MODULE.test(frame.func)) {
      splat.requestSeen = true;
    } else if (splat.requestSeen && !splat.callSiteSeen) {
      splat.callSiteSeen = true;
      splat.callSite = this.#isContested(splat) ? null : frame.func;
    }
  }

  /** True if another trace is printed at the same time: the frame may belong to either. */
  #isContested(splat: Splat): boolean {
    const { caller } = splat.entry;
    return this.#open.some(
      (other) =>
        other !== splat &&
        other.step >= FRAMES - 1 &&
        other.active >= this.#lines - RECENT &&
        (caller === null || other.entry.caller === null),
    );
  }

  /**
   * Finds the WARN of a line if several CPUs print at once: by the printk caller, the PID, or a register that points into
   * the task's stack; else the WARN whose last step it follows most closely, and of equals the one that printed last.
   */
  #take(entry: Entry, steps: readonly number[], pid: number | null = null): Splat | null {
    let best: { splat: Splat; step: number; distance: number } | null = null;
    for (const splat of this.#open) {
      const caller = splat.entry.caller;
      if (caller !== null && entry.caller !== null && caller !== entry.caller) continue;
      if (pid !== null && splat.pid !== null && splat.pid !== pid && this.#isOpen(pid)) continue;
      for (const step of steps) {
        if (step < splat.step || (step === splat.step && step !== FRAMES)) continue;
        const distance = Math.max(1, step - splat.step);
        const closer = best === null ? 1 : best.distance - distance;
        if (closer > 0 || (closer === 0 && best !== null && splat.active > best.splat.active)) {
          best = { splat, step, distance };
        }
      }
    }
    if (best === null) return null;
    best.splat.step = best.step;
    best.splat.active = this.#lines++;
    return best.splat;
  }

  #isOpen(pid: number): boolean {
    return this.#open.some((splat) => splat.pid === pid);
  }

  #grow(): void {
    for (const splat of this.#open) splat.age += 1;
    const oldest = this.#open[0];
    if (oldest && oldest.age > MAX_AGE) this.#close(oldest);
  }

  #close(splat: Splat): void {
    this.#open = this.#open.filter((each) => each !== splat);
    this.#emitRequest(splat);
  }

  #emitRequest({ entry, requested, pid, comm, callSite }: Splat): void {
    this.#emit({ kind: 'duplicate-request', requested, pid, comm, callSite }, entry);
  }
}
