// SPDX-License-Identifier: Apache-2.0
/** One call of finit_module or init_module with everything recorded about it, and what its traces can record. */
import type { ProbeFact } from '../../model/event.js';
import type { SourceClock } from '../../model/source.js';
import type { Cite, Step } from '../model.js';
import type { Task } from '../requesters/tasks.js';

export type Fact<K extends ProbeFact['fact']> = Extract<ProbeFact, { fact: K }>;

export interface Call {
  readonly clock: SourceClock;
  readonly task: Task | null;
  /** Name on the call's last record: a live trace may print a new name late, but never an old one. */
  comm: string | null;
  readonly pid: number | null;
  call: 'finit_module' | 'init_module' | null;
  flags: number | null;
  /** init_module's length. */
  len: number | null;
  readonly start: bigint | null;
  end: bigint | null;
  /** 0 or a negative errno; null where the trace has no exit. */
  ret: number | null;
  readonly cite: Cite;
  /** Line of the exit, in the same source; null where none was seen. */
  endLine: number | null;
  /** False where the trace has no enter (it started later, records no syscalls, or lost records after another enter). */
  entered: boolean;
  /** True where the task has no syscall events at all: probes alone delimit the call. */
  readonly implicit: boolean;
  /** True where one audit record or line of strace is the call. */
  readonly wholeRecord?: boolean;
  /** NO_FACTS until the first probe: of a million calls few are probed. */
  facts: Readonly<Facts>;
  /** The module was freed within the call: its init failed. */
  freed: boolean;
  loaded: { readonly module: string; readonly t: bigint | null } | null;
  /** Positions among the events of the boot: the first event, the last one that shows work, the exit. */
  readonly startOrder: number;
  doneOrder: number;
  endOrder: number | null;
}

/** What probes recorded within a call. */
export interface Facts {
  charge: Fact<'charge'> | null;
  duplicate: Fact<'duplicate'> | null;
  /** Position among all duplicates of the boot: the order of the kernel's list. */
  duplicateOrder: number;
  read: Fact<'read'> | null;
  decompress: Fact<'decompress'> | null;
  loadEntry: Fact<'load-module'> | null;
  loadChecked: Fact<'load-module'> | null;
  loadReturn: Fact<'load-module'> | null;
  patient: readonly Fact<'patient-check'>[];
  copied: Fact<'copied'> | null;
  idempotent: Fact<'idempotent'> | null;
  fromFile: Fact<'from-file'> | null;
  initEntry: Fact<'do-init'> | null;
  initReturn: Fact<'do-init'> | null;
  /** free_module or module_deallocate ran: the load was past layout. */
  laidOut: boolean;
  /** layout_and_allocate was called: an early check had passed. */
  layout: boolean;
  /** When a record first showed each step. */
  readonly at: Partial<Record<Step, bigint>>;
}

export function noFacts(): Facts {
  return {
    charge: null,
    duplicate: null,
    duplicateOrder: -1,
    read: null,
    decompress: null,
    loadEntry: null,
    loadChecked: null,
    loadReturn: null,
    patient: [],
    copied: null,
    idempotent: null,
    fromFile: null,
    initEntry: null,
    initReturn: null,
    laidOut: false,
    layout: false,
    at: {},
  };
}

/** The facts of a call without probes. */
export const NO_FACTS: Readonly<Facts> = Object.freeze(noFacts());

/** The task's name at the call: the last one printed, unless that is the name from before its exec, printed late. */
export function commOf({ comm, task }: Call): string | null {
  if (comm === null || (task?.filename != null && comm === task.formerComm)) return task?.comm ?? comm;
  return comm;
}

/** Probes that read info->len. */
export type LengthProbe = 'charge' | 'entry' | 'checked' | 'return';

/** Kinds of evidence that a boot's traces hold: only then does its absence in one call mean something. */
export interface Seen {
  syscalls: boolean;
  /** Starts of calls; a trace of their ends alone shows what they did all the same. */
  enters: boolean;
  moduleLoad: boolean;
  /** The two charges separately: a probe that was never hit looks like a missing one. */
  becoming: boolean;
  load: boolean;
  duplicate: boolean;
  read: boolean;
  loadEntry: boolean;
  /** Offsets in load_module from which the patient check was called, ascending. */
  patientOffsets: number[];
  /** Every call that must have made patient checks shows them: a call without them did not reach them. */
  everyCheck: boolean;
  /** Probes whose lengths are not used, because the bytes that were read contradict them. */
  contradicted: ReadonlySet<LengthProbe>;
  /** No record is known to be lost, so the absence of a record means something. */
  whole: boolean;
}
