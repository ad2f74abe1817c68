// SPDX-License-Identifier: Apache-2.0
/**
 * ftrace records in Chrome's Trace Event Format: instants named after ftrace events, and system calls as begin/end pairs
 * or complete slices.
 */
import type { FieldValue, ProbePoint, TraceRecord } from '../trace/records.js';
import type { JsonObject, JsonValue } from './document.js';

// {"ph":"i","cat":"module","name":"module_load","ts":37321026.123,"pid":514,"tid":514,"args":{"name":"e1000","taints":"E"}}
// {"ph":"X","name":"sys_finit_module","ts":1.5,"dur":200,"pid":1,"tid":514,"args":{"fd":5,"flags":0,"ret":-17}}
// {"ph":"M","name":"thread_name","pid":1,"tid":514,"args":{"name":"(udev-worker)"}}

/** Exporters put the system before the name, like perf, or in the category. */
const GROUP = /^([a-z_]\w*):(?=\w)/;
/** A system call as a slice. */
const CALL = /^(?:__(?:x64|arm64|ia32|se|do)_)?(?:sys_)?((?:f?init|delete)_module)$/;
const NUMBER = /^-?\d{1,20}$/;
const MICROS = /^(\d{1,18})(?:\.(\d+))?(?:[eE]\+?(\d{1,2}))?$/;

/** The task of a record whose event names none that can be. */
export const NO_TASK = -1;
const LARGEST_TASK = 2 ** 31 - 1;

/** Limit for the open slices of a tid, which give names to unnamed ends. */
const MAX_OPEN_SLICES = 64;
/** The kernel's names have 15 characters. */
const MOST_COMM = 64;

/** The records of one document, and its thread names, which may follow the events. */
export class TraceEvents {
  readonly comms = new Map<number, string>();
  readonly #open = new Map<number, string[]>();

  /** The ftrace records of an event, if any; of the task NO_TASK if it tells none. */
  read(event: JsonObject, line: number): TraceRecord[] {
    const phase = textOf(event.get('ph'));
    const name = textOf(event.get('name'));
    switch (phase) {
      case 'M':
        this.#metadata(event, name);
        return [];
      case 'B':
      case 'b':
        this.#begin(event, name);
        return this.#slice(event, line, name, 'enter');
      case 'E':
      case 'e':
        return this.#slice(event, line, this.#ended(event, name), 'exit');
      case 'X':
        return this.#slice(event, line, name, 'both');
      default:
        return this.#slice(event, line, name, 'none');
    }
  }

  #metadata(event: JsonObject, name: string): void {
    if (name !== 'thread_name') return;
    const tid = integerOf(event.get('tid'));
    const args = event.get('args');
    const comm = args instanceof Map ? textOf(args.get('name')) : '';
    // Some exporters add the number: "modprobe 902", "modprobe-902".
    if (tid !== null && comm)
      this.comms.set(tid, comm.replace(new RegExp(`[ -]${tid}$`), '').slice(0, MOST_COMM));
  }

  #begin(event: JsonObject, name: string): void {
    const tid = taskOf(event);
    if (tid === null) return;
    const open = this.#open.get(tid) ?? [];
    if (open.length < MAX_OPEN_SLICES) open.push(name);
    this.#open.set(tid, open);
  }

  #ended(event: JsonObject, name: string): string {
    const tid = taskOf(event);
    const open = tid === null ? undefined : this.#open.get(tid);
    const last = open?.pop();
    if (tid !== null && open?.length === 0) this.#open.delete(tid);
    return name || (last ?? '');
  }

  #slice(
    event: JsonObject,
    line: number,
    printed: string,
    as: 'enter' | 'exit' | 'both' | 'none',
  ): TraceRecord[] {
    const call = CALL.exec(printed)?.[1];
    const group = GROUP.exec(printed)?.[1] ?? null;
    const name = group === null ? printed : printed.slice(group.length + 1);
    const pid = taskOf(event) ?? NO_TASK;
    const fields = fieldsOf(event.get('args'));
    const t = nanoseconds(event.get('ts'));
    const cpu = integerOf(fields.get('cpu')) ?? integerOf(event.get('cpu'));
    const base = { line, t, pid, comm: null, cpu, point: null };
    if (!call) {
      // The end of a slice adds nothing to an instant event.
      if (as === 'exit') return [];
      return [{ ...base, system: group, name, fields, point: pointOf(fields) }];
    }
    const records: TraceRecord[] = [];
    if (as !== 'exit') records.push({ ...base, system: 'syscalls', name: `sys_enter_${call}`, fields });
    const returned = fields.has('ret');
    if (as === 'exit' || (as === 'both' && returned)) {
      const dur = as === 'both' ? nanoseconds(event.get('dur')) : 0n;
      const end = t === null || dur === null ? null : t + dur;
      records.push({ ...base, t: end, system: 'syscalls', name: `sys_exit_${call}`, fields });
    }
    return records;
  }
}

