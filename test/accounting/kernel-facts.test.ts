// SPDX-License-Identifier: Apache-2.0
/** Facts of the kernel's source that differ by phase or release, each with where it says so. */
import { describe, expect, it } from 'vitest';
import { allocations } from '../../src/accounting/charges.js';
import { CHANGES, elfHeaderBytes, holds, mayReadModule } from '../../src/accounting/kernel.js';

describe('allocations of a failed load', () => {
  // Documentation of kernel/module/stats.c: kernel_read_file's buffer, with in-kernel decompression the pages of the
  // decompressed copy, and, once layout_and_allocate was passed, the module's own memory.
  it.each([
    ['becoming', false, 1n],
    ['becoming', true, 2n],
    ['load', false, 2n],
    ['load', true, 3n],
    ['decompress', true, 1n],
  ] as const)('in phase %s, compressed: %s', (phase, compressed, count) => {
    expect(allocations(phase, true, compressed)).toBe(count);
  });

  it('of a read are none where nothing was read', () => {
    expect([allocations('kread', true, false), allocations('kread', false, false)]).toEqual([1n, 0n]);
  });
});

describe('the id of kernel_read_file that stands for a module', () => {
  // enum kernel_read_file_id: READING_MODULE moved with READING_FIRMWARE_PREALLOC_BUFFER (until 5.9) and
  // READING_FIRMWARE_EFI_EMBEDDED (5.8, 5.9); include/linux/fs.h, then include/linux/kernel_read_file.h.
  it.each([
    ['5.4.0', 3],
    ['5.7.19', 3],
    ['5.8.0', 4],
    ['5.9.16', 4],
    ['5.10.0', 2],
    ['6.12.0', 2],
  ])('of %s is %i alone', (release, id) => {
    expect([1, 2, 3, 4].filter((one) => mayReadModule(one, release))).toEqual([id]);
  });

  it('may be any of them where the release is not known, and never firmware’s', () => {
    expect([0, 1, 2, 3, 4].filter((one) => mayReadModule(one, null))).toEqual([2, 3, 4]);
  });

  it('is another one for compressed modules since 7.0', () => {
    expect([mayReadModule(7, '6.12.0'), mayReadModule(7, '7.0.0')]).toEqual([false, true]);
  });
});

describe('the table of kernels', () => {
  it.each([
    ['coalescing', '6.4.16', null, false],
    ['coalescing', '6.5.0-0.deb12.4-686-pae', null, true],
    ['coalescing', 'next', null, null],
    ['errnoInKreadBytes', '6.4.0', null, true],
    ['errnoInKreadBytes', '6.5.0', null, false],
    ['compressedReadId', '6.19.5', null, false],
    ['compressedReadId', '10.0', null, true],
    ['wrappingCounters', null, 32, true],
    ['wrappingCounters', '6.12.0', 64, false],
    ['wrappingCounters', '6.12.0', null, null],
    ['silentCompat', '5.4.0', 64, true],
  ] as const)('%s on %s, %s bit: %s', (change, release, bits, expected) => {
    expect(holds(change, release, bits)).toBe(expected);
  });

  it('names the source of each line, and spans versions that exist', () => {
    for (const [name, { source, since, until }] of Object.entries(CHANGES)) {
      expect(source, name).toMatch(/^(?:kernel|include|arch|drivers|mm)\/[\w/.-]+/);
      if (since && until) expect(since[0] * 100 + since[1], name).toBeLessThan(until[0] * 100 + until[1]);
    }
  });

  it('takes the shorter ELF header where the word size is unknown', () => {
    expect(([32, 64, null] as const).map(elfHeaderBytes)).toEqual([52, 64, 52]);
  });
});
