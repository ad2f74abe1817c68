// SPDX-License-Identifier: Apache-2.0
/** Facts of kernels: the sizes of areas, and what a read is for. */
import { describe, expect, it } from 'vitest';
import { areasOf } from '../../src/accounting/areas.js';
import { mayReadModule } from '../../src/accounting/kernel.js';

const cite = { source: 1, line: 1 };

describe('the address space', () => {
  const MIB = 2 ** 20;
  const sizes = (machine: string | null, release: string | null = null) => {
    const { vmalloc, modules } = areasOf(machine, release, []);
    const mib = (area: typeof modules) => (area === null || area === 'vmalloc' ? area : area.bytes / MIB);
    return [mib(vmalloc), mib(modules)];
  };

  // arch/x86/include/asm/pgtable_64_types.h, arch/arm64/include/asm/memory.h, arch/arm/mm/mmu.c, arch/x86/mm/pgtable_32.c
  it.each<[string | null, string | null, (number | string | null)[]]>([
    ['x86_64', null, [32 * MIB - 1 / MIB, 1008]],
    [null, '6.12.1-amd64', [32 * MIB - 1 / MIB, 1008]],
    ['i686', null, [128, 'vmalloc']],
    [null, '6.1.0-32-686-pae', [128, 'vmalloc']],
    ['aarch64', '6.4.9', [124 * MIB, 128]],
    ['aarch64', '6.5.0', [124 * MIB, 2048]],
    ['aarch64', null, [124 * MIB, null]],
    ['armv7l', '6.5.0', [240, 16]],
    [null, '6.1.0-32-armmp', [240, 16]],
    [null, '6.1.0-32-armmp-lpae', [240, 16]],
    ['s390x', null, [null, null]],
    ['not-i686', null, [null, null]],
    [null, null, [null, null]],
  ])('of %s, %s is that of its source', (machine, release, expected) => {
    expect(sizes(machine, release)).toEqual(expected);
  });

  it('is what the kernel printed, where it did', () => {
    const memory = (what: string, bytes: number) => ({ boot: 1, what, bytes, cite });
    const { vmalloc, modules } = areasOf('x86_64', null, [
      memory('vmalloc-total', 5),
      memory('vmalloc-total', 9),
      memory('vmalloc-estimate', 99),
      memory('module-area', 7),
      memory('free', 1),
    ]);
    expect(vmalloc).toEqual({ bytes: 9, basis: 'measured', origin: 'meminfo or kernel log' });
    expect(modules).toEqual({ bytes: 7, basis: 'measured', origin: 'meminfo or kernel log' });
    expect(areasOf('i686', null, [memory('vmalloc-estimate', 99)]).vmalloc).toEqual({
      bytes: 99,
      basis: 'estimated',
      origin: '32-bit x86, its low memory',
    });
    expect(areasOf('x86_64', null, []).vmalloc).toMatchObject({ basis: 'estimated' });
    expect(areasOf('x86_64', null, []).vmalloc?.origin).toContain('VMALLOC_SIZE_TB');
  });
});

describe('kernel_read_file', () => {
  // enum kernel_read_file_id: include/linux/fs.h until 5.9, include/linux/kernel_read_file.h since.
  it.each<[string | null, number, boolean]>([
    ['6.12.0', 2, true],
    ['6.12.0', 1, false],
    ['6.12.0', 3, false],
    ['6.12.0', 7, false],
    ['6.12.0', 8, true],
    ['7.0.0', 7, true],
    ['5.10.0', 2, true],
    ['5.9.0', 2, false],
    ['5.9.0', 4, true],
    ['5.8.0', 4, true],
    ['5.8.0', 3, false],
    ['5.7.0', 3, true],
    ['5.7.0', 4, false],
    ['4.6.0', 3, true],
    ['4.5.0', 3, false],
    [null, 2, true],
    [null, 3, true],
    [null, 4, true],
    [null, 7, true],
    [null, 5, false],
  ])('of %s with id %i may read a module: %s', (release, id, expected) => {
    expect(mayReadModule(id, release)).toBe(expected);
  });
});
