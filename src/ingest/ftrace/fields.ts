// SPDX-License-Identifier: Apache-2.0
/** Parses the fields of events in text lines. */
import type { FieldValue, ProbePoint } from '../trace/records.js';

type Fields = Map<string, FieldValue>;

/** `key=value` pairs as probes, `options/fields` and trace-cmd -R print them. */
export function pairs(body: string, from = 0): Fields {
  const fields: Fields = new Map();
  let at = from;
  while (at < body.length) {
    const equals = body.indexOf('=', at);
    if (equals < 0) break;
    const key = body.slice(body.lastIndexOf(' ', equals) + 1, equals);
    const end = valueEnd(body, equals + 1);
    const value = body.slice(equals + 1, end);
    if (key !== '') fields.set(key, fieldValue(value));
    at = end;
  }
  return fields;
}

/** The end of a value; a quoted one may hold blanks and quotes. */
function valueEnd(body: string, start: number): number {
  if (body[start] === '"') {
    for (let at = body.indexOf('"', start + 1); at >= 0; at = body.indexOf('"', at + 1)) {
      if (at + 1 === body.length || body[at + 1] === ' ') return at + 1;
    }
    return body.length;
  }
  const space = body.indexOf(' ', start);
  return space < 0 ? body.length : space;
}

function fieldValue(printed: string): FieldValue {
  if (printed.startsWith('"')) return printed.slice(1, printed.endsWith('"') ? -1 : undefined);
  return printed === '(fault)' ? null : printed;
}

/** True if a quoted value is unterminated: the record continues in the next line. */
export function isOpen(body: string): boolean {
  for (let at = body.indexOf('="'); at >= 0; at = body.indexOf('="', at)) {
    const end = valueEnd(body, at + 1);
    if (end < at + 3 || body[end - 1] !== '"') return true;
    at = end;
  }
  return false;
}

const ADDRESS = /^(0x)?([0-9a-f]{8,16})$/;

/**
 * `(FUNC+0x4/0x30)`, `(CALLER+0x51/0xd0 <- FUNC)`, and by address `(ffffffff810ec254)` or, reversed,
 * `(FUNC <- CALLER)` (the print fmt of a return probe, which trace-cmd and perf follow literally). Null: neither.
 */
export function probePoint(body: string, open: number): { point: ProbePoint; end: number } | null {
  const close = body.indexOf(')', open);
  if (close < 0) return null;
  const inside = body.slice(open + 1, close);
  const arrow = inside.indexOf(' <- ');
  const end = close + 1;
  if (arrow < 0) {
    const address = ADDRESS.exec(inside)?.[2] ?? null;
    const func = address ? null : inside;
    return { point: { at: 'entry', func, address, caller: null }, end };
  }
  const left = inside.slice(0, arrow);
  const right = inside.slice(arrow + 4);
  const leftAddress = ADDRESS.exec(left);
  if (leftAddress && !leftAddress[1]) {
    return { point: { at: 'return', func: null, address: leftAddress[2] ?? null, caller: null }, end };
  }
  const address = ADDRESS.exec(right)?.[2] ?? null;
  return { point: { at: 'return', func: address ? null : right, address, caller: left }, end };
}

/** The point of a probe printed field by field: `__probe_func=... __probe_ret_ip=...` or `__probe_ip=...`. */
export function fieldPoint(fields: Fields): ProbePoint | null {
  const func = fields.get('__probe_func');
  const place = func ?? fields.get('__probe_ip');
  if (typeof place !== 'string') return null;
  const at = func === undefined ? 'entry' : 'return';
  const address = ADDRESS.exec(place)?.[2] ?? null;
  const caller = fields.get('__probe_ret_ip');
  return {
    at,
    func: address ? null : place,
    address,
    caller: typeof caller === 'string' && !ADDRESS.test(caller) ? caller : null,
  };
}

/** `NAME TAINTS`, or by fields. */
export function moduleLoadFields(body: string): Fields {
  if (isByField(body)) return pairs(body);
  const [name = '', taints = ''] = body.trim().split(/\s+/);
  return new Map([
    ['name', name],
    ['taints', taints],
  ]);
}

export function moduleFreeFields(body: string): Fields {
  return isByField(body) ? pairs(body) : new Map([['name', body.trim()]]);
}

const isByField = (body: string): boolean => /^\s*(?:name|taints|ip|wait|__\w+)=/.test(body);

/** `NAME wait=1 call_site=SYM [module]`; a name may hold blanks. Null if incomplete. */
export function moduleRequestFields(body: string): Fields | null {
  if (isByField(body)) {
    const at = body.indexOf('name=');
    const fields = pairs(body.slice(0, at < 0 ? undefined : at));
    return at < 0 ? null : fields.set('name', body.slice(at + 5));
  }
  const wait = body.lastIndexOf(' wait=');
  if (wait < 0) return null;
  const site = body.indexOf(' call_site=', wait);
  return new Map<string, FieldValue>([
    ['name', body.slice(0, wait)],
    ['wait', body.slice(wait + 6, site < 0 ? undefined : site).trim()],
    ['call_site', site < 0 ? null : body.slice(site + 11).trim()],
  ]);
}

/** `comm=A pid=1 child_comm=B child_pid=2`; task names may hold blanks and `=`. */
export function forkFields(body: string): Fields {
  const comm = body.indexOf(' child_comm=');
  const pid = body.lastIndexOf(' child_pid=');
  if (comm < 0 || pid < 0) return new Map();
  return new Map([
    ['child_comm', body.slice(comm + 12, pid)],
    ['child_pid', token(body, pid + 11)],
  ]);
}

