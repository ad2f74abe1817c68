// SPDX-License-Identifier: Apache-2.0
/** A number that no kernel prints makes no line disappear: what the line reports stays, without the number. */
import { describe, expect, it } from 'vitest';
import { type OpenedCase, openCase } from '../../src/index.js';

const ABSURD = '99999999999999999999999';
const HEAD = '[    0.000000] Linux version 6.12.0 (a@b) (gcc) #1 SMP';

async function opened(...lines: string[]): Promise<OpenedCase> {
  return openCase({
    inputs: [{ name: 'dmesg.txt', bytes: Buffer.from(`${[HEAD, ...lines].join('\n')}\n`) }],
  });
}

async function saidOf(read: OpenedCase): Promise<unknown[]> {
  return (await read.query('diagnostics')).map(({ code, count }) => [code, count]);
}

describe('a failed allocation', () => {
  it.each([
    `vmap allocation for size ${ABSURD} failed: use vmalloc=<size> to increase size`,
    `vmalloc_node_range for size ${ABSURD} failed: Address range restricted to 0x0 - 0x10`,
    `modprobe: vmalloc error: size ${ABSURD}, page order 0, failed to allocate pages, mode:0xcc0`,
    `modprobe: vmalloc size ${ABSURD} allocation failure: page order 0 allocation failed, mode:0xcc0`,
    // A size that overflowed in the kernel.
    'modprobe: vmalloc: allocation failure: 18446744073709547520 bytes',
    `percpu: allocation failed, size=${ABSURD} align=16 atomic=0, alloc from reserved chunk failed`,
    `foo: Could not allocate ${ABSURD} bytes percpu data`,
  ])('%s', async (message) => {
    const read = await opened(`[    1.000000] ${message}`);
    expect(await read.query('allocation-failures')).toMatchObject([{ bytes: null, t: '1.000000' }]);
    expect(await saidOf(read)).toEqual([['number-out-of-range', 1n]]);
    expect(await read.query('verdict')).toMatchObject([{ verdict: 'trouble' }]);
  });
});

describe('what is failed, stuck or throttled', () => {
  it.each<[string, string, object]>([
    [
      `foo: Unknown symbol bar (err -${ABSURD})`,
      'failures',
      { reason: 'unknown-symbol', module: 'foo', errno: null },
    ],
    [
      'foo: Unknown symbol bar (err -5000)',
      'failures',
      { reason: 'unknown-symbol', module: 'foo', errno: null },
    ],
    [
      `failed to validate module [foo] BTF: -${ABSURD}`,
      'failures',
      { reason: 'btf', module: 'foo', errno: null },
    ],
    [
      `initcall foo_init+0x0/0x1000 [foo] returned -19 after ${ABSURD} usecs`,
      'failures',
      { reason: 'init', module: 'foo' },
    ],
    [`INFO: task modprobe:${ABSURD} blocked for more than 120 seconds.`, 'problems', { who: 'modprobe' }],
    [
      `INFO: task modprobe:77 blocked for more than ${ABSURD} seconds.`,
      'problems',
      { who: 'modprobe:77', duration_s: null },
    ],
    [
      `request_module: modprobe fs-xfs cannot be processed, kmod busy with ${ABSURD} threads for more than 5 seconds now`,
      'problems',
      { module: 'fs-xfs', message: expect.stringContaining('busy with an unknown number of threads') },
    ],
  ])('%s', async (message, query, row) => {
    const read = await opened(`[    1.000000] ${message}`);
    expect(await read.query(query as 'failures')).toMatchObject([row]);
    expect(await saidOf(read)).toEqual([['number-out-of-range', 1n]]);
  });

  it('counts suppressed messages whose number is absurd', async () => {
    const read = await opened(
      '[    1.000000] vmap allocation for size 8192 failed: use vmalloc=<size> to increase size',
      `[    2.000000] warn_alloc: ${ABSURD} callbacks suppressed`,
    );
    expect(read.model.allocationFailures).toMatchObject([{ bytes: 8192, suppressed: 1 }]);
    expect(await saidOf(read)).toContainEqual(['number-out-of-range', 1n]);
  });
});

describe('a time of more than 300 years', () => {
  it.each([`[${ABSURD}.000000] `, `<4>[${ABSURD}.000000] `, `[${ABSURD}.000000] [   T12] `])(
    '%s',
    async (stamp) => {
      const read = await opened(
        '[    1.000000] usb 1-1: new device',
        `${stamp}foo: Unknown symbol bar (err -2)`,
      );
      expect(await read.query('failures')).toMatchObject([{ module: 'foo', first_t: null }]);
      expect(await saidOf(read)).toEqual([['number-out-of-range', 1n]]);
    },
  );

  it('leaves open whether all is well, where the message had to be left out', async () => {
    const read = await opened('[9999999999.000000] foo: Unknown symbol bar (err -2)');
    expect(await saidOf(read)).toContainEqual(['number-out-of-range', 1n]);
    expect(await read.query('verdict')).toMatchObject([{ verdict: 'unclear' }]);
  });
});

it('tells of a CPU count, an area of memory and a file size that no kernel has', async () => {
  const read = await opened(
    `[    1.000000] smp: Brought up 1 node, ${ABSURD} CPUs`,
    '[    1.100000]     vmalloc : 0xf0000000 - 0xe0000000   ( 248 MB)',
  );
  expect(await saidOf(read)).toEqual([['number-out-of-range', 2n]]);
  expect(await read.query('boots')).toMatchObject([{ cpus: null }]);
  const listing = `5641 /lib/modules/6.12/a.ko\n${ABSURD} /lib/modules/6.12/b.ko\n`;
  const list = await openCase({ inputs: [{ name: 'list', bytes: Buffer.from(listing) }] });
  expect(await saidOf(list)).toEqual([['number-out-of-range', 1n]]);
});
