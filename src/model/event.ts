// SPDX-License-Identifier: Apache-2.0
/**
 * Events: each is one normalised fact from one line of a source. A closed union: the build breaks where a new kind is
 * not handled.
 */

import type {
  BootDuration,
  CaptureStep,
  KernelOption,
  LiveModule,
  MemoryCounter,
  MemoryFigure,
  ModuleSize,
  UnitTime,
} from './event/context.js';
import type { Counter, DuplicateRow, Snapshot } from './event/debugfs.js';
import type {
  AllocationFailure,
  AllocationsSuppressed,
  BootMark,
  BootStart,
  CommandLine,
  DuplicateRequest,
  InitCall,
  InitRefusal,
  KernelVersion,
  ListCutWarning,
  LoadFailure,
  LoadWarning,
  ModulesLinkedIn,
  NotUnderstood,
  RequestFailure,
  StuckLoad,
  Taint,
  Throttle,
  UnitFailure,
  UserLoad,
} from './event/log.js';
import type {
  CpuSwitches,
  Exec,
  Fork,
  FunctionCall,
  LoadCall,
  LostEvents,
  ModuleFree,
  ModuleLoad,
  ModuleRequest,
  Probe,
  SyscallEnter,
  SyscallExit,
  TraceHeader,
} from './event/trace.js';

export type {
  BootDuration,
  MemoryFigure,
  UnitTime,
} from './event/context.js';
export type { Counter, DuplicateRow, Snapshot } from './event/debugfs.js';
export type {
  Allocated,
  AllocationFailure,
  BootMark,
  BootStart,
  DuplicateRequest,
  FailureReason,
  InitCall,
  InitRefusal,
  LoadFailure,
  RequestFailure,
  StuckLoad,
  Taint,
  Throttle,
  UnitFailure,
  UserLoad,
} from './event/log.js';
export type {
  LoadCall,
  ModuleRequest,
  ModuleSyscall,
  Probe,
  ProbeFact,
} from './event/trace.js';

/** One thing that a source says, with its source, line and time; a kind of its own for each. */
export type Event =
  | SyscallEnter
  | SyscallExit
  | LoadCall
  | ModuleLoad
  | ModuleFree
  | ModuleRequest
  | Fork
  | Exec
  | Probe
  | LostEvents
  | FunctionCall
  | CpuSwitches
  | TraceHeader
  | BootStart
  | KernelVersion
  | CommandLine
  | BootMark
  | DuplicateRequest
  | InitCall
  | InitRefusal
  | LoadFailure
  | LoadWarning
  | UserLoad
  | StuckLoad
  | UnitFailure
  | RequestFailure
  | NotUnderstood
  | AllocationFailure
  | AllocationsSuppressed
  | Throttle
  | Taint
  | ModulesLinkedIn
  | ListCutWarning
  | Snapshot
  | Counter
  | DuplicateRow
  | ModuleSize
  | LiveModule
  | MemoryCounter
  | KernelOption
  | MemoryFigure
  | CaptureStep
  | BootDuration
  | UnitTime;

/** The kinds of events: a switch over them can be exhaustive. */
export type EventKind = Event['kind'];

/**
 * An event as a parser makes it, without the source. For frequent kinds a parser sets `source: undefined`: V8 stores a
 * property added later out of line, which costs a third more memory per event.
 */
export type ParsedEvent = Event extends infer E
  ? E extends Event
    ? Omit<E, 'source'> & { source?: number | undefined }
    : never
  : never;
