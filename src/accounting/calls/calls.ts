// SPDX-License-Identifier: Apache-2.0
/**
 * Calls: the events between the enter and the exit of one finit_module or init_module, gathered by pid.
 * classify.ts decides the outcome of each.
 */
import type { Event, ModuleSyscall, Probe, ProbeFact } from '../../model/event.js';
import type { SourceClock } from '../../model/source.js';
import { mayReadModule } from '../kernel.js';
import type { Followed, Task } from '../requesters/tasks.js';
import { type Call, NO_FACTS, type Seen } from './call.js';
import { addFact, hasFailedStep, isPastRead, type LoadFact, probedResult } from './facts.js';
import { contradictedProbes } from './images.js';
import { CHARGED, CHECKED, LOADED, stepOf } from './load-steps.js';
import { isDecided, isOwn, lostUntil } from './losses.js';
import { checksAreDone, showsEveryCheck } from './patient-checks.js';

export interface Calls {
  readonly calls: readonly Call[];
  readonly seen: Seen;
  /** Exits without enter, and enters without exit. */
  readonly withoutEnter: number;
  readonly withoutExit: number;
  /** Calls in which a probe's length contradicts the bytes read. */
  readonly contradictory: number;
  /** Calls that only probes show although the traces hold syscall events: those of 32-bit programs on 64 bits. */
  readonly withoutSyscall: number;
  /** True where only audit records or strace show calls, which are those of some tasks. */
  readonly partial: boolean;
}

/** `release`: the kernel's, where known. `whole`: no record is known to be lost. */
export function gatherCalls(followed: readonly Followed[], release: string | null, whole: boolean): Calls {
  const gatherer = new Gatherer(followed, release, whole);
  for (const one of followed) gatherer.read(one);
  return gatherer.result();
}

class Gatherer {
  readonly #calls: Call[] = [];
  readonly #open = new Map<number, Call>();
  readonly #offsets = new Set<number>();
  readonly #seen: Seen;
  #withoutEnter = 0;
  #withoutExit = 0;
  #duplicates = 0;
  #order = 0;
  /** Progress of a task's implicit call, by pid. */
  readonly #progress = new Map<number, { task: Task | null; step: number; events: Set<string> }>();
  /** The last record of each pid's call, among the events of the stream. */
  readonly #last = new Map<number, number>();
  /** Decided calls whose later records may be another's. */
  readonly #torn = new Set<Call>();
  /** Tasks that made a call before. */
  readonly #ended = new Set<Task | null>();
  readonly #release: string | null;

