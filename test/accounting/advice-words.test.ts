// SPDX-License-Identifier: Apache-2.0
/** The words of advice, and what each piece of it would save, on small evidence. */
import { describe, expect, it } from 'vitest';
import type { AdviceEvidence } from '../../src/accounting/advice/evidence.js';
import type { Boot } from '../../src/accounting/model.js';
import {
  advise,
  allocation,
  attempt,
  BOOT,
  cite,
  failure,
  listed,
  on,
  problem,
  race,
  request,
  two,
} from './advice-evidence.js';

type Evidence = Partial<AdviceEvidence>;

/** The rows that a table names, each as `kind: text`. */
const words = (some: Evidence): string[] => advise(some).map(({ kind, text }) => `${kind}: ${text}`);

const option = (name: string, value: string) => ({ boot: 1, name, value, release: '6.1.0', cite });
const init = (module: string, seconds: number) =>
  problem('slow-init', { module, durationNs: BigInt(Math.round(seconds * 1e9)) });

describe('what to do about duplicates', () => {
  it.each<[string, Evidence, string[]]>([
    [
      'that udev made',
      { attempts: two({}) },
      [
        "one-requester: Load these modules once, before udev's coldplug (modules-load.d, initramfs): udev workers load them again for each device event.",
        'live-modules: Check /sys/module/NAME/initstate first: the module was already live.',
      ],
    ],
    [
      'that a program made',
      { attempts: two({ requester: 'modprobe', comm: 'modprobe', parentComm: 'racer' }) },
      [
        'one-requester: Load each module once: modprobe run by racer loads modules that are already loaded or being loaded.',
        'live-modules: Check /sys/module/NAME/initstate first: the module was already live.',
      ],
    ],
    [
      'one for each CPU',
      { boot: on('6.12.1', 8), attribution: [listed('a', 7n), listed('b', 14n), listed('c', 3n)] },
      [
        'one-per-cpu: Load these modules once (modules-load.d, a softdep, one udev rule). 2 of these 3 modules have 7 duplicates on 8 CPUs, or a multiple of 7: perhaps one load per CPU.',
      ],
    ],
    [
      'one for each CPU, as a trace shows',
      {
        boot: on('6.12.1', 8),
        attribution: [listed('a', 7n), listed('b', 7n)],
        attempts: ['a', 'b'].map((module) => attempt({ module, concurrent: 2 })),
      },
      [
        "one-requester: Load these modules once, before udev's coldplug (modules-load.d, initramfs): udev workers load them again for each device event. 2 of these 2 modules were loaded once per CPU: 7 duplicates on 8 CPUs, or a multiple of 7.",
        'live-modules: Check /sys/module/NAME/initstate first: the module was already live.',
      ],
    ],
    [
      'as many as that in a row',
      {
        boot: on('6.12.1', 8),
        attribution: [listed('a', 7n), listed('b', 7n)],
        attempts: ['a', 'b'].map((module) => attempt({ module, concurrent: 1 })),
      },
      [
        "one-requester: Load these modules once, before udev's coldplug (modules-load.d, initramfs): udev workers load them again for each device event.",
        'live-modules: Check /sys/module/NAME/initstate first: the module was already live.',
      ],
    ],
    [
      'of what user space unpacked',
      { attempts: race({ call: 'init_module' }) },
      [
        'user-space-decompression: Let the kernel decompress (needs kmod 31 or later and CONFIG_MODULE_DECOMPRESS=y) or ship modules uncompressed: init_module calls are never coalesced.',
      ],
    ],
    [
      'of what user space unpacked, on a kernel that cannot',
      {
        boot: on('6.1.0'),
        attempts: race({ call: 'init_module' }),
        kernelOptions: [option('MODULE_DECOMPRESS', 'n')],
      },
      [
        'user-space-decompression: Let the kernel decompress (needs kmod 31 or later, CONFIG_MODULE_DECOMPRESS=y (not set in this kernel) and Linux 6.5 or later) or ship modules uncompressed: init_module calls are never coalesced.',
      ],
    ],
    [
      'on a kernel that does not coalesce',
      { boot: on('6.1.0'), attempts: race({}) },
      [
        'kernel-without-coalescing: Update to Linux 6.5 or later, which coalesces concurrent finit_module calls for one file; 6.1.0 runs each in full.',
      ],
    ],
    [
      'that nothing explains',
      { attribution: [listed('a', 3n)] },
      [
        'duplicates: Find what loads these modules more than once: this kernel coalesces concurrent finit_module calls for one file, so these came through init_module or one after another.',
      ],
    ],
    [
      'that nothing explains, of an unknown kernel',
      { boot: on(null), attribution: [listed('a', 3n)] },
      ['duplicates: Find what loads these modules more than once.'],
    ],
  ])('%s', (_, some, expected) => {
    expect(words(some)).toEqual(expected);
  });
});

