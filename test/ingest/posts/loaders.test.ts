// SPDX-License-Identifier: Apache-2.0
/** What installers, containers and small loaders print, as people paste it. */
import { describe, expect, it } from 'vitest';
import { caseOf } from '../../../src/case.js';
import { readBytes } from '../../forms/read.js';

/** Failures, modules that were not found, doubts, and `nothing` of a text that holds nothing known. */
async function said(text: string): Promise<string[]> {
  const evidence = await readBytes({ bytes: Buffer.from(text) });
  const { model } = caseOf(evidence);
  const codes = evidence.diagnostics.map(({ code }) => code);
  return [
    ...model.failures.map(({ reason, module, errno, times }) => `${reason} ${module} ${errno} ${times}`),
    ...model.problems.map(({ kind, module, who }) => `${kind} ${module ?? who}`),
    ...(codes.includes('loading-not-understood') ? ['doubt'] : []),
    ...(codes.includes('input-nothing-known') ? ['nothing'] : []),
  ].sort();
}

const UNABLE = "ERROR: Unable to load the kernel module 'nvidia.ko'.  This happens most frequently when";
const STAMPED = [
  'r8169 0000:03:00.0: eth0: link up',
  'IPv6: ADDRCONF(NETDEV_CHANGE): eth0: link becomes ready',
]
  .map((text, at) => `[   17.${at}00000] ${text}\n`)
  .join('');

describe("NVIDIA's installer", () => {
  const wrapped = `ERROR: Unable to load the kernel module 'nvidia.ko'.  This happens most
       frequently when this kernel module was built against the wrong or
       improperly configured kernel sources, with a version of gcc that
       differs from the one used to build the target kernel, or if a driver
       such as rivafb, nvidiafb, or nouveau is present and prevents the
       NVIDIA kernel module from obtaining ownership of the NVIDIA graphics
       device(s), or no NVIDIA GPU installed in this system is supported by
       this NVIDIA Linux graphics driver release.

       Please see the log entries 'Kernel module load error' and 'Kernel
       messages' at the end of the file '/var/log/nvidia-installer.log' for
       more information.
`;
  it.each([
    ['alone', `${UNABLE}\n`, 'other nvidia null 1'],
    ['in prose', `It says\n\n    ${UNABLE}\n\nWhy?\n`, 'other nvidia null 1'],
    [
      'its log',
      `${UNABLE}\n-> Kernel module load error: Device or resource busy\n-> Kernel messages:\n${STAMPED}`,
      'busy nvidia 16 1',
    ],
    ['wrapped', `${wrapped}-> Kernel module load error: No such device\n${STAMPED}`, 'init nvidia 19 1'],
    [
      'of another module',
      `${UNABLE.replace('nvidia.ko', 'nvidia-modeset.ko')}\n-> Kernel module load error: Exec format error\n`,
      'other nvidia_modeset 8 1',
    ],
    [
      "with insmod's message",
      `${wrapped}-> Kernel module load error: insmod: error inserting './kernel/nvidia.ko': -1\n   No such device\n`,
      'init nvidia 19 1',
    ],
    [
      'after a log',
      `${STAMPED}${UNABLE}\n-> Kernel module load error: Exec format error\n`,
      'other nvidia 8 1',
    ],
    [
      'after which the user goes on',
      '-> An error was encountered when loading the kernel module, but that error was ignored, and the kernel module will be installed, anyway. The error was: Required key not available\n',
      'signature nvidia 126 1',
    ],
    [
      'of a module that another needs',
      "ERROR: Unable to load the 'nvidia-drm' kernel module.\n",
      'other nvidia_drm null 1',
    ],
  ])('%s', async (_, text, failure) => expect(await said(text)).toEqual([failure]));

  it("Google's for its containers", async () => {
    const path = '/usr/local/nvidia/drivers/nvidia.ko';
    const text = `failed to load module nvidia (${path}): failed to run command \`insmod ${path}\`: exit status 1\n`;
    expect(await said(text)).toEqual(['other nvidia null 1']);
  });
});

