// SPDX-License-Identifier: Apache-2.0
/** Trace records: one entry of the ring buffer, with its fields by name, as any reader (text, trace.dat, JSON) gives it. */
import { ProbeFunctions } from './functions.js';

/**
 * A field's value. Text that holds a number may stay text (`0x4`, `-17`, `18446744073709551599`; hex needs its
 * 0x). Null: the kernel could not read it (`(fault)`).
 */
export type FieldValue = string | number | bigint | readonly (number | bigint)[] | null;

/** Where a dynamic probe sits. */
export interface ProbePoint {
  readonly at: 'entry' | 'return';
  /** The probed function: `kernel_read_file+0x4/0x1e0` or `kernel_read_file`; null where only an address is known. */
  readonly func: string | null;
  /** The probed function's address as hex digits without 0x; null where only a symbol is known. */
  readonly address: string | null;
  /** At return, the caller (`load_module+0x612/0x21b0`) where the source has symbols. */
  readonly caller: string | null;
}

export interface TraceRecord {
  readonly line: number;
  readonly t: bigint | null;
  readonly pid: number;
  readonly comm: string | null;
  readonly cpu: number | null;
  /** The event's group (`module`, `syscalls`, `modstat`), where the source says it. */
  readonly system: string | null;
  /**
   * The event's name in tracefs: `sys_enter_finit_module`, `module_load`, or what the user called a probe. The
   * function tracers' records are `function` with the fields `func` (a symbol) and `duration` (nanoseconds,
   * where known).
   */
  readonly name: string;
  /**
   * In the order of the format, by the names of the event's format file, with these liberties: an address that
   * has a symbol is given as the symbol (module_request's `ip` as `call_site`); `args` of raw_syscalls is an
   * array; `common_*`, `__syscall_nr` and `__probe_*` may be left out.
   */
  readonly fields: ReadonlyMap<string, FieldValue>;
  /** Dynamic probes only: events whose format has `__probe_ip` (entry) or `__probe_func` and `__probe_ret_ip` (return). */
  readonly point: ProbePoint | null;
}

/** Why a record that matters gives no event: the diagnostic's code. */
export type Unread = 'trace-line-unread' | 'trace-probe-unknown';

/** A machine whose system calls are known by number. */
export type Machine = 'x86_64' | 'aarch64' | 'i386';

/** What the records of one source, read in order, teach about those that follow. */
export class TraceState {
  readonly functions = new ProbeFunctions();
  /** Whose numbers raw_syscalls counts by; null: not known yet, taken for x86-64's. */
  machine: Machine | null = null;
  /** The kernel's word size, by the source's head or by an error's hex digits; null: not known yet. */
  wordBits: 32 | 64 | null = null;
  /** Whether an event has said so. */
  wordBitsTold = false;
}
