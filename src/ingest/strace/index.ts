// SPDX-License-Identifier: Apache-2.0
/**
 * A loader's system calls as printed by strace and perf trace: the file, the arguments and the result of each load, and
 * the sizes of the files.
 */
import { moduleFile } from '../../model/module-name.js';
import { filledLines, textOfHead, unstampedLines } from '../head.js';
import type { Head, IngestContext, LineIngester, LineSink, Verdict } from '../ingester.js';
import { forPlainLines } from '../plain-line.js';
import { CALL_HINT, type Call, callOf, flagsOf, isCall } from './call.js';
import { durationOf, Times } from './times.js';

const OPENED = /^open(?:at|at2)?\([^"]{0,40}"([^"]{1,1000})"/;
const STARTED = /^execve(?:at)?\((?:\d{1,10}, )?"([^"]{1,1000})"/;
const FORKS: ReadonlySet<string> = new Set(['clone', 'clone3', 'fork', 'vfork']);
/** fstat(3, {st_mode=S_IFREG|0644, st_size=31855, ...}) = 0      newfstatat(3, "", {..., st_size=31855, ...}, AT_EMPTY_PATH) */
const SIZE =
  /^(?:fstat(?:64)?|newfstatat|fstatat64|statx)\((\d{1,10})[,<].{0,400}?\b(?:st_size|stx_size)=(\d+)\b/;
/** `finit_module(3, `; with -y or in perf trace `finit_module(3</lib/modules/minix.ko>, ` */
const DESCRIPTOR = /^finit_module\((?:fd: )?(\d{1,10})(?:<([^>]{1,1000})>)?/;
/** `init_module(0x7f0102030405, 31855, ""`, `init_module(umod: 0x7f01, len: 31855, uargs: ...` */
const LENGTH =
  /^init_module\((?:umod: )?(?:0x[\da-f]{1,16}|"[^"]{0,200}"(?:\.\.\.)?|NULL), (?:len: )?(\d+)\b/;
/** `, 0)`, `, MODULE_INIT_COMPRESSED_FILE)`, `, flags: COMPRESSED_FILE)` */
const LAST_ARGUMENT = /, (?:flags: )?([\w|]{1,100})(?:\)| <unfinished| ?\.\.\.)/g;
const LOADS: ReadonlySet<string> = new Set(['finit_module', 'init_module']);
/** A load within a line of something else, which is damaged. */
const LOAD = /(?<![\w<])f?init_module\((?:fd: |umod: )?\w|<\.\.\. f?init_module resumed>/;
const COMM_LENGTH = 15;

/** The start of a load. */
interface Started {
  readonly module: string | null;
  readonly text: string;
  readonly t: bigint | null;
  readonly line: number;
}

interface File {
  readonly module: string;
  readonly path: string;
}

class StraceLines implements LineSink {
  readonly #context: IngestContext;
  readonly #times: Times;
  /** Files of modules by task and descriptor; the latest of each task under `last`. */
  readonly #files = new Map<string, File>();
  /** Names of tasks, by the program that they started. */
  readonly #comms = new Map<number | null, string>();
  /** Loads that another task's line interrupted. */
  readonly #unfinished = new Map<number | null, Started>();

  constructor(context: IngestContext) {
    this.#context = context;
    this.#times = new Times((clock) => context.clock(clock));
  }

  line(line: string, number: number): void {
    const call = callOf(line);
    if (!(call && LOADS.has(call.name)) && holdsLoad(line))
      this.#context.diagnose('trace-line-unread', number, line.slice(0, 120));
    if (!call) return;
    const t = this.#times.of(call);
    this.#follow(call, number);
    if (!LOADS.has(call.name)) return;
    const { pid, text, ret, unknownError } = call;
    if (!call.resumed && !isRestarted(this.#unfinished.get(pid))) this.#abandon(pid);
    if (unknownError !== null) {
      this.#unfinished.delete(pid);
      this.#context.diagnose('trace-line-unread', number, `a load that failed with ${unknownError}`);
      return;
    }
    const start = (call.resumed ? this.#unfinished.get(pid) : undefined) ?? {
      module: call.resumed ? null : this.#moduleOf(call),
      text,
      t,
      line: number,
    };
    if (ret === null) {
      this.#unfinished.set(pid, start);
      return;
    }
    this.#unfinished.delete(pid);
    this.#emit(call, start, ret, call.resumed ? t : null, number);
  }

  end(): void {
    // strace was stopped, or the call never returned.
    for (const pid of [...this.#unfinished.keys()]) this.#abandon(pid);
  }

  /** Gives up the task's load, of which no result came. */
  #abandon(pid: number | null): void {
    const started = this.#unfinished.get(pid);
    if (!started) return;
    this.#unfinished.delete(pid);
    this.#context.diagnose(
      'trace-ended-early',
      started.line,
      `a load of ${started.module ?? 'an unknown file'} that did not return`,
    );
  }

  /** Learns from a call which files and programs there are. */
  #follow({ pid, name, text, ret, comm }: Call, line: number): void {
    if (comm !== null) this.#comms.set(pid, comm);
    const program = STARTED.exec(text)?.[1];
    if (program !== undefined && ret !== null && ret >= 0)
      this.#comms.set(pid, program.slice(program.lastIndexOf('/') + 1).slice(0, COMM_LENGTH));
    const own = this.#comms.get(pid);
    if (FORKS.has(name) && ret !== null && ret > 0 && own !== undefined) this.#comms.set(ret, own);
    const path = OPENED.exec(text)?.[1];
    const module = path === undefined ? null : (moduleFile(path)?.module ?? null);
    if (path !== undefined && module !== null && ret !== null && ret >= 0) {
      this.#files.set(`${pid} ${ret}`, { module, path });
      this.#files.set(`${pid} last`, { module, path });
    }
    const [, descriptor, size] = SIZE.exec(text) ?? [];
    const file = descriptor === undefined ? undefined : this.#files.get(`${pid} ${descriptor}`);
    if (!file || size === undefined || ret !== 0) return;
    this.#context.emit({
      kind: 'module-size',
      line,
      t: null,
      module: file.module,
      of: moduleFile(file.path)?.compression ? 'compressed-file' : 'file',
      bytes: Number(size),
      path: file.path,
    });
  }

  #moduleOf({ pid, name, text }: Call): string | null {
    const [, descriptor, path] = DESCRIPTOR.exec(text) ?? [];
    if (path !== undefined) return moduleFile(path)?.module ?? null;
    const key = name === 'finit_module' ? descriptor : 'last';
    // Without a pid: strace prints none before there is a second task.
    return (this.#files.get(`${pid} ${key}`) ?? this.#files.get(`null ${key}`))?.module ?? null;
  }

  #emit(call: Call, start: Started, ret: number, resumedAt: bigint | null, line: number): void {
    const { pid, name } = call;
    const { module, text, t } = start;
    if (module === null) this.#context.diagnose('trace-line-unread', line, 'a load of an unknown file');
    const isFile = name === 'finit_module';
    const length = isFile ? undefined : LENGTH.exec(text)?.[1];
    const flags = isFile ? [...text.matchAll(LAST_ARGUMENT)].at(-1)?.[1] : undefined;
    this.#context.emit({
      kind: 'load-call',
      line,
      t,
      call: isFile ? 'finit_module' : 'init_module',
      pid,
      comm: this.#comms.get(pid) ?? null,
      module,
      ret,
      len: length === undefined ? null : Number(length),
      flags: flags === undefined ? null : flagsOf(flags),
      durationNs: resumedAt === null || t === null ? durationOf(call) : resumedAt - t,
      stamp: null,
    });
  }
}

/** Whether a signal interrupted the load, which the kernel then starts again: `= ? ERESTARTNOINTR`. */
function isRestarted(started: Started | undefined): boolean {
  return started !== undefined && / = \? ERESTART/.test(started.text);
}

/** Whether a line has a load outside strings. */
function holdsLoad(line: string): boolean {
  const at = line.search(LOAD);
  return at >= 0 && line.slice(0, at).split('"').length % 2 === 1;
}

/** Whether a line is a system call, or what strace says of signals and exits. */
export const isStraceLine = (line: string): boolean => isCall(callOf(line)) || /^(?:---|\+\+\+) /.test(line);

function sniff(head: Head): Verdict | null {
  const lines = filledLines(head);
  const stamped = head.lines.length - unstampedLines(head).length;
  if (stamped * 10 > lines.length * 6 || !CALL_HINT.test(textOfHead(head).text)) return null;
  let calls = 0;
  let loads = 0;
  let others = 0;
  for (const line of lines) {
    const call = callOf(line);
    if (isCall(call)) {
      calls++;
      if (LOADS.has(call.name)) loads++;
    } else if (++others * 10 > lines.length * 6) return null;
  }
  // What the traced program prints stands between its calls.
  if (calls === 0 || calls * 10 < lines.length * (loads > 0 ? 4 : 6)) return null;
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
  most: 80,
  reads: 'lines',
  needles: null,
  sniff,
  start: (context) => new StraceLines(context),
});
