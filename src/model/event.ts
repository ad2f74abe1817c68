/**
 * Events: each is one normalised thing that one line of a source says. A closed union: a new kind must be
 * handled wherever events are told apart, or the build breaks.
 */
import type { CounterName } from './counters.js';

export interface EventBase {
  /** Source.id; the ingest pipeline fills it in. */
  readonly source: number;
  /** 1-based line (or record, where a source has no lines) inside the source's file. */
  readonly line: number;
  /** Nanoseconds (or ticks) by the source's own clock; null where the line has no time. */
  readonly t: bigint | null;
}

/** The task in whose context an ftrace record was written. */
interface InTask {
  readonly pid: number;
  /** Null where the trace prints `<...>`. At most 15 characters; a text trace prints the pid's last name. */
  readonly comm: string | null;
  readonly cpu: number | null;
}

// ---- ftrace ----------------------------------------------------------------------------------------------

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
}

/** module:module_load, written at the end of load_module, before the module's init runs. */
export interface ModuleLoad extends EventBase, InTask {
  readonly kind: 'module-load';
  readonly module: string;
  readonly taints: string;
}

/** module:module_free (also written when a load fails after layout). */
export interface ModuleFree extends EventBase, InTask {
  readonly kind: 'module-free';
  readonly module: string;
}

