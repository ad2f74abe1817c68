// SPDX-License-Identifier: Apache-2.0
/** Small captures of 6.5 and 7.3, each of one thing that was read wrongly. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCase } from '../../src/case.js';
import { KERNELS } from './kernels.js';
import { build, phasesOf, Trace } from './make.js';

const open = (...names: string[]) => openCase({ inputs: names.map((name) => join(KERNELS, 'cases', name)) });

async function lastAttempt(name: string) {
  return (await open(name)).model.attempts.at(-1);
}

describe('a read of a compressed module', () => {
  it.each(['id7/id2-kread-fails.txt', 'id7/id7-kread-fails.txt'])(
    '%s: is a module’s, by either id',
    async (name) => {
      expect(await lastAttempt(name)).toMatchObject({
        outcome: 'failed',
        phase: 'kread',
        module: 'fat',
        errno: 12,
        wasted: { low: 0, high: 0 },
      });
    },
  );

  it('counts the duplicates of a trace without other probes: none of them is free', async () => {
    const { model } = await open('id7/read-probe-only-id7.txt.xz');
    const duplicates = model.attempts.filter(({ outcome }) => outcome === 'duplicate');
    expect(duplicates.length).toBeGreaterThanOrEqual(68);
    expect(duplicates.every(({ wasted }) => wasted.high !== 0)).toBe(true);
  });

  it('is one under an id that no kernel has so far, and firmware that an init reads is none', () => {
    const trace = new Trace()
      .finit(2)
      .probe(2, { fact: 'read', file: 'net.ko', id: 9, ret: -5 })
      .exit(2, -5)
      .finit(3)
      .read(3, 900, 'gpu.ko')
      .loaded(3, 'gpu')
      .probe(3, { fact: 'read', file: 'gpu.bin', id: 1, ret: -2 })
      .exit(3, -5);
    const [net, gpu, ...more] = build({ events: trace.events }).model.attempts;
    expect(net).toMatchObject({ outcome: 'failed', phase: 'kread', module: 'net' });
    expect(gpu).toMatchObject({ outcome: 'failed', phase: 'init', module: 'gpu' });
    expect(more).toEqual([]);
  });

  it('by firmware code outside of any call is no load call', () => {
    const trace = new Trace()
      .finit(2)
      .exit(2, 0)
      .probe(3, { fact: 'read', file: 'gpu.bin', id: 1, ret: 4096 });
    expect(build({ events: trace.events }).model.attempts).toHaveLength(1);
  });
});

describe('what came with 7.x', () => {
  it('counts a refusal after decompression as a kread of no bytes', async () => {
    const { model } = await open('73forms/a-lsm-after-decompress.txt');
    expect(model.attempts.at(-1)).toMatchObject({
      outcome: 'failed',
      phase: 'kread',
      wasted: { low: 0, high: 0 },
    });
    expect((await phasesOf(model)).map(({ failures, bytes }) => [failures, bytes])).toEqual([
      [1n, 0n],
      [0n, 0n],
      [0n, 0n],
      [0n, 0n],
    ]);
  });

  it.each([
    ['73forms/b612-init-eexist.txt', 17],
    ['73forms/b73-init-eexist.txt', 16],
  ])('%s: an init that returns EEXIST is no duplicate, whatever the call returns', async (name, errno) => {
    expect(await lastAttempt(name)).toMatchObject({
      outcome: 'failed',
      phase: 'init',
      errno,
      wasted: { high: 0 },
    });
  });

  it('charges a namespace import that is refused to load', async () => {
    expect(await lastAttempt('73forms/c-eperm-load.txt')).toMatchObject({
      outcome: 'failed',
      phase: 'load',
      image: 89279,
      wasted: { low: 178558, high: 178558 },
    });
  });
});

describe('a compressed file on a kernel without MODULE_DECOMPRESS', () => {
  it('fails in decompress, with what was read', async () => {
    const { model } = await open('eopnotsupp/trace.txt');
    expect(model.attempts[1] ?? model.attempts[0]).toBeDefined();
    expect(model.attempts.find(({ errno }) => errno === 95)).toMatchObject({
      outcome: 'failed',
      phase: 'decompress',
      compressed: 9488,
      wasted: { low: 9488, high: 9488 },
    });
  });
});

describe('failures with their messages', () => {
  it('are one failure where the message names no module', async () => {
    const { model } = await open('elf-double');
    expect(model.failures).toMatchObject([{ reason: 'elf', module: 'trunc', phase: 'becoming', times: 1 }]);
  });

  it.each(['amd64', 'arm64'])(
    'have load and relocation for a relocation on %s; without the message, other',
    async (arch) => {
      const { model } = await open(`reloc/trace-${arch}.txt`, `reloc/dmesg-${arch}.txt`);
      expect(model.failures).toMatchObject([
        { reason: 'relocation', module: 'nls_cp865', phase: 'load', errno: 8, times: 2 },
      ]);
      const alone = await open(`reloc/trace-${arch}.txt`);
      expect(alone.model.failures).toMatchObject([{ reason: 'other', phase: 'load', times: 2 }]);
    },
  );

  it('of reads for want of memory have that reason', async () => {
    const { model } = await open('read-enomem');
    expect(model.failures.filter(({ phase }) => phase === 'kread')).toMatchObject([
      { reason: 'memory', errno: 12, times: 2 },
    ]);
  });
});

describe('a probe of a 64-bit form on 32 bits', () => {
  it('is contradicted by the read, and L stays open', async () => {
    const { model, diagnostics } = await open('readme32');
    expect(diagnostics.filter(({ code }) => code === 'trace-probe-contradiction')).toMatchObject([
      { count: 1 },
    ]);
    expect(model.attempts).toMatchObject([{ outcome: 'failed', image: null, phase: null }]);
    expect(model.attempts[0]?.wasted.high).toBe(6000);
    expect(model.boots[0]?.trace?.probes).not.toContain('load_module');
  });
});
