/**
 * Trace records and what they mean. A record is one entry of the ring buffer, with its fields by name, as any
 * reader (text or trace.dat) can give it; `toEvent` turns it into the event that it is evidence of, so that all
 * forms of one recording say the same.
 */
import type { ParsedEvent } from '../../model/event.js';
import { sharedText } from '../shared-text.js';
import { ProbeFunctions, tracedFunction } from './functions.js';
import { readProbe } from './probes.js';
import { type Machine, syscallEvent } from './syscalls.js';
import { integer, text } from './values.js';

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

/** What the records of one source, read in order, teach about those that follow. */
export class TraceState {
  readonly functions = new ProbeFunctions();
  /** Whose numbers raw_syscalls counts by; null: not known yet, taken for x86-64's. */
  machine: Machine | null = null;
  /** The word size that an error's hex digits show; null: none was printed so far. */
  wordBits: 32 | 64 | null = null;
}

/** The event that a record stands for; null: none that matters here. */
export function toEvent(record: TraceRecord, state: TraceState): ParsedEvent | Unread | null {
  if (record.point) return readProbe(record, record.point, state.functions);
  const { line, t, pid, comm, cpu, name, fields } = record;
  if (name.startsWith('sys_')) return syscallEvent(record, state);
  const source = undefined;
  switch (name) {
    case 'module_load': {
      const module = text(fields.get('name'));
      if (!module) return 'trace-line-unread';
      const taints = taintLetters(fields);
      return { kind: 'module-load', source, line, t, pid, comm, cpu, module: sharedText(module), taints };
    }
    case 'module_free': {
      const module = text(fields.get('name'));
      if (!module) return 'trace-line-unread';
      return { kind: 'module-free', source, line, t, pid, comm, cpu, module: sharedText(module) };
    }
    case 'module_request': {
      // Modaliases of hdaudio end in a newline.
      const requested = text(fields.get('name'))?.trimEnd();
      if (!requested) return 'trace-line-unread';
      const wait = integer(fields.get('wait'));
      const callSite = callSiteOf(text(fields.get('call_site') ?? fields.get('ip')));
      return {
        kind: 'module-request',
        source,
        line,
        t,
        pid,
        comm,
        cpu,
        requested: sharedText(requested),
        wait: wait === null ? null : wait !== 0,
        callSite: callSite === null ? null : sharedText(callSite),
      };
    }
    case 'sched_process_fork': {
      const childPid = integer(fields.get('child_pid'));
      if (childPid === null) return 'trace-line-unread';
      return {
        source,
        line,
        t,
        pid,
        comm,
        cpu,
        kind: 'fork',
        childPid,
        childComm: text(fields.get('child_comm')) ?? '',
      };
    }
    case 'sched_process_exec': {
      const filename = text(fields.get('filename'));
      return filename ? { source, line, t, pid, comm, cpu, kind: 'exec', filename } : 'trace-line-unread';
    }
    case 'function': {
      const func = tracedFunction(text(fields.get('func')) ?? '');
      const duration = fields.get('duration');
      const durationNs = typeof duration === 'bigint' ? duration : null;
      return func ? { source, line, t, pid, comm, cpu, kind: 'function-call', func, durationNs } : null;
    }
    default:
      return null;
  }
}

/** `snd_hda_codec_configure [snd_hda_codec]` without the module, which trace-cmd does not print, and any offset. */
function callSiteOf(printed: string | null): string | null {
  return printed === null ? null : (/^[^\s+]+/.exec(printed)?.[0] ?? null);
}

/**
 * Names of include/trace/events/module.h:show_module_flags, in its order. What has no letter there is printed
 * as the number that is left.
 */
const TAINTS: readonly (readonly [bit: number, letter: string])[] = [
  [0x1, 'P'],
  [0x1000, 'O'],
  [0x2, 'F'],
  [0x400, 'C'],
  [0x2000, 'E'],
];

function taintLetters(fields: TraceRecord['fields']): string {
  const value = fields.get('taints');
  const bits = integer(value);
  if (bits === null) return text(value) ?? '';
  let letters = '';
  let rest = bits;
  for (const [bit, letter] of TAINTS) {
    if ((rest & bit) === 0) continue;
    letters += letter;
    rest &= ~bit;
  }
  return rest === 0 ? letters : `${letters}0x${rest.toString(16)}`;
}
