// SPDX-License-Identifier: Apache-2.0
/** Events of kernel logs and of user-space logs beside them. */
import type { Phase } from '../counters.js';
import type { EventBase } from './base.js';

/** The first line of a boot in a log; `complete` false: the log starts in the middle of the boot. */
export interface BootStart extends EventBase {
  readonly kind: 'boot-start';
  readonly by:
    | 'banner'
    | 'boot-id'
    | 'journal-mark'
    | 'time-fell'
    | 'wall-clock'
    | 'audit-number'
    | 'first-line';
  readonly bootId: string | null;
  readonly complete: boolean;
  /** True if the log's records have printk timestamps. */
  readonly stamped?: true;
  /** When the banner was logged, as printed (seconds): comparable only to stamps in the same form. */
  readonly printed?: string;
}

/** The kernel's identity: `Linux version R (...)`, /proc/version, uname. */
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

/** A mark unique to one boot: `Marking stable (...)`, the RTC line, a wall-clock offset. */
export interface BootMark extends EventBase {
  readonly kind: 'boot-mark';
  readonly what:
    | 'boot-id'
    | 'sched-clock'
    | 'rtc'
    | 'audit'
    | 'machine'
    | 'hostname'
    | 'cpus'
    | 'dentry-cache'
    | 'user-space'
    | 'clock-switch'
    | 'wall-offset'
    | 'last-record';
  /** As printed; `wall-offset`: epoch nanoseconds at boot time 0; `cpus`: their number; `user-space`: what shows that init
   * starts; `last-record`: '', only its time counts. */
  readonly value: string;
}

