// SPDX-License-Identifier: Apache-2.0
/**
 * What changes in module loading with the kernel's version, word size and architecture, one table with the source of each
 * line. The texts of messages are in the catalogue of messages.
 * For an unknown release `holds` returns null: a caller must not conclude from it that a load cost nothing.
 */
import { EBADMSG, EKEYEXPIRED, EKEYREJECTED, EKEYREVOKED, ENODATA, ENOKEY, ENOPKG } from '../model/errno.js';

type Version = readonly [major: number, minor: number];

/** Word size in bits; null where unknown. */
export type WordBits = 32 | 64 | null;

interface Change {
  /** What holds on the kernels that have it. */
  readonly what: string;
  /** The first version that has it; null: all that are read, since 5.0. */
  readonly since: Version | null;
  /** The first version that no longer has it; null: current kernels (7.3) still do. */
  readonly until: Version | null;
  /** Only on kernels of this word size, or of this architecture. */
  readonly bits?: 32 | 64;
  readonly only?: string;
  /** The `id` of kernel_read_file that it is about (enum kernel_read_file_id). */
  readonly readId?: number;
  /** Where the kernel's source says so. */
  readonly source: string;
}

// biome-ignore format: a table
export const CHANGES = {
  counters: { what: 'failed loads are counted, and their bytes (CONFIG_MODULE_STATS)', since: [6, 4], until: null, source: 'kernel/module/stats.c' },
  errnoInKreadBytes: { what: 'the negative errno of a failed read is added to `invalid_kread_bytes`', since: [6, 4], until: [6, 5], source: 'kernel/module/main.c: finit_module' },
  earlyCheck: { what: 'a duplicate is looked for before layout as well: two calls of module_patient_check_exists in each load', since: [6, 4], until: null, source: 'kernel/module/main.c: early_mod_check' },
  coalescing: { what: 'finit_module calls of one file share one load: the waiting calls cost nothing', since: [6, 5], until: null, source: 'kernel/module/main.c: idempotent_init_module' },
  compressedFiles: { what: 'finit_module takes flag 4, a compressed file; without CONFIG_MODULE_DECOMPRESS it fails with EOPNOTSUPP after the read (decompress)', since: [5, 17], until: null, source: 'kernel/module/internal.h: module_decompress' },
  emptyImage: { what: 'a truncated zstd file may decompress to an image of 0 bytes without an error: C is charged (becoming)', since: [6, 2], until: null, source: 'kernel/module/decompress.c: module_zstd_decompress' },
  moduleId3: { what: 'a module is read with id 3', since: [4, 6], until: [5, 8], readId: 3, source: 'include/linux/fs.h: READING_MODULE' },
  moduleId4: { what: 'a module is read with id 4', since: [5, 8], until: [5, 10], readId: 4, source: 'include/linux/fs.h: READING_MODULE, after READING_FIRMWARE_EFI_EMBEDDED' },
  moduleId2: { what: 'a module is read with id 2', since: [5, 10], until: null, readId: 2, source: 'include/linux/kernel_read_file.h: READING_MODULE' },
  compressedReadId: { what: 'a compressed file is read with id 7; a refusal by the LSM after its decompression counts as a kread of 0 bytes', since: [7, 0], until: null, readId: 7, source: 'kernel/module/main.c: init_module_from_file; include/linux/kernel_read_file.h: READING_MODULE_COMPRESSED' },
  elfIndexes: { what: 'ELF checks of the sections of extended symbol versions (ENOEXEC, becoming)', since: [6, 14], until: null, source: 'kernel/module/main.c: elf_validity_cache_index_versions' },
  namespaceRefusal: { what: 'a load that reached layout may end with EPERM: the module imports a `module:` namespace (load)', since: [6, 16], until: null, source: 'kernel/module/main.c: setup_modinfo' },
  codeTags: { what: 'code tags that cannot be allocated fail the load (load); the call returns 0 all the same', since: [6, 16], until: null, source: 'kernel/module/main.c: codetag_load_module' },
  exportFlags: { what: 'exported symbols without flags are refused (ENOEXEC, load)', since: [7, 0], until: null, source: 'kernel/module/main.c: check_export_symbol_sections' },
  initExists: { what: 'an init that returns EEXIST ends with EBUSY (init)', since: [7, 0], until: null, source: 'kernel/module/main.c: do_init_module' },
  silentFallback: { what: 'a failed allocation prints nothing while another area is left to try; arm did before', since: [4, 15], until: null, source: 'arch/arm/kernel/module.c: module_alloc' },
  symbolVersions: { what: '`no symbol version for` is a warning, and the load goes on (but on kernels of Debian)', since: [4, 9], until: null, source: 'kernel/module/version.c: check_version' },
  wrappingCounters: { what: 'byte counters and their sum are 32 bits wide and wrap at 4 GiB', since: null, until: null, bits: 32, source: 'kernel/module/stats.c: atomic_long_t' },
  longNames: { what: 'module names have up to 59 characters; 55 on 64 bit', since: null, until: null, bits: 32, source: 'include/linux/module.h: MODULE_NAME_LEN' },
  shortHeader: { what: 'an ELF header has 52 bytes; 64 on 64 bit', since: null, until: null, bits: 32, source: 'include/uapi/linux/elf.h: Elf32_Ehdr' },
  shortLoadInfo: { what: 'load_info has name, mod, hdr and len at 0, 4, 8 and 12; at 0, 8, 16 and 24 on 64 bit', since: null, until: null, bits: 32, source: 'kernel/module/internal.h: struct load_info' },
  silentCompat: { what: 'calls of 32-bit programs raise no syscall events', since: null, until: null, bits: 64, source: 'kernel/trace/trace_syscalls.c: ARCH_TRACE_IGNORE_COMPAT_SYSCALLS' },
  dmiPrefix: { what: 'the machine line starts with `DMI: DMI: ` or `DMI: `', since: [7, 0], until: null, source: 'drivers/firmware/dmi_scan.c: pr_fmt' },
  alignInMessage: { what: '`vmalloc error` gives the alignment', since: [7, 0], until: null, source: 'mm/vmalloc.c' },
  modulePrefix: { what: 'messages about relocations start with `module: `', since: [7, 0], until: null, only: 'x86', source: 'arch/x86/kernel/module.c: pr_fmt' },
  modulesPrefix: { what: 'messages about memory and relocations start with `Modules: `', since: [6, 5], until: null, only: 'arm64', source: 'arch/arm64/kernel/module.c: pr_fmt' },
} as const satisfies Record<string, Change>;

