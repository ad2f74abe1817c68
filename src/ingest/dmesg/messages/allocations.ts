// SPDX-License-Identifier: Apache-2.0
/**
 * Messages about failed allocations (mm/). Each layer prints its own: vmap, then vmalloc, then execmem or the page allocator
 * for a module's memory; percpu, then the loader for per-CPU data.
 */
import type { AllocationFailure } from '../../../model/event.js';
import { escapeControls } from './loads/message.js';
import type { LogFact, Rule } from './rule.js';

/** `bytes` and `comm` are groups of the pattern. */
function allocation(
  what: AllocationFailure['what'],
  by: AllocationFailure['by'],
  word: string,
  pattern: RegExp,
): Rule {
  return {
    words: [word],
    pattern,
    facts: ({ groups, input }): LogFact => ({
      kind: 'allocation-failure',
      what,
      by,
      bytes: groups?.bytes === undefined ? null : Number(groups.bytes),
      comm: groups?.comm ?? null,
      pid: null,
      module: null,
      during: null,
      message: escapeControls(input),
    }),
  };
}

/** warn_alloc() prints the comm first: at most 15 characters; udev's has parentheses. */
const COMM = '^(?:(?<comm>.{1,16}): )?';
const SIZE = '(?<bytes>\\d+)';

/** vmap allocation for size 20480 failed: use vmalloc=<size> to increase size */
const VMAP = new RegExp(`^vmap allocation for size ${SIZE} failed`);

/** Without a size: allocation failed: out of vmalloc space - use vmalloc=<size> to increase size.      (to 2.6.27; 2.6.28 has the words of later ones) */
const VMAP_OLD = /^(?:allocation failed: out of vmalloc space - |vmap allocation failed: )use vmalloc=/;

/** vmalloc_node_range for size 8192 failed: Address range restricted to 0x0 - 0x10      (since 6.12) */
const VMAP_RANGE = new RegExp(`${COMM}vmalloc_node_range for size ${SIZE} failed: `);

/** modprobe: vmalloc error: size 8192, page order 0, failed to allocate pages, mode:0xcc0(GFP_KERNEL)  (since 5.16; with __GFP_NOFAIL it tries again) */
const VMALLOC = new RegExp(`${COMM}vmalloc error: size ${SIZE}, (?!.*\\. Retrying\\.)`);

/** modprobe: vmalloc size 8192 allocation failure: page order 0 allocation failed, mode:0xcc0      (5.13 to 5.15) */
const VMALLOC_SIZE = new RegExp(`${COMM}vmalloc size ${SIZE} allocation failure: `);

/** modprobe: vmalloc: allocation failure: 12288 bytes      vmalloc: allocation failure, allocated 4096 of 12288 bytes */
const VMALLOC_OLD = new RegExp(`${COMM}vmalloc: allocation failure(?:: |, allocated \\d+ of )${SIZE} bytes`);

/** insmod: page allocation failure: order:4, mode:0x40cc0(GFP_KERNEL)      insmod: page allocation failure. order:0 */
const PAGES = /^(?<comm>.{1,16}): page allocation failure[.:] order:\d/;

/** percpu: allocation failed, size=912 align=16 atomic=0, alloc from reserved chunk failed      (PERCPU before 4.15) */
const PERCPU = new RegExp(`^(?:percpu|PERCPU): allocation failed, size=${SIZE} align=`);

/** execmem: unable to allocate memory (since 6.10)      Modules: module_alloc: unable to allocate memory (arm64, 6.5 to 6.9) */
const EXECMEM = /^(?:execmem|(?:Modules: )?module_alloc): [Uu]nable to allocate memory$/;

export const ALLOCATION_RULES: readonly Rule[] = [
  allocation('percpu', 'percpu', ': allocation failed, size=', PERCPU),
  allocation('vmap', 'vmap', 'vmap allocation for size', VMAP),
  allocation('vmap', 'vmap', 'out of vmalloc space', VMAP_OLD),
  allocation('vmap', 'vmap', 'vmap allocation failed', VMAP_OLD),
  allocation('vmap', 'vmap', 'vmalloc_node_range for size', VMAP_RANGE),
  allocation('vmap', 'vmalloc', 'vmalloc error: size', VMALLOC),
  allocation('vmap', 'vmalloc', ' allocation failure: ', VMALLOC_SIZE),
  allocation('vmap', 'vmalloc', 'vmalloc: allocation failure', VMALLOC_OLD),
  allocation('pages', 'pages', ': page allocation failure', PAGES),
  allocation('execmem', 'execmem', 'nable to allocate memory', EXECMEM),
  {
    words: [' callbacks suppressed'],
    pattern:
      /^(?:warn_alloc(?:_failed)?|(?:__)?alloc_vmap_area|(?:__)?execmem_\w+): (\d+) callbacks suppressed$/,
    facts: ([, count]) => ({ kind: 'allocations-suppressed', count: Number(count) }),
  },
  {
    // After ten of its warnings.
    words: ['percpu: limit reached'],
    pattern: /^percpu: limit reached, disable warning$/i,
    facts: () => ({ kind: 'allocations-suppressed', count: null }),
  },
];
