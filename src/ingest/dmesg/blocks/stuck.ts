// SPDX-License-Identifier: Apache-2.0
/**
 * Loads that hang, spin or crash, by the kernel's stack traces:
 *
 *     INFO: task (udev-worker):153 blocked for more than 90 seconds.         kernel/hung_task.c
 *     task:(udev-worker)   state:D stack:0     pid:153 ...                   the same, or SysRq w
 *     watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [modprobe:345]       kernel/watchdog.c
 *     rcu: INFO: rcu_preempt self-detected stall on CPU                      kernel/rcu/tree_stall.h
 *     rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:                  the same, told by another CPU
 *     BUG: kernel NULL pointer dereference, address: 0000000000000018        an oops, worded by architecture
 *     invalid opcode: 0000 [#1] PREEMPT SMP                                  its die(): a name and a counter
 *     Kernel panic - not syncing: Asynchronous SError Interrupt              kernel/panic.c
 *
 * It is a load if the trace goes through the module loader, or if the task is a loader.
 */
import type { StuckLoad } from '../../../model/event.js';
import { moduleName } from '../../../model/module-name.js';
import { sourceName } from '../../source-name.js';
import type { LogFact } from '../messages/rule.js';
import type { Entry } from '../timeline.js';
import { addFunction, type Frames, noFrames } from './frames.js';
import { isLoader, moduleOf, TRACE_HEAD } from './loader-frames.js';
import { BLOCKED, GATE, HEADS } from './stuck-heads.js';
import { frameOf, taskBy, taskOf } from './warn-steps.js';

