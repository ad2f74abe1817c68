// SPDX-License-Identifier: Apache-2.0
/** The words of loaders of user space, as their sources have them, and of what only looks like them. */
import { describe, expect, test } from 'vitest';
import { fact, read } from './read.js';

const HEAD = '[    0.000000] Linux version 6.12.117 (a@b) (gcc) #1\n';

/** Events of the message, without those of the log's beginning and end, and its diagnostics. */
async function said(message: string): Promise<{ events: Record<string, unknown>[]; codes: string[] }> {
  const { events, diagnostics } = await read(`${HEAD}[   10.000000] ${message}\n`);
  const known = ['boot-start', 'kernel-version', 'boot-mark'];
  return {
    events: events.filter(({ kind }) => !known.includes(kind)).map((event) => JSON.parse(fact(event))),
    codes: Object.keys(diagnostics),
  };
}

describe('loads', () => {
  test.each([
    // kmod
    ["modprobe: ERROR: could not insert 'wl': Required key not available", 'modprobe', 'failed', 'wl', 126],
    ['insmod: ERROR: could not insert module ./a-b.ko: Invalid parameters', 'insmod', 'failed', 'a_b', 22],
    [
      'insmod: ERROR: could not load module foo.ko: No such file or directory',
      'insmod',
      'not-found',
      'foo',
      null,
    ],
    [
      "modprobe: ERROR: ../libkmod/libkmod-module.c:838 kmod_module_insert_module() could not find module by name='vboxdrv'",
      'modprobe',
      'not-found',
      'vboxdrv',
      null,
    ],
    [
      'modprobe: ERROR: ../libkmod/libkmod-module.c:977 command_do() Error running install command for wl',
      'modprobe',
      'command-failed',
      'wl',
      null,
    ],
    [
      "modprobe: ERROR: Error running install command '/bin/false' for module dccp: retcode 1",
      'modprobe',
      'command-failed',
      'dccp',
      null,
    ],
    ["sh[7]: modprobe: ERROR: could not insert 'foo': Unknown error 524", 'modprobe', 'failed', 'foo', 524],
    // module-init-tools
    ['FATAL: Module ide_cd not found.', 'modprobe', 'not-found', 'ide_cd', null],
    [
      'WARNING: Error inserting snd_pcm (/lib/modules/2.6.31/kernel/sound/acore/snd-pcm.ko): Invalid module format',
      'modprobe',
      'failed',
      'snd_pcm',
      8,
    ],
    ["insmod: error inserting 'foo.ko': -1 Invalid module format", 'insmod', 'failed', 'foo', 8],
    // busybox, toybox
    [
      "modprobe: can't load module loop (kernel/drivers/block/loop.ko): unknown symbol in module, or unknown parameter",
      'modprobe',
      'failed',
      'loop',
      2,
    ],
    ["insmod: can't insert '/lib/modules/foo.ko': invalid module format", 'insmod', 'failed', 'foo', 8],
    ['modprobe: module foo not found in modules.dep', 'modprobe', 'not-found', 'foo', null],
    ['insmod: failed to load foo.ko: Exec format error', 'insmod', 'failed', 'foo', 8],
    [
      "insmod: cannot open module `/lib/modules/2.6.31/kernel/iptable_raw.ko': No such file or directory",
      'insmod',
      'not-found',
      'iptable_raw',
      null,
    ],
    // musl's words
    ["insmod: can't insert 'foo.ko': Resource busy", 'insmod', 'failed', 'foo', 16],
    // Android
    [
      "init: Failed to insmod '/lib/modules/x-y.ko' with args 'a=1': No such device",
      'init',
      'failed',
      'x_y',
      19,
    ],
    ["ueventd: Failed to insmod '/vendor/lib/modules/z.ko' with args ''", 'ueventd', 'failed', 'z', null],
    [
      "vendor_modprobe: Could not open module '/vendor/lib/modules/z.ko': No such file or directory",
      'vendor_modprobe',
      'not-found',
      'z',
      null,
    ],
    ['ueventd: LoadWithAliases was unable to load regulatory', 'ueventd', 'not-found', 'regulatory', null],
    ['init: Loaded kernel module /lib/modules/vh-thermal.ko', 'init', 'inserted', 'vh_thermal', null],
    // OpenWrt
    ['kmodloader: - nf-conntrack - 0', 'kmodloader', 'failed', 'nf_conntrack', null],
    ['kmodloader: - nf-nat - 2', 'kmodloader', 'not-tried', 'nf_nat', null],
    ['kmodloader: failed to find a module named foo', 'kmodloader', 'not-found', 'foo', null],
    // systemd
    [
      "systemd-modules-load[300]: Module 'foo' is deny-listed (by kmod)",
      'systemd-modules-load',
      'not-tried',
      'foo',
      null,
    ],
    ["systemd-modules-load[300]: Module 'msr' is built in", 'systemd-modules-load', 'already', 'msr', null],
    [
      "systemd-modules-load[93]: Failed to insert module 'ext…",
      'systemd-modules-load',
      'failed',
      'ext…',
      null,
    ],
    [
      "systemd-udevd[9]: dm-0: Process '/sbin/modprobe -bv dm-crypt' failed with exit code 1.",
      'modprobe',
      'failed',
      'dm_crypt',
      null,
    ],
  ])('%s', async (message, tool, what, module, errno) => {
    const { events, codes } = await said(message);
    expect(events).toMatchObject([{ kind: 'user-load', tool, what, module, errno }]);
    expect(codes).toEqual([]);
  });
});

