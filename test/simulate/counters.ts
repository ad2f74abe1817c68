// SPDX-License-Identifier: Apache-2.0
/** What kernel/module/stats.c would hold at a moment of a history, and prints. */
import { since } from './machine.js';
import type { History, Phase } from './types.js';

export interface Counted {
  readonly failures: Record<Phase, number>;
  /** True bytes, before they wrap. */
  readonly bytes: Record<Phase, bigint>;
  readonly loaded: number;
  readonly memory: bigint;
  readonly text: bigint;
  /** Newest name first. */
  readonly list: readonly { readonly module: string; readonly times: number; readonly reason: string }[];
}

export function countedAt({ calls, steps }: History, until = Number.POSITIVE_INFINITY): Counted {
  const failures = { kread: 0, decompress: 0, becoming: 0, load: 0 };
  const bytes = { kread: 0n, decompress: 0n, becoming: 0n, load: 0n };
  let [loaded, memory, text] = [0, 0n, 0n];
  for (const { phase, chargedAt, charged, outcome, end, module } of calls) {
    if (outcome === 'loaded' && end <= until) {
      loaded++;
      memory += BigInt(module.memory);
      text += BigInt(module.text);
    }
    if (phase === null || phase === 'init' || chargedAt > until) continue;
    failures[phase]++;
    bytes[phase] += BigInt(charged);
  }
  const list = new Map<string, { times: number; reasons: Set<string> }>();
  for (const { t, what } of steps) {
    if (what.is !== 'listed' || t > until) continue;
    const row = list.get(what.call.module.name) ?? { times: 0, reasons: new Set() };
    row.times++;
    row.reasons.add(what.late ? 'Load' : 'Becoming');
    list.set(what.call.module.name, row);
  }
  const rows = [...list].map(([module, { times, reasons }]) => ({
    module,
    times,
    reason: [...reasons].sort().join(' & '),
  }));
  return { failures, bytes, loaded, memory, text, list: rows.reverse() };
}

/** The files of /sys/kernel/debug/modules. */
export function debugfs(history: History, until?: number): Record<string, string> {
  const counted = countedAt(history, until);
  const { failures, loaded } = counted;
  const { kernel, calls } = history;
  const wrap = (value: bigint): bigint => BigInt.asUintN(kernel.bits, value);
  const { kread, decompress, becoming, load } = counted.bytes;
  // Before 6.5 the errno of a failed read is added.
  const errors = since(kernel, 6, 5)
    ? []
    : calls.filter(
        (one) =>
          one.phase === 'kread' &&
          one.syscall === 'finit_module' &&
          one.chargedAt <= (until ?? one.chargedAt),
      );
  const kreadBytes = wrap(errors.reduce((sum, { ret }) => sum + BigInt(ret), kread));
  const [decompressBytes, becomingBytes, loadBytes] = [decompress, becoming, load].map(wrap) as [
    bigint,
    bigint,
    bigint,
  ];
  const values = {
    total_mod_size: wrap(counted.memory),
    total_text_size: wrap(counted.text),
    invalid_kread_bytes: kreadBytes,
    invalid_decompress_bytes: decompressBytes,
    invalid_becoming_bytes: becomingBytes,
    invalid_mod_bytes: loadBytes,
    modcount: loaded,
    failed_kreads: failures.kread,
    failed_decompress: failures.decompress,
    failed_becoming: failures.becoming,
    failed_load_modules: failures.load,
  };
  const rows: [string, bigint | number][] = [
    ['Mods ever loaded', loaded],
    ['Mods failed on kread', failures.kread],
    ['Mods failed on decompress', failures.decompress],
    ['Mods failed on becoming', failures.becoming],
    ['Mods failed on load', failures.load],
    ['Total module size', values.total_mod_size],
    ['Total mod text size', values.total_text_size],
    ['Failed kread bytes', kreadBytes],
    ['Failed decompress bytes', decompressBytes],
    ['Failed becoming bytes', becomingBytes],
    ['Failed kmod bytes', loadBytes],
    ['Virtual mem wasted bytes', wrap(kreadBytes + decompressBytes + becomingBytes + loadBytes)],
  ];
  const average = (label: string, bytes: bigint, count: number): void => {
    if (count > 0 && bytes > 0n) rows.push([label, (bytes + BigInt(count) - 1n) / BigInt(count)]);
  };
  average('Average mod size', values.total_mod_size, loaded);
  average('Average mod text size', values.total_text_size, loaded);
  average('Avg fail kread bytes', kreadBytes, failures.kread);
  average('Avg fail becoming bytes', becomingBytes, failures.becoming);
  average('Avg fail decomp bytes', decompressBytes, failures.decompress);
  average('Average fail load bytes', loadBytes, failures.load);
  let stats = rows.map(([label, value]) => `${label.padStart(25)}\t${value}\n`).join('');
  if (counted.list.length > 0) {
    const row = (a: string, b: string, c: string): string =>
      `${a.padStart(25)}\t${b.padStart(15)}\t${c.padStart(25)}\n`;
    stats += `Duplicate failed modules:\n${row('Module-name', 'How-many-times', 'Reason')}`;
    for (const { module, times, reason } of counted.list) stats += row(module, String(times), reason);
  }
  const buffer = 1024 + 64 * Math.min(failures.load + failures.becoming, 112);
  const files = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, `${value}\n`]));
  return { ...files, stats: stats.slice(0, buffer - 1) };
}
