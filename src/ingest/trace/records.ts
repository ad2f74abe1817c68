// SPDX-License-Identifier: Apache-2.0
/** Trace records: entries of the ring buffer with their fields by name, from any container (text, trace.dat, JSON). */
import { ProbeFunctions } from './functions.js';
import { Switches } from './switches.js';

/**
 * A field's value. Numbers may stay text (`0x4`, `-17`, `18446744073709551599`; hex needs its
 * 0x). Null: the kernel could not read it (`(fault)`).
 */
export type FieldValue = string | number | bigint | readonly (number | bigint)[] | null;

/** The location of a dynamic probe. */
export interface ProbePoint {
  readonly at: 'entry' | 'return';
  /** The probed function: `kernel_read_file+0x4/0x1e0` or `kernel_read_file`; null if only an address is known. */
  readonly func: string | null;
  /** The probed function's address as hex digits without 0x; null if only a symbol is known. */
  readonly address: string | null;
  /** At return, the caller (`load_module+0x612/0x21b0`) if the source has symbols. */
  readonly caller: string | null;
}

export interface TraceRecord {
  readonly line: number;
  readonly t: bigint | null;
  readonly pid: number;
  readonly comm: string | null;
  readonly cpu: number | null;
  /** The event's system (`module`, `syscalls`, `modstat`), if known. */
  readonly system: string | null;
  /**
   * The event's name in tracefs: `sys_enter_finit_module`, `module_load`, or a probe's name. Records of the function tracers
   * are `function` with the fields `func` (a symbol) and `duration` (nanoseconds, if known).
   */
  readonly name: string;
  /**
   * In format order, by the names of the event's format file, except: an address with a symbol is given as the symbol
   * (module_request's `ip` as `call_site`); `args` of raw_syscalls is an array; `common_*`, `__syscall_nr` and `__probe_*`
   * may be missing.
   */
  readonly fields: ReadonlyMap<string, FieldValue>;
  /** Dynamic probes only: events whose format has `__probe_ip` (entry) or `__probe_func` and `__probe_ret_ip` (return). */
  readonly point: ProbePoint | null;
}

/** Why a relevant record gives no event: a diagnostic code. */
export type Unread = 'trace-line-unread' | 'trace-probe-unknown';

/** A machine with known system call numbers. */
export type Machine = 'x86_64' | 'aarch64' | 'i386';

/** What earlier records of a source tell about later ones. */
export class TraceState {
  readonly functions = new ProbeFunctions();
  readonly switches = new Switches();
  /** The machine of the raw_syscalls numbers; null: unknown, x86-64 is assumed. */
  machine: Machine | null = null;
  /** The kernel's word size, by the source's header or by the hex digits of an errno; null: unknown. */
  wordBits: 32 | 64 | null = null;
  /** Whether an event has reported it. */
  wordBitsReported = false;
}
