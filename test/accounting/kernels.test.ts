// SPDX-License-Identifier: Apache-2.0
/** Attempts on 6.5 and 7.3, 32 and 64 bits, x86 and arm64, against the truth that was logged beside each capture. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Attempt } from '../../src/accounting/model.js';
import { openCase } from '../../src/case.js';
import { moduleFile } from '../../src/model/module-name.js';
import { capturesOf, charged, joined, KERNELS, type LoggedCall, loggedCalls } from './kernels.js';
import { phasesOf } from './make.js';

/**
 * What the capture's trace adds up to, by an own reading of it: failures and bytes of each phase; null where the
 * trace has no probe of L.
 */
interface Sums {
  readonly kread: Sum;
  readonly decompress: Sum;
  readonly becoming: Sum;
  readonly load: Sum;
}
type Sum = readonly [failures: number | null, bytes: number | null];

const NONE: Sum = [0, 0];
const CAPTURES: Readonly<Record<string, Sums>> = {
  'o73-i386-fail': {
    kread: [15, 123517],
    decompress: [3, 14569],
    becoming: [25, 113368],
    load: [16, 324686],
  },
  'o73-i386-wrap': { kread: NONE, decompress: NONE, becoming: [216, 5436512640], load: NONE },
  's73-amd64-reloc': { kread: NONE, decompress: NONE, becoming: [1, 12712], load: [2, 53344] },
  's73-amd64-storm': { kread: NONE, decompress: NONE, becoming: [59, 7191188], load: [64, 13093208] },
  's73-amd64-zip': { kread: NONE, decompress: NONE, becoming: [56, 6723616], load: [82, 18370504] },
  's73-arm64-fail': {
    kread: [19, 123745],
    decompress: [4, 19494],
    becoming: [21, 183275],
    load: [5, 341252],
  },
  's65-i386-storm': { kread: NONE, decompress: [19, 433680], becoming: [35, null], load: [9, null] },
  's65-i386-vm': { kread: [19, 427961672], decompress: [24, 142560], becoming: [37, null], load: [10, null] },
};
const PHASES = ['kread', 'decompress', 'becoming', 'load'] as const;

/** The zstd decompressor of the kernel takes a truncated file for an empty one: L is 0, and it fails as an ELF file. */
const isTruncatedZstd = ({ path }: LoggedCall): boolean => path === '/bad/trunc.ko.zst';

/** What is wrong with an attempt, in words; empty where it is as logged. */
function faults(call: LoggedCall, attempt: Attempt): string[] {
  const wrong: string[] = [];
  if (attempt.errno !== call.errno) wrong.push(`errno ${attempt.errno}`);
  const failed = attempt.outcome === 'failed' || attempt.outcome === 'duplicate';
  if (call.errno === 0 && attempt.outcome !== 'loaded' && attempt.outcome !== 'coalesced')
    wrong.push(attempt.outcome);
  if ((PHASES as readonly string[]).includes(call.expect) && call.errno !== 0 && !isTruncatedZstd(call)) {
    if (attempt.phase !== call.expect || attempt.outcome !== 'failed')
      wrong.push(`${attempt.outcome} ${attempt.phase}`);
  }
  if (call.expect === 'dup' && call.errno === 17 && attempt.outcome !== 'duplicate')
    wrong.push(attempt.outcome);
  if (call.expect === 'none' && attempt.outcome !== 'refused') wrong.push(attempt.outcome);
  if (call.expect.startsWith('coalesced') && call.errno !== 0 && attempt.outcome !== 'coalesced')
    wrong.push(attempt.outcome);
  if (!failed || attempt.phase === null || attempt.phase === 'init') return wrong;
  const L = isTruncatedZstd(call) ? 0 : call.image;
  if (attempt.image !== null && attempt.phase !== 'kread' && attempt.image !== L)
    wrong.push(`L ${attempt.image}`);
  const bytes = charged({ ...call, image: L }, attempt.phase);
  const { low, high } = attempt.wasted;
  if (low > bytes || (high !== null && high < bytes)) wrong.push(`wasted ${low} to ${high}, not ${bytes}`);
  if (attempt.compressed !== null && attempt.phase !== 'kread') {
    const compressed = charged(call, 'decompress');
    if (attempt.compressed !== compressed) wrong.push(`C ${attempt.compressed}`);
  }
  return wrong;
}

