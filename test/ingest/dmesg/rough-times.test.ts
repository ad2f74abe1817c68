// SPDX-License-Identifier: Apache-2.0
/** How far the times of a log may be from those that printk stamped: the clock of its source says so. */
import { expect, it } from 'vitest';
import { read } from './read.js';

const FAILED = 'percpu: allocation failed, size=20000 align=32 atomic=0, alloc from reserved chunk failed';

it.each<[string, string, bigint | undefined]>([
  ['dmesg', `[   43.793706] fuse: init\n[   49.439235] ${FAILED}`, undefined],
  ['dmesg -H', `[Nov22 10:25] fuse: init\n[  +3.893058] ${FAILED}`, 60_000_000_000n],
  ['dmesg --time-format delta', `[<    0.000000>] fuse: init\n[<    3.893058>] ${FAILED}`, 60_000_000_000n],
  [
    'dmesg -T',
    `[Sun Nov 22 10:25:15 2026] Linux version 6.12.0 (a@b) (gcc 12.2.0) #1 SMP Thu Jan 1 00:00:00 UTC 2026\n[Sun Nov 22 10:25:21 2026] ${FAILED}`,
    1_000_000_000n,
  ],
])('%s', async (_form, text, roughNs) => {
  expect((await read(`${text}\n`)).clock?.roughNs).toBe(roughNs);
});
