// SPDX-License-Identifier: Apache-2.0
/** Facts of the kernel's source that differ by phase or release, each with where it says so. */
import { describe, expect, it } from 'vitest';
import { allocations } from '../../src/accounting/charges.js';
import { mayReadModule } from '../../src/accounting/kernel.js';

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
