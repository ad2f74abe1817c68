// SPDX-License-Identifier: Apache-2.0
/**
 * A plain replay of the allocations and frees in the text of a trace, apart from the accounting: each counts from the
 * record that shows it on. It knows the probes of the captures by the names that their recipes gave them.
 */

/** `pid`, time in nanoseconds, event and the rest of a line. */
const RECORD = /-(\d+)\s+(?:\(\s*[\d-]+\)\s+)?\[\d+\]\s+\S+\s+(\d+)\.(\d{6}): (\w+)(?:: |\(| -> )(.*)$/;

export interface TraceRecord {
  readonly pid: number;
  readonly t: bigint;
  readonly event: string;
  readonly rest: string;
}

/** In order of time: a live trace prints some late. */
export function recordsOf(text: string): TraceRecord[] {
  const records = text.split('\n').flatMap((line) => {
    const [, pid, seconds, micros, event, rest] = RECORD.exec(line) ?? [];
    if (pid === undefined || event === undefined) return [];
    const t = BigInt(seconds ?? 0) * 1_000_000_000n + BigInt(micros ?? 0) * 1000n;
    return [{ pid: Number(pid), t, event, rest: rest ?? '' }];
  });
  return records.sort((a, b) => Number(a.t - b.t));
}

/** What one call holds. */
interface Call {
  /** The length of an init_module, whose copy is there by its next record. */
  copying: number;
  /** Checks for duplicates that it passed. */
  checks: number;
  file: number;
  image: number;
  layout: number;
  /** L, where a record of the call tells. */
  length: number | null;
}

/** Bytes held from `t` on. */
export interface Step {
  readonly t: bigint;
  readonly bytes: number;
}

const decimal = (rest: string, name: string): number | null => {
  const value = new RegExp(`\\b${name}=(-?\\d+)`).exec(rest)?.[1];
  return value === undefined ? null : Number(value);
};

/** `signature`: bytes that load_module cuts off each file. */
export function replay(records: readonly TraceRecord[], signature: number): Step[] {
  const lengths = lengthsOf(records);
  const calls = new Map<number, Call>();
  const steps: Step[] = [];
  records.forEach(({ pid, t, event, rest }, index) => {
    const call = calls.get(pid);
    if (event === 'sys_finit_module' || event === 'sys_init_module') {
      if (rest.includes(',')) {
        const copying = Number.parseInt(/len: (?:0x)?([\da-f]+)/.exec(rest)?.[1] ?? '0', 16);
        const length = lengths.get(index) ?? null;
        calls.set(pid, { copying, file: 0, image: 0, layout: 0, checks: 0, length });
      } else calls.delete(pid);
    } else if (call) apply(call, event, rest, signature, isShownAgain(records, index));
    let bytes = 0;
    for (const { file, image, layout } of calls.values()) bytes += file + image + layout;
    if (steps.at(-1)?.t === t) steps.pop();
    steps.push({ t, bytes });
  });
  return steps;
}

/** True where the task's next record shows the same by a second probe: what is freed then is freed after both. */
function isShownAgain(records: readonly TraceRecord[], index: number): boolean {
  const step = STEPS.get(records[index]?.event ?? '');
  if (step === undefined) return false;
  for (let next = index + 1; next < records.length; next++)
    if (records[next]?.pid === records[index]?.pid) return STEPS.get(records[next]?.event ?? '') === step;
  return false;
}

const STEPS: ReadonlyMap<string, string> = new Map([
  ['becoming', 'becoming'],
  ['kbecoming', 'becoming'],
  ['load', 'load'],
  ['kload', 'load'],
  ['decomp', 'unpacked'],
  ['fdecomp', 'unpacked'],
  ['decompressret', 'unpacked'],
]);

function apply(call: Call, event: string, rest: string, signature: number, again: boolean): void {
  if (call.copying > 0) [call.file, call.copying] = [call.copying, 0];
  const length = call.length ?? Math.max(call.file, call.image) - signature;
  const free = (): void => {
    if (!again) Object.assign(call, { file: 0, image: 0, layout: 0 });
  };
  switch (event) {
    case 'read':
    case 'kread':
    case 'fread': {
      const read = decimal(rest, 'ret') ?? 0;
      if (read > 0 && call.image === 0) call.file = read;
      break;
    }
    case 'decomp':
    case 'fdecomp':
    case 'decompressret':
      if (decimal(rest, 'ret') === 0) call.image = decimal(rest, 'len') ?? length + signature;
      if (!again) call.file = 0;
      break;
    case 'dup':
    case 'kdup':
      // The list's probe, with a reason, or the check's return.
      if (rest.includes('reason=1') || (rest.includes(' ret=') && call.checks > 0)) call.layout = length;
      if (rest.includes(' ret=')) call.checks++;
      break;
    case 'dupin':
      if (call.checks > 0) call.layout = length;
      break;
    case 'module_load':
      call.layout = length;
      [call.file, call.image] = [0, 0];
      break;
    case 'load':
    case 'kload':
      if (rest.includes('mod_stat')) free();
      break;
    case 'becoming':
    case 'kbecoming':
      free();
      break;
    case 'loadret':
    case 'floadmod':
      if (decimal(rest, 'ret') !== 0) free();
      break;
    case 'fdoinit':
    case 'kdoinit':
      // do_init_module frees the module before it returns.
      if ((decimal(rest, 'ret') ?? 0) !== 0) free();
      break;
    default:
      break;
  }
}

/**
 * L of each call, by the index of its enter: what load_module returns with, what is charged, or what is charged to another
 * call for the module that it loaded.
 */
function lengthsOf(records: readonly TraceRecord[]): Map<number, number> {
  const lengths = new Map<number, number>();
  const byName = new Map<string, number>();
  const loaded = new Map<number, string>();
  const enters = new Map<number, number>();
  records.forEach(({ pid, event, rest }, index) => {
    if (/^sys_f?init_module$/.test(event) && rest.includes(',')) enters.set(pid, index);
    const enter = enters.get(pid);
    const charged = rest.includes('mod_stat') || event === 'loadret';
    const length = charged ? decimal(rest, 'len') : null;
    if (enter === undefined) return;
    if (event === 'module_load') loaded.set(enter, rest.trim().split(' ')[0] ?? '');
    if (length === null) return;
    lengths.set(enter, length);
    const name = /name="([^"]+)"/.exec(rest)?.[1];
    if (name !== undefined) byName.set(name, length);
  });
  for (const [enter, name] of loaded) {
    const length = byName.get(name);
    if (length !== undefined && !lengths.has(enter)) lengths.set(enter, length);
  }
  return lengths;
}