describe('one attempt that two lines tell of', () => {
  it.each([
    [
      'libkmod and modprobe -vv',
      "modprobe: INFO: Failed to insert module '/lib/modules/4.8.6/nvidia.ko.gz': No such device",
      "modprobe: ERROR: could not insert 'nvidia': No such device",
      'init nvidia 19 1',
    ],
    [
      'libkmod and udev',
      "systemd-udevd[9]: libkmod: kmod_module_insert_module: Failed to insert module '/lib/modules/4.8.6/foo.ko': Bad message",
      "systemd-udevd[9]: Failed to insert module 'foo': Bad message",
      'signature foo 74 1',
    ],
    [
      'libmodprobe and toolbox',
      "modprobe: Failed to insmod '/system/lib/modules/ptp_kvm.ko' with args '': Permission denied",
      'modprobe: Failed to load module /system/lib/modules/ptp_kvm.ko: Permission denied',
      'other ptp_kvm 13 1',
    ],
    [
      'busybox',
      'modprobe: module ctlmeth not found.',
      'modprobe: failed to load module ctlmeth',
      'not-found ctlmeth',
    ],
    [
      'a file that ubox could not read',
      'kmod: failed to read full module /lib/modules/4.14.50/mt7620.ko',
      'kmod: failed to insert /lib/modules/4.14.50/mt7620.ko',
      'not-found mt7620',
    ],
  ])('%s', async (_, first, second, what) => expect(await said(`${first}\n${second}\n`)).toEqual([what]));
});

describe('a line that others print around', () => {
  it.each([
    ["  (modprobe vboxdrv failed. Please use 'dmesg' to find out why)", 'other vboxdrv null 1'],
    [
      "Error: failed to load module nvidia-modeset: exit status 1; output=modprobe: ERROR: could not insert 'nvidia_modeset': No such device",
      'init nvidia_modeset 19 1',
    ],
    [
      "[ \u22ef  ] Cold plugging systemmodprobe: can't load module vpl_vic (vpl_vic.ko): invalid module format",
      'other vpl_vic 8 1',
    ],
    ['_FATAL: Module wireguard not found._', 'not-found wireguard'],
    ['_[   12.000000] foo: Unknown symbol bar (err -2)_', 'unknown-symbol foo 2 1'],
    ["Loading kernel modules...ERROR: could not insert 'splat': Invalid argument", 'other splat 22 1'],
    ['*modprobe: FATAL: Module wireguard not found in directory /lib/modules/5.1*', 'not-found wireguard'],
    [
      '2019/05/14 23:28:14 modprobe: Could not load module "e1000": finit_module(&{0xc42007fdb0}, "", 0x0) failed: exec format error',
      'other e1000 8 1',
    ],
    [
      '02-12 16:17:44.556   774   774 E android.hardware.wifi@1.0-service: finit_module return: -1: Required key not available',
      'signature null 126 1',
    ],
    [
      '# [Fri Sep 19 11:05:26 2025] apml_sbtsi: Unknown symbol sbtsi (err -2)',
      'unknown-symbol apml_sbtsi 2 1',
    ],
  ])('%s', async (line, what) => {
    expect(await said(`${line}\n`)).toEqual([what]);
    expect(await said(`Hi,\n\n${line}\n\nWhy?\n`)).toEqual([what]);
  });
});

it.each([
  [
    'FATAL: Error inserting vboxdrv (/lib/modules/2.6.38/vboxdrv.ko): \nInvalid module format',
    'other vboxdrv 8 1',
  ],
  ["insmod: error inserting './3.o': -1 Invalid module\n format", 'other 3 8 1'],
])('wrapped anywhere: %s', async (text, what) => expect(await said(`${text}\n`)).toEqual([what]));

describe('systemctl status', () => {
  const status = (process: string): string =>
    `* gpu.service\n   Active: failed (Result: exit-code)\n    Process: 1309 ${process}\n`;
  it.each([
    ['ExecStart=/sbin/modprobe nouveau (code=exited, status=1/FAILURE)', ['other nouveau null 1']],
    [
      'ExecStartPre=/sbin/modprobe evdi initial_device_count=4 (code=exited, status=1/FAILURE)',
      ['other evdi null 1'],
    ],
    ['ExecStart=/sbin/modprobe -abq drm (code=killed, signal=SEGV)', ['other drm null 1']],
    [
      'ExecStart=/usr/lib/systemd/systemd-modules-load (code=killed, signal=SEGV)',
      ['failed-unit systemd-modules-load.service'],
    ],
    ['ExecStart=/sbin/modprobe nouveau (code=exited, status=0/SUCCESS)', ['nothing']],
    ['ExecStart=/sbin/modprobe nouveau (code=exited, status=203/EXEC)', ['nothing']],
    ['ExecStartPre=/sbin/modprobe -r nouveau (code=exited, status=1/FAILURE)', ['nothing']],
  ])('%s', async (process, what) => expect(await said(status(process))).toEqual(what));
});