const LOADERS = /^(?:modprobe|insmod|kmod|kmodloader|systemd-modules?(?:-loa?d?)?)$/;
const UDEV = /^(?:\(?udev-worker\)?|systemd-udevd?|udevd)$/;
const COUNTER =
  /^(?:RIP: |E?IP: |pc : |(?:[EP][IC]P?|[ip][pc]) is at |NIP \[|epc {1,3}: |ERA: |T?PC: |IAOQ\[0\]: |Krnl PSW : )/;
/** Of modprobe -r: the exit of a module. */
const EXIT = /^cleanup_module$|_(?:exit|cleanup|fini)$/;
const AT = /(?:^|[ :<(])([A-Za-z_][\w.]*)\+0x/;
/** i386 before 2.6.25 may print two frames a line. */
const COLUMNS = /(?<= ) (?=\[?<[\da-f]{8}>)/;
/** `Modules linked in: foo(O+) bar`: the module that is coming; `-`: the one that goes. */
const COMING = /\b([\w-]+)\([A-Z]*\+\)/g;
const GOING = /\([A-Z]*-\)/;
/** The task that another CPU was seen to run: `task:modprobe state:R running task stack:0 pid:7`, before 5.12 without words. */
const RUNNING = [
  /^task:(?<comm>.{1,64}?) *state:R .*?\bpid:(?<pid>\d+)/,
  /^(?<comm>\S{1,15}) +R +running task +\d+ +(?<pid>\d+) /,
];
const END = /^(?:---\[ end trace|Showing all locks held|Kernel panic|-+\[ cut here \]|WARNING: )/;

/** Registers, locks and a deep stack, with lines of other CPUs between them. */
const MAX_LINES = 150;

interface Open {
  readonly entry: Entry;
  readonly what: StuckLoad['what'];
  comm: string | null;
  pid: number | null;
  readonly seconds: number | null;
  lines: number;
  traces: number;
  /** Where the CPU was: in a function of the loader, in one that ends a module, or in one of this module. */
  loads: boolean;
  ends: boolean;
  at: string | null;
  readonly sure: Frames;
  /** Those with a `?`: all of a kernel without frame pointers, else what earlier calls left on the stack. */
  readonly guessed: Frames;
  /** Modules that were being loaded at the time. */
  coming: readonly string[];
  /** A module was being removed. */
  going: boolean;
}

export class StuckReader {
  readonly #emit: (fact: LogFact, entry: Entry) => void;
  #open: Open | null = null;
  /** The task that was last told of as hung. */
  #hung: number | null = null;

  constructor(emit: (fact: LogFact, entry: Entry) => void) {
    this.#emit = emit;
  }

  /** True while a trace may continue. */
  get open(): boolean {
    return this.#open !== null;
  }

  read(entry: Entry): void {
    // Posts indent blocks of code.
    const text = entry.text.trimStart();
    if (GATE.test(text) && this.#head(entry, text)) return;
    const open = this.#open;
    if (!open || (open.entry.caller !== null && entry.caller !== null && open.entry.caller !== entry.caller))
      return;
    if (++open.lines > MAX_LINES || END.test(text) || (TRACE_HEAD.test(text) && ++open.traces > 1))
      this.flush();
    else detail(open, text);
  }

  flush(): void {
    const open = this.#open;
    this.#open = null;
    if (!open) return;
    const frames = framesOf(open);
    const what = judge(open, frames);
    if (!what) return;
    const { entry, comm, pid, seconds } = open;
    const isTraced = frames.loads || open.loads || what === 'crashed';
    const [coming = frames.count === 0 ? open.at : null] =
      open.coming.length === 1 && isTraced ? open.coming : [];
    const module = frames.module ?? (coming === null ? null : moduleName(coming));
    this.#emit({ kind: 'stuck-load', what, module, comm, pid, seconds, message: entry.text }, entry);
  }

  /** Starts a trace if the line is its head. */
  #head(entry: Entry, text: string): boolean {
    for (const { what, pattern } of HEADS) {
      const match = pattern.exec(text);
      if (!match) continue;
      const { comm = null, pid, seconds } = match.groups ?? {};
      const number = pid === undefined ? null : Number(pid);
      const open = this.#open;
      // The hung task's own `task:` line, and the lines of an oops between its first and its task.
      const continues =
        open !== null &&
        open.sure.count === 0 &&
        (what === 'crashed' ? open.what === what && open.pid === null : open.pid === number);
      if (continues && open.what === what) {
        open.pid ??= number;
        open.comm ??= comm;
        return true;
      }
      this.flush();
      if (what === 'hung-task') this.#hung = number;
      this.#open = opened(entry, what, comm, number, seconds === undefined ? null : Number(seconds));
      return true;
    }
    return this.#blocked(entry, text);
  }

  /** What holds the task up; the stack of who owns that may follow. */
  #blocked(entry: Entry, text: string): boolean {
    const { comm = null, pid } = BLOCKED.exec(text)?.groups ?? {};
    if (pid === undefined) return false;
    this.flush();
    if (this.#hung === Number(pid)) return true;
    this.#hung = Number(pid);
    this.#open = opened(entry, 'hung-task', comm, this.#hung, null);
    this.flush();
    return true;
  }
}

function opened(
  entry: Entry,
  what: StuckLoad['what'],
  comm: string | null,
  pid: number | null,
  seconds: number | null,
): Open {
  const sure = noFrames();
  const guessed = noFrames();
  const place = { lines: 0, traces: 0, loads: false, ends: false, at: null };
  return { entry, what, comm, pid, seconds, ...place, sure, guessed, coming: [], going: false };
}

function detail(open: Open, text: string): void {
  const task = open.comm === null ? (taskOf(text) ?? taskBy(RUNNING, text)) : null;
  if (task) [open.pid, open.comm] = [task.pid, task.comm];
  if (text.startsWith('Modules linked in:')) {
    open.coming = [...text.matchAll(COMING)].map(([, name = '']) => name);
    open.going = GOING.test(text);
    return;
  }
  if (COUNTER.test(text)) {
    open.at = moduleOf(text);
    open.sure.before = open.guessed.before = open.at;
    const func = sourceName(AT.exec(text)?.[1] ?? '');
    open.loads ||= isLoader(func);
    open.ends ||= EXIT.test(func);
    return;
  }
  for (const column of text.split(COLUMNS)) {
    const frame = frameOf(column);
    if (frame === null) continue;
    const frames = frame.guess ? open.guessed : open.sure;
    frames.count += 1;
    addFunction(frames, frame.func);
    frames.before = moduleOf(column);
    if (frame.caller !== null) addFunction(frames, frame.caller);
  }
}

/** The frames that count; guesses alone do where the task or the list of modules shows that a module is loaded. */
function framesOf({ comm, sure, guessed, coming }: Open): Frames {
  const isBacked = coming.length > 0 || LOADERS.test(comm?.trim() ?? '');
  return sure.count === 0 && isBacked ? guessed : sure;
}

/** What happened to the load, or null if it is not one. */
function judge({ what, comm, loads, ends, going }: Open, frames: Frames): StuckLoad['what'] | null {
  if (frames.removes) return null;
  if (loads || frames.loads) return what;
  const task = comm?.trim() ?? '';
  // A loader that loads or removes a module; where it does so the frames would tell.
  if (what === 'crashed') return LOADERS.test(task) && frames.count === 0 && !going && !ends ? what : null;
  if (frames.requests) return what === 'hung-task' ? 'hung-request' : null;
  if (frames.calls) return null;
  // Without a trace, a udev worker may do anything; most often it loads modules.
  return LOADERS.test(task) || (UDEV.test(task) && frames.count === 0) ? what : null;
}