/** `module-autoload: duplicate request for module NAME` (kernel/module/dups.c), plain or as a WARN. */
export interface DuplicateRequest extends EventBase {
  readonly kind: 'duplicate-request';
  readonly requested: string;
  /** The requesting task and the caller of __request_module; known only from a WARN. */
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

/** Why the kernel refused a module, according to its message. */
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

/** A kernel message about a failed load. It has no size and often no module name. */
export interface LoadFailure extends EventBase {
  readonly kind: 'load-failure';
  readonly reason: FailureReason;
  readonly module: string | null;
  /** The phase that prints it; `init`: the module's init function. */
  readonly phase: Phase | 'init' | null;
  /** The load's errno, positive, if the message has it. */
  readonly errno: number | null;
  /** On which kernels the load fails: on some releases, only if signatures are enforced, or unless its BTF may differ. */
  readonly fails:
    | 'always'
    | 'if enforced'
    | 'if enforced since 4.11'
    | 'unless allowed'
    | `before ${string}`
    | `since ${string}`;
  /** True if it continues the failure of the line before and names its module. */
  readonly names: boolean;
  readonly message: string;
}

/** A kernel message about a defect of a module that it loads anyway. */
export interface LoadWarning extends EventBase {
  readonly kind: 'load-warning';
  readonly reason: FailureReason;
  readonly module: string | null;
  readonly message: string;
}

/**
 * A message about a load from a user-space loader (udev, systemd-modules-load, modprobe, insmod, Android's init,
 * kmodloader, dracut). Not a count of calls: `not-found`, `not-tried`, `command-failed` and `unsupported` made none (no such
 * file; blacklisted, or a missing dependency; the command that modprobe.d installs the module by failed; SUSE's modprobe
 * refused it).
 */
export interface UserLoad extends EventBase {
  readonly kind: 'user-load';
  readonly tool: string;
  readonly pid: number | null;
  readonly what:
    | 'inserted'
    | 'already'
    | 'failed'
    | 'loading'
    | 'not-found'
    | 'not-tried'
    | 'command-failed'
    | 'unsupported'
    /** The kernel killed the loader, by what a shell says. */
    | 'killed';
  /** Ends in `…` if the text truncates the name. */
  readonly module: string;
  readonly errno: number | null;
  /** The line comes beside another about the same attempt, which may be missing. */
  readonly again?: true;
  /** True of busybox with a compressed file: it passes the file to the kernel, then what it unpacked, if it can. */
  readonly unpacks?: true;
}

/**
 * A load, or a worker that loads modules, that hangs, is slow, or died. A `hung-request` waits for a modprobe that the
 * kernel started. udev workers do more than load modules: an `other-program` is what the worker `pid` runs in place of a
 * loader.
 */
export interface StuckLoad extends EventBase {
  readonly kind: 'stuck-load';
  readonly what:
    | 'hung-task'
    | 'hung-request'
    | 'lockup'
    | 'crashed'
    | 'slow-worker'
    | 'killed-worker'
    | 'other-program';
  /** Known only if the stack trace shows its init. */
  readonly module: string | null;
  readonly comm: string | null;
  readonly pid: number | null;
  /** How long it had lasted by then. */
  readonly seconds: number | null;
  readonly message: string;
}

/** A message about a failed unit or init script that loads modules; one failure can print one of each `what`. */
export interface UnitFailure extends EventBase {
  readonly kind: 'unit-failure';
  readonly unit: string;
  readonly what: 'exited' | 'state' | 'result' | 'start' | 'slow' | 'listed' | 'audit';
  readonly message: string;
}

/**
 * A module request that failed or that an LSM denied; `permitted`: denied by policy but allowed in permissive mode.
 */
export interface RequestFailure extends EventBase {
  readonly kind: 'request-failure';
  readonly what: 'failed' | 'denied' | 'permitted';
  /** Null where only the capability was denied (sys_module). */
  readonly requested: string | null;
  readonly pid: number | null;
  readonly comm: string | null;
  readonly message: string;
}

/** A message that mentions module loading but was not understood. */
export interface NotUnderstood extends EventBase {
  readonly kind: 'not-understood';
  readonly message: string;
}

/** The allocator of a failed allocation. */
export type Allocated = 'percpu' | 'vmap' | 'execmem' | 'pages';

/** A message about a failed allocation; allocators that call each other print one each for the same failure. */
export interface AllocationFailure extends EventBase {
  readonly kind: 'allocation-failure';
  readonly what: Allocated;
  /** What printed it: the allocator, or its caller `vmalloc`, `execmem` or `loader`. */
  readonly by: 'percpu' | 'vmap' | 'vmalloc' | 'pages' | 'execmem' | 'loader';
  readonly bytes: number | null;
  /** The requesting task, if the line or its stack names it. */
  readonly comm: string | null;
  readonly pid: number | null;
  readonly module: string | null;
  /**
   * By its stack: the buffer of the file; memory for the image, for the module or its per-CPU data; other memory of a load; memory that a
   * module's init asked for; memory of others in the area of modules: BPF's JIT, kprobes, ftrace. Null: something else, or
   * unknown.
   */
  readonly during: 'read' | 'image' | 'load' | 'init' | 'other' | null;
  readonly message: string;
}

/** `warn_alloc: N callbacks suppressed`: messages about failed allocations were rate-limited. */
export interface AllocationsSuppressed extends EventBase {
  readonly kind: 'allocations-suppressed';
  /** Null if their number is unknown. */
  readonly count: number | null;
}

/**
 * request_module's throttle. `busy`: the request failed after waiting for one of `limit` slots; `concurrent-max`: it
 * waits; `runaway-loop`: it failed at once (before Linux 4.13); `suppressed`: `count` messages were not printed.
 */
export interface Throttle extends EventBase {
  readonly kind: 'throttle';
  readonly what: 'busy' | 'concurrent-max' | 'runaway-loop' | 'suppressed';
  readonly requested: string | null;
  readonly count: number | null;
  /** Maximum number of concurrent requests. */
  readonly limit: number | null;
  /** How long the request waited. */
  readonly seconds: number | null;
}

/** A driver says why its init fails: the hardware or firmware is not what it needs, or its name is registered already. */
export interface InitRefusal extends EventBase {
  readonly kind: 'init-refusal';
  readonly why: 'hardware' | 'registered';
  /** Null where the message is that of a module for several. */
  readonly module: string | null;
  readonly message: string;
}

/** `NAME: loading out-of-tree module taints kernel` and the like: the module loaded, or got far. */
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

/** The WARN about a truncated duplicate list (kernel/module/stats.c). */
export interface ListCutWarning extends EventBase {
  readonly kind: 'list-cut-warning';
}
