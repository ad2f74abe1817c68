// SPDX-License-Identifier: Apache-2.0
/**
 * What changes in module loading with the kernel's version and word size, one table with the source of each line.
 * For an unknown release `holds` returns null, from which nobody may conclude that a load cost nothing.
 */

type Version = readonly [major: number, minor: number];

interface Change {
  /** The first version that has it. */
  readonly since: Version;
  /** The first version that no longer has it; null: current kernels still do. */
  readonly until: Version | null;
  /** Where the kernel's source says so. */
  readonly source: string;
}

const CHANGES = {
  /** finit_module calls of one file share one load: the waiting calls cost nothing. */
  coalescing: { since: [6, 5], until: null, source: 'kernel/module/main.c: idempotent_init_module' },
  /** A duplicate is looked for before layout as well: two calls of module_patient_check_exists in each load. */
  earlyCheck: { since: [6, 4], until: null, source: 'kernel/module/main.c: early_mod_check' },
  /** finit_module takes flag 4, MODULE_INIT_COMPRESSED_FILE; without MODULE_DECOMPRESS it fails with EOPNOTSUPP. */
  compressedFiles: { since: [5, 17], until: null, source: 'kernel/module/internal.h: module_decompress' },
  /** A compressed file is read under an id of its own, and the LSM is asked once more after decompression. */
  compressedReadId: { since: [7, 0], until: null, source: 'kernel/module/main.c: init_module_from_file' },
  /** A load that reached layout may end with EPERM: the module imports a `module:` namespace. */
  namespaceRefusal: { since: [6, 16], until: null, source: 'kernel/module/main.c: setup_modinfo' },
  /** Code tags that cannot be allocated fail the load after layout; until 7.3 the call returns 0 all the same. */
  codeTags: { since: [6, 16], until: null, source: 'kernel/module/main.c: codetag_load_module' },
  /** What fails to allocate a module's memory prints nothing while another area is left to try; before, arm did. */
  silentFallback: { since: [4, 15], until: null, source: 'arch/arm/kernel/module.c: module_alloc' },
  /** The negative errno of a failed read is added to invalid_kread_bytes. */
  errnoInKreadBytes: { since: [6, 4], until: [6, 5], source: 'kernel/module/main.c: init_module_from_file' },
} as const satisfies Record<string, Change>;

/** Values of kernel_read_file's `id` for modules (enum kernel_read_file_id), by the versions that use them. */
const MODULE_READ_IDS: readonly (Change & { readonly id: number })[] = [
  { id: 3, since: [4, 6], until: [5, 8], source: 'include/linux/fs.h: READING_MODULE' },
  { id: 4, since: [5, 8], until: [5, 10], source: 'include/linux/fs.h: after READING_FIRMWARE_EFI_EMBEDDED' },
  { id: 2, since: [5, 10], until: null, source: 'include/linux/kernel_read_file.h: READING_MODULE' },
  {
    id: 7,
    since: [7, 0],
    until: null,
    source: 'include/linux/kernel_read_file.h: READING_MODULE_COMPRESSED',
  },
];

/** The id that only a compressed module is read with (READING_MODULE_COMPRESSED). */
export const COMPRESSED_READ_ID = 7;

/** Word size in bits; null where unknown. */
export type WordBits = 32 | 64 | null;

/** The kernel of one boot, as far as known. */
export interface Kernel {
  readonly release: string | null;
  readonly wordBits: WordBits;
}

/** True where a kernel of this release has the change; null for an unknown release. */
export function holds(change: keyof typeof CHANGES, release: string | null): boolean | null {
  const version = versionOf(release);
  return version === null ? null : isWithin(version, CHANGES[change]);
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
  const known = MODULE_READ_IDS.some((one) => one.id === id && (version === null || isWithin(version, one)));
  return known || id > COMPRESSED_READ_ID;
}

/**
 * Bytes of an ELF header: Elf32_Ehdr or Elf64_Ehdr (include/uapi/linux/elf.h). A shorter image fails in the copy
 * (copy_module_from_user) or before any section is looked at. The smaller one where the word size is not known.
 */
export function elfHeaderBytes(bits: WordBits): number {
  return bits === 64 ? 64 : 52;
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
  return !isBefore(version, since) && (until === null || isBefore(version, until));
}