/** `args` as fields, without nested objects. */
function fieldsOf(args: JsonValue | undefined): Map<string, FieldValue> {
  const fields = new Map<string, FieldValue>();
  if (!(args instanceof Map)) return fields;
  for (const [name, value] of args) {
    if (value instanceof Map) continue;
    fields.set(FIELD_NAMES.get(name) ?? name, Array.isArray(value) ? numbersOf(value) : value);
  }
  return fields;
}

/** Other names of fields: raw_syscalls prints `id` as NR; exporters spell out `ret`. */
const FIELD_NAMES: ReadonlyMap<string, string> = new Map([
  ['NR', 'id'],
  ['nr', 'id'],
  ['return', 'ret'],
  ['return_value', 'ret'],
  ['retval', 'ret'],
]);

function numbersOf(values: readonly JsonValue[]): bigint[] {
  return values.map((value) => {
    const text = textOf(value);
    return /^(?:0[xX][0-9a-fA-F]{1,16}|\d{1,20})$/.test(text) ? BigInt(text) : 0n;
  });
}

/** The location of a dynamic probe, by the field names of its format file. */
function pointOf(fields: Map<string, FieldValue>): ProbePoint | null {
  const entry = fields.get('__probe_ip');
  const place = entry ?? fields.get('__probe_func');
  if (typeof place !== 'string') return null;
  const { func, address } = placeOf(place);
  const caller = fields.get('__probe_ret_ip');
  for (const name of ['__probe_ip', '__probe_func', '__probe_ret_ip']) fields.delete(name);
  return {
    at: entry === undefined ? 'return' : 'entry',
    func,
    address,
    caller: typeof caller === 'string' ? placeOf(caller).func : null,
  };
}

function placeOf(place: string): { func: string | null; address: string | null } {
  if (NUMBER.test(place)) {
    return { func: null, address: BigInt.asUintN(64, BigInt(place)).toString(16) };
  }
  const hex = /^(?:0x)?([0-9a-f]{8,16})$/.exec(place)?.[1];
  return hex ? { func: null, address: hex } : { func: place, address: null };
}

/** ftrace's pid is the thread id. */
function taskOf(event: JsonObject): number | null {
  const task = integerOf(event.get('tid') ?? event.get('pid'));
  return task !== null && task >= 0 && task <= LARGEST_TASK ? task : null;
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function integerOf(value: FieldValue | JsonValue | undefined): number | null {
  if (typeof value !== 'string' || !NUMBER.test(value)) return null;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : null;
}

/** Parses microseconds with a fraction digit by digit: `37321026.123` is 37321026123 ns. */
export function nanoseconds(micros: JsonValue | undefined): bigint | null {
  const match = MICROS.exec(textOf(micros));
  if (!match?.[1]) return null;
  const places = 3 + Number(match[3] ?? 0);
  const fraction = (match[2] ?? '').padEnd(places, '0').slice(0, places);
  const ns = BigInt(match[1] + fraction);
  return ns < 2n ** 63n ? ns : null;
}