describe('a loader that was killed in the call', () => {
  it.each(['Killed', 'Segmentation fault', 'Segmentation fault (core dumped)'])('%s', async (end) => {
    const text = `I tried\n\nroot@box:~# insmod /lib/modules/nfsd.ko\n${end}\nroot@box:~# \n`;
    expect(await said(text)).toEqual(['other nfsd null 1']);
    expect(await said(text.replace('insmod ', 'rmmod '))).toEqual(['nothing']);
  });

  it.each(['Killed      insmod', 'Segmentation fault      sudo /sbin/insmod'])(
    'by a script: %s',
    async (end) => {
      const line = `./load.sh: line 7:  7744 ${end} module/exmap.ko debug=1`;
      expect(await said(`${line}\n`)).toEqual(['other exmap null 1']);
      expect(await said(`${line.replace('insmod', 'rmmod')}\n`)).toEqual(['nothing']);
    },
  );
});

describe('no failed load', () => {
  it('of an alias, for which there may be no module', async () => {
    const line =
      "Nov 29 10:00:01 h systemd-udevd[22]: Process '/sbin/modprobe -bv pci:v00008086d00001234' failed with exit code 1.";
    const kernel = 'Nov 29 10:00:01 h kernel: foo: Unknown symbol bar (err -2)';
    expect(await said(`${kernel}\n${line}\n`)).toEqual(['doubt', 'unknown-symbol foo 2 1']);
  });

  it.each([
    'rmmod: ERROR: Module intrepid is not currently loaded',
    'Error: could not load module foo.js: No such file or directory',
    'Error: could not insert module foo: no more room in the list',
    'modprobe: FATAL: Module iscsi_target_mod is in use.',
    '+insmod: ERROR: could not insert module test_modules/$MOD_LIVEPATCH.ko: Device or resource busy',
  ])('%s', async (line) => expect(await said(`${line}\n`)).not.toContain('doubt'));

  it('a name that a script has not put in yet', async () => {
    const patch = [
      '+start_test "foo"',
      '+check_result "insmod: ERROR',
      '+insmod: ERROR: could not insert module test_modules/$MOD_LIVEPATCH.ko: Device or resource busy',
      '+x',
    ];
    expect(await said(`${patch.join('\n')}\n`)).not.toContain('busy $MOD_LIVEPATCH 16 1');
  });
});

it('a message that nobody knows is no rest of the one before', async () => {
  const text = 'ERROR: modprobe of foo went wrong somehow';
  const { diagnostics } = await readBytes({ bytes: Buffer.from(`${STAMPED}${text}\n${STAMPED}`) });
  expect(diagnostics.find(({ code }) => code === 'loading-not-understood')?.detail).toBe(text);
});

describe('talosctl dmesg', () => {
  const host = '10.20.30.29: ';
  const controller =
    '[talos] controller failed {"component": "controller-runtime", "controller": "runtime.KernelModuleSpecController", "error": "error loading module \\"drbd\\": load drbd failed: key was rejected by service"}';
  const user = (text: string): string => `${host}user: warning: [2023-04-02T08:26:32.555452611Z]: ${text}\n`;

  it('a message of user space alone', async () => {
    expect(await said(user(controller))).toEqual(['signature drbd 129 1']);
    expect(await said(`Hi,\n\n${user(controller)}\nWhy?\n`)).toEqual(['signature drbd 129 1']);
  });

  it('more lines of user space than of the kernel', async () => {
    const lines = [
      ...['loadConfig', 'mountBoot', 'startUdevd'].map((task) =>
        user(`[talos] task ${task} (1/1): done, 164ms`),
      ),
      `${host}kern:  notice: [2023-04-02T08:26:32.765776611Z]: Loading of module with unavailable key is rejected\n`,
      `${host}kern:     err: [2023-04-02T08:26:32.775776611Z]: nvidia: Unknown symbol drm_foo (err -2)\n`,
    ];
    expect(await said(lines.join(''))).toEqual(['signature null null 1', 'unknown-symbol nvidia 2 1']);
  });
});