/** module:module_request, in the context of the task that asked. */
export interface ModuleRequest extends EventBase, InTask {
  readonly kind: 'module-request';
  /** What was asked for: a module name or an alias, as written. */
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
 * What a dynamic probe on a function of the module loader says (kprobe, fprobe or eprobe; any event name).
 * `module` is null where the name could not be read (`(fault)`). Lengths in bytes.
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
  /** kernel_read_file: bytes read, or a negative errno; ret is null at entry. */
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
  /** load_module; at entry `image` still holds the signature, at return it is L. */
  | {
      readonly fact: 'load-module';
      readonly point: 'entry' | 'return';
      readonly image: number | null;
      readonly flags: number | null;
      readonly ret: number | null;
    }
  /**
   * module_patient_check_exists: return value and the offset of the call in load_module. `reason` where the caller
   * is early_mod_check (becoming) or add_unformed_module (load) itself, because the compiler did not inline them.
   */
  | {
      readonly fact: 'patient-check';
      readonly module: string | null;
      readonly ret: number | null;
      readonly callOffset: number | null;
      readonly reason?: 'becoming' | 'load';
    }
  /** security_kernel_post_load_data: init_module has copied `size` bytes. */
  | { readonly fact: 'copied'; readonly size: number | null; readonly id: number | null }
  /** idempotent_init_module / idempotent at return. */
  | { readonly fact: 'idempotent'; readonly file: string | null; readonly ret: number | null }
  /** init_module_from_file at return: only the leader of coalesced calls gets here. */
  | { readonly fact: 'from-file'; readonly ret: number | null; readonly flags: number | null }
  /** do_init_module; `memory` and `text` (bytes of the laid-out module) where a probe reads them all. */
  | {
      readonly fact: 'do-init';
      readonly point: 'entry' | 'return';
      readonly module: string | null;
      readonly ret: number | null;
      readonly memory: number | null;
      readonly text: number | null;
    }
  /** free_module, or layout undone: the load had reached stage d. */
  | { readonly fact: 'free-module'; readonly module: string | null }
  /** layout_and_allocate reached. */
  | { readonly fact: 'layout'; readonly module: string | null }
  /** kmod_dup_request_exists_wait / __request_module: a request, seen by a probe. */
  | { readonly fact: 'request'; readonly requested: string | null; readonly wait: boolean | null };

export interface Probe extends EventBase, InTask {
  readonly kind: 'probe';
  /** The event's name in the trace, which its user chose. */
  readonly event: string;
  readonly fact: ProbeFact;
}

/** `CPU:2 [LOST 123 EVENTS]`; count null where the source does not say. */
export interface LostEvents extends EventBase {
  readonly kind: 'lost-events';
  readonly cpu: number | null;
  readonly count: number | null;
}

/** A function_graph or function tracer call of the loader's functions. */
export interface FunctionCall extends EventBase, InTask {
  readonly kind: 'function-call';
  readonly func: string;
  readonly durationNs: bigint | null;
}

/** Once per recording: what its head says, and which events it holds or was set to hold. */
export interface TraceHeader extends EventBase {
  readonly kind: 'trace-header';
  readonly tracer: string | null;
  readonly entriesInBuffer: number | null;
  readonly entriesWritten: number | null;
  readonly cpus: number | null;
  readonly kernel: string | null;
}

// ---- kernel log ------------------------------------------------------------------------------------------

/** The first line of a boot in a log, however it was recognised; `complete` false: the log starts in the middle. */
export interface BootStart extends EventBase {
  readonly kind: 'boot-start';
  readonly by: 'banner' | 'boot-id' | 'journal-mark' | 'time-fell' | 'first-line';
  readonly bootId: string | null;
  readonly complete: boolean;
}

/** `Linux version R (...)`, /proc/version, uname: whatever names the kernel. */
export interface KernelVersion extends EventBase {
  readonly kind: 'kernel-version';
  readonly release: string;
  readonly machine: string | null;
  readonly banner: string;
}

export interface CommandLine extends EventBase {
  readonly kind: 'command-line';
  readonly text: string;
}

/** Something of a log that no other boot shares: `Marking stable (...)`, the RTC line, a wall-clock offset. */
export interface BootMark extends EventBase {
  readonly kind: 'boot-mark';
  readonly what:
    | 'sched-clock'
    | 'rtc'
    | 'audit'
    | 'machine'
    | 'hostname'
    | 'cpus'
    | 'init'
    | 'clock-switch'
    | 'wall-offset';
  /** As printed; for `wall-offset` the epoch nanoseconds of boot time 0, for `cpus` the number. */
  readonly value: string;
}

/** `module-autoload: duplicate request for module NAME` (kernel/module/dups.c), plain or as a WARN. */
export interface DuplicateRequest extends EventBase {
  readonly kind: 'duplicate-request';
  readonly requested: string;
  /** The task that asked and the function that called __request_module: only a WARN says. */
  readonly pid: number | null;
  readonly comm: string | null;
  readonly callSite: string | null;
}

/** initcall_debug: `calling f+0x.. [mod] @ pid` and `initcall f+0x.. [mod] returned R after N usecs`. */
export interface InitCall extends EventBase {
  readonly kind: 'initcall';
  readonly point: 'calling' | 'returned';
  readonly module: string;
  readonly func: string;
  readonly pid: number | null;
  readonly ret: number | null;
  readonly usecs: number | null;
}

/** Why the kernel refused a module, by what it printed. */
export type FailureReason =
  | 'signature'
  | 'elf'
  | 'vermagic'
  | 'unknown-symbol'
  | 'symbol-version'
  | 'duplicate-symbol'
  | 'blacklist'
  | 'parameter'
  | 'percpu'
  | 'vmalloc'
  | 'decompress'
  | 'livepatch'
  | 'lockdown'
  | 'init'
  | 'other';

/** A line of the kernel about a load that failed. It names no size and often no module. */
export interface LoadFailure extends EventBase {
  readonly kind: 'load-failure';
  readonly reason: FailureReason;
  readonly module: string | null;
  readonly message: string;
}

/** A line of udev, systemd-modules-load, modprobe, insmod, kmod or dracut about a load. Not a count of calls. */
export interface UserLoad extends EventBase {
  readonly kind: 'user-load';
  readonly tool: string;
  readonly pid: number | null;
  readonly what: 'inserted' | 'already' | 'failed' | 'loading';
  readonly module: string;
  readonly errno: number | null;
}

/** An allocation that failed: percpu, vmap, vmalloc. */
export interface AllocationFailure extends EventBase {
  readonly kind: 'allocation-failure';
  readonly what: 'percpu' | 'vmap';
  readonly bytes: number | null;
  readonly module: string | null;
  readonly message: string;
}

/** request_module's throttle; `count` of suppressed lines where it is said. */
export interface Throttle extends EventBase {
  readonly kind: 'throttle';
  readonly what: 'busy' | 'concurrent-max' | 'suppressed';
  readonly requested: string | null;
  readonly count: number | null;
}

/** `NAME: loading out-of-tree module taints kernel` and its like: the module did load, or nearly. */
export interface Taint extends EventBase {
  readonly kind: 'taint';
  readonly module: string;
  readonly what: 'out-of-tree' | 'license' | 'unsigned' | 'staging' | 'forced' | 'livepatch';
}

/** `Modules linked in:` of an oops or WARN. */
export interface ModulesLinkedIn extends EventBase {
  readonly kind: 'modules-linked-in';
  readonly modules: readonly string[];
}

/** The WARN that the duplicate list was cut (kernel/module/stats.c). */
export interface ListCutWarning extends EventBase {
  readonly kind: 'list-cut-warning';
}

// ---- debugfs ---------------------------------------------------------------------------------------------

/**
 * One reading of /sys/kernel/debug/modules. A source holds one or more, numbered from 0; counters and rows
 * that follow belong to it. `list`: `whole` table seen to its end; `cut`; `empty` (the table is whole and has no
 * list); `absent` (only counters: nothing may be said of duplicates).
 */
export interface Snapshot extends EventBase {
  readonly kind: 'snapshot';
  readonly snapshot: number;
  readonly list: 'whole' | 'cut' | 'empty' | 'absent';
  /** What the paste calls it (`before`, `after-1`), where it does. */
  readonly label: string | null;
  /** The table's own total, `Virtual mem wasted bytes`, where it is printed: often the one row that people quote. */
  readonly wastedBytes?: bigint;
}

export interface Counter extends EventBase {
  readonly kind: 'counter';
  readonly snapshot: number;
  readonly counter: CounterName;
  readonly value: bigint;
}

/**
 * A row of the duplicate list; rank 0 is the first printed, the newest name. Reasons null: only names are printed,
 * and `times` is 1, the least that it can be.
 */
export interface DuplicateRow extends EventBase {
  readonly kind: 'duplicate-row';
  readonly snapshot: number;
  readonly rank: number;
  readonly module: string;
  readonly times: number;
  readonly reasons: number | null;
}

// ---- context ---------------------------------------------------------------------------------------------

/** A size of a module: of its plain file, its compressed file, or its memory (/proc/modules, lsmod). */
export interface ModuleSize extends EventBase {
  readonly kind: 'module-size';
  readonly module: string;
  readonly of: 'file' | 'compressed-file' | 'memory';
  readonly bytes: number;
  readonly path: string | null;
}

/** A module that was live when the source was taken. */
export interface LiveModule extends EventBase {
  readonly kind: 'live-module';
  readonly module: string;
  readonly state: string | null;
}

/** /proc/meminfo and its like; bytes. */
export interface MemoryFigure extends EventBase {
  readonly kind: 'memory-figure';
  readonly what: 'vmalloc-total' | 'vmalloc-used' | 'vmalloc-chunk' | 'mem-total' | 'module-vmalloc';
  readonly bytes: number;
}

/** systemd-analyze's or the log's time to boot; nanoseconds. */
export interface BootDuration extends EventBase {
  readonly kind: 'boot-duration';
  readonly what: 'kernel' | 'initrd' | 'userspace' | 'total';
  readonly ns: bigint;
}

export type Event =
  | SyscallEnter
  | SyscallExit
  | ModuleLoad
  | ModuleFree
  | ModuleRequest
  | Fork
  | Exec
  | Probe
  | LostEvents
  | FunctionCall
  | TraceHeader
  | BootStart
  | KernelVersion
  | CommandLine
  | BootMark
  | DuplicateRequest
  | InitCall
  | LoadFailure
  | UserLoad
  | AllocationFailure
  | Throttle
  | Taint
  | ModulesLinkedIn
  | ListCutWarning
  | Snapshot
  | Counter
  | DuplicateRow
  | ModuleSize
  | LiveModule
  | MemoryFigure
  | BootDuration;

export type EventKind = Event['kind'];

/** An event as a parser makes it: all but the source. */
export type ParsedEvent = Event extends infer E ? (E extends Event ? Omit<E, 'source'> : never) : never;
