// SPDX-License-Identifier: Apache-2.0
/**
 * One line of strace or perf trace: the task, its time, and the system call.
 *
 *     openat(AT_FDCWD, "/lib/modules/6.12.117/kernel/fs/minix/minix.ko", O_RDONLY|O_CLOEXEC) = 3
 *     [pid  1234] 12:34:56.789012 finit_module(3, "", 0) = -1 EEXIST (File exists) <0.000123>
 *     1234  finit_module(3, "", 0 <unfinished ...>
 *     1234  <... finit_module resumed>) = 0
 *          0.000 ( 0.045 ms): modprobe/1234 finit_module(fd: 3</lib/modules/minix.ko>, flags: 0) = -1 EEXIST (File exists)
 */
import { errnoFromName } from '../../model/errno.js';

/** The task and a timestamp in any format; perf trace also names the program. */
const FRONT =
  /^\s{0,12}(?:\[pid {1,8}(?<pid>\d{1,30})\] |(?<bare>\d{1,30}) {1,4}(?=[ \d<a-z]))? {0,12}(?:(?<at>[\d:.]{1,24}) )?(?:\(\+ {0,12}[\d.]{1,16}\) )?(?<perf>\( {0,12}(?<took>[\d.]{1,12}) ms\): |\( {1,20}\): )?(?:(?<comm>[^\s/]{1,16})\/(?<tid>\d{1,30}) {1,16})?/;
const CALL = /^(?:<\.\.\. )?(?:\.\.\. \[continued\]: )?([a-z_][a-z0-9_]{0,30})(?:\(| resumed>)/;
/** `) = 3`   `) = 3</dev/null>`   `) = -1 EEXIST (File exists)`   `) = -1 (errno 524)`   `) = ?`: the last, as an argument may look like it. */
const RESULT =
  /\) {1,80}= (?:(0x[\da-f]+|-?\d+)(?![\w.])(?:<[^>]{1,400}>)?(?: (E[A-Z0-9_]{1,24})| \(errno (\d{1,4})\))?|\?)/g;
const TOOK = /<(\d{1,6}\.\d{1,9})>$/;

export interface Call {
  readonly pid: number | null;
  readonly comm: string | null;
  /** The timestamp as printed; of perf trace, milliseconds. */
  readonly at: string | null;
  readonly perf: boolean;
  /** How long the call took: seconds (strace -T), of perf trace milliseconds. */
  readonly took: string | null;
  readonly name: string;
  /** True for the rest of a call that another task's line interrupted. */
  readonly resumed: boolean;
  readonly text: string;
  /** What it returned, an error as a negative number; null where the line does not say, or names an unknown error. */
  readonly ret: number | null;
  /** The name of an unknown error, or `-1` without a name. */
  readonly unknownError: string | null;
}

export function callOf(line: string): Call | null {
  // As most lines of logs; without the cost of the patterns.
  if (line.startsWith('[') && !line.startsWith('[pid')) return null;
  const front = FRONT.exec(line);
  const { pid, bare, at, perf, took, comm, tid } = front?.groups ?? {};
  const text = line.slice(front?.[0].length ?? 0);
  const name = CALL.exec(text)?.[1];
  if (name === undefined) return null;
  const task = pid ?? bare ?? tid;
  const result = [...text.matchAll(RESULT)].at(-1);
  const ret = result?.[1] === undefined ? null : returned(result[1], result[2], result[3]);
  return {
    pid: task === undefined ? null : Number(task),
    comm: comm ?? null,
    at: at ?? null,
    perf: perf !== undefined,
    took: took ?? TOOK.exec(text)?.[1] ?? null,
    name,
    resumed: text.startsWith('<... ') || text.startsWith('... ['),
    text,
    ret,
    unknownError: ret === null ? (result?.[2] ?? result?.[1] ?? null) : null,
  };
}

/** What a text with calls holds: a result, or where a call was interrupted. */
export const CALL_HINT = /\) {1,80}= |\) \.\.\.|<unfinished |<\.\.\. |\.\.\. \[/;

/** Whether a line is a whole call, or a part of one. */
export function isCall(call: Call | null): call is Call {
  return (
    call !== null &&
    (call.ret !== null ||
      call.unknownError !== null ||
      call.resumed ||
      /<unfinished \.\.\.>$|\) \.\.\.$|\) {1,80}= \?/.test(call.text))
  );
}

/** `-1` is no errno: strace prints its name, or its number where it knows none. perf trace prints either. */
function returned(value: string, name: string | undefined, number: string | undefined): number | null {
  if (number !== undefined) return -Number(number);
  if (!value.startsWith('-')) return Number(value);
  if (name === undefined) return value === '-1' ? null : Number(value);
  const errno = errnoFromName(name);
  return errno === null ? null : -errno;
}

const FLAGS: Readonly<Record<string, number>> = {
  IGNORE_MODVERSIONS: 1,
  IGNORE_VERMAGIC: 2,
  COMPRESSED_FILE: 4,
};

/** `0`, `0x4`, `MODULE_INIT_COMPRESSED_FILE`, `COMPRESSED_FILE|IGNORE_VERMAGIC`; null for what is not a flag. */
export function flagsOf(text: string): number | null {
  let flags = 0;
  for (const word of text.split('|')) {
    const flag = FLAGS[word.replace(/^MODULE_INIT_/, '')] ?? Number(word === '' ? Number.NaN : word);
    if (!Number.isSafeInteger(flag)) return null;
    flags |= flag;
  }
  return flags;
}
