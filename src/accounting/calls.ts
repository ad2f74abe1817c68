/**
 * Calls: the events between the enter and the exit of one finit_module or init_module, gathered by pid.
 * Nothing is judged here; classify.ts says what became of each.
 */
import type { Event, ModuleSyscall, Probe, ProbeFact } from '../model/event.js';
import type { SourceClock } from '../model/source.js';
import { type Call, type Facts, mergeCharge, NO_FACTS, noFacts, type Seen } from './call.js';
import { CHARGED, CHECKED, LOADED, stepOf } from './load-steps.js';
import type { Followed, Task } from './tasks.js';

export interface Calls {
  readonly calls: readonly Call[];
  readonly seen: Seen;
  /** Exits whose enter is not in the trace, and enters whose exit is not. */
  readonly withoutEnter: number;
  readonly withoutExit: number;
}

export function gatherCalls(followed: readonly Followed[]): Calls {
  const gatherer = new Gatherer(followed);
  for (const one of followed) gatherer.read(one);
  return gatherer.result();
}

/** The facts of this call, to be added to. */
function ownFacts(call: Call): Facts {
  if (call.facts === NO_FACTS) call.facts = noFacts();
  return call.facts;
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
  /** How far a task's implicit call has got, by pid. */
  readonly #progress = new Map<number, { step: number; events: Set<string> }>();

  constructor(followed: readonly Followed[]) {
    this.#seen = {
      syscalls: followed.some(({ stream }) =>
        stream.events.some(
          (e) => (e.kind === 'syscall-enter' || e.kind === 'syscall-exit') && e.call !== 'delete_module',
        ),
      ),
      moduleLoad: false,
      charge: false,
      duplicate: false,
      read: false,
      loadEntry: false,
      patientOffsets: [],
    };
  }

  read({ stream, tasks }: Followed): void {
    const { events } = stream;
    for (let index = 0; index < events.length; index++) {
      const event = events[index];
      if (!event) continue;
      const task = tasks[index] ?? null;
      this.#order++;
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
            this.#isNext(event.pid, 'module_load', LOADED),
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
    for (const call of this.#open.values())
      if (this.#seen.syscalls) this.#withoutExit += call.entered ? 1 : 0;
    this.#open.clear();
  }

  result(): Calls {
    this.#seen.patientOffsets = [...this.#offsets].sort((a, b) => a - b);
    return {
      calls: this.#calls,
      seen: this.#seen,
      withoutEnter: this.#withoutEnter,
      withoutExit: this.#withoutExit,
    };
  }

  #enter(
    event: Extract<Event, { kind: 'syscall-enter' }>,
    name: Exclude<ModuleSyscall, 'delete_module'>,
    task: Task | null,
    clock: SourceClock,
  ): void {
    if (this.#open.has(event.pid)) this.#withoutExit++;
    this.#begin(event, event.pid, task, clock, {
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
      call = this.#begin(event, event.pid, task, clock, {
        call: name,
        flags: null,
        len: null,
        entered: false,
      });
    } else if (!call.entered) this.#withoutEnter++;
    call.comm = event.comm ?? call.comm;
    call.ret = event.ret;
    call.end = event.t;
    call.endOrder = this.#order;
    this.#open.delete(event.pid);
  }

  /**
   * Without syscall events, a call of a task ends where its next one begins: at a step that comes before one that
   * was taken already, or at the same probe once more. `step` is the place in the stages of a load.
   */
  #isNext(pid: number, event: string, step: number, other = false): boolean {
    const progress = this.#progress.get(pid);
    if (this.#seen.syscalls) return false;
    const next =
      progress !== undefined &&
      (other ||
        step < progress.step ||
        (progress.events.has(event) && step !== CHECKED) ||
        (step === LOADED && progress.step === CHARGED));
    if (next || progress === undefined) this.#progress.set(pid, { step, events: new Set([event]) });
    else {
      progress.step = step;
      progress.events.add(event);
    }
    return next;
  }

  /** A call is charged once: a charge of another phase, module or size is another call's. */
  #isOtherCharge(pid: number, fact: ProbeFact): boolean {
    const known = this.#open.get(pid)?.facts.charge;
    if (!known || fact.fact !== 'charge') return false;
    return known.phase !== fact.phase || known.module !== fact.module || known.image !== fact.image;
  }

  #probe(event: Probe, task: Task | null, clock: SourceClock): void {
    const { fact } = event;
    if (fact.fact === 'request') return;
    const next = this.#isNext(event.pid, event.event, stepOf(fact), this.#isOtherCharge(event.pid, fact));
    const call = this.#current(event, event.pid, task, clock, next);
    call.comm = event.comm ?? call.comm;
    // idempotent_init_module returns after it has woken the waiters: it says nothing of when the work was done.
    if (fact.fact !== 'idempotent') call.doneOrder = this.#order;
    const facts = ownFacts(call);
    switch (fact.fact) {
      case 'charge':
        this.#seen.charge = true;
        facts.charge = facts.charge ? mergeCharge(facts.charge, fact) : fact;
        break;
      case 'duplicate':
        this.#seen.duplicate = true;
        if (facts.duplicate === null) facts.duplicateOrder = this.#duplicates++;
        facts.duplicate = {
          fact: 'duplicate',
          module: facts.duplicate?.module ?? fact.module,
          reason: facts.duplicate?.reason ?? fact.reason,
        };
        break;
      case 'read':
        if (fact.ret !== null) this.#seen.read = true;
        facts.read = {
          fact: 'read',
          file: fact.file ?? facts.read?.file ?? null,
          id: fact.id ?? facts.read?.id ?? null,
          ret: fact.ret ?? facts.read?.ret ?? null,
        };
        break;
      case 'decompress':
        facts.decompress = {
          fact: 'decompress',
          ret: fact.ret ?? facts.decompress?.ret ?? null,
          compressed: fact.compressed ?? facts.decompress?.compressed ?? null,
          image: fact.image ?? facts.decompress?.image ?? null,
        };
        break;
      case 'load-module':
        if (fact.point === 'entry') {
          this.#seen.loadEntry = true;
          facts.loadEntry ??= fact;
        } else if (facts.loadReturn === null || facts.loadReturn.image === null) facts.loadReturn = fact;
        break;
      case 'patient-check':
        if (fact.callOffset !== null) this.#offsets.add(fact.callOffset);
        facts.patient = [...facts.patient, fact];
        break;
      case 'copied':
        facts.copied = fact;
        break;
      case 'idempotent':
        facts.idempotent = fact;
        break;
      case 'from-file':
        facts.fromFile = fact;
        break;
      case 'do-init':
        if (fact.point === 'entry') facts.initEntry = fact;
        else facts.initReturn ??= fact;
        break;
      case 'free-module':
      case 'layout':
        facts.laidOut = true;
        break;
      default:
        fact satisfies never;
    }
  }

  #current(event: Event, pid: number, task: Task | null, clock: SourceClock, fresh: boolean): Call {
    const open = this.#open.get(pid);
    if (open && !fresh) return open;
    return this.#begin(event, pid, task, clock, { call: null, flags: null, len: null, entered: false });
  }

  #begin(
    event: Event,
    pid: number,
    task: Task | null,
    clock: SourceClock,
    what: Pick<Call, 'call' | 'flags' | 'len' | 'entered'>,
  ): Call {
    // Spelled out: a spread makes an object of so many fields a hundred times slower.
    const call: Call = {
      call: what.call,
      flags: what.flags,
      len: what.len,
      entered: what.entered,
      clock,
      task,
      comm: 'comm' in event ? event.comm : null,
      pid,
      start: what.entered || !this.#seen.syscalls ? event.t : null,
      end: null,
      ret: null,
      cite: { source: event.source, line: event.line },
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
