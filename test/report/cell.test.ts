// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { formatBytes } from '../../src/report/cell.js';

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [1536n, '1.5 KiB'],
    [102_348, '99.9 KiB'],
    [102_400, '100 KiB'],
    [1_023_000, '999 KiB'],
    [1_048_575, '1.0 MiB'],
    [354_334_802, '338 MiB'],
    [-2048, '-2.0 KiB'],
    [18_446_744_073_709_551_615n, '16384 PiB'],
  ])('%s -> %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});
