// SPDX-License-Identifier: Apache-2.0
/**
 * The meaning of trace records: `toEvent` gives the same events for all forms of a recording.
 */
import type { ParsedEvent } from '../../model/event.js';
import { sharedText } from '../shared-text.js';
import { tracedFunction } from './functions.js';
import { readProbe } from './probes.js';
import type { TraceRecord, TraceState, Unread } from './records.js';
import { syscallEvent } from './syscalls.js';
import { integer, text } from './values.js';

/** The event of a record; null if it is irrelevant. */
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
      // hdaudio modaliases end in a newline.
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
    case 'sched_switch':
      return state.switches.add(
        line,
        t,
        cpu,
        integer(fields.get('prev_pid')),
        integer(fields.get('next_pid')),
      )
        ? null
        : 'trace-line-unread';
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

/** `snd_hda_codec_configure [snd_hda_codec]` without module, which trace-cmd does not print, and offset. */
function callSiteOf(printed: string | null): string | null {
  return printed === null ? null : (/^[^\s+]+/.exec(printed)?.[0] ?? null);
}

/**
 * Taint letters in the order of include/trace/events/module.h:show_module_flags. Other bits are printed as a number.
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
