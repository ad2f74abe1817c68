// SPDX-License-Identifier: Apache-2.0
/** What follows from the name of a machine or of a release: the usual areas for modules, and the size of a word. */
import { describe, expect, test } from 'vitest';
import { areasOf } from '../../src/accounting/areas.js';
import { wordBits } from '../../src/accounting/boots/word-size.js';

const MIB = 2 ** 20;
const TIB = 2 ** 40;

// Documentation/arch/x86/x86_64/mm.rst, Documentation/arch/arm64/memory.rst, arch/arm64/include/asm/memory.h (MODULES_VSIZE is
// SZ_2G since 6.5), arch/x86/mm/pgtable_32.c (128 MiB, modules among it), arch/arm/mm/mmu.c, arch/arm/include/asm/memory.h.
const AREAS: readonly (readonly [
  machine: string | null,
  release: string | null,
  vmalloc: number | null,
  modules: number | 'vmalloc' | null,
])[] = [
  ['x86_64', null, 32 * TIB - 1, 1008 * MIB],
  ['amd64', null, 32 * TIB - 1, 1008 * MIB],
  [null, '6.12.94+deb13-amd64', 32 * TIB - 1, 1008 * MIB],
  ['i686', null, 128 * MIB, 'vmalloc'],
  ['i386', '6.1.0-18-amd64', 128 * MIB, 'vmalloc'],
  [null, '6.1.0-18-686-pae', 128 * MIB, 'vmalloc'],
  ['aarch64', '6.4.16', 124 * TIB, 128 * MIB],
  ['aarch64', '6.5.0', 124 * TIB, 2048 * MIB],
  [null, '6.12.1-arm64', 124 * TIB, 2048 * MIB],
  ['armv7l', null, 240 * MIB, 16 * MIB],
  [null, '6.1.0-18-armmp-lpae', 240 * MIB, 16 * MIB],
  ['riscv64', null, null, null],
  ['xi686', null, null, null],
  [null, '6.12.1-lab', null, null],
];

describe('areas of the address space', () => {
  test.each(AREAS)('%s %s', (machine, release, vmalloc, modules) => {
    const areas = areasOf(machine, release, []);
    expect(areas.vmalloc?.bytes ?? null).toBe(vmalloc);
    expect(typeof areas.modules === 'object' ? (areas.modules?.bytes ?? null) : areas.modules).toBe(modules);
    expect(areas.vmalloc?.basis ?? 'estimated').toBe('estimated');
  });

  test('what the kernel printed takes precedence, the largest of it', () => {
    const row = (what: string, bytes: number) => ({ boot: 1, what, bytes, cite: { source: 1, line: 1 } });
    const printed = [row('vmalloc-total', 100), row('vmalloc-total', 300), row('vmalloc-estimate', 900)];
    const areas = areasOf('i686', null, [...printed, row('module-area', 50)]);
    expect(areas.vmalloc).toMatchObject({ bytes: 300, basis: 'measured' });
    expect(areas.modules).toMatchObject({ bytes: 50, basis: 'measured' });
  });
});

const UNKNOWN = { machine: null, release: null };

describe('the size of a word', () => {
  // uname -m, and what distributions put at the end of a release.
  test.each<[{ machine?: string; release?: string }, 32 | 64 | null]>([
    [{ machine: 'x86_64' }, 64],
    [{ machine: 'i586' }, 32],
    [{ machine: 's390x' }, 64],
    [{ machine: 's390' }, 32],
    [{ machine: 'mips64el' }, 64],
    [{ machine: 'mipsel' }, 32],
    [{ machine: 'armv8l' }, null],
    [{ release: '6.5.0-0.deb12.4-686-pae' }, 32],
    [{ release: '7.0.1-300.fc44.x86_64' }, 64],
    [{ release: '6.1.0-18-686' }, 32],
    [{ release: '6.1.0-686sp1' }, null],
    [{ release: '5.10.0-armmp' }, 32],
    [{ release: '6.12.0-powerpc64le' }, 64],
    [{ machine: 'i686', release: '6.1.0-18-amd64' }, 32],
  ])('%o', (identity, bits) => {
    expect(wordBits({ ...UNKNOWN, ...identity }, [])).toBe(bits);
  });

  test('a figure of the kernel takes precedence over uname, which personality(2) changes', () => {
    const total = (bytes: number) =>
      ({ kind: 'memory-figure', what: 'vmalloc-total', bytes, source: 1, line: 1, t: null }) as const;
    expect(wordBits({ ...UNKNOWN, machine: 'i686' }, [total(2 ** 45)])).toBe(64);
    expect(wordBits({ ...UNKNOWN, machine: 'x86_64' }, [total(2 ** 27)])).toBe(32);
    expect(wordBits({ ...UNKNOWN, machine: 'x86_64' }, [total(0)])).toBe(64);
  });
});
