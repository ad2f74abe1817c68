// SPDX-License-Identifier: Apache-2.0
/** What looks like a problem of a load and is none: jobs in progress, removals, other system calls of a loader. */
import { describe, expect, test } from 'vitest';
import { caseOf } from '../../../src/case.js';
import { readBytes } from '../../forms/read.js';

/** Problems, and for each boot the verdict and its doubts. */
async function told(text: string): Promise<string[]> {
  const { model } = caseOf(await readBytes({ bytes: Buffer.from(text) }));
  return [
    ...model.problems.map(({ kind, who, times }) => `${kind} ${who} ${times}`),
    ...model.boots.flatMap(({ verdict, doubts }) => [verdict, ...doubts]),
  ];
}

const START = `[    0.000000] Linux version 6.1.0 (a@b) (gcc) #1 SMP
[    1.000000] Run /init as init process
`;
const PAINTED = `     [*     ] A start job is running for Load Kernel Modules (13s / 1min 30s)
     [**    ] (1 of 2) A start job is running for Load Kernel Modules (14s / 1min 30s)
`;
const UNIT = 'systemd-modules-load.service';
const WAITS = `systemd waits for ${UNIT}, and the log does not say how that ended`;

describe('a start job that systemd shows while it runs', () => {
  test.each([
    ['ends well', `${PAINTED}     [  OK  ] Finished Load Kernel Modules.\n`, ['clear']],
    [
      'fails once',
      `${PAINTED}[FAILED] Failed to start Load Kernel Modules.\n`,
      [`failed-unit ${UNIT} 1`, 'trouble'],
    ],
    ['may fail after the log', PAINTED, ['unclear', WAITS]],
    ['by its unit', `[ ***  ] Job ${UNIT}/start running (1min 4s / no limit)\n`, ['unclear', WAITS]],
    [
      'is no failed module',
      '[ ***  ] A start job is running for Load Kernel Module drm (4s / 1min 30s)\n',
      ['clear'],
    ],
    ['is of a disk', '[ ***  ] A start job is running for /dev/sda2 (4s / 1min 30s)\n', ['clear']],
  ])('%s', async (_, lines, expected) => {
    expect(await told(START + lines)).toEqual(expected);
  });

  test('is no failed unit in a post', async () => {
    expect(await told(`${PAINTED}     [  OK  ] Finished Load Kernel Modules.\n`)).toEqual([
      'unclear',
      'there is no kernel log',
    ]);
  });
});

const hung = (...frames: string[]): string =>
  `${START}${[
    'INFO: task modprobe:2078 blocked for more than 120 seconds.',
    'Call Trace:',
    ...['__schedule+0x2e3/0x740', 'schedule+0x42/0xb0', ...frames].map((frame) => ` ${frame}`),
  ]
    .map((line) => `[  240.000000] ${line}\n`)
    .join('')}`;
const SUFFIXES = ['', '.constprop.0', '.isra.0', '.part.0', '.cold', '.llvm.123', '.constprop.0.isra.1'];

describe('a hung modprobe', () => {
  test.each(SUFFIXES)('removes a module in __do_sys_delete_module%s', async (suffix) => {
    expect(await told(hung(`__do_sys_delete_module${suffix}+0x178/0x280`))).toEqual(['clear']);
  });

  test.each(SUFFIXES)('loads a module in do_init_module%s', async (suffix) => {
    const frames = ['foo_init+0x10/0x20 [foo]', `do_one_initcall${suffix}+0x59/0x220`];
    const text = hung(...frames, `do_init_module${suffix}+0x4a/0x1f0`, '__x64_sys_finit_module+0x1/0x2');
    expect(await told(text)).toEqual(['stuck-load modprobe:2078 1', 'trouble']);
    const { model } = caseOf(await readBytes({ bytes: Buffer.from(text) }));
    expect(model.problems.map(({ module }) => module)).toEqual(['foo']);
  });

  // The file of the module lies on a server that does not answer.
  test.each([
    ['v9fs_evict_inode+0x20/0x60', '__fput+0x8a/0x250', '__x64_sys_close+0x9e/0xd0', 'x64_sys_call+0x1/0x2'],
    ['nfs_file_read+0x20/0x60', 'vfs_read+0x8a/0x250', 'ksys_read+0x9e/0xd0'],
    ['path_openat+0x20/0x60', 'do_sys_open+0x8a/0x250', 'SyS_open+0x1e/0x20'],
    ['path_openat+0x20/0x60', '__se_compat_sys_openat.isra.0+0x8a/0x250'],
  ])('waits in another system call: %s %s', async (...frames) => {
    expect(await told(hung(...frames))).toEqual(['clear']);
  });

  test.each([
    ['vfs_read+0x8a/0x250'],
    ['kernel_read_file+0x1/0x2', '__do_sys_finit_module.isra.0+0x1/0x2', 'x64_sys_call+0x1/0x2'],
    ['msleep+0x1/0x2', 'x64_sys_call+0x1/0x2'],
  ])('may load where its trace does not say otherwise: %s', async (...frames) => {
    expect(await told(hung(...frames))).toEqual(['stuck-load modprobe:2078 1', 'trouble']);
  });
});

// ueventd asks for each device that appears; most have their driver in the kernel image, or loaded.
test.each([
  'platform:dwc3',
  'of:NcamCqcom,cam',
  'input:b0019v0000p0001e0000-e0,1,k74,ramlsfw',
  'pci:v000017CBd00001103, tried: qca6490',
])('a device without a modular driver in Android: %s', async (alias) => {
  expect(await told(`${START}[    2.000000] ueventd: LoadWithAliases was unable to load ${alias}\n`)).toEqual(
    ['clear'],
  );
});

// kernel/hung_task.c:debug_show_blocker
describe('what a hung task is blocked on', () => {
  const OWNED =
    'INFO: task modprobe:31634 <writer> blocked on an rw-semaphore likely owned by task init:1 <reader>';
  const LOST =
    'INFO: task modprobe:31634 <writer> is blocked on an rw-semaphore, but the owner is not found.';
  const MUTEX = 'INFO: task modprobe:31634 is blocked on a mutex likely owned by task init:1.';
  const FOUND = 'stuck-load modprobe:31634 1';

  test.each([OWNED, LOST, MUTEX])('alone: %s', async (line) => {
    expect(await told(`${START}[  240.000000] ${line}\n`)).toEqual([FOUND, 'trouble']);
    expect(await told(`${line}\n`)).toContain(FOUND);
    expect(await told(`It hangs:\n\n    ${line}\n    ${line}\n\nWhy?\n`)).toContain(FOUND);
  });

  test('is of the task above', async () => {
    const lines = (text: string): string => `${text}[  240.000001] ${LOST.replace('31634', '2078')}\n`;
    const module = ['foo_init+0x10/0x20 [foo]', 'do_one_initcall+0x59/0x220', 'do_init_module+0x4a/0x1f0'];
    expect(await told(lines(hung(...module)))).toEqual(['stuck-load modprobe:2078 1', 'trouble']);
    expect(await told(lines(hung('__do_sys_delete_module+0x178/0x280')))).toEqual(['clear']);
  });

  test('is no load of other tasks', async () => {
    expect(await told(`${START}[  240.000000] ${LOST.replace('modprobe', 'kworker/0:1')}\n`)).toEqual([
      'clear',
    ]);
  });
});
