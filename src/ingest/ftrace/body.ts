// SPDX-License-Identifier: Apache-2.0
/** Parses the event part of a line, `NAME: ...`, into a record's name, fields and probe point. */

import { tracedFunction } from '../trace/functions.js';
import type { FieldValue, ProbePoint } from '../trace/records.js';
import * as read from './fields.js';

export interface Body {
  readonly system: string | null;
  readonly name: string;
  readonly fields: ReadonlyMap<string, FieldValue>;
  readonly point: ProbePoint | null;
}

/** `open`: the record continues in the next line; null: an irrelevant event. */
export type ParsedBody = Body | 'open' | null;

const COLON = 0x3a;
const BLANK = 0x20;
const OPEN_PAREN = 0x28;

type FieldReader = (body: string) => Map<string, FieldValue> | null;

/** Field parsers by event name. */
const READERS: ReadonlyMap<string, FieldReader> = new Map<string, FieldReader>([
  ['module_load', read.moduleLoadFields],
  ['module_free', read.moduleFreeFields],
  ['module_request', read.moduleRequestFields],
  ['sched_process_fork', read.forkFields],
  ['sched_process_exec', read.execFields],
  ['sched_switch', read.switchFields],
  ['sys_enter', read.rawFields],
  ['sys_exit', read.rawFields],
  ['sys_enter_finit_module', read.syscallArguments],
  ['sys_enter_init_module', read.syscallArguments],
  ['sys_enter_delete_module', read.syscallArguments],
  ['sys_exit_finit_module', read.resultField],
  ['sys_exit_init_module', read.resultField],
  ['sys_exit_delete_module', read.resultField],
]);

/** kernel/trace/trace_syscalls.c prints calls as `sys_finit_module(fd: 5, ...)` and `sys_finit_module -> 0x0`. */
const SYSCALLS = ['finit_module', 'init_module', 'delete_module'].map((call) => ({
  printed: `sys_${call}`,
  enter: `sys_enter_${call}`,
  exit: `sys_exit_${call}`,
}));
const RETURNS = ' -> ';

export function readBody(line: string, from: number): ParsedBody {
  const start = line.charCodeAt(from) === OPEN_PAREN ? afterDifference(line, from) : from;
  let end = wordEnd(line, start);
  let nameStart = start;
  if (line.charCodeAt(end) === COLON && isWord(line.charCodeAt(end + 1))) {
    // perf: `module:module_free: sunrpc`
    nameStart = end + 1;
    end = wordEnd(line, nameStart);
  }
  if (from >= line.length) return 'open';
  if (line.charCodeAt(end) !== COLON) return withoutColon(line, start, end);
  let rest = end + 1;
  while (line.charCodeAt(rest) === BLANK) rest++;
  if (rest >= line.length) return 'open';
  const name = line.slice(nameStart, end);
  const system = nameStart > start ? line.slice(start, nameStart - 1) : null;
  const reader = READERS.get(name);
  if (line.charCodeAt(rest) === OPEN_PAREN) {
    const probe = read.probePoint(line, rest);
    if (!probe) return 'open';
    if (read.isOpen(line.slice(probe.end))) return 'open';
    return { system, name, fields: read.pairs(line, probe.end), point: probe.point };
  }
  if (reader) {
    const fields = reader(line.slice(rest));
    return fields ? { system, name, fields, point: null } : 'open';
  }
  if (line.startsWith('__probe_', rest)) {
    const fields = read.pairs(line, rest);
    return { system, name, fields, point: read.fieldPoint(fields) };
  }
  // trace-cmd's function tracer: `function:   load_module <-- init_module_from_file`
  return name === 'function' ? traced(line.slice(rest), system) : null;
}

/** `sys_...(`, `sys_... -> `, and the function tracer's `load_module <-init_module_from_file`. */
function withoutColon(line: string, start: number, end: number): Body | null {
  if (line.startsWith('sys_', start)) {
    const call = SYSCALLS.find(
      ({ printed }) => printed.length === end - start && line.startsWith(printed, start),
    );
    if (!call) return null;
    const system = 'syscalls';
    if (line.charCodeAt(end) === OPEN_PAREN) {
      const fields = read.syscallArguments(line.slice(end + 1));
      return { system, name: call.enter, fields, point: null };
    }
    if (!line.startsWith(RETURNS, end)) return null;
    const fields = read.resultField(line.slice(end + RETURNS.length));
    return { system, name: call.exit, fields, point: null };
  }
  return end > start && line.includes('<-', end) ? traced(line.slice(start), null) : null;
}

function traced(body: string, system: string | null): Body | null {
  const end = body.search(/[\s(]/);
  const func = end < 0 ? body : body.slice(0, end);
  if (tracedFunction(func) === null) return null;
  return { ...functionBody(func, null), system };
}

/** trace-cmd report --ts-diff puts `(+24861) ` before the name. */
function afterDifference(line: string, from: number): number {
  const close = line.indexOf(')', from);
  if (close < 0 || line.charCodeAt(from + 1) !== 0x2b) return from;
  let at = close + 1;
  while (line.charCodeAt(at) === BLANK) at++;
  return at;
}

const isWord = (code: number): boolean =>
  (code >= 0x61 && code <= 0x7a) ||
  (code >= 0x30 && code <= 0x39) ||
  code === 0x5f ||
  (code >= 0x41 && code <= 0x5a) ||
  code === 0x2e ||
  code === 0x2d;

function wordEnd(line: string, from: number): number {
  let at = from;
  while (isWord(line.charCodeAt(at))) at++;
  return at;
}

/** A function tracer's call as a body; `duration` in nanoseconds. */
export function functionBody(func: string, duration: bigint | null): Body {
  const fields = new Map<string, FieldValue>([['func', func]]);
  if (duration !== null) fields.set('duration', duration);
  return { system: null, name: 'function', fields, point: null };
}
