// SPDX-License-Identifier: Apache-2.0
/**
 * Stack traces of failed allocations (mm/page_alloc.c:warn_alloc, mm/percpu.c: both call dump_stack), which name the task
 * and show whether it was loading a module:
 *
 *     (udev-worker): vmalloc error: size 25169920, vm_struct allocation failed, mode:0xcc0(GFP_KERNEL)
 *     CPU: 1 UID: 0 PID: 191 Comm: (udev-worker) Not tainted 7.3.4 #1
 *     Call Trace:
 *      module_alloc+0x8c/0xac                  <- memory of the load itself: without it, the load fails
 *      load_module+0x5e5/0x1c2c
 */
import { moduleName } from '../../../model/module-name.js';
import { sourceName } from '../../source-name.js';
import type { LogFact } from '../messages/rule.js';
import { LOADER_TASK } from '../messages/tasks.js';
import type { Entry } from '../timeline.js';
import { INIT_CALLER, isLoader, moduleOf, TRACE_HEAD } from './loader-frames.js';
import { frameOf, taskOf } from './warn-steps.js';

export type AllocationFact = Extract<LogFact, { kind: 'allocation-failure' }>;

/** What prints a stack after its message; the others print none. */
const WITH_STACK: ReadonlySet<AllocationFact['by']> = new Set(['percpu', 'vmalloc', 'pages']);

/** The buffer of the file, in the general vmalloc area (fs/kernel_read_file.c): without it, the load fails. */
const OF_FILE = /^kernel_read_file\w*$/;

/** Memory for the image, the module or its per-CPU data (kernel/module/): if there is none, the load fails. */
const OF_IMAGE =
  /^(?:copy_module_from_user|module_decompress|module_extend_max_pages|module_get_next_page|module_alloc\w*|module_memory_alloc|execmem_\w*alloc\w*|layout_and_allocate|move_module|percpu_modalloc)\b/;

/** They take memory from the area of modules, too (kernel/bpf/core.c, kernel/kprobes.c, arch/x86/kernel/ftrace.c). */
const OF_OTHERS =
  /^(?:bpf_jit_\w+|bpf_prog_pack_\w+|bpf_arch_\w+|bpf_int_jit_compile|alloc_insn_page|__get_insn_slot|arch_ftrace_update_trampoline|create_trampoline)\b/;

/** Printed after the stack, or the start of another one. */
const END = /^(?:Mem-Info:|---\[ end trace|-+\[ cut here \]|WARNING: |INFO: task |task:)/;

/** A deep stack, with lines of other CPUs between its lines. */
const MAX_LINES = 120;
const MAX_OPEN = 64;

interface Open {
  readonly entry: Entry;
  readonly fact: AllocationFact;
  task: { readonly pid: number; readonly comm: string } | null;
  during: AllocationFact['during'];
  /** The module of the frame before, and of the init function in the trace. */
  before: string | null;
  module: string | null;
  traces: number;
  lines: number;
}

export class AllocationReader {
  readonly #emit: (fact: LogFact, entry: Entry) => void;
  /** Without their task yet, oldest first. */
  #waiting: Open[] = [];
  /** The one whose stack is being printed: dump_stack lets one CPU print at a time. */
  #printing: Open | null = null;

  constructor(emit: (fact: LogFact, entry: Entry) => void) {
    this.#emit = emit;
  }

  /** True while a stack may follow or continue. */
  get open(): boolean {
    return this.#printing !== null || this.#waiting.length > 0;
  }

  /** Emits the failure, at once or with what its stack shows. */
  start(fact: AllocationFact, entry: Entry): void {
    const open = { entry, fact, task: null, during: null, before: null, module: null, traces: 0, lines: 0 };
    if (!WITH_STACK.has(fact.by)) {
      this.#close(open);
      return;
    }
    if (this.#printing && isOfCaller(this.#printing, entry)) this.#endStack();
    const [oldest] = this.#waiting;
    if (oldest && this.#waiting.length >= MAX_OPEN) this.#close(oldest);
    this.#waiting.push(open);
  }

  read(entry: Entry): void {
    if (!this.open) return;
    for (const open of this.#waiting) if (++open.lines > MAX_LINES) this.#close(open);
    const task = taskOf(entry.text);
    if (task) this.#startStack(task, entry);
    else if (this.#printing && isOfCaller(this.#printing, entry))
      this.#continueStack(this.#printing, entry.text);
  }

  flush(): void {
    this.#endStack();
    for (const open of this.#waiting) this.#close(open);
  }

  #startStack(task: NonNullable<Open['task']>, entry: Entry): void {
    this.#endStack();
    const next = this.#waiting.find(
      (open) => isOfCaller(open, entry) && (open.fact.comm === null || open.fact.comm === task.comm),
    );
    if (!next) return;
    next.task = task;
    this.#waiting = this.#waiting.filter((open) => open !== next);
    this.#printing = next;
  }

  #continueStack(open: Open, text: string): void {
    if (++open.lines > MAX_LINES || END.test(text) || (TRACE_HEAD.test(text) && ++open.traces > 1))
      this.#endStack();
    else readFrame(open, text);
  }

  #endStack(): void {
    const open = this.#printing;
    this.#printing = null;
    if (open) this.#close(open);
  }

  #close(open: Open): void {
    this.#waiting = this.#waiting.filter((other) => other !== open);
    const { fact, entry, task, during, module } = open;
    const comm = fact.comm ?? task?.comm ?? null;
    // Any task may lack pages; only loads matter here.
    if (fact.by === 'pages' && during === null && (comm === null || !LOADER_TASK.test(comm))) return;
    this.#emit(
      {
        ...fact,
        comm,
        pid: task?.pid ?? null,
        during: fact.during ?? during,
        module: fact.module ?? module,
      },
      entry,
    );
  }
}

function isOfCaller({ entry }: Open, { caller }: Entry): boolean {
  return entry.caller === null || caller === null || entry.caller === caller;
}

function readFrame(open: Open, text: string): void {
  const frame = frameOf(text);
  if (frame === null || frame.guess) return;
  const func = sourceName(frame.func);
  const caller = frame.caller === null ? null : sourceName(frame.caller);
  if (func === INIT_CALLER && open.before !== null) {
    open.module ??= moduleName(open.before);
    open.during = 'init';
  } else if (OF_FILE.test(func)) open.during ??= 'read';
  else if (OF_IMAGE.test(func)) open.during ??= 'image';
  else if (OF_OTHERS.test(func)) open.during = 'other';
  else if (isLoader(func) && (open.during === null || open.during === 'other')) open.during = 'load';
  // The last line of a truncated trace alone shows its caller.
  if (caller !== null && OF_OTHERS.test(caller)) open.during = 'other';
  open.before = moduleOf(text);
}