describe('requests', () => {
  test.each([
    ['can: request_module (can-proto-0) failed.', 'failed', 'can-proto-0', null],
    ['request_module[net-pf-10]: fork failed, errno 12', 'failed', 'net-pf-10', null],
    [
      'iwlwifi 0000:00:14.3: failed to load module iwlmvm (error 256), is dynamic loading enabled?',
      'failed',
      'iwlmvm',
      null,
    ],
    [
      'audit: type=1400 audit(1.2:3): avc:  denied  { module_request } for  pid=7 comm="ip" kmod="rtnl-link-bond" scontext=u:r:x:s0 tclass=system permissive=0',
      'denied',
      'rtnl-link-bond',
      'ip',
    ],
    [
      'audit: type=1400 audit(1.2:3): avc:  denied  { sys_module } for  pid=9 comm="ip" capability=16 tclass=capability permissive=0',
      'denied',
      null,
      'ip',
    ],
    [
      'audit: type=1400 audit(1.2:3): apparmor="DENIED" operation="capable" class="cap" profile="snap.x.y" pid=9 comm="modprobe" capability=16 capname="sys_module"',
      'denied',
      null,
      'modprobe',
    ],
    [
      'audit: type=1400 audit(1.2:3): avc:  denied  { module_load } for  pid=1 comm="modprobe" path="/lib/modules/x-y.ko" tclass=system permissive=1',
      'permitted',
      'x_y',
      'modprobe',
    ],
    [
      'audit: type=1400 audit(1.2:3): avc:  granted  { module_request } for  pid=7 comm=6D792074 kmod="fs-xfs" tclass=system',
      'permitted',
      'fs-xfs',
      'my t',
    ],
  ])('%s', async (message, what, requested, comm) => {
    expect((await said(message)).events).toMatchObject([{ kind: 'request-failure', what, requested, comm }]);
  });

  test.each([
    [
      'audit: type=1400 audit(1.2:3): avc:  denied  { module_load } for  pid=1 comm="modprobe" path="/lib/modules/x-y.ko" dev="sda" tclass=system',
      'x_y',
      13,
    ],
    [
      'audit: type=1800 audit(1.2:3): pid=9 uid=0 op=appraise_data cause=missing-hash comm="insmod" name="/root/x-y.ko" dev="sda" ino=9 res=0 errno=0',
      'x_y',
      null,
    ],
  ])('a load that an LSM refused: %s', async (message, module, errno) => {
    expect((await said(message)).events).toMatchObject([
      { kind: 'load-failure', reason: 'lsm', phase: 'kread', module, errno },
    ]);
  });

  test('the runaway loop of old kernels', async () => {
    expect((await said('request_module: runaway loop modprobe binfmt-464c')).events).toMatchObject([
      { kind: 'throttle', what: 'runaway-loop', requested: 'binfmt-464c', limit: null, seconds: null },
    ]);
  });
});

describe('what mentions a loader and says nothing of a failure', () => {
  test.each([
    'sudo[7]: user : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/sbin/modprobe xfs',
    '2020-07-21 08:59:38 modprobe xfs',
    'in_atomic(): 0, irqs_disabled(): 0, non_block: 0, pid: 123, name: modprobe',
    'CPU: 0 PID: 12 Comm: modprobe Not tainted 6.12.1 #1',
    ' #0: ffffffffc0123456 (module_mutex){+.+.}-{3:3}, at: load_module+0x1a/0x2b',
    '1 lock held by modprobe/123:',
    'audit: type=1400 audit(1.2:3): apparmor="DENIED" operation="open" profile="x" name="/y" comm="modprobe"',
    'audit: type=1131 audit(1.2:3): pid=1 uid=0 msg=\'unit=kmod-static-nodes comm="systemd" res=success\'',
    'systemd[1]: modprobe@drm.service: Deactivated successfully.',
    'systemd[1]: kmod-static-nodes.service - Create List of Static Device Nodes was skipped because of an unmet condition check (x).',
    'systemd[1]: Created slice system-modprobe.slice - Slice /system/modprobe.',
    'modprobe: FATAL: Module foo is in use.',
    'dracut-cmdline[200]: Using kernel command line parameters: root=/dev/sda modprobe.blacklist=nouveau',
    'i915 0000:00:02.0: [drm] Failed to load DMC firmware i915/kbl_dmc_ver1_04.bin. Disabling runtime power management.',
    'pulseaudio[77]: Failed to load module "module-alsa-card"',
  ])('%s', async (message) => {
    expect(await said(message)).toEqual({ events: [], codes: [] });
  });
});