describe('what to do about the rest', () => {
  it.each<[string, Evidence, string[]]>([
    [
      'a small vmalloc area that wasted loads filled',
      { boot: { ...BOOT, wordBits: 32, wasted: 1n } as Boot, allocationFailures: [allocation('vmap')] },
      [
        'vmalloc-exhausted: Stop the wasted loads first: they held the small vmalloc area while allocations failed; a larger area only moves the limit.',
      ],
    ],
    [
      'a small vmalloc area',
      { boot: { ...BOOT, wordBits: 32 } as Boot, allocationFailures: [allocation('vmap')] },
      [
        'vmalloc-exhausted: Load fewer or smaller modules at a time: the small vmalloc area had no room; vmalloc=SIZE enlarges it.',
      ],
    ],
    [
      'a large one',
      { boot: { ...BOOT, wordBits: 64 } as Boot, allocationFailures: [allocation('execmem')] },
      [
        'vmalloc-exhausted: Load fewer or smaller modules at a time: the address space for modules had no room.',
      ],
    ],
    [
      'per-CPU memory',
      { allocationFailures: [allocation('percpu')] },
      [
        'percpu-exhausted: Load fewer modules with per-CPU data: the area reserved for modules is full (PERCPU_MODULE_RESERVE, fixed at build time).',
      ],
    ],
    [
      'slow inits, the longest three named',
      { problems: [init('a', 6.04), init('b', 29.96), init('c', 5), init('d', 7.25)] },
      [
        'slow-inits: Load these modules after boot, or probe asynchronously (async_probe): b took 30.0 s, d took 7.3 s, a took 6.0 s.',
      ],
    ],
    [
      'a slow init',
      { problems: [init('a', 5)] },
      ['slow-inits: Load this module after boot, or probe asynchronously (async_probe): a took 5.0 s.'],
    ],
    [
      'requests that had to wait',
      { problems: [problem('throttled')] },
      [
        'throttling: Find what keeps requesting these modules, or the modprobe that hangs: request_module ran out of slots (kmod busy).',
      ],
    ],
    [
      'requests that were refused',
      { problems: [problem('throttled'), problem('refused-request')] },
      [
        'throttling: Find what keeps requesting these modules, or the modprobe that hangs: request_module ran out of slots (kmod busy) and refused requests.',
      ],
    ],
    [
      'a load that hangs, of a known module',
      { problems: [problem('unfinished-init')] },
      [
        'stuck-loads: Load this module later, or blacklist it, until its init is fixed: a load of it did not return.',
      ],
    ],
    [
      'a worker that is slow',
      { problems: [problem('slow-worker', { module: null }), problem('killed-worker', { module: null })] },
      [
        'stuck-loads: See which device the worker handles (`udevadm info`) and, by its stack, what it waits for: often a load that does not return.',
      ],
    ],
    [
      'a load that hangs, of no known module',
      { problems: [problem('stuck-load', { module: null }), problem('slow-worker', { module: null })] },
      [
        "stuck-loads: Read the task's stack in the log, and `udevadm info` of its device, to identify the module: a load did not return.",
      ],
    ],
    [
      'a crash',
      { problems: [problem('crashed-load')] },
      [
        'crashed-loads: Report the oops, and blacklist the module until it is fixed: the kernel crashed while loading it.',
      ],
    ],
    [
      'requests that were denied',
      { problems: [problem('failed-request'), problem('denied-request')] },
      [
        'failed-requests: Allow it in the security policy (module_request, sys_module), or stop the task that triggers it: requests were denied.',
      ],
    ],
    [
      'requests that failed',
      { problems: [problem('failed-request')] },
      ['failed-requests: Run modprobe by hand to see why: requests by the kernel failed.'],
    ],
    [
      'requests that repeat',
      {
        requests: [
          request('fs-xfs'),
          request('fs-xfs'),
          request('fs-ext3'),
          { ...request('fs-xfs'), duplicate: false },
        ],
      },
      [
        'repeated-requests: Use try_then_request_module(), or keep one request in flight: the kernel asked again while it ran, or up to 60 s later (fs-xfs 2 times).',
      ],
    ],
    [
      'inits that fail over and over',
      {
        failures: [
          failure('init', { phase: 'init', times: 1 }),
          failure('init', { phase: 'init', errno: 5 }),
        ],
      },
      [
        'failed-inits: Blacklist these modules, or fix what keeps requesting them: their inits failed repeatedly, each after a full load.',
      ],
    ],
  ])('%s', (_, some, expected) => {
    expect(words(some)).toEqual(expected);
  });

  it('hurries where something hangs, is refused, has no room, or holds the boot for half a minute', () => {
    const hurries = (...problems: ReturnType<typeof problem>[]) =>
      advise({ problems, failures: [failure('vermagic')] })[0]?.kind !== 'vermagic';
    expect(hurries(problem('stuck-load'))).toBe(true);
    expect(hurries(problem('crashed-load'))).toBe(true);
    expect(hurries(problem('refused-request'))).toBe(true);
    expect(hurries(problem('failed-unit', { who: 'a.service' }))).toBe(true);
    expect(hurries(init('a', 30))).toBe(true);
    expect(hurries(init('a', 29.999))).toBe(false);
    expect(hurries(problem('slow-init'))).toBe(false);
    expect(hurries(problem('throttled'))).toBe(false);
    expect(hurries(problem('not-found'))).toBe(false);
    expect(hurries(problem('failed-request'))).toBe(false);
    expect(advise({ requests: [request('a'), request('a')], failures: [failure('vermagic')] })[0]?.kind).toBe(
      'vermagic',
    );
  });
});
