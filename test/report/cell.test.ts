// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { formatBytes, percentText } from '../../src/report/cell.js';

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

describe('percentText', () => {
  it.each([
    [0.7597, 0, '76'],
    [0.5569, 1, '55.7'],
    [-0.00704, 1, '-0.7'],
    [0.9999, 1, '99.9'],
    [0.996, 0, '99'],
    [1, 0, '100'],
    [-0.9999, 1, '-99.9'],
    [-0.0001, 1, '0.0'],
    [2, 1, '200.0'],
  ])('%s with %s places is %s', (share, places, text) => {
    expect(percentText(share, places)).toBe(text);
  });
});