  constructor(followed: readonly Followed[], release: string | null, whole: boolean) {
    this.#release = release;
    this.#seen = {
      syscalls: followed.some(({ tasks }) => tasks.some((task) => task?.isTraced === true)),
      enters: false,
      moduleLoad: false,
      becoming: false,
      load: false,
      duplicate: false,
      read: false,
      loadEntry: false,
      patientOffsets: [],
      everyCheck: false,
      contradicted: new Set(),
      whole,
    };
  }

  read({ stream, tasks }: Followed): void {
    const { events } = stream;
    const lost = lostUntil(events);
    this.#last.clear();
    for (let index = 0; index < events.length; index++) {
      const event = events[index];
      if (!event) continue;
      const task = tasks[index] ?? null;
      this.#order++;
      if (lost !== null && this.#isDoubtful(event, index, lost)) continue;
      switch (event.kind) {
        case 'syscall-enter':
          if (event.call !== 'delete_module') this.#enter(event, event.call, task, stream.clock);
          break;
        case 'syscall-exit':
          if (event.call !== 'delete_module') this.#exit(event, event.call, task, stream.clock);
          break;
        case 'module-load': {
          this.#seen.moduleLoad = true;
          const call = this.#current(
            event,
            event.pid,
            task,
            stream.clock,
            this.#isNext(event.pid, task, 'module_load', LOADED, this.#isOver(event.pid)),
          );
          call.comm = event.comm ?? call.comm;
          call.loaded = { module: event.module, t: event.t };
          call.doneOrder = this.#order;
          break;
        }
        case 'module-free': {
          const call = this.#open.get(event.pid);
          if (call?.loaded?.module === event.module) call.freed = true;
          break;
        }
        case 'probe':
          this.#probe(event, task, stream.clock);
          break;
        default:
          break;
      }
    }
    for (const call of this.#open.values()) if (call.entered) this.#withoutExit++;
    this.#open.clear();
  }

  result(): Calls {
    this.#seen.patientOffsets = [...this.#offsets].sort((a, b) => a - b);
    for (const call of this.#calls) {
      call.ret ??= probedResult(call);
      call.call ??= calledBy(call);
    }
    this.#seen.everyCheck = showsEveryCheck(this.#calls);
    const contradicted = contradictedProbes(this.#calls);
    this.#seen.contradicted = contradicted.probes;
    return {
      calls: this.#calls,
      seen: this.#seen,
      withoutEnter: this.#withoutEnter,
      withoutExit: this.#withoutExit,
      contradictory: contradicted.calls,
      withoutSyscall: this.#seen.syscalls ? this.#calls.filter((call) => call.implicit).length : 0,
      partial: false,
    };
  }

  /**
   * After a loss, the open call keeps what it showed by itself, or forgets it all: the event may be of a later call of the
   * task. True where the event is to be left out, because it adds nothing certain.
   */
  #isDoubtful(event: Event, index: number, lost: Int32Array): boolean {
    if (!isOfCall(event)) return false;
    const { pid } = event;
    const open = this.#open.get(pid);
    const isTorn = open && (this.#torn.has(open) || (lost[index] ?? -1) > (this.#last.get(pid) ?? index));
    this.#last.set(pid, index);
    if (!isTorn || event.kind === 'syscall-enter') return false;
    if (!isDecided(open)) {
      open.flags = null;
      open.len = null;
      open.entered = false;
      open.facts = NO_FACTS;
      this.#progress.delete(pid);
      return false;
    }
    this.#torn.add(open);
    const own = event.kind === 'probe' ? isOwn(open, event.fact) : isEndOf(open, event);
    if (own === false) this.#close(pid);
    return own === null;
  }

  #close(pid: number): void {
    this.#open.delete(pid);
    this.#progress.delete(pid);
  }

  #enter(
    event: Extract<Event, { kind: 'syscall-enter' }>,
    name: Exclude<ModuleSyscall, 'delete_module'>,
    task: Task | null,
    clock: SourceClock,
  ): void {
    this.#seen.enters = true;
    const before = this.#open.get(event.pid);
    if (before) this.#withoutExit++;
    // A task's next call before the end of the last, or an end without its start: records between are missing.
    if (before?.entered && before.task === task) this.#seen.whole = false;
    this.#startCall(event, event.pid, task, clock, {
      call: name,
      flags: event.flags,
      len: event.len,
      entered: true,
    });
  }

  #exit(
    event: Extract<Event, { kind: 'syscall-exit' }>,
    name: Exclude<ModuleSyscall, 'delete_module'>,
    task: Task | null,
    clock: SourceClock,
  ): void {
    let call = this.#open.get(event.pid);
    if (!call || (call.call !== null && call.call !== name)) {
      this.#withoutEnter++;
      if (this.#ended.has(task)) this.#seen.whole = false;
      call = this.#startCall(event, event.pid, task, clock, {
        call: name,
        flags: null,
        len: null,
        entered: false,
      });
    } else if (!call.entered && call.start === null) this.#withoutEnter++;
    call.comm = event.comm ?? call.comm;
    // What fails is charged just before its end; any other failure may be a later call's.
    const isBelieved = !this.#torn.has(call) || event.ret >= 0 || call.facts.charge !== null;
    call.ret = isBelieved ? event.ret : null;
    call.end = event.t;
    call.endLine = event.source === call.cite.source ? event.line : null;
    call.endOrder = this.#order;
    if (task) this.#ended.add(task);
    this.#open.delete(event.pid);
  }

  /**
   * Without syscall events, a call of a task ends where its next one starts: at an earlier step than the last one, or at
   * the same probe again. `step` is the stage of the load.
   */
  #isNext(pid: number, task: Task | null, event: string, step: number, other = false): boolean {
    if (task?.isTraced) return false;
    const progress = this.#progress.get(pid);
    const next =
      progress !== undefined &&
      (other ||
        progress.task !== task ||
        step < progress.step ||
        (progress.events.has(event) && step !== CHECKED) ||
        (step === LOADED && progress.step === CHARGED));
    if (next || progress === undefined) this.#progress.set(pid, { task, step, events: new Set([event]) });
    else {
      progress.step = step;
      progress.events.add(event);
    }
    return next;
  }

  /** A call is charged once and checked at most twice; a further fact belongs to another call. */
  #isOtherCalls(pid: number, fact: ProbeFact): boolean {
    const open = this.#open.get(pid);
    if (!open) return false;
    if (hasFailedStep(open) && stepOf(fact) <= CHECKED) return true;
    // Only init_module copies, and it reads no file.
    if (fact.fact === 'copied' && open.facts.read !== null) return true;
    if (fact.fact === 'patient-check') return checksAreDone(open, fact);
    const known = open.facts.charge;
    if (!known || fact.fact !== 'charge') return false;
    return known.phase !== fact.phase || known.module !== fact.module || known.image !== fact.image;
  }

  #isOver(pid: number): boolean {
    const open = this.#open.get(pid);
    return open !== undefined && hasFailedStep(open);
  }

  /** kernel_read_file and security_kernel_post_load_data also serve firmware, kexec and policies. */
  #isOfModule(pid: number, fact: ProbeFact): boolean {
    if (fact.fact !== 'read' && fact.fact !== 'copied') return true;
    const open = this.#open.get(pid);
    // Before load_module runs, a call reads only the module, whatever id the probe recorded.
    if (open?.entered && !isPastRead(open)) return true;
    if (fact.fact === 'read' && open?.entered) return false;
    return fact.id === null || mayReadModule(fact.id, this.#release);
  }

  #probe(event: Probe, task: Task | null, clock: SourceClock): void {
    const { fact } = event;
    if (fact.fact === 'request' || !this.#isOfModule(event.pid, fact)) return;
    const other = this.#isOtherCalls(event.pid, fact);
    const next = this.#isNext(event.pid, task, event.event, stepOf(fact), other);
    const call = this.#current(event, event.pid, task, clock, next);
    call.comm = event.comm ?? call.comm;
    // idempotent_init_module returns after it woke the waiters: it does not show when the work was done.
    if (fact.fact !== 'idempotent') call.doneOrder = this.#order;
    this.#see(fact);
    addFact(call, fact, this.#duplicates, event.t);
    if (fact.fact === 'duplicate' && call.facts.duplicateOrder === this.#duplicates) this.#duplicates++;
  }

  #see(fact: LoadFact): void {
    const seen = this.#seen;
    if (fact.fact === 'charge') seen[fact.phase] = true;
    else if (fact.fact === 'duplicate') seen.duplicate = true;
    else if (fact.fact === 'read' && fact.ret !== null) seen.read = true;
    else if (fact.fact === 'load-module' && fact.point === 'entry') seen.loadEntry = true;
    else if (fact.fact === 'patient-check' && fact.callOffset !== null) this.#offsets.add(fact.callOffset);
  }

  #current(event: Event, pid: number, task: Task | null, clock: SourceClock, fresh: boolean): Call {
    const open = this.#open.get(pid);
    if (open && !fresh) return open;
    return this.#startCall(event, pid, task, clock, { call: null, flags: null, len: null, entered: false });
  }

  #startCall(
    event: Event,
    pid: number,
    task: Task | null,
    clock: SourceClock,
    what: Pick<Call, 'call' | 'flags' | 'len' | 'entered'>,
  ): Call {
    const implicit = !what.entered && task?.isTraced !== true;
    // Spelled out: spreading an object with this many fields is a hundred times slower.
    const call: Call = {
      call: what.call,
      flags: what.flags,
      len: what.len,
      entered: what.entered,
      implicit,
      clock,
      task,
      comm: 'comm' in event ? event.comm : null,
      pid,
      start: what.entered || implicit ? event.t : null,
      end: null,
      ret: null,
      cite: { source: event.source, line: event.line },
      endLine: null,
      facts: NO_FACTS,
      freed: false,
      loaded: null,
      startOrder: this.#order,
      doneOrder: this.#order,
      endOrder: null,
    };
    this.#calls.push(call);
    this.#open.set(pid, call);
    return call;
  }
}

type OfCall = Extract<Event, { kind: 'syscall-enter' | 'syscall-exit' | 'module-load' | 'probe' }>;

/** Events that start, end or belong to a call. */
function isOfCall(event: Event): event is OfCall {
  if (event.kind === 'probe') return event.fact.fact !== 'request';
  if (event.kind === 'syscall-enter' || event.kind === 'syscall-exit') return event.call !== 'delete_module';
  return event.kind === 'module-load';
}

/** False where the event, of a load that succeeds or an exit, cannot be of a call that shows how it ended. */
function isEndOf(call: Call, event: Exclude<OfCall, Probe>): boolean {
  return event.kind === 'syscall-exit' && (event.ret < 0 || call.loaded !== null);
}

/** Which syscall it was, by functions that only one of them calls (kernel/module/main.c); null where unknown. */
function calledBy({ facts }: Call): Call['call'] {
  if (facts.read ?? facts.decompress ?? facts.fromFile ?? facts.idempotent) return 'finit_module';
  return facts.copied ? 'init_module' : null;
}
