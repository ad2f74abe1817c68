// SPDX-License-Identifier: Apache-2.0
/**
 * A loader's system calls as printed by strace and perf trace: the file and the result of each load.
 *
 *     openat(AT_FDCWD, "/lib/modules/6.12.117/kernel/fs/minix/minix.ko", O_RDONLY|O_CLOEXEC) = 3
 *     [pid  1234] 12:34:56.789012 finit_module(3, "", 0) = -1 EEXIST (File exists) <0.000123>
 *     1234  finit_module(3, "", 0 <unfinished ...>
 *     1234  <... finit_module resumed>) = 0
 *          0.000 ( 0.045 ms): modprobe/1234 finit_module(fd: 3</lib/modules/minix.ko>, flags: 0) = -1 EEXIST (File exists)
 */
import { errnoFromName } from '../../model/errno.js';
import { moduleFile } from '../../model/module-name.js';
import { filledLines } from '../head.js';
import type { Head, IngestContext, LineIngester, LineSink, Verdict } from '../ingester.js';
import { forPlainLines } from '../plain-line.js';

/** The task and a timestamp in any format; perf trace also names the program. */
const FRONT =
  /^ {0,12}(?:\[pid {1,8}(?<pid>\d{1,8})\] |(?<bare>\d{1,8}) {1,4}(?=[\d<a-z]))?(?:[\d:.]{1,24} )?(?:\( {0,12}[\d.]{1,12} ms\): |\( {1,20}\): )?(?:(?<comm>[^\s/]{1,16})\/(?<tid>\d{1,8}) {1,16})?/;
const CALL = /^(?:<\.\.\. )?(?:\.\.\. \[continued\]: )?([a-z_][a-z0-9_]{0,30})(?:\(| resumed>)/;
const RESULT = /\) {1,80}= (-?\d{1,20}|0x[\da-f]{1,16})(?:<[^>]{1,400}>)?(?: (E[A-Z0-9]{1,20}) )?/;
const OPENED = /^open(?:at|at2)?\([^"]{0,40}"([^"]{1,1000})"/;
/** `finit_module(3, `; with -y or in perf trace `finit_module(3</lib/modules/minix.ko>, ` */
const DESCRIPTOR = /^finit_module\((?:fd: )?(\d{1,10})(?:<([^>]{1,1000})>)?/;
const LOADS: ReadonlySet<string> = new Set(['finit_module', 'init_module']);
const EEXIST = 17;

interface Call {
  readonly pid: number | null;
  readonly comm: string | null;
  readonly name: string;
  readonly text: string;
}

function callOf(line: string): Call | null {
  const front = FRONT.exec(line);
  const groups = front?.groups ?? {};
  const text = line.slice(front?.[0].length ?? 0);
  const name = CALL.exec(text)?.[1];
  if (name === undefined) return null;
  const pid = groups.pid ?? groups.bare ?? groups.tid;
  return { pid: pid === undefined ? null : Number(pid), comm: groups.comm ?? null, name, text };
}

class StraceLines implements LineSink {
  readonly #context: IngestContext;
  /** Modules by task and descriptor; the latest of each task under `last`. */
  readonly #files = new Map<string, string>();
  /** The module of a call that another task's line interrupted. */
  readonly #unfinished = new Map<number | null, string | null>();

  constructor(context: IngestContext) {
    this.#context = context;
  }

  line(line: string, number: number): void {
    const call = callOf(line);
    if (!call) return;
    const { pid, name, text } = call;
    const result = RESULT.exec(text);
    const opened = OPENED.exec(text)?.[1];
    const file = opened === undefined ? null : (moduleFile(opened)?.module ?? null);
    if (file !== null && result && !result[1]?.startsWith('-')) {
      this.#files.set(`${pid} ${result[1]}`, file);
      this.#files.set(`${pid} last`, file);
    }
    if (!LOADS.has(name)) return;
    const module = text.startsWith('<... ') ? (this.#unfinished.get(pid) ?? null) : this.#moduleOf(call);
    if (!result) {
      this.#unfinished.set(pid, module);
      return;
    }
    this.#unfinished.delete(pid);
    this.#emit(call, module, result, number);
  }

  end(): void {
    // Unfinished calls have no result: strace was stopped, or the call never returned.
  }

  #moduleOf({ pid, name, text }: Call): string | null {
    const [, descriptor, path] = DESCRIPTOR.exec(text) ?? [];
    if (path !== undefined) return moduleFile(path)?.module ?? null;
    const key = name === 'finit_module' ? descriptor : 'last';
    return this.#files.get(`${pid} ${key}`) ?? null;
  }

  #emit({ pid, comm }: Call, module: string | null, result: RegExpExecArray, line: number): void {
    const failed = result[1]?.startsWith('-') === true;
    const errno = !failed
      ? 0
      : result[2] === undefined
        ? Math.abs(Number(result[1]))
        : errnoFromName(result[2]);
    const what = !failed ? 'inserted' : errno === EEXIST ? 'already' : 'failed';
    if (module === null) {
      this.#context.diagnose('trace-line-unread', line, 'a load of an unknown file');
      return;
    }
    const tool = comm ?? 'strace';
    this.#context.emit({
      kind: 'user-load',
      line,
      t: null,
      tool,
      pid,
      what,
      module,
      errno: failed ? errno : null,
    });
  }
}

function sniff(head: Head): Verdict | null {
  const lines = filledLines(head);
  let calls = 0;
  let loads = 0;
  for (const line of lines) {
    const call = callOf(line);
    if (!call || !(RESULT.test(line) || line.includes('<unfinished ...>') || line.includes(' resumed>')))
      continue;
    calls++;
    if (LOADS.has(call.name)) loads++;
  }
  if (calls === 0 || calls * 10 < lines.length * 6) return null;
  const why = `${calls} of ${lines.length} lines are system calls, ${loads} of them load modules`;
  return {
    form: 'strace or perf trace',
    confidence: loads > 0 ? 80 : 50,
    matched: calls,
    tried: lines.length,
    why,
  };
}

export const strace: LineIngester = forPlainLines({
  name: 'strace',
  title: 'system calls of a loader (strace, perf trace)',
  priority: 340,
  reads: 'lines',
  needles: null,
  sniff,
  start: (context) => new StraceLines(context),
});
