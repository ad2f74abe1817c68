// SPDX-License-Identifier: Apache-2.0
/** Dynamic probes: what the kernel did, by the probed function and its arguments. */
import type { ParsedEvent, ProbeFact } from '../../model/event.js';
import { type ProbeFunctions, type Role, roleOfSymbol, symbol } from './functions.js';
import { ProbeArguments } from './probe-arguments.js';
import { guessRole } from './probe-guess.js';
import type { ProbePoint, TraceRecord, Unread } from './records.js';
import { integer, length, signed } from './values.js';

/** The event of a record with a probe point; null for other functions. */
export function readProbe(
  record: TraceRecord,
  point: ProbePoint,
  functions: ProbeFunctions,
): ParsedEvent | Unread | null {
  const args = new ProbeArguments(record.fields);
  const role = point.func === null ? guessRole(record, point, args, functions) : roleOfSymbol(point.func);
  if (role === 'unknown') return 'trace-probe-unknown';
  const fact = role && factOf(role, point, args);
  if (!fact) return null;
  if (fact.fact === 'duplicate') functions.duplicate(record.pid, fact.reason);
  const { line, t, pid, comm, cpu, name } = record;
  return { kind: 'probe', line, t, pid, comm, cpu, event: name, fact };
}

/** The fact shown by a probe of this role; null if it is not evidence. */
function factOf(role: Role, point: ProbePoint, args: ProbeArguments): ProbeFact | null {
  const entry = point.at === 'entry';
  switch (role) {
    case 'becoming':
    case 'load':
      if (!entry) return null;
      args.inOrder('image', ...(args.positional > 2 ? (['compressed'] as const) : []), 'flags');
      return {
        fact: 'charge',
        phase: role,
        module: args.name,
        image: length(args.get('image') ?? args.get('size')),
        compressed: length(args.get('compressed')),
        flags: integer(args.get('flags')),
      };
    case 'duplicate':
      return entry
        ? { fact: 'duplicate', module: args.name, reason: duplicateReason(args.inOrder('reason')) }
        : null;
    case 'read':
      if (!isModuleReader(point.caller)) return null;
      args.inOrder(...(entry ? (['id'] as const) : (['ret', 'id'] as const)));
      return {
        fact: 'read',
        file: args.name,
        id: integer(args.get('id')),
        ret: entry ? null : signed(args.get('ret')),
      };
    case 'decompress':
      args.inOrder(...(entry ? (['compressed'] as const) : (['ret', 'compressed', 'image'] as const)));
      // module_decompress(info, buf, size): its `size` is the compressed length.
      return {
        fact: 'decompress',
        ret: entry ? null : signed(args.get('ret')),
        compressed: length(args.get('compressed') ?? args.get('size')),
        image: entry ? null : length(args.get('image')),
      };
    case 'load-module':
      args.inOrder(...(entry ? (['image', 'flags'] as const) : (['ret', 'image'] as const)));
      return {
        fact: 'load-module',
        point: point.at,
        image: length(args.get('image') ?? args.get('size')),
        flags: integer(args.get('flags')),
        ret: entry ? null : signed(args.get('ret')),
      };
    case 'checked':
      return entry
        ? { fact: 'load-module', point: 'checked', image: length(args.get('image')), flags: null, ret: null }
        : null;
    case 'patient-check':
      return {
        fact: 'patient-check',
        module: args.name,
        ret: entry ? null : signed(args.inOrder('ret').get('ret')),
        ...callerOf(point.caller),
      };
    case 'copied':
      if (!entry) return null;
      args.inOrder('size', 'id');
      return {
        fact: 'copied',
        size: length(args.get('size') ?? args.get('image')),
        id: integer(args.get('id')),
      };
    case 'idempotent':
      return entry
        ? null
        : { fact: 'idempotent', file: args.name, ret: signed(args.inOrder('ret').get('ret')) };
    case 'from-file':
      return entry
        ? null
        : {
            fact: 'from-file',
            ret: signed(args.inOrder('ret', 'flags').get('ret')),
            flags: integer(args.get('flags')),
          };
    case 'do-init':
      return {
        fact: 'do-init',
        point: point.at,
        module: args.name,
        ret: entry ? null : signed(args.inOrder('ret').get('ret')),
        memory: args.memory?.memory ?? null,
        text: args.memory?.text ?? null,
      };
    case 'free-module':
      return entry ? { fact: 'free-module', module: args.name } : null;
    case 'layout':
      return { fact: 'layout', module: args.name };
    case 'request':
      return entry ? { fact: 'request', requested: args.name?.trimEnd() ?? null, wait: waitOf(args) } : null;
    case 'none':
      return null;
  }
}

/** kernel_read_file also reads firmware, which a module's init may request during its load. */
function isModuleReader(caller: string | null): boolean {
  return caller === null || !OTHER_READERS.test(caller);
}

// "fw_get_filesystem_firmware+0x1a3/0x5e0", "kernel_read_file_from_path_initns+0x.."
const OTHER_READERS = /^(?:fw_|_?request_firmware|kernel_read_file_from_(?:path|init)|kexec_|kimage_|ima_)/;

/** enum fail_dup_mod_reason: 0 becoming, 1 load. */
function duplicateReason(args: ProbeArguments): 'becoming' | 'load' | null {
  const reason = integer(args.get('reason'));
  return reason === 0 ? 'becoming' : reason === 1 ? 'load' : null;
}

function waitOf(args: ProbeArguments): boolean | null {
  const wait = integer(args.inOrder('wait').get('wait'));
  return wait === null ? null : wait !== 0;
}

/**
 * Where the check ran: the offset tells its two calls in load_module apart, unless the compiler kept early_mod_check and
 * add_unformed_module as separate functions.
 */
function callerOf(caller: string | null): { callOffset: number | null; reason?: 'becoming' | 'load' } {
  if (caller === null) return { callOffset: null };
  const { name, offset } = symbol(caller);
  if (name === 'early_mod_check') return { callOffset: null, reason: 'becoming' };
  if (name === 'add_unformed_module') return { callOffset: null, reason: 'load' };
  return { callOffset: name === 'load_module' && offset > 0 ? offset : null };
}
