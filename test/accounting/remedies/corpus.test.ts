// SPDX-License-Identifier: Apache-2.0
/** Remedies against captures in which they were applied; runs where those captures are at hand. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { maskOf, type Remedy, savingsOf } from '../../../src/accounting/remedies/types.js';
import { openCase } from '../../../src/case.js';
import { CORPUS, has } from '../../corpus/index.js';

async function boot(...files: readonly string[]) {
  const { model } = await openCase({ inputs: files.map((file) => join(CORPUS, file)) });
  const [row] = model.boots;
  const [remedies] = model.remedies;
  if (!row || !remedies) throw new Error('no boot');
  const of = (...names: readonly Remedy[]) => savingsOf(remedies, maskOf(...names));
  const others = model.failures.reduce((sum, { wasted }) => sum + (wasted ?? 0n), 0n);
  return { wasted: row.wasted ?? 0n, others, of };
}

describe.runIf(has('s15-real-modprobe'))('modprobe with files that it unpacks, and with plain ones', () => {
  const run = (name: string) =>
    boot(
      `s15-real-modprobe/${name}`,
      's15-real-modprobe/dmesg/plain.txt',
      's15-real-modprobe/modules-find-printf.txt',
    );

  it('nothing was wasted with plain files: handing them over saves nearly all', async () => {
    const [plain, unpacked] = [await run('run1'), await run('run2')];
    expect(plain.wasted).toBe(0n);
    expect(unpacked.wasted).toBe(337_923_824n);
    const alone = unpacked.of('finit-module');
    // 29 calls came when the module was live: unpacking takes time between modprobe's own look and the call, which
    // plain files do not take. With the look just before the call, the prediction holds what was seen.
    const both = unpacked.of('finit-module', 'check-initstate');
    // Three loads of lab_percpu, which only that run has, failed for want of per-CPU memory.
    expect(unpacked.others).toBe(150_288n);
    const difference = unpacked.wasted - unpacked.others - plain.wasted;
    expect(alone.low).toBeGreaterThan((difference * 97n) / 100n);
    expect(both.low).toBeLessThanOrEqual(difference);
    expect(both.high).toBeGreaterThanOrEqual(difference);
  });
});

describe.runIf(has('r1-stock612-xz-twoboot-sos'))('the same kernel with kmod 30 and kmod 34', () => {
  it('differ as finit_module in place of init_module predicts', async () => {
    const of = (folder: string) =>
      boot(
        ...['trace.txt.xz', 'dmesg.plain.txt.xz', 'find-modules.txt.xz'].map((file) => `${folder}/${file}`),
      );
    const old = await of('r1-stock612-xz-twoboot-sos/boot1');
    const fresh = await of('r4-stock-trixie-xz-probes-sos/boot1');
    const saved = old.of('finit-module');
    const difference = old.wasted - fresh.wasted;
    expect(fresh.wasted).toBe(0n);
    expect(saved.low).toBeLessThanOrEqual(difference);
    expect(saved.high).toBeGreaterThanOrEqual(difference);
    expect(saved.low).toBeGreaterThan((difference * 9n) / 10n);
  });
});
