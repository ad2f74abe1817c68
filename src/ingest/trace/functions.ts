// SPDX-License-Identifier: Apache-2.0
/**
 * The loader's functions with meaningful probes, and which of them a probe is on. A trace prints the symbol; trace-cmd
 * prints an address, which unambiguous lines tie to a function.
 */

import { sourceName } from '../source-name.js';

/** What a probe on a function shows (see ProbeFact); `none`: known, but not evidence. */
export type Role =
  | 'becoming'
  | 'load'
  | 'duplicate'
  | 'read'
  | 'decompress'
  | 'load-module'
  | 'checked'
  | 'patient-check'
  | 'copied'
  | 'idempotent'
  | 'from-file'
  | 'do-init'
  | 'free-module'
  | 'layout'
  | 'request'
  | 'none';

/** Kernel functions (kernel/module/{main,stats,dups,decompress,kmod}.c, fs/kernel_read_file.c, security/security.c). */
const ROLES: ReadonlyMap<string, Role> = new Map([
  ['mod_stat_bump_becoming', 'becoming'],
  ['mod_stat_bump_invalid', 'load'],
  ['try_add_failed_module', 'duplicate'],
  ['kernel_read_file', 'read'],
  ['kernel_read_file_from_fd', 'read'],
  ['module_decompress', 'decompress'],
  ['load_module', 'load-module'],
  ['check_modstruct_version', 'checked'],
  ['module_patient_check_exists', 'patient-check'],
  ['security_kernel_post_load_data', 'copied'],
  ['idempotent_init_module', 'idempotent'],
  ['init_module_from_file', 'from-file'],
  ['do_init_module', 'do-init'],
  ['free_module', 'free-module'],
  ['module_deallocate', 'free-module'],
  ['layout_and_allocate', 'layout'],
  // Called by layout_and_allocate, where the compiler inlined that.
  ['module_enforce_rwx_sections', 'layout'],
  ['__request_module', 'request'],
  ['kmod_dup_request_exists_wait', 'request'],
]);

/** Functions whose function tracer records are kept. */
const TRACED: ReadonlySet<string> = new Set([
  ...ROLES.keys(),
  'sys_finit_module',
  'sys_init_module',
  'idempotent',
  'copy_module_from_user',
  'early_mod_check',
  'add_unformed_module',
]);

// "__x64_sys_finit_module", "__do_sys_init_module"
const SYSCALL_PREFIX = /^(?:__(?:x64|ia32|arm64|s390x?|riscv|powerpc|se|do)_)(?=sys_)/;
/** ftrace entry probes are after the landing pad and patch area: at most 16 bytes into the function. */
const ENTRY_AREA = 0x10;

/** `load_module+0x612/0x21b0 [mod]` split; `module_decompress.constprop.0` loses its suffix. */
export function symbol(printed: string): { name: string; offset: number } {
  const plus = printed.indexOf('+');
  const end = printed.search(/[+/ ]/);
  const name = sourceName(end < 0 ? printed : printed.slice(0, end)).replace(SYSCALL_PREFIX, '');
  return { name, offset: plus < 0 ? 0 : Number.parseInt(printed.slice(plus + 1), 16) || 0 };
}

/** Roles by printed symbol; a trace has few different ones. */
const known = new Map<string, Role | null>();
const KNOWN_MAX = 10_000;

/** The role of a symbol as printed at a probe; null for other functions, and inside a function. */
export function roleOfSymbol(printed: string): Role | null {
  const cached = known.get(printed);
  if (cached !== undefined) return cached;
  const { name, offset } = symbol(printed);
  const role = offset > ENTRY_AREA ? null : (ROLES.get(name) ?? null);
  if (known.size < KNOWN_MAX) known.set(printed, role);
  return role;
}

/** The plain name of a function in TRACED, or null. */
export function tracedFunction(printed: string): string | null {
  const { name } = symbol(printed);
  return TRACED.has(name) ? name : null;
}

/** What one source has shown about addresses. */
export class ProbeFunctions {
  readonly #certain = new Map<string, Role>();
  readonly #likely = new Map<string, Role>();
  /** By pid: the reason of a duplicate whose charge follows. */
  readonly #reasons = new Map<number, 'becoming' | 'load'>();

  /** The known role of an address. */
  at(address: string): Role | null {
    return this.#certain.get(address) ?? null;
  }

  /** A role suggested by another event name at the same address. */
  likely(address: string): Role | null {
    return this.#likely.get(address) ?? null;
  }

  learn(address: string, role: Role, certain: boolean): void {
    if (certain) this.#certain.set(address, role);
    else if (!this.#likely.has(address)) this.#likely.set(address, role);
  }

  /** try_add_failed_module ran: the charge that follows on this pid is of that phase (kernel/module/main.c). */
  duplicate(pid: number, reason: 'becoming' | 'load' | null): void {
    if (reason) this.#reasons.set(pid, reason);
  }

  /** The phase of a charge, from the duplicate before it on this pid. */
  reason(pid: number): 'becoming' | 'load' | null {
    return this.#reasons.get(pid) ?? null;
  }

  /** A call starts or ends: earlier duplicates belong to another call. */
  call(pid: number): void {
    this.#reasons.delete(pid);
  }
}
