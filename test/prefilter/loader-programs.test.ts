// SPDX-License-Identifier: Apache-2.0
/** What a program says that only loads modules is looked at in whatever words, also where lines are skipped. */
import { expect, it } from 'vitest';
import { openCase } from '../../src/case.js';

const STAMP = '2023-11-14T08:00:01+01:00 host ';
const QUIET = Array.from({ length: 400 }, (_, n) => `${STAMP}cron[12]: (root) CMD (run ${n})`);

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
