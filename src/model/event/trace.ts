// SPDX-License-Identifier: Apache-2.0
/** Events of ftrace: syscalls, tracepoints, dynamic probes. */
import type { EventBase, InTask } from './base.js';

export type ModuleSyscall = 'finit_module' | 'init_module' | 'delete_module';

/** syscalls:sys_enter_*; `len` is init_module's second argument, `flags` finit_module's third. */
export interface SyscallEnter extends EventBase, InTask {
  readonly kind: 'syscall-enter';
  readonly call: ModuleSyscall;
  readonly len: number | null;
  readonly flags: number | null;
}

/** syscalls:sys_exit_*; `ret` as the kernel returned it: 0, or a negative errno. */
export interface SyscallExit extends EventBase, InTask {
  readonly kind: 'syscall-exit';
  readonly call: ModuleSyscall;
  readonly ret: number;
  /** The kernel's word size, if this record is the first to show it: an errno prints as 8 or 16 hex digits. */
  readonly wordBits?: 32 | 64;
}

/**
 * One whole call of finit_module or init_module, as an audit record or strace shows it. These show the calls of some
 * tasks only. `ret` is 0 or a negative errno.
 */
export interface LoadCall extends EventBase {
  readonly kind: 'load-call';
  readonly call: Exclude<ModuleSyscall, 'delete_module'>;
  readonly pid: number | null;
  readonly comm: string | null;
  /** By its file, or by a record of the module loader. */
  readonly module: string | null;
  readonly ret: number;
  readonly len: number | null;
  readonly flags: number | null;
  /** How long it took; `t` is its start. */
  readonly durationNs: bigint | null;
  /** Milliseconds and number of the audit event, the same in all its records. */
  readonly stamp: string | null;
}

/** module:module_load, recorded at the end of load_module, before the module's init runs. */
export interface ModuleLoad extends EventBase, InTask {
  readonly kind: 'module-load';
  readonly module: string;
  readonly taints: string;
}

/** module:module_free (also recorded when a load fails after layout). */
export interface ModuleFree extends EventBase, InTask {
  readonly kind: 'module-free';
  readonly module: string;
}

/** module:module_request, in the context of the requesting task. */
export interface ModuleRequest extends EventBase, InTask {
  readonly kind: 'module-request';
  /** The requested name or alias, as printed. */
  readonly requested: string;
  readonly wait: boolean | null;
  readonly callSite: string | null;
}

/** sched:sched_process_fork; pid and comm are the parent's. */
export interface Fork extends EventBase, InTask {
  readonly kind: 'fork';
  readonly childPid: number;
  readonly childComm: string;
}

/** sched:sched_process_exec. */
export interface Exec extends EventBase, InTask {
  readonly kind: 'exec';
  readonly filename: string;
}

/**
 * The meaning of a dynamic probe on a module loader function (kprobe, fprobe or eprobe; any event name).
 * `module` is null if the name could not be read (`(fault)`). Lengths in bytes.
 */
export type ProbeFact =
  /** mod_stat_bump_becoming / mod_stat_bump_invalid: the kernel charges a failed load to a phase. */
  | {
      readonly fact: 'charge';
      readonly phase: 'becoming' | 'load';
      readonly module: string | null;
      readonly image: number | null;
      readonly compressed: number | null;
      readonly flags: number | null;
    }
  /** try_add_failed_module: a duplicate enters the list. */
  | {
      readonly fact: 'duplicate';
      readonly module: string | null;
      readonly reason: 'becoming' | 'load' | null;
    }
  /**
   * kernel_read_file: bytes read, or a negative errno; ret is null at entry. `id` as the probe read it: garbage if the
   * probe was defined for another architecture.
   */
  | {
      readonly fact: 'read';
      readonly file: string | null;
      readonly id: number | null;
      readonly ret: number | null;
    }
  /** module_decompress: ret is null at entry. */
  | {
      readonly fact: 'decompress';
      readonly ret: number | null;
      readonly compressed: number | null;
      readonly image: number | null;
    }
  /**
   * load_module; at entry `image` still holds the signature, at return it is L. So it is at check_modstruct_version
   * (`checked`), between the check of the signature and layout.
   */
  | {
      readonly fact: 'load-module';
      readonly point: 'entry' | 'checked' | 'return';
      readonly image: number | null;
      readonly flags: number | null;
      readonly ret: number | null;
    }
  /**
   * module_patient_check_exists: return value and the offset of the call in load_module. `reason` if the caller is
   * early_mod_check (becoming) or add_unformed_module (load), where the compiler did not inline them.
   */
  | {
      readonly fact: 'patient-check';
      readonly module: string | null;
      readonly ret: number | null;
      readonly callOffset: number | null;
      readonly reason?: 'becoming' | 'load';
    }
  /** security_kernel_post_load_data: init_module copied `size` bytes. */
  | { readonly fact: 'copied'; readonly size: number | null; readonly id: number | null }
  /** idempotent_init_module / idempotent at return. */
  | { readonly fact: 'idempotent'; readonly file: string | null; readonly ret: number | null }
  /** init_module_from_file at return: only the leader of coalesced calls gets here. */
  | { readonly fact: 'from-file'; readonly ret: number | null; readonly flags: number | null }
  /** do_init_module; `memory` and `text` (bytes of the laid-out module) if a probe reads all parts. */
  | {
      readonly fact: 'do-init';
      readonly point: 'entry' | 'return';
      readonly module: string | null;
      readonly ret: number | null;
      readonly memory: number | null;
      readonly text: number | null;
    }
  /** free_module, or layout undone: the load had got past layout. */
  | { readonly fact: 'free-module'; readonly module: string | null }
  /** layout_and_allocate reached. */
  | { readonly fact: 'layout'; readonly module: string | null }
  /** kmod_dup_request_exists_wait / __request_module: a request seen by a probe. */
  | { readonly fact: 'request'; readonly requested: string | null; readonly wait: boolean | null };

export interface Probe extends EventBase, InTask {
  readonly kind: 'probe';
  /** The event's name in the trace, chosen by its user. */
  readonly event: string;
  readonly fact: ProbeFact;
}

/** `CPU:2 [LOST 123 EVENTS]`; count null if the source does not say. */
export interface LostEvents extends EventBase {
  readonly kind: 'lost-events';
  readonly cpu: number | null;
  readonly count: number | null;
}

/** All sched:sched_switch records of a recording, in columns: the CPU's task before and after; -1 where records were lost. */
export interface CpuSwitches extends EventBase {
  readonly kind: 'cpu-switches';
  readonly times: BigInt64Array;
  readonly cpus: Int32Array;
  readonly previous: Int32Array;
  readonly next: Int32Array;
}

/** A call of a loader function from the function or function_graph tracer. */
export interface FunctionCall extends EventBase, InTask {
  readonly kind: 'function-call';
  readonly func: string;
  readonly durationNs: bigint | null;
}

/** The header of a recording, once per recording. */
export interface TraceHeader extends EventBase {
  readonly kind: 'trace-header';
  readonly tracer: string | null;
  readonly entriesInBuffer: number | null;
  readonly entriesWritten: number | null;
  readonly cpus: number | null;
  readonly kernel: string | null;
  /** Lines of the head itself, where it is text. */
  readonly headLines?: number;
}
