// SPDX-License-Identifier: Apache-2.0
/** Events from context files: module sizes, live modules, memory, boot time. */
import type { EventBase } from './base.js';

/** The size of a module's file, of its compressed file, or of its memory (/proc/modules, lsmod). */
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
 * Figures from /proc/meminfo, /proc/vmallocinfo and the boot log; bytes. `module-area`: the address range for modules;
 * `module-vmalloc`: what they use of it; `lowmem`: the direct mapping of a 32-bit x86 kernel, which limits vmalloc;
 * `highmem`: memory of a 32-bit kernel beyond that mapping.
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
    | 'lowmem'
    | 'highmem';
  readonly bytes: number;
}

/** A counter of /proc/vmstat under its kernel name: events since boot, or pages. */
export interface MemoryCounter extends EventBase {
  readonly kind: 'memory-counter';
  readonly name: string;
  readonly count: number;
}

/** A Kconfig option. */
export interface KernelOption extends EventBase {
  readonly kind: 'kernel-option';
  /** Without `CONFIG_`. */
  readonly name: string;
  /** `y`, `m`, `n`, or the value as written. */
  readonly value: string;
  /** The release from the file's name or header. */
  readonly release: string | null;
}

/**
 * What the capture script's manifest.json says: a thing tried (`ok`, `failed`, `skipped`, `exit N`), evidence that it could
 * not get (`missing`), or a setting of the capture (`setting`).
 */
export interface CaptureStep extends EventBase {
  readonly kind: 'capture-step';
  readonly what: string;
  readonly result: string;
  readonly detail: string | null;
}

/** Boot time from systemd-analyze or the log; nanoseconds. */
export interface BootDuration extends EventBase {
  readonly kind: 'boot-duration';
  readonly what: 'kernel' | 'initrd' | 'userspace' | 'total';
  readonly ns: bigint;
}

/**
 * When a unit of systemd started, by the log (`starting`, `started`; `waiting`: its job was still running) or by
 * systemd-analyze: `chain` (critical-chain), `blame`. Nanoseconds.
 */
export interface UnitTime extends EventBase {
  readonly kind: 'unit-time';
  readonly unit: string;
  readonly what: 'starting' | 'waiting' | 'started' | 'chain' | 'blame';
  /** Since user space started. */
  readonly after: bigint | null;
  readonly took: bigint | null;
}
