// SPDX-License-Identifier: Apache-2.0
/** Captures whose truth is known: their inputs, what really happened in each, and how attempts are held against it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { Attempt, Boot, CaseModel } from '../../src/accounting/model.js';
import { type Case, openCase } from '../../src/case.js';
import { moduleName } from '../../src/model/module-name.js';

/** See fixtures/README.md. */
export const FIXTURES = fileURLToPath(new URL('fixtures/', import.meta.url));

/** The case of some files of a capture, named without their compression. */
export function openCapture(folder: string, ...names: string[]): Promise<Case> {
  return openCase({ inputs: names.map((name) => capturePath(folder, name)) });
}

const opened = new Map<string, Promise<Case>>();

/** The same, by the capture's name; opened once for all tests of a file, which ends with `closeCaptures`. */
export function shared(name: string, ...files: string[]): Promise<Case> {
  const key = [name, ...files].join(' ');
  const known = opened.get(key) ?? openCapture(folder(name), ...files);
  opened.set(key, known);
  return known;
}

export async function closeCaptures(): Promise<void> {
  for (const one of opened.values()) (await one).close();
  opened.clear();
}

export const folder = (name: string): string => join(FIXTURES, name);

/** Captures of a kernel that counts, each with the trace that holds all its calls. */
export const COUNTED: readonly (readonly [name: string, traces: readonly string[]])[] = [
  ['s1-quiet', ['trace.txt']],
  ['s2-dup-storm', ['trace_pipe.txt', 'trace.txt']],
  ['s3-compressed', ['trace.txt']],
  ['s4-failures', ['trace.txt']],
  ['s5-autoload', ['trace.txt']],
  ['s5b-autoload-trace', ['trace.txt']],
  ['s12-loadrace', ['trace.txt']],
];
export const CALLED = COUNTED.filter(([name]) => !name.startsWith('s5'));

export function onlyBoot(model: CaseModel): Boot {
  const [boot, ...more] = model.boots;
  if (!boot || more.length > 0) throw new Error(`one boot was expected, not ${model.boots.length}`);
  return boot;
}

export function capturePath(folder: string, name: string): string {
  const plain = join(folder, name);
  return existsSync(plain) ? plain : `${plain}.xz`;
}

/** One call as the program that made it, and the kernel's own probes, saw it. */
export interface TrueCall {
  readonly tid: number;
  readonly comm: string;
  readonly module: string;
  readonly path: string;
  readonly errno: number;
  readonly kernelClass: string;
  readonly image: number | null;
  readonly compressed: number | null;
  /** Whether it entered the kernel's duplicate list. */
  readonly duplicate: boolean;
  readonly length: number;
  readonly op: string;
}

export function readTable(path: string): Record<string, string>[] {
  const text = path.endsWith('.gz') ? gunzipSync(readFileSync(path)).toString() : readFileSync(path, 'utf8');
  const [head = '', ...lines] = text.trimEnd().split('\n');
  const names = head.split('\t');
  return lines.map((line) => {
    const cells = line.split('\t');
    return Object.fromEntries(names.map((name, index) => [name, cells[index] ?? '']));
  });
}

/** The calls in the order in which they began. */
export function trueCalls(folder: string): TrueCall[] {
  const file = readdirSync(folder).find((name) => name.startsWith('truth-calls.tsv'));
  const rows = readTable(join(folder, file ?? 'truth-calls.tsv'));
  return rows
    .sort((a, b) => Number(BigInt(a.t_mono_ns ?? 0) - BigInt(b.t_mono_ns ?? 0)))
    .map((row) => ({
      tid: Number(row.tid),
      comm: row.comm ?? '',
      module: moduleName(row.module ?? ''),
      path: row.path ?? '',
      errno: Number(row.errno),
      kernelClass: row.kernel_class ?? '',
      image: row.kernel_len === '' ? null : Number(row.kernel_len),
      compressed: row.kernel_compressed_len === '' ? null : Number(row.kernel_compressed_len),
      duplicate: row.dup_reason !== '',
      length: Number(row.file_size),
      op: row.op ?? '',
    }));
}

/** What the truth calls an attempt: its outcome and phase in one word. */
export function classOf(attempt: Attempt): string {
  switch (attempt.outcome) {
    case 'loaded':
      return 'ok';
    case 'failed':
      return attempt.phase === 'init' ? 'init-failed' : (attempt.phase ?? 'unknown');
    case 'duplicate':
      return attempt.phase ?? 'unknown';
    default:
      return attempt.outcome;
  }
}

/** Each true call with the attempt that stands for it: the nth call of a thread is its nth attempt. */
export function paired(
  model: CaseModel,
  calls: readonly TrueCall[],
): { call: TrueCall; attempt: Attempt | null }[] {
  const queues = new Map<number, Attempt[]>();
  for (const attempt of model.attempts) {
    if (attempt.pid === null) continue;
    const queue = queues.get(attempt.pid);
    if (queue) queue.push(attempt);
    else queues.set(attempt.pid, [attempt]);
  }
  return calls.map((call) => ({ call, attempt: queues.get(call.tid)?.shift() ?? null }));
}

/** The eleven counters of a capture's `stats`. */
export function statsFile(folder: string, name = 'stats'): string {
  return readFileSync(capturePath(folder, name), 'utf8');
}

/** Bytes that the truth says each key's failed calls wasted. */
export function wastedBy(calls: readonly TrueCall[], key: (call: TrueCall) => string): Map<string, number> {
  const sums = new Map<string, number>();
  for (const call of calls) {
    const [image, compressed] = [call.image ?? 0, call.compressed ?? 0];
    const bytes =
      call.kernelClass === 'load'
        ? 2 * image + compressed
        : call.kernelClass === 'becoming'
          ? image + compressed
          : call.kernelClass === 'decompress'
            ? compressed
            : call.kernelClass === 'kread' && call.op.startsWith('init')
              ? call.length
              : 0;
    sums.set(key(call), (sums.get(key(call)) ?? 0) + bytes);
  }
  return sums;
}

/** What the truth says of the requests of user space: which tasks asked for each name, by how it is named. */
export function trueAskers(folder: string): Map<string, Set<string>> {
  const askers = new Map<string, Set<string>>();
  for (const row of readTable(join(folder, 'truth.tsv.gz'))) {
    const asked = askedFor(row.op ?? '', row.path ?? '');
    askers.set(asked, (askers.get(asked) ?? new Set()).add(row.comm ?? ''));
  }
  return askers;
}

/** `socket 3,2,0` asks for net-pf-3, `mount xfs` for fs-xfs, `alg hash:sha1` for crypto-sha1. */
function askedFor(op: string, path: string): string {
  if (op === 'socket') return `net-pf-${path.split(',')[0]}`;
  return op === 'mount' ? `fs-${path}` : `crypto-${path.slice(path.indexOf(':') + 1)}`;
}
