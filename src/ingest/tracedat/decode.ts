// SPDX-License-Identifier: Apache-2.0
/** Decodes ring-buffer records of relevant events by their format files. */
import { textOfValue } from '../head.js';
import type { FieldValue, ProbePoint, TraceRecord } from '../trace/records.js';
import { untilNul } from './bytes.js';
import { type EventFormat, type Field, formatHead, parseFormat } from './format.js';
import type { Damage, Invalid, Recording } from './recording.js';
import type { CpuStream } from './ring-buffer.js';
import { Symbols } from './symbols.js';

/** Events to decode, besides all dynamic probes. */
const WANTED: ReadonlySet<string> = new Set([
  'module:module_load',
  'module:module_free',
  'module:module_request',
  'sched:sched_process_fork',
  'sched:sched_process_exec',
  'sched:sched_switch',
  'raw_syscalls:sys_enter',
  'raw_syscalls:sys_exit',
  ...['finit_module', 'init_module', 'delete_module'].flatMap((call) => [
    `syscalls:sys_enter_${call}`,
    `syscalls:sys_exit_${call}`,
  ]),
  'ftrace:function',
  'ftrace:funcgraph_exit',
  'printk:console',
]);

/** struct trace_entry, the same since 2.6.3x; used if a format file lacks it. */
const COMMON_TYPE: Field = number('common_type', 0, 2, false);
const COMMON_PID: Field = number('common_pid', 4, 4, true);

function number(name: string, offset: number, size: number, signed: boolean): Field {
  return { name, offset, size, signed, form: 'number', element: size };
}

export class Decoder {
  readonly #formats = new Map<number, EventFormat>();
  /** Of all event types that the file describes. */
  readonly #known = new Set<number>();
  readonly #type: Field;
  readonly #pid: Field;
  readonly #comms: ReadonlyMap<number, string>;
  readonly #kallsyms: () => Uint8Array;
  readonly #longSize: number;
  readonly #invalid: Invalid;
  #symbols: Symbols | null = null;
  /** Whether the file has event formats; without them nothing can be decoded. */
  readonly knowsEvents: boolean;

  constructor(recording: Recording, longSize: number, damage: Damage, invalid: Invalid) {
    let common: EventFormat | null = null;
    for (const file of recording.formats) {
      const head = formatHead(file);
      if (!head) {
        damage(`a format file of ${file.system} cannot be read`);
        continue;
      }
      this.#known.add(head.id);
      const wanted = WANTED.has(`${file.system}:${head.name}`) || file.text.includes(' __probe_');
      const format: EventFormat | null = wanted || !common ? parseFormat(file) : null;
      if (wanted && !format) damage(`the format of ${file.system}:${head.name} has too many fields`);
      if (!format) continue;
      common ??= format;
      if (wanted) this.#formats.set(format.id, format);
    }
    this.#type = common?.fields.find((field) => field.name === 'common_type') ?? COMMON_TYPE;
    this.#pid = common?.fields.find((field) => field.name === 'common_pid') ?? COMMON_PID;
    this.knowsEvents = common !== null;
    this.#comms = recording.comms;
    this.#kallsyms = recording.kallsyms;
    this.#longSize = longSize;
    this.#invalid = invalid;
  }

