// SPDX-License-Identifier: Apache-2.0
/**
 * What the kernel charges a failed load: kernel/module/{main,stats,decompress}.c. All in bytes of virtual memory.
 */
import { exactly, type Range } from '../model/bounds.js';
import type { Phase } from '../model/counters.js';
import { MAX_SIGNATURE } from '../model/signature.js';

/**
 * Bytes charged to the phase. `image` is L, `compressed` C (0 for a plain file).
 * kread: finit_module adds nothing, init_module the length that the caller passed (as `image`).
 */
export function charge(phase: Phase, image: bigint, compressed: bigint): bigint {
  switch (phase) {
    case 'kread':
      return image;
    case 'decompress':
      return compressed;
    case 'becoming':
      return image + compressed;
    case 'load':
      return 2n * image + compressed;
  }
}

/** How many allocations a failure in the phase wasted. */
export function allocations(phase: Phase, charged: boolean, compressed: boolean): bigint {
  switch (phase) {
    case 'kread':
      return charged ? 1n : 0n;
    case 'decompress':
      return 1n;
    case 'becoming':
      return compressed ? 2n : 1n;
    case 'load':
      return compressed ? 3n : 2n;
  }
}

/** Bytes of `~Module signature appended~\n`. */
const SIGNATURE_MARKER = 28;

/**
 * The range of L for a file of `bytes`, which may end in a signature that load_module strips, to the last byte but one
 * (kernel/module/signing.c:module_sig_check), and longer than its marker.
 */
export function imageOfFile(bytes: number): Range {
  if (bytes <= SIGNATURE_MARKER) return exactly(bytes);
  return { low: Math.max(1, bytes - MAX_SIGNATURE), high: bytes };
}
