// SPDX-License-Identifier: Apache-2.0
/** The options of a trace.dat: what trace-cmd noted about the recording (trace-cmd.dat.v7(5), OPTIONS SECTION). */
import type { RandomAccess } from '../ingester.js';
import { Cursor, inMemory, textOf, viewOf } from './bytes.js';

/** Option ids (enum of trace-cmd's trace-cmd-private.h); ids of sections are the same numbers. */
export const OPTION = {
  DONE: 0,
  DATE: 1,
  CPUSTAT: 2,
  BUFFER: 3,
  TRACECLOCK: 4,
  UNAME: 5,
  OFFSET: 7,
  CPUCOUNT: 8,
  TSC2NSEC: 14,
  HEADER_INFO: 16,
  EVENT_FORMATS: 18,
  FTRACE_EVENTS: 17,
  KALLSYMS: 19,
  CMDLINES: 21,
  BUFFER_TEXT: 22,
} as const;

export interface Option {
  readonly id: number;
  readonly data: Uint8Array;
}

/** One CPU's `per_cpu/cpuN/stats` when recording ended; counts of records. */
interface CpuStat {
  readonly cpu: number;
  readonly kept: number;
  readonly lost: number;
}

/** Facts of the whole recording from the options. */
export interface RecordingFacts {
  /** `Linux NODE RELEASE MACHINE`. */
  readonly uname: string | null;
  /** The trace clock in use, the one in brackets of `trace_clock`. */
  readonly clock: string | null;
  /** Nanoseconds to add for the wall clock (`--date`); 0: not recorded. */
  readonly wallOffset: bigint;
  /** Nanoseconds to add to each time (`--ts-offset`). */
  readonly offset: bigint;
  /** Cycles to nanoseconds: `(cycles * mult) >> shift`. */
  readonly tsc: { readonly mult: bigint; readonly shift: bigint } | null;
  readonly cpus: number | null;
  readonly cpuStats: readonly CpuStat[];
}

/** Where a damaged count is too large, the sum is: that events were lost must not go unsaid. */
export function cappedSum(counts: readonly number[]): number {
  return counts.reduce((sum, count) => Math.min(sum + count, Number.MAX_SAFE_INTEGER), 0);
}

/** `id, size, data` records up to DONE; `each` sees DONE too, whose data chains to further options in version 7. */
export function readOptions(cursor: Cursor, sections: boolean, each: (option: Option) => void): void {
  for (;;) {
    const id = cursor.u16();
    if (id === OPTION.DONE && !sections) return;
    const data = cursor.take(cursor.u32());
    each({ id, data });
    if (id === OPTION.DONE) return;
  }
}

/** A cursor over the option's data, in the byte order of the file. */
export function optionCursor(option: Option, file: { readonly littleEndian: boolean }): Cursor {
  const bytes: RandomAccess = inMemory(option.data);
  return new Cursor(bytes, file.littleEndian);
}

export function factsOf(options: readonly Option[], littleEndian: boolean): RecordingFacts {
  let uname: string | null = null;
  let clock: string | null = null;
  let wallOffset = 0n;
  let offset = 0n;
  let tsc: RecordingFacts['tsc'] = null;
  let cpus: number | null = null;
  const cpuStats: CpuStat[] = [];
  for (const { id, data } of options) {
    switch (id) {
      case OPTION.DATE:
        // Microseconds, as C's strtoll reads them.
        wallOffset += longInteger(textOf(data)) * 1000n;
        break;
      case OPTION.OFFSET:
        offset += longInteger(textOf(data));
        break;
      case OPTION.CPUSTAT:
        cpuStats.push(cpuStat(textOf(data)));
        break;
      case OPTION.TRACECLOCK:
        clock = /\[([^\s[\]]+)\]/.exec(textOf(data))?.[1] ?? null;
        break;
      case OPTION.UNAME:
        uname = textOf(data).slice(0, MOST_UNAME).trim() || null;
        break;
      case OPTION.CPUCOUNT:
        if (data.length >= 4) cpus = viewOf(data).getUint32(0, littleEndian);
        break;
      case OPTION.TSC2NSEC:
        if (data.length >= 8) {
          const view = viewOf(data);
          const mult = BigInt(view.getUint32(0, littleEndian));
          const shift = view.getUint32(4, littleEndian);
          if (mult > 0n && shift < 64) tsc = { mult, shift: BigInt(shift) };
        }
        break;
    }
  }
  return { uname, clock, wallOffset, offset, tsc, cpus, cpuStats };
}

/** Each of its four words has at most 64 bytes. */
const MOST_UNAME = 4 * 65;

/** `0x5f3`, `-12`: a leading integer, as parsed by strtoll with base 0; 0 if there is none. */
function longInteger(text: string): bigint {
  const match = /^\s*([+-]?)(0[xX][0-9a-fA-F]{1,16}|\d{1,19})/.exec(text);
  if (!match?.[2]) return 0n;
  return BigInt.asIntN(64, match[1] === '-' ? -BigInt(match[2]) : BigInt(match[2]));
}

/**
 * kernel/trace/trace.c:tracing_stats_read prints `entries: 301`, `overrun: 0`, `commit overrun: 0`,
 * `dropped events: 0`, `read events: 0`, one per line; trace-cmd adds `CPU: 0`.
 */
function cpuStat(text: string): CpuStat {
  const count = (label: string): number => {
    const line = text.split('\n').find((candidate) => candidate.startsWith(`${label}: `));
    return Number(/^\d{1,20}$/.exec(line?.slice(label.length + 2) ?? '')?.[0] ?? 0);
  };
  return {
    cpu: count('CPU'),
    kept: cappedSum([count('entries'), count('read events')]),
    lost: cappedSum([count('overrun'), count('commit overrun'), count('dropped events')]),
  };
}