  /** False for a record of a type that no format file describes: it, or the file, is damaged. */
  describes(stream: CpuStream): boolean {
    const type = integerAt(stream, this.#type);
    return typeof type === 'number' && this.#known.has(type);
  }

  /** The stream's current record; null for an irrelevant event. */
  record(stream: CpuStream, line: number, t: bigint | null): TraceRecord | null {
    const type = integerAt(stream, this.#type);
    const format = typeof type === 'number' ? this.#formats.get(type) : undefined;
    if (!format) return null;
    const values = new Map<string, FieldValue>();
    for (const field of format.fields) {
      const value = field.name.startsWith('common_') ? undefined : valueAt(stream, field, this.#invalid);
      if (value !== undefined) values.set(field.name, value);
    }
    const pid = Number(integerAt(stream, this.#pid) ?? 0);
    const comm = pid === 0 ? '<idle>' : (this.#comms.get(pid) ?? null);
    const base = { line, t, pid, comm: comm === '<...>' ? null : comm, cpu: stream.cpu };
    const traced = this.#traced(format, values);
    if (traced) return { ...base, system: 'ftrace', name: 'function', fields: traced, point: null };
    const point = this.#point(values);
    const fields = this.#withSymbols(format, values);
    return { ...base, system: format.system, name: format.name, fields, point };
  }

  /** Entries of the function and function_graph tracers; the latter when the function returns. */
  #traced(format: EventFormat, values: ReadonlyMap<string, FieldValue>): Map<string, FieldValue> | null {
    if (format.system !== 'ftrace') return null;
    const [address, start, end] =
      format.name === 'function'
        ? [values.get('ip')]
        : [values.get('func'), values.get('calltime'), values.get('rettime')];
    const fields = new Map<string, FieldValue>([['func', this.#symbol(address) ?? null]]);
    if (typeof start === 'bigint' && typeof end === 'bigint' && end >= start) {
      fields.set('duration', end - start);
    }
    return fields;
  }

  /** `(%lx)` at a function's entry prints __probe_ip, `(%lx <- %lx)` at its return __probe_func and __probe_ret_ip. */
  #point(values: Map<string, FieldValue>): ProbePoint | null {
    const entry = values.get('__probe_ip');
    const address = entry ?? values.get('__probe_func');
    if (address === undefined) return null;
    const caller = values.get('__probe_ret_ip');
    for (const name of ['__probe_ip', '__probe_func', '__probe_ret_ip']) values.delete(name);
    return {
      at: entry === undefined ? 'return' : 'entry',
      func: this.#symbol(address),
      address: typeof address === 'bigint' || typeof address === 'number' ? address.toString(16) : null,
      caller: this.#symbol(caller),
    };
  }

  /** module_request's `ip` is printed as the symbol alone (%ps). */
  #withSymbols(format: EventFormat, values: Map<string, FieldValue>): Map<string, FieldValue> {
    if (format.name !== 'module_request') return values;
    const ip = values.get('ip');
    const symbol = this.#symbol(ip)?.replace(/\+.*/, '');
    const printed = typeof ip === 'bigint' || typeof ip === 'number' ? `0x${ip.toString(16)}` : null;
    values.delete('ip');
    return values.set('call_site', symbol ?? printed);
  }

  /** `load_module+0x612`; null without a symbol. */
  #symbol(address: FieldValue | undefined): string | null {
    if (typeof address !== 'bigint' && typeof address !== 'number') return null;
    this.#symbols ??= new Symbols(this.#kallsyms());
    const wide = typeof address === 'bigint' ? address : BigInt(address);
    const found = this.#symbols.find(BigInt.asUintN(this.#longSize * 8, wide));
    if (!found?.name) return null;
    return found.offset === 0n ? found.name : `${found.name}+0x${found.offset.toString(16)}`;
  }
}

/** A field's value; undefined if it is outside the record. */
function valueAt(stream: CpuStream, field: Field, invalid: Invalid): FieldValue | undefined {
  switch (field.form) {
    case 'number':
      return integerAt(stream, field);
    case 'numbers': {
      const values: (number | bigint)[] = [];
      for (let at = 0; at + field.element <= field.size && field.element > 0; at += field.element) {
        const value = integerAt(stream, { ...field, offset: field.offset + at, size: field.element });
        if (value === undefined) return undefined;
        values.push(value);
      }
      return values;
    }
    case 'text':
      return textAt(stream, field.offset, field.size || stream.length - field.offset, invalid);
    case 'data-loc':
    case 'rel-loc': {
      // include/trace/stages: length in the upper 16 bits, offset in the lower ones.
      const location = integerAt(stream, { ...field, size: 4, signed: false });
      if (typeof location !== 'number') return undefined;
      const place = (location & 0xffff) + (field.form === 'rel-loc' ? field.offset + 4 : 0);
      return textAt(stream, place, location >>> 16, invalid);
    }
  }
}

function integerAt(stream: CpuStream, field: Field): number | bigint | undefined {
  if (field.offset + field.size > stream.length) return undefined;
  const { view, littleEndian } = stream;
  const at = stream.offset + field.offset;
  switch (field.size) {
    case 1:
      return field.signed ? view.getInt8(at) : view.getUint8(at);
    case 2:
      return field.signed ? view.getInt16(at, littleEndian) : view.getUint16(at, littleEndian);
    case 4:
      return field.signed ? view.getInt32(at, littleEndian) : view.getUint32(at, littleEndian);
    case 8:
      return field.signed ? view.getBigInt64(at, littleEndian) : view.getBigUint64(at, littleEndian);
    default:
      return undefined;
  }
}

function textAt(stream: CpuStream, place: number, length: number, invalid: Invalid): string | undefined {
  if (place < 0 || length < 0 || place + length > stream.length) return undefined;
  const { view } = stream;
  const bytes = new Uint8Array(view.buffer, view.byteOffset + stream.offset + place, length);
  return textOfValue(untilNul(bytes), invalid);
}
