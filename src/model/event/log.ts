/** Events of kernel logs, and of what user space logs beside them. */
import type { Phase } from '../counters.js';
import type { EventBase } from './base.js';

/** The first line of a boot in a log, however it was recognised; `complete` false: the log starts in the middle. */
export interface BootStart extends EventBase {
  readonly kind: 'boot-start';
  readonly by: 'banner' | 'boot-id' | 'journal-mark' | 'time-fell' | 'wall-clock' | 'first-line';
  readonly bootId: string | null;
  readonly complete: boolean;
  /** True where the log's records have printk's stamps. */
  readonly stamped?: true;
  /** When the banner was logged, as printed: seconds that only compare with others that are printed alike. */
  readonly printed?: string;
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
    | 'wall-offset'
    | 'last-record';
  /** As printed; for `wall-offset` the epoch nanoseconds of boot time 0, for `cpus` the number;
   * '' for `last-record`, whose time is all that it says. */
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
  | 'memory'
  | 'decompress'
  | 'relocation'
  | 'namespace'
  | 'license'
  | 'sysfs'
  | 'btf'
  | 'livepatch'
  | 'lockdown'
  | 'lsm'
  | 'init'
  | 'other';

/** A line of the kernel about a load that failed. It names no size and often no module. */
export interface LoadFailure extends EventBase {
  readonly kind: 'load-failure';
  readonly reason: FailureReason;
  readonly module: string | null;
  /** The stage of the load that prints it; `init`: the module's own init. */
  readonly phase: Phase | 'init' | null;
  /** The load's result, positive, where the message says it. */
  readonly errno: number | null;
  /** On which kernels the load failed: on some releases only, or only where signatures are enforced. */
  readonly fails: 'always' | 'if enforced' | `before ${string}` | `since ${string}`;
  /** True where it goes on about the failure that the line before tells, and names its module. */
  readonly names: boolean;
  readonly message: string;
}

/** A line of the kernel about something wrong with a module that it loads all the same. */
export interface LoadWarning extends EventBase {
  readonly kind: 'load-warning';
  readonly reason: FailureReason;
  readonly module: string | null;
  readonly message: string;
}

/**
 * A line of a user-space loader (udev, systemd-modules-load, modprobe, insmod, Android's init, kmodloader, dracut) about
 * a load. Not a count of calls. `not-found` and `not-tried` made no call: no such file, or blacklisted, or a dependency
 * that is missing.
 */
export interface UserLoad extends EventBase {
  readonly kind: 'user-load';
  readonly tool: string;
  readonly pid: number | null;
  readonly what: 'inserted' | 'already' | 'failed' | 'loading' | 'not-found' | 'not-tried';
  /** A name that the text truncates ends in `…`. */
  readonly module: string;
  readonly errno: number | null;
}

/**
 * A load, or a worker that does loads, that hangs, takes long, or died. `hung-request` waits for a modprobe that the
 * kernel started; workers of udev do not only load modules.
 */
export interface StuckLoad extends EventBase {
  readonly kind: 'stuck-load';
  readonly what: 'hung-task' | 'hung-request' | 'lockup' | 'crashed' | 'slow-worker' | 'killed-worker';
  /** Only where the stack trace shows its init. */
  readonly module: string | null;
  readonly comm: string | null;
  readonly pid: number | null;
  /** How long it had been so by then. */
  readonly seconds: number | null;
  readonly message: string;
}

/** A line about a unit or init script that loads modules and failed; one failure can print one of each `what`. */
export interface UnitFailure extends EventBase {
  readonly kind: 'unit-failure';
  readonly unit: string;
  readonly what: 'exited' | 'result' | 'start' | 'slow' | 'audit';
  readonly message: string;
}

/**
 * A request for a module that failed or that a security module denied; `permitted`: denied by its policy, but let
 * through (permissive).
 */
export interface RequestFailure extends EventBase {
  readonly kind: 'request-failure';
  readonly what: 'failed' | 'denied' | 'permitted';
  readonly requested: string;
  readonly pid: number | null;
  readonly comm: string | null;
  readonly message: string;
}

/** A line that names module loading and that nothing here understands. */
export interface NotUnderstood extends EventBase {
  readonly kind: 'not-understood';
  readonly message: string;
}

/** What an allocation that failed was asked of. */
export type Allocated = 'percpu' | 'vmap' | 'execmem' | 'pages';

/** A line about an allocation that failed: allocators that call each other print one each for the same failure. */
export interface AllocationFailure extends EventBase {
  readonly kind: 'allocation-failure';
  readonly what: Allocated;
  /** Who prints it: the allocator, or its caller `vmalloc`, `execmem` or `loader`. */
  readonly by: 'percpu' | 'vmap' | 'vmalloc' | 'pages' | 'execmem' | 'loader';
  readonly bytes: number | null;
  /** The task that asked, where the line says it. */
  readonly comm: string | null;
  readonly module: string | null;
  readonly message: string;
}

/** `warn_alloc: N callbacks suppressed`: lines about allocations that failed were left out. */
export interface AllocationsSuppressed extends EventBase {
  readonly kind: 'allocations-suppressed';
  /** Null where not even their number is said. */
  readonly count: number | null;
}

/**
 * request_module's throttle. `busy`: the request failed, after it had waited for one of `limit` places; `concurrent-max`:
 * it waits; `runaway-loop`: it failed at once (before Linux 4.13); `suppressed`: `count` lines were not printed.
 */
export interface Throttle extends EventBase {
  readonly kind: 'throttle';
  readonly what: 'busy' | 'concurrent-max' | 'runaway-loop' | 'suppressed';
  readonly requested: string | null;
  readonly count: number | null;
  /** Requests that may run at once. */
  readonly limit: number | null;
  /** How long it waited. */
  readonly seconds: number | null;
}

/** `NAME: loading out-of-tree module taints kernel` and its like: the module did load, or nearly. */
export interface Taint extends EventBase {
  readonly kind: 'taint';
  readonly module: string;
  readonly what: 'out-of-tree' | 'license' | 'unsigned' | 'staging' | 'forced' | 'livepatch' | 'test';
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