/** `filename=F pid=1 old_pid=1`. */
export function execFields(body: string): Fields {
  const start = body.indexOf('filename=');
  const end = body.lastIndexOf(' pid=');
  if (start < 0) return new Map();
  return new Map([['filename', body.slice(start + 9, end > start ? end : undefined)]]);
}

// "prev_comm=modprobe prev_pid=514 prev_prio=120 prev_state=S ==> next_comm=swapper/0 next_pid=0 next_prio=120"
const PREVIOUS = /\bprev_pid=(\w+)/;
const NEXT = ' next_pid=';
// trace-cmd: "modprobe:514 [120] S ==> swapper/0:0 [120]"
const ARROW = ' ==> ';
const SHORT_PREVIOUS = /:(\d+) \[-?\d+\] \S+$/;
const SHORT_NEXT = /:(\d+) \[-?\d+\]/g;

/** The first task's pid and the last one's. */
function switchPids(body: string): readonly (string | undefined)[] {
  const previous = PREVIOUS.exec(body)?.[1];
  const next = body.lastIndexOf(NEXT);
  if (previous !== undefined && next >= 0)
    return [previous, /^\w+(?= )/.exec(body.slice(next + NEXT.length))?.[0]]; // else truncated in the pid
  const arrow = body.indexOf(ARROW);
  if (arrow < 0) return [];
  const nexts = [...body.slice(arrow).matchAll(SHORT_NEXT)];
  return [SHORT_PREVIOUS.exec(body.slice(0, arrow))?.[1], nexts.at(-1)?.[1]];
}

/**
 * The pids of a whole sched_switch record as the kernel prints it, without a string or a match: traces have millions of
 * them. -1: not in this form.
 */
export function previousPid(line: string, from: number): number {
  const at = line.indexOf(PREVIOUS_PID, from);
  return at < 0 ? -1 : pidAt(line, at + PREVIOUS_PID.length);
}

export function nextPid(line: string, from: number): number {
  const at = line.lastIndexOf(NEXT);
  return at < from ? -1 : pidAt(line, at + NEXT.length);
}

const PREVIOUS_PID = ' prev_pid=';
const BLANK = 0x20;
/** PID_MAX_LIMIT is 4194304. */
const MOST_DIGITS = 7;

/** A pid with a blank after it; -1 where there is none. */
function pidAt(line: string, from: number): number {
  let pid = 0;
  for (let at = from; at <= from + MOST_DIGITS; at++) {
    const code = line.charCodeAt(at);
    if (code === BLANK && at > from) return pid;
    if (!(code >= 0x30 && code <= 0x39)) return -1;
    pid = pid * 10 + code - 0x30;
  }
  return -1;
}

/** Task names may hold blanks, `=` and `:`. */
export function switchFields(body: string): Fields {
  const [previous, next] = switchPids(body);
  if (previous === undefined || next === undefined) return new Map();
  return new Map([
    ['prev_pid', previous],
    ['next_pid', next],
  ]);
}

/** Arguments of a call: `fd: 5, uargs: 4b2f3d, flags: 4` (hex without 0x), `int flags: 4`, `flags=0x4 (4)`. */
export function syscallArguments(body: string): Fields {
  const fields: Fields = new Map();
  for (const [key, pattern] of ARGUMENTS) {
    const match = pattern.exec(body);
    if (!match?.[3]) continue;
    fields.set(key, match[1] === '=' && !match[2] ? match[3] : `0x${match[3]}`);
  }
  return fields;
}

const ARGUMENTS: readonly (readonly [string, RegExp])[] = [
  ['len', /\blen(: ?|=)(0x)?([0-9a-fA-F]+)/],
  ['flags', /\bflags(: ?|=)(0x)?([0-9a-fA-F]+)/],
];

/** A result: `0xffffffffffffffef`, `-17`, `ret=0x0 (0)`, `= -17`, or hex without 0x. */
export function resultField(body: string): Fields {
  const at = body.indexOf('ret=');
  const match = /^[\s=]*(-?(?:0x)?[0-9a-fA-F]+)(?=\s|$)/.exec(at < 0 ? body : body.slice(at + 4));
  const printed = match?.[1];
  if (!printed) return new Map();
  const bareHex = /^[0-9a-fA-F]+$/.test(printed) && (/[a-fA-F]/.test(printed) || printed.length === 16);
  return new Map([['ret', bareHex ? `0x${printed}` : printed]]);
}

/** `NR 313 (5, 4b2f3d, 0, 0, 0, 0)`, `NR 313 = -17`, `id=313 ret=-17`. */
export function rawFields(body: string): Fields {
  const match = /^\s*(?:NR (-?\d+)|id=(-?\w+))/.exec(body);
  if (!match) return new Map();
  const rest = body.slice(match[0].length);
  const fields = resultField(rest);
  fields.set('id', match[1] ?? match[2] ?? '');
  const list = /^ \(([0-9a-fA-Fx, ]*)\)/.exec(rest)?.[1];
  if (list)
    fields.set(
      'args',
      list.split(', ').map((hex) => BigInt(hex.startsWith('0x') ? hex : `0x${hex}`)),
    );
  return fields;
}

/** The word at `start`. */
function token(body: string, start: number): string {
  const end = body.indexOf(' ', start);
  return end < 0 ? body.slice(start) : body.slice(start, end);
}
