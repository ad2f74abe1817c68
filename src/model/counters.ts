// SPDX-License-Identifier: Apache-2.0
/** The kernel's names for module load failures (kernel/module/stats.c). */

/** The four phases that a failed load can be charged to, in load order. */
export const PHASES = ['kread', 'decompress', 'becoming', 'load'] as const;
/** Where the kernel charges a failed load: one of `PHASES`. */
export type Phase = (typeof PHASES)[number];

/** Whether duplicates fail in the phase: before, the kernel has not read the module's name. */
export function hasDuplicates(phase: Phase): phase is 'becoming' | 'load' {
  return phase === 'becoming' || phase === 'load';
}

/** The eleven counters of /sys/kernel/debug/modules, by file name. */
export const COUNTERS = [
  'modcount',
  'failed_kreads',
  'failed_decompress',
  'failed_becoming',
  'failed_load_modules',
  'total_mod_size',
  'total_text_size',
  'invalid_kread_bytes',
  'invalid_decompress_bytes',
  'invalid_becoming_bytes',
  'invalid_mod_bytes',
] as const;
/** A counter by its file name: one of `COUNTERS`. */
export type CounterName = (typeof COUNTERS)[number];

/** The two counters of each phase. */
export const PHASE_COUNTERS: Readonly<Record<Phase, { count: CounterName; bytes: CounterName }>> = {
  kread: { count: 'failed_kreads', bytes: 'invalid_kread_bytes' },
  decompress: { count: 'failed_decompress', bytes: 'invalid_decompress_bytes' },
  becoming: { count: 'failed_becoming', bytes: 'invalid_becoming_bytes' },
  load: { count: 'failed_load_modules', bytes: 'invalid_mod_bytes' },
};

/** Labels of the `stats` rows that print a counter (stats.c:read_file_mod_stats). */
export const COUNTER_LABELS: Readonly<Record<CounterName, string>> = {
  modcount: 'Mods ever loaded',
  failed_kreads: 'Mods failed on kread',
  failed_decompress: 'Mods failed on decompress',
  failed_becoming: 'Mods failed on becoming',
  failed_load_modules: 'Mods failed on load',
  total_mod_size: 'Total module size',
  total_text_size: 'Total mod text size',
  invalid_kread_bytes: 'Failed kread bytes',
  invalid_decompress_bytes: 'Failed decompress bytes',
  invalid_becoming_bytes: 'Failed becoming bytes',
  invalid_mod_bytes: 'Failed kmod bytes',
};

/** Reason bits of a duplicate list row (enum fail_dup_mod_reason: 0 becoming, 1 load). */
export const REASON_BECOMING = 1;
export const REASON_LOAD = 2;

/** Reason bits as the kernel prints them; 0 prints `Bug-on-stats` (stats.c). */
export function reasonText(bits: number): string {
  switch (bits) {
    case REASON_BECOMING:
      return 'Becoming';
    case REASON_LOAD:
      return 'Load';
    case REASON_BECOMING | REASON_LOAD:
      return 'Becoming & Load';
    default:
      return 'Bug-on-stats';
  }
}
