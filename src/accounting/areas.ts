// SPDX-License-Identifier: Apache-2.0
/** The parts of the kernel's address space that module loads take from: the vmalloc area, and that of modules. */
import { largest } from '../model/bounds.js';
import { isOlder } from './kernel.js';
import type { Basis, MemoryRow } from './model.js';

interface Area {
  readonly bytes: number;
  /** `estimated`: the architecture's usual size. */
  readonly basis: Basis;
  readonly origin: string;
}

/** An area is null where its size is unknown. */
export interface Areas {
  readonly vmalloc: Area | null;
  /** `vmalloc`: modules are laid out in the vmalloc area. */
  readonly modules: Area | 'vmalloc' | null;
}

type Architecture = 'x86_64' | 'i386' | 'arm64' | 'arm';

interface AreaSize {
  readonly arch: Architecture;
  readonly area: 'vmalloc' | 'modules';
  readonly bytes: number;
  /** First and last kernel version with this size; null: no limit known. */
  readonly since: string | null;
  readonly before: string | null;
  readonly source: string;
}

const MIB = 2 ** 20;
const GIB = 2 ** 30;
const TIB = 2 ** 40;

/** Usual sizes, by the kernel's source. An architecture without a line for modules lays them out in the vmalloc area. */
// biome-ignore format: a table
const AREA_SIZES: readonly AreaSize[] = [
  { arch: 'x86_64', area: 'vmalloc', bytes: 32 * TIB - 1, since: null, before: null, source: 'arch/x86/include/asm/pgtable_64_types.h: VMALLOC_SIZE_TB, four levels of page tables' },
  { arch: 'x86_64', area: 'modules', bytes: 1008 * MIB, since: null, before: null, source: 'arch/x86/include/asm/pgtable_64_types.h: MODULES_VADDR to MODULES_END, with RANDOMIZE_BASE' },
  { arch: 'i386', area: 'vmalloc', bytes: 128 * MIB, since: null, before: null, source: 'arch/x86/mm/pgtable_32.c: __VMALLOC_RESERVE; vmalloc=SIZE changes it' },
  { arch: 'arm64', area: 'vmalloc', bytes: 124 * TIB, since: null, before: null, source: 'Documentation/arch/arm64/memory.rst: 4 KiB pages, 48 bits of addresses' },
  { arch: 'arm64', area: 'modules', bytes: 128 * MIB, since: null, before: '6.5', source: 'arch/arm64/include/asm/memory.h: MODULES_VSIZE (SZ_128M)' },
  { arch: 'arm64', area: 'modules', bytes: 2 * GIB, since: '6.5', before: null, source: 'arch/arm64/include/asm/memory.h: MODULES_VSIZE (SZ_2G)' },
  { arch: 'arm', area: 'vmalloc', bytes: 240 * MIB, since: null, before: null, source: 'arch/arm/mm/mmu.c: vmalloc_size; vmalloc=SIZE changes it' },
  { arch: 'arm', area: 'modules', bytes: 16 * MIB, since: null, before: null, source: 'arch/arm/include/asm/memory.h: MODULES_VADDR; with ARM_MODULE_PLTS the vmalloc area when it is full' },
];

const BY_MACHINE: readonly (readonly [RegExp, Architecture])[] = [
  [/^(?:x86_64|amd64)$/, 'x86_64'],
  [/^i[3-6]86$/, 'i386'],
  [/^(?:aarch64|arm64)$/, 'arm64'],
  [/^arm(?:v[4-7]\w*)?$/, 'arm'],
];

const BY_RELEASE: readonly (readonly [RegExp, Architecture])[] = [
  [/[-.+_](?:amd64|x86_64)(?:$|[-.+_])/, 'x86_64'],
  [/[-.+_](?:[56]86(?:-pae)?|i[3-6]86)(?:$|[-.+_])/, 'i386'],
  [/[-.+_](?:arm64|aarch64)(?:$|[-.+_])/, 'arm64'],
  [/[-.+_](?:armmp(?:-lpae)?|armhf|armv[5-7]\w*)(?:$|[-.+_])/, 'arm'],
];

/** `machine`: the architecture as uname prints it. */
export function areasOf(machine: string | null, release: string | null, memory: readonly MemoryRow[]): Areas {
  const arch = named(machine, BY_MACHINE) ?? named(release, BY_RELEASE);
  const sizes = AREA_SIZES.filter(
    (size) =>
      size.arch === arch &&
      (size.since === null || isOlder(release, size.since) === false) &&
      (size.before === null || isOlder(release, size.before) === true),
  );
  const usual = (area: AreaSize['area']): Area | null => {
    const size = sizes.find((one) => one.area === area);
    return size ? { bytes: size.bytes, basis: 'estimated', origin: size.source } : null;
  };
  const vmalloc =
    figure(memory, 'vmalloc-total', 'measured') ?? figure(memory, 'vmalloc-estimate', 'estimated');
  const shared = arch !== null && !AREA_SIZES.some((size) => size.arch === arch && size.area === 'modules');
  return {
    vmalloc: vmalloc ?? usual('vmalloc'),
    modules: figure(memory, 'module-area', 'measured') ?? (shared ? 'vmalloc' : usual('modules')),
  };
}

function named(name: string | null, table: typeof BY_MACHINE): Architecture | null {
  return (name !== null && table.find(([pattern]) => pattern.test(name))?.[1]) || null;
}

function figure(memory: readonly MemoryRow[], what: string, basis: Basis): Area | null {
  const sizes = memory.filter((row) => row.what === what).map(({ bytes }) => bytes);
  if (sizes.length === 0) return null;
  const origin = what === 'vmalloc-estimate' ? '32-bit x86, its low memory' : 'meminfo or kernel log';
  return { bytes: largest(sizes), basis, origin };
}
