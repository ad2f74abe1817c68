// SPDX-License-Identifier: Apache-2.0
/** Captures of other kernels than 6.12: what the program that made the calls logged, joined with our attempts. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Attempt, CaseModel } from '../../src/accounting/model.js';
import { CORPUS } from '../corpus/index.js';
import { FIXTURES, readTable } from './truth.js';

export const KERNELS = join(FIXTURES, 'kernels');

/** A call as the program that made it logged it. */
export interface LoggedCall {
  readonly tid: number;
  readonly op: string;
  readonly path: string;
  readonly errno: number;
  readonly flags: number;
  /** Where it was meant to end: a phase, `dup`, `ok`, `coalesced`, `init-failed`; with races only `race`. */
  readonly expect: string;
  /** L, with the signature where the flags keep the kernel from cutting it off. */
  readonly image: number;
  /** Bytes of the file, or the length that init_module was given. */
  readonly length: number;
}

const COMPRESSED_FILE = 4;
const KEEPS_SIGNATURE = 3;

export function loggedCalls(folder: string, name = 'truth.tsv'): LoggedCall[] {
  const packed = join(folder, `${name}.gz`);
  return readTable(existsSync(packed) ? packed : join(folder, name))
    .filter(({ op }) => op !== 'delete' && op !== 'socket')
    .sort((a, b) => Number(BigInt(a.t_mono_ns ?? 0) - BigInt(b.t_mono_ns ?? 0)))
    .map((row) => {
      const init = (row.op ?? '').startsWith('init');
      const flags = init ? 0 : Number(row.flags);
      const length = Number(row.file_size);
      const whole =
        row.op === 'initlen' || (flags & (COMPRESSED_FILE | KEEPS_SIGNATURE)) in { 1: 1, 2: 1, 3: 1 };
      return {
        tid: Number(row.tid),
        op: row.op ?? '',
        path: row.path ?? '',
        errno: Number(row.errno),
        flags,
        expect: row.expect ?? '',
        image: whole ? length : Number(row.info_len),
        length,
      };
    });
}

/** The nth call of a thread is its nth attempt. */
export function joined(
  model: CaseModel,
  calls: readonly LoggedCall[],
): { call: LoggedCall; attempt: Attempt | null }[] {
  const queues = new Map<number, Attempt[]>();
  for (const attempt of model.attempts) {
    const queue = queues.get(attempt.pid ?? -1);
    if (queue) queue.push(attempt);
    else queues.set(attempt.pid ?? -1, [attempt]);
  }
  return calls.map((call) => ({ call, attempt: queues.get(call.tid)?.shift() ?? null }));
}

/** What the kernel charges the call in that phase. */
export function charged({ op, image, length, flags }: LoggedCall, phase: string): number {
  const compressed = (flags & COMPRESSED_FILE) !== 0 ? length : 0;
  if (phase === 'kread') return op.startsWith('init') ? length : 0;
  if (phase === 'decompress') return compressed;
  return (phase === 'load' ? 2 : 1) * image + compressed;
}

/** Folders of captures: those that come with the project, and the whole ones where they are at hand. */
export function capturesOf(names: readonly string[]): [name: string, folder: string, trace: string][] {
  const whole = existsSync(CORPUS) ? readdirSync(CORPUS) : [];
  return names.flatMap((name): [string, string, string][] => {
    const folder = join(KERNELS, name);
    const own: [string, string, string] = [name, folder, join(folder, 'trace.txt.xz')];
    if (!whole.includes(name)) return [own];
    const traces = join(CORPUS, name, 'ftrace');
    const trace = readdirSync(traces).find((file) => file.startsWith('trace.txt')) ?? 'trace.txt';
    return [own, [`${name}, whole`, join(CORPUS, name), join(traces, trace)]];
  });
}
