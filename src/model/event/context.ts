/** Events of what stands beside logs and traces: sizes, live modules, memory, boot time. */
import type { EventBase } from './base.js';

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

/**
 * /proc/meminfo and its like; bytes. `module-area`: where modules lie, of which `module-vmalloc` is taken; `lowmem`: what
 * a 32-bit x86 kernel maps for good, which leaves the rest of its address space to vmalloc.
 */
export interface MemoryFigure extends EventBase {
  readonly kind: 'memory-figure';
  readonly what:
    | 'vmalloc-total'
    | 'vmalloc-used'
    | 'vmalloc-chunk'
    | 'mem-total'
    | 'module-vmalloc'
    | 'module-area'
    | 'lowmem';
  readonly bytes: number;
}

/** A counter of /proc/vmstat, by the kernel's name for it: events since boot, or pages. */
export interface MemoryCounter extends EventBase {
  readonly kind: 'memory-counter';
  readonly name: string;
  readonly count: number;
}

/** An option of a kernel's configuration. */
export interface KernelOption extends EventBase {
  readonly kind: 'kernel-option';
  /** Without CONFIG_. */
  readonly name: string;
  /** `y`, `m`, `n`, or what stands behind the equals sign. */
  readonly value: string;
  /** The release that the file's name or head gives. */
  readonly release: string | null;
}

/** systemd-analyze's or the log's time to boot; nanoseconds. */
export interface BootDuration extends EventBase {
  readonly kind: 'boot-duration';
  readonly what: 'kernel' | 'initrd' | 'userspace' | 'total';
  readonly ns: bigint;
}
