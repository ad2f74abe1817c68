// SPDX-License-Identifier: Apache-2.0
/**
 * /proc/vmstat: virtual memory counters since boot, one per line, `name count` (mm/vmstat.c:vmstat_text). Reads those about
 * vmalloc and failed allocations.
 */
import { lineByLine } from './sniff.js';

const LINE =
  /^(?:nr_|numa_|pg|pswp|allocstall|compact_|thp_|unevictable_|workingset_|oom_kill|kswapd_|balloon_|drop_|swap_|zone_|slabs_|htlb_|vma_|nr_tlb_|direct_map_|cma_|swpin|swpout|zsw|ksm_|cow_)\w* \d+$/;
const ANY = /^[a-z][a-z0-9_]* \d+$/;

/**
 * `nr_vmalloc` (pages of vmalloc areas, since 7.0); direct reclaim, per zone since 4.10; compaction stalls and failures;
 * the OOM killer (since 4.13).
 */
const READ = /^(nr_vmalloc|allocstall\w*|compact_(?:stall|fail)|oom_kill) (\d+)$/;

export const vmstat = lineByLine(
  {
    name: 'vmstat',
    title: '/proc/vmstat',
    priority: 573,
    places: ['proc/vmstat'],
    needles: ['nr_vmalloc', 'allocstall', 'compact_', 'oom_kill'],
  },
  [{ form: '/proc/vmstat', line: LINE, also: ANY, share: 80, minLines: 5, confidence: 90, word: 'nr_' }],
  (context, text, line) => {
    const [, name, count] = READ.exec(text.trim()) ?? [];
    if (name !== undefined)
      context.emit({ kind: 'memory-counter', line, t: null, name, count: Number(count) });
  },
);
