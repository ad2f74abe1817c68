// SPDX-License-Identifier: Apache-2.0
/** What a program says that only loads modules is looked at in whatever words, also where lines are skipped. */
import { expect, it } from 'vitest';
import { openCase } from '../../src/case.js';

const STAMP = '2023-11-14T08:00:01+01:00 host ';
const QUIET = Array.from({ length: 400 }, (_, n) => `${STAMP}cron[12]: (root) CMD (run ${n})`);

it.each([
  'init[1]: [talos] controller failed {"error": "error loading module \\"drbd\\": load drbd failed: exec format error"}',
  'init[1]: booster: finit(xfs): exec format error',
  'kernel: booster: finit(xfs): exec format error',
  "sh[9]: ERROR: Unable to load the kernel module 'nvidia.ko'.  This happens most frequently when",
  'sh[9]: -> Kernel module load error: No such device',
  'gpu[9]: failed to load module nvidia (/x/nvidia.ko): failed to run command `insmod /x/nvidia.ko`: exit status 1',
  "sh[9]: ERROR: could not insert 'splat': Operation not permitted",
  'wifi[9]: finit_module return: -1: Required key not available',
  'modprobe[9]: Failed to load module /system_dlkm/lib/modules/6lowpan.ko: Permission denied',
  'cardmgr[9]: + FATAL: Module memory_cs not found.',
  'kmodloader[9]: failed to mmap /lib/modules/4.14.50/mt7620.ko',
])('a message that a rule takes is in the lines that are read: %s', async (message) => {
  const text = [...QUIET, `${STAMP}${message}`, ...QUIET, ''].join('\n');
  const counts: unknown[] = [];
  for (const prefilter of [true, false]) {
    const bytes = new TextEncoder().encode(text);
    const { model } = await openCase({ inputs: [{ name: 'syslog', bytes }], prefilter });
    counts.push(model.failures.length + model.problems.length);
  }
  expect(counts).toEqual([1, 1]);
});

it.each([
  'systemd-modules-load[300]',
  'systemd-modules[300]',
  'modprobe[300]',
  'insmod[300]',
  'kmod[300]',
  'kmodloader[300]',
])('%s', async (program) => {
  const unknown = `${STAMP}${program}: msr: Operation not permitted`;
  const text = [...QUIET, unknown, ...QUIET, unknown, ...QUIET, ''].join('\n');
  const counts: unknown[] = [];
  for (const prefilter of [true, false]) {
    const bytes = new TextEncoder().encode(text);
    const { diagnostics } = await openCase({ inputs: [{ name: 'syslog', bytes }], prefilter });
    counts.push(diagnostics.find(({ code }) => code === 'loading-not-understood')?.count);
  }
  expect(counts).toEqual([2, 2]);
});