describe.each(capturesOf(Object.keys(CAPTURES)))('%s', (name, folder, trace) => {
  const sums = CAPTURES[name.replace(', whole', '')];

  it('has every logged call as an attempt of its outcome, errno, phase, L and C', async () => {
    const { model } = await openCase({ inputs: [trace] });
    const wrong = joined(model, loggedCalls(folder)).flatMap(({ call, attempt }) =>
      (attempt ? faults(call, attempt) : ['no attempt']).map(
        (fault) => `${call.op} ${call.path} ${call.flags}: ${fault}`,
      ),
    );
    expect(wrong).toEqual([]);
  });

  it('adds up to the trace in each phase', async () => {
    const { model } = await openCase({ inputs: [trace] });
    expect(
      Object.fromEntries(
        (await phasesOf(model)).map(({ phase, failures, bytes }) => [
          phase,
          [failures === null ? null : Number(failures), bytes === null ? null : Number(bytes)],
        ]),
      ),
    ).toEqual(sums);
  });
});

describe('a 32-bit program on a 64-bit kernel, which raises no syscall events', () => {
  const trace = join(KERNELS, 's73-amd64-compat', 'trace.txt.xz');

  it('is known by its probes: every call that did work, with its result, phase, L and C', async () => {
    const { model, diagnostics } = await openCase({ inputs: [trace] });
    const own = loggedCalls(join(KERNELS, 's73-amd64-compat'));
    const tids = new Set(own.map(({ tid }) => tid));
    const attempts = model.attempts.filter(({ pid }) => tids.has(pid ?? -1));
    expect(attempts.every(({ byProbes }) => byProbes)).toBe(true);
    const of = (outcome: string, phase: string | null) =>
      attempts.filter((one) => one.outcome === outcome && one.phase === phase);
    const total = (some: readonly Attempt[]) => some.reduce((sum, { wasted }) => sum + wasted.low, 0);
    expect([of('duplicate', 'becoming').length, of('duplicate', 'load').length]).toEqual([66, 41]);
    // Modules of this tree that lack a symbol.
    expect(of('failed', 'load').map(({ errno }) => errno)).toEqual(Array(14).fill(2));
    expect(attempts.filter(({ outcome }) => outcome === 'unknown')).toEqual([]);
    expect(attempts.every(({ wasted }) => wasted.low === wasted.high)).toBe(true);
    const images = new Map(own.map(({ path, image }) => [moduleFile(path)?.module, image]));
    for (const { module, image, outcome } of attempts)
      if (outcome !== 'loaded') expect([module, image]).toEqual([module, images.get(module ?? '')]);
    expect(total(attempts)).toBe(7924044 + 9810884);
    expect(diagnostics.filter(({ code }) => code === 'trace-syscalls-missing')).toMatchObject([
      { count: 136 },
    ]);
  });

  it('leaves the 64-bit program beside it as it was', async () => {
    const { model } = await openCase({ inputs: [trace] });
    const pairs = joined(model, loggedCalls(join(KERNELS, 's73-amd64-compat'), 'truth-2.tsv'));
    expect(pairs.flatMap(({ call, attempt }) => (attempt ? faults(call, attempt) : ['none']))).toEqual([]);
  });
});

describe('probes whose form is another architecture’s', () => {
  const trace = join(KERNELS, 's65-i386-readme', 'trace.txt.xz');

  it('are contradicted by what was read, and their lengths are not used', async () => {
    const { model, diagnostics } = await openCase({ inputs: [trace] });
    expect(diagnostics.filter(({ code }) => code === 'trace-probe-contradiction')).toHaveLength(1);
    const pairs = joined(model, loggedCalls(join(KERNELS, 's65-i386-readme')));
    const failed = pairs.filter(
      ({ attempt }) => attempt?.outcome === 'failed' || attempt?.outcome === 'duplicate',
    );
    expect(failed.length).toBeGreaterThan(30);
    for (const { call, attempt } of failed) {
      if (!attempt) throw new Error(call.path);
      expect(attempt.image).not.toBe(0);
      expect(attempt.errno).toBe(call.errno);
      const { low, high } = attempt.wasted;
      // Without a probe on the patient check, the phase of most is not told: becoming and load both stay possible.
      const least = charged(call, attempt.phase ?? 'becoming');
      const most = charged(call, attempt.phase ?? 'load');
      expect(low).toBeLessThanOrEqual(least);
      expect(high ?? most).toBeGreaterThanOrEqual(most);
    }
  });

  it('give a phase only where the kernel source decides it', async () => {
    const { model } = await openCase({ inputs: [trace] });
    const pairs = joined(model, loggedCalls(join(KERNELS, 's65-i386-readme')));
    const phases = ['kread', 'decompress', 'becoming', 'load'];
    for (const { call, attempt } of pairs) {
      if (attempt?.phase == null || !phases.includes(call.expect)) continue;
      // 6.5 has no MODULE_DECOMPRESS here: flag 4 ends in decompress whatever else is wrong with the file.
      const expected = call.flags === 4 && call.expect !== 'kread' ? 'decompress' : call.expect;
      expect([call.path, attempt.phase]).toEqual([call.path, expected]);
    }
  });
});
