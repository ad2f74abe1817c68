// SPDX-License-Identifier: Apache-2.0
/**
 * The function_graph tracer (kernel/trace/trace_functions_graph.c): calls as nested braces with durations, and
 * events as comments between them.
 */
import { getOrAdd } from '../../model/groups.js';
import { nsFromSeconds } from '../../model/time.js';
import { tracedFunction } from '../trace/functions.js';
import { type Body, functionBody, readBody } from './body.js';

/** A finished call, or an event, with its task; the line and time of a call are those of its start. */
export interface GraphRecord {
  readonly body: Body;
  readonly line: number;
  readonly t: bigint | null;
  readonly pid: number;
  readonly comm: string | null;
  readonly cpu: number | null;
}

/** `other`: an irrelevant line of the tracer; `no-task`: a relevant one without a task. */
export type ParsedGraphLine = GraphRecord | 'other' | 'no-task' | null;

interface Frame {
  readonly func: string | null;
  readonly line: number;
  readonly t: bigint | null;
  readonly cpu: number | null;
  readonly task: Task | undefined;
}

interface Task {
  readonly pid: number;
  readonly comm: string | null;
}

// " 4)   modprobe-902   |  # 1234.567 us |  } /* load_module */"
// " 50.941725 |   4)   modprobe-902   |  ..2. |   0.123 us    |  fn();"
// " 4)               |  load_module() {"
const LINE =
  /^\s*(?:(?<seconds>\d+)\.(?<fraction>\d+)\s+\|\s*)?(?<cpu>\d+)\)\s*(?:(?<comm>\S.*?)-(?<pid>\d+)\s*\|\s*)?(?:[^\s|\d]\S{3,5}\s*\|\s*)?(?:(?:[+!#*@$]\s*)?(?<micros>\d+)\.(?<part>\d+)\s+us\s*)?\|(?<code>.*)$/s;
// " 0)  modprobe-902  =>  kworker-12"
const SWITCH = /^\s*(?<cpu>\d+)\)\s*\S.*=>\s*(?<comm>\S.*?)-(?<pid>\d+)\s*$/;
const CALL = /^(?<func>[\w.]+)(?: \[\w+\])?\((?:.*)\)(?<tail> \{|;)/;

// trace-cmd report of the same: "funcgraph_entry:        0.123 us   |  fn();"   "funcgraph_exit:   # 7156.000 us |  }"
const REPORTED =
  /^funcgraph_(?:entry|exit):\s*(?:(?:[+!#*@$]\s*)?(?<micros>\d+)\.(?<part>\d+)\s+us\s*)?\|(?<code>.*)$/s;

/** What a comment holds; null for code. */
function eventOf(code: string): string | null {
  if (!code.startsWith('/* ')) return null;
  const text = code.slice('/* '.length).trimEnd();
  return text.endsWith(' */') ? text.slice(0, -' */'.length) : text;
}

/** Longer lines are not the tracer's; bounds the work of the patterns. */
const MAX_LINE = 1024;

export class FunctionGraph {
  readonly #stacks = new Map<string, Frame[]>();
  readonly #tasks = new Map<number, Task>();

  /** True once a line of the tracer was read. */
  seen = false;

  read(line: string, number: number): ParsedGraphLine {
    if (line.length > MAX_LINE) return null;
    const change = SWITCH.exec(line)?.groups;
    if (change) {
      this.seen = true;
      this.#tasks.set(Number(change.cpu), { pid: Number(change.pid), comm: change.comm ?? null });
      return 'other';
    }
    const parts = LINE.exec(line)?.groups;
    if (!parts) return null;
    this.seen = true;
    const cpu = Number(parts.cpu);
    if (parts.pid) {
      const comm = parts.comm === '<...>' ? null : (parts.comm ?? null);
      this.#tasks.set(cpu, { pid: Number(parts.pid), comm });
    }
    const task = this.#tasks.get(cpu);
    const t = parts.seconds ? nsFromSeconds(parts.seconds, parts.fraction ?? '') : null;
    const code = (parts.code ?? '').trimStart();
    const event = eventOf(code);
    if (event !== null) {
      const body = readBody(event, 0);
      if (body === null || body === 'open') return 'other';
      return task ? { body, line: number, t, cpu, ...task } : 'no-task';
    }
    const frame = this.#step(code, { line: number, t, cpu, task });
    if (!frame?.func) return 'other';
    const duration = parts.micros ? durationNs(parts.micros, parts.part ?? '') : null;
    return finished(frame, duration) ?? 'no-task';
  }

  /** A record of the tracer as trace-cmd prints it, after the usual prefix; null if it is not one. */
  reported(
    body: string,
    at: {
      readonly line: number;
      readonly t: bigint;
      readonly pid: number;
      readonly comm: string | null;
      readonly cpu: number | null;
    },
  ): ParsedGraphLine {
    const parts = body.length > MAX_LINE ? null : REPORTED.exec(body)?.groups;
    if (!parts) return null;
    const { line, t, pid, comm, cpu } = at;
    const frame = this.#step((parts.code ?? '').trimStart(), { line, t, cpu, task: { pid, comm } });
    if (!frame?.func) return 'other';
    const duration = parts.micros ? durationNs(parts.micros, parts.part ?? '') : null;
    return finished(frame, duration) ?? 'other';
  }

  /** Calls without an end in the trace. */
  unfinished(): GraphRecord[] {
    return [...this.#stacks.values()].flat().flatMap((frame) => finished(frame, null) ?? []);
  }

  /** Opens or closes a frame; returns a closed one. */
  #step(code: string, at: Omit<Frame, 'func'>): Frame | null {
    const owner = at.task ? `pid ${at.task.pid}` : `cpu ${at.cpu}`;
    const stack = getOrAdd(this.#stacks, owner, () => []);
    if (code.startsWith('}')) return stack.pop() ?? null;
    const call = CALL.exec(code)?.groups;
    if (!call) return null;
    const frame: Frame = { func: tracedFunction(call.func ?? ''), ...at };
    if (call.tail === ';') return frame;
    stack.push(frame);
    return null;
  }
}

function finished(frame: Frame, duration: bigint | null): GraphRecord | null {
  const { func, line, t, cpu, task } = frame;
  return func && task ? { body: functionBody(func, duration), line, t, cpu, ...task } : null;
}

/** `1234.567 us` in nanoseconds. */
function durationNs(micros: string, part: string): bigint {
  return BigInt(micros + part.padEnd(3, '0').slice(0, 3));
}