/** The flag of finit_module for a compressed file (include/uapi/linux/module.h). */
export const MODULE_INIT_COMPRESSED_FILE = 4;

/** The id that only a compressed module is read with (READING_MODULE_COMPRESSED). */
export const COMPRESSED_READ_ID = CHANGES.compressedReadId.readId;

/** The kernel of one boot, as far as known. */
export interface Kernel {
  readonly release: string | null;
  readonly wordBits: WordBits;
}

/** True where such a kernel has the change; null where the release or the word size, whichever decides, is unknown. */
export function holds(
  change: keyof typeof CHANGES,
  release: string | null,
  bits: WordBits = null,
): boolean | null {
  const row: Change = CHANGES[change];
  if (row.bits !== undefined) return bits === null ? null : bits === row.bits;
  const version = versionOf(release);
  return version === null ? null : isWithin(version, row);
}

/** `6.12.117-lab` -> whether finit_module calls of one file are coalesced (6.5); null for an unreadable release. */
export function coalescesLoads(release: string | null): boolean | null {
  return holds('coalescing', release);
}

/**
 * True where kernel_read_file with this id may have read a module. Unknown higher ids may: a future kernel must not hide
 * waste. Others are firmware, kexec images, policies and certificates.
 */
export function mayReadModule(id: number, release: string | null): boolean {
  const version = versionOf(release);
  const rows: readonly Change[] = Object.values(CHANGES);
  const known = rows.some((row) => row.readId === id && (version === null || isWithin(version, row)));
  return known || id > COMPRESSED_READ_ID;
}

/**
 * Bytes of an ELF header: Elf32_Ehdr or Elf64_Ehdr (include/uapi/linux/elf.h). A shorter image fails in the copy
 * (copy_module_from_user) or before any section is looked at. The smaller one where the word size is not known.
 */
export function elfHeaderBytes(bits: WordBits): number {
  return holds('shortHeader', null, bits) === false ? 64 : 52;
}

/** Where byte counters (atomic_long_t) and their sum (unsigned long) of a 32-bit kernel wrap. */
export const WRAPS_AT = 1n << 32n;

/** Whether the release is older than `border`, `4.9` for one; null where it is not known. */
export function isOlder(release: string | null, border: string): boolean | null {
  const [version, since] = [versionOf(release), versionOf(border)];
  return version && since && isBefore(version, since);
}

function versionOf(release: string | null): Version | null {
  const match = release === null ? null : /^(\d+)\.(\d+)/.exec(release);
  return match ? [Number(match[1]), Number(match[2])] : null;
}

const isBefore = ([a, b]: Version, [c, d]: Version): boolean => a < c || (a === c && b < d);

function isWithin(version: Version, { since, until }: Change): boolean {
  return (since === null || !isBefore(version, since)) && (until === null || isBefore(version, until));
}

/** What module_sig_check returns for a bad signature or an unknown key (kernel/module/signing.c, crypto/asymmetric_keys). */
export const SIGNATURE_ERRORS: readonly number[] = [
  ENOKEY,
  EKEYEXPIRED,
  EKEYREVOKED,
  EKEYREJECTED,
  ENODATA,
  ENOPKG,
  EBADMSG,
];
