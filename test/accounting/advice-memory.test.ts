// SPDX-License-Identifier: Apache-2.0
/** Advice on allocations that failed: physical pages are another matter than the address space. */
import { describe, expect, it } from 'vitest';
import { caseOf } from '../../src/case.js';
import { readBytes } from '../forms/read.js';
import { advise, allocation } from './advice-evidence.js';

type Evidence = Parameters<typeof advise>[0];
const words = (some: Evidence): string[] => advise(some).map(({ kind, text }) => `${kind}: ${text}`);

const pages = (order: number, some: object = {}) =>
  allocation('pages', null, {
    message: `insmod: page allocation failure: order:${order}, mode:0xc0d0`,
    ...some,
  });

describe('what to do about memory', () => {
  it.each([
    [[pages(0)], 'memory-exhausted: Free memory before loading: there was no page left.'],
    [
      [pages(0), pages(8), pages(2)],
      'memory-exhausted: Free memory or compact it (/proc/sys/vm/compact_memory) before loading: no block of 256 contiguous pages was free, as memory was low or fragmented.',
    ],
    [
      [pages(8, { during: 'init' })],
      'memory-exhausted: Load it early in the boot, or have its driver ask for smaller blocks: no block of 256 contiguous pages was free for its init, as memory was low or fragmented.',
    ],
    [
      [
        allocation('vmap', null, {
          message: 'modprobe: vmalloc error: size 8192, page order 0, failed to allocate pages, mode:0xcc0',
        }),
      ],
      'memory-exhausted: Free memory before loading: there was no page left.',
    ],
    [
      [allocation('vmap', null, { during: 'read' })],
      'vmalloc-exhausted: Load fewer or smaller modules at a time: the vmalloc area had no room.',
    ],
    [
      [allocation('vmap', null, { during: 'read' }), allocation('vmap', null, { during: 'image' })],
      'vmalloc-exhausted: Load fewer or smaller modules at a time: the address space for modules had no room.',
    ],
  ])('%#', (allocationFailures, expected) => {
    expect(words({ allocationFailures })).toEqual([expected]);
  });

  it('keeps pages and the area apart', () => {
    expect(words({ allocationFailures: [pages(1), allocation('execmem')] })).toHaveLength(2);
  });
});

const adviceOn = async (text: string): Promise<string[]> => {
  const { model } = caseOf(await readBytes({ bytes: Buffer.from(text) }));
  return model.advice.map(({ kind, text: said, calls }) => `${kind} ${calls}: ${said}`);
};
const PAGES = '[2685596.666280] insmod: page allocation failure: order:8, mode:0xc0d0';

describe('a log', () => {
  it('whose driver asks for a large block in its init', async () => {
    const frames = ['hpt_detect+0x1/0x2 [rr62x]', 'do_one_initcall+0x1/0x2', 'sys_init_module+0x1/0x2'];
    const lines = [PAGES, 'Pid: 7, comm: insmod Not tainted 3.2.0', 'Call Trace:', ...frames];
    const [said, ...more] = await adviceOn(`${lines.join('\n[2685596.666290] ')}\n`);
    expect(said).toMatch(/^memory-exhausted 1: Load it early/);
    expect(more).toEqual([]);
  });

  it('whose file found no room', async () => {
    const lines = [
      '[   5.000001] modprobe: vmalloc error: size 1189956, vm_struct allocation failed, mode:0xcc0(GFP_KERNEL)',
      '[   5.000002] CPU: 1 PID: 7 Comm: modprobe Not tainted 6.1.0 #1',
      '[   5.000003] Call Trace:',
      '[   5.000004]  kernel_read_file+0x1/0x2',
      '[   5.000005]  __do_sys_finit_module+0x1/0x2',
    ];
    expect(await adviceOn(`${lines.join('\n')}\n`)).toEqual([
      'vmalloc-exhausted 1: Load fewer or smaller modules at a time: the vmalloc area had no room.',
    ]);
  });
});

describe('a line that is there twice', () => {
  it.each([
    ['with an empty line between', `**${PAGES}**\n\n**${PAGES}**\n`, 1],
    ['right behind the other', `${PAGES}\n${PAGES}\n`, 1],
    ['at other times', `${PAGES}\n${PAGES.replace('280', '281')}\n`, 2],
    ['in a whole millisecond', `${PAGES}\n${PAGES}\n`.replaceAll('280', '000'), 2],
  ])('%s', async (_, text, expected) => {
    const { model } = caseOf(await readBytes({ bytes: Buffer.from(text) }));
    expect(model.allocationFailures.map(({ what }) => what)).toEqual(Array(expected).fill('pages'));
  });

  it.each([
    '[  190.230200] dummy_hcd: Unknown relocation type 57',
    "[  190.230200] foo: version magic '5.4.0 SMP mod_unload ' should be '5.4.1 SMP mod_unload '",
    '[  190.230200] foo: disagrees about version of symbol module_layout',
  ])('is one failed load: %s', async (line) => {
    const { model } = caseOf(await readBytes({ bytes: Buffer.from(`${line}\n${line}\n`) }));
    expect(model.failures.map(({ times }) => times)).toEqual([1]);
  });
});
