// SPDX-License-Identifier: Apache-2.0
/** Each family of trouble around loading is in the verdict, in a query, in the report and in the advice. */
import { expect, test } from 'vitest';
import { cli } from '../cli/harness.js';
import { asking, fileOf } from './read.js';

const BANNER = '[    0.000000] Linux version 6.6.0 (a@b) (gcc) #1 SMP';
const NOT_LOST = '[  300.000000] usb 1-1: new device';

interface Family {
  readonly kind: string;
  readonly lines: readonly string[];
  /** What the report names. */
  readonly names: string;
  readonly advice: string;
  /** 1 by default. */
  readonly times?: number;
}

// biome-ignore format: a table
const FAMILIES: readonly Family[] = [
  { kind: 'refused-request', names: 'fs-xfs', advice: 'throttling', lines: ['[   45.0] request_module: modprobe fs-xfs cannot be processed, kmod busy with 50 threads for more than 5 seconds now'] },
  { kind: 'throttled', names: 'net-pf-10', advice: 'throttling', lines: ['[   45.0] request_module: kmod_concurrent_max (0) close to 0 (max_modprobes: 50), for module net-pf-10, throttling...'] },
  { kind: 'failed-request', names: 'can-proto-1', advice: 'failed-requests', lines: ['[   45.0] can: request_module (can-proto-1) failed.'] },
  { kind: 'denied-request', names: 'net-pf-10', advice: 'failed-requests', lines: ['[   45.0] audit: type=1400 audit(1.2:3): avc:  denied  { module_request } for  pid=7 comm="ip" kmod="net-pf-10" tclass=system permissive=0'] },
  { kind: 'stuck-load', names: 'modprobe:77', advice: 'stuck-loads', lines: ['[  242.0] INFO: task modprobe:77 blocked for more than 120 seconds.'] },
  { kind: 'stuck-load', names: 'amdgpu', advice: 'stuck-loads', lines: ['[   48.0] watchdog: BUG: soft lockup - CPU#3 stuck for 22s! [systemd-udevd:512]', '[   48.1] Modules linked in: amdgpu(+) drm', '[   48.2] Call Trace:', '[   48.3]  do_init_module+0x60/0x220'] },
  { kind: 'crashed-load', names: 'foo', advice: 'crashed-loads', lines: ['[   10.0] BUG: kernel NULL pointer dereference, address: 0000000000000018', '[   10.1] CPU: 1 PID: 300 Comm: modprobe Not tainted 6.6.0 #1', '[   10.2] RIP: 0010:foo_init+0x10/0x20 [foo]', '[   10.3] Call Trace:', '[   10.4]  do_one_initcall+0x46/0x310', '[   10.5]  do_init_module+0x60/0x220', '[   10.6] ---[ end trace 0000000000000000 ]---'] },
  { kind: 'stuck-load', names: 'hotpot_net', advice: 'stuck-loads', lines: ['[   75.9] hotpot: gave up waiting for init of module hotpot_net.', '[   75.9] hotpot: Unknown symbol ibapi_establish_conn (err -16)'] },
  { kind: 'slow-worker', names: 'udev-worker:255', advice: 'stuck-loads', lines: ['[  202.0] systemd-udevd[246]: usb3: Worker [255] processing SEQNUM=2193 is taking a long time'] },
  { kind: 'killed-worker', names: 'udev-worker:255', advice: 'stuck-loads', lines: ['[  262.0] systemd-udevd[246]: usb3: Worker [255] processing SEQNUM=2193 killed'] },
  { kind: 'slow-worker', names: 'modprobe:9', advice: 'stuck-loads', lines: ["[  202.0] systemd-udevd[246]: Spawned process '/sbin/modprobe foo' [9] is taking longer than 59s to complete"] },
  { kind: 'failed-unit', names: 'systemd-modules-load.service', advice: 'failed-units', lines: ['[    9.0] systemd[1]: Failed to start Load Kernel Modules.'] },
  { kind: 'slow-init', names: 'ucsi_acpi', advice: 'slow-inits', lines: ['[    2.0] calling  f+0x0/0x10 [ucsi_acpi] @ 1', '[   61.0] initcall f+0x0/0x10 [ucsi_acpi] returned 0 after 58690601 usecs'] },
  { kind: 'unfinished-init', names: 'foo', advice: 'stuck-loads', lines: ['[    2.0] calling  f+0x0/0x10 [foo] @ 1'] },
  { kind: 'not-found', names: 'autofs4', advice: 'missing-modules', lines: ["[    2.0] systemd[1]: Failed to find module 'autofs4'"] },
  // kmod: tools/modprobe.c goes on to say that it could not insert the module; nothing was loaded.
  { kind: 'failed-command', names: 'nvidia', advice: 'failed-commands', lines: ["[    5.1] modprobe[400]: modprobe: ERROR: ../libkmod/libkmod-module.c:1047 command_do() Error running install command 'modprobe -i nvidia-current ' for module nvidia: retcode 1", "[    5.2] modprobe[400]: modprobe: ERROR: could not insert 'nvidia': Invalid argument"] },
  { kind: 'failed-command', names: 'cramfs', advice: 'failed-commands', lines: ["[    5.1] (udev-worker)[402]: Error running install command '/bin/false' for module cramfs: retcode 1", "[    5.2] (udev-worker)[402]: loop0: Failed to insert module 'cramfs': Operation not permitted"] },
  // SUSE's kmod returns EPERM itself, also for the module that depends on it.
  { kind: 'unsupported-module', names: 'zavl', advice: 'unsupported-modules', lines: ["[    5.1] modprobe[400]: modprobe: ERROR: module 'zavl' is unsupported", '[    5.2] modprobe[400]: modprobe: ERROR: Use --allow-unsupported or set allow_unsupported_modules 1 in', '[    5.3] modprobe[400]: modprobe: ERROR: /etc/modprobe.d/10-unsupported-modules.conf', "[    5.4] modprobe[400]: modprobe: ERROR: could not insert 'zfs': Operation not permitted"] },
  { kind: 'refused-init', names: 'sb_edac', times: 2, advice: 'refused-inits', lines: ['[    4.9] EDAC sbridge: Failed to register device with error -19.', '[    5.2] EDAC sbridge: Failed to register device with error -19.'] },
  { kind: 'refused-init', names: 'amd64_edac_mod', times: 2, advice: 'refused-inits', lines: ['[    4.7] EDAC amd64: ECC disabled in the BIOS or no ECC capability, module will not load.', '[    4.8] EDAC amd64: ECC disabled in the BIOS or no ECC capability, module will not load.'] },
  { kind: 'refused-init', names: 'kvm', times: 3, advice: 'refused-inits', lines: ['[    4.7] kvm: disabled by bios', '[    4.8] kvm: disabled by bios', '[    4.9] kvm: disabled by bios'] },
];

test('a load that fails long after its install command did is a failed load', async () => {
  const file = fileOf(
    'dmesg.txt',
    `${[BANNER, "[    5.100000] (udev-worker)[402]: Error running install command '/bin/false' for module cramfs: retcode 1", "[  605.200000] modprobe: ERROR: could not insert 'cramfs': Exec format error", NOT_LOST].join('\n')}\n`,
  );
  const { query } = await asking(file);
  expect(query('failures')).toMatchObject([{ module: 'cramfs', times: 1 }]);
});

test.each(FAMILIES)('$kind: $names', async ({ kind, lines, names, advice, times = 1 }) => {
  const stamped = lines.map((line) =>
    line.replace(/^\[ *(\d+)\.(\d)\]/, (_, s: string, f: string) => `[${s.padStart(5)}.${f}00000]`),
  );
  const file = fileOf('dmesg.txt', `${[BANNER, ...stamped, NOT_LOST].join('\n')}\n`);
  const { query } = await asking(file);
  expect(query('verdict')).toMatchObject([{ verdict: 'trouble' }]);
  expect(query('problems')).toMatchObject([{ kind, times }]);
  if (kind === 'failed-command' || kind === 'unsupported-module') expect(query('failures')).toEqual([]);
  expect(query('advice').map((row) => row.kind)).toContain(advice);
  const { stdout } = await cli(['analyze', file]);
  expect(stdout).toContain(kind);
  expect(stdout).toContain(names);
  // The first line says it: it is no all-clear.
  expect(stdout.split('\n')[0]).toMatch(new RegExp(`\\b${times} (?!source)`));
});

test('a single refusal may be that of a driver in the kernel image', async () => {
  const file = fileOf(
    'dmesg.txt',
    `${[BANNER, '[    4.700000] kvm: disabled by bios', NOT_LOST].join('\n')}\n`,
  );
  const { query } = await asking(file);
  expect(query('problems')).toEqual([]);
});

// Both drivers of KVM may be in the image, and print the same.
test('refusals before init runs are those of drivers in the kernel image', async () => {
  const [first, second, third, fourth] = [4, 5, 6, 7].map((s) => `[    ${s}.700000] kvm: disabled by bios`);
  const run = '[    5.900000] Run /init as init process';
  const again = '[    7.900000] systemd[1]: systemd 252 running in system mode (+PAM)';
  const times = async (...lines: readonly (string | undefined)[]) => {
    const { query } = await asking(fileOf('dmesg.txt', `${[...lines, NOT_LOST].join('\n')}\n`));
    return query('problems').map((row) => row.times);
  };
  expect(await times(BANNER, first, second, run)).toEqual([]);
  expect(await times(BANNER, first, second, run, third)).toEqual([]);
  expect(await times(BANNER, first, run, third, fourth)).toEqual([2]);
  // The initramfs loads modules too: this log has lost its start, and no line says that they were built in.
  expect(await times(third, fourth, again)).toEqual([2]);
});

test('a driver that refuses its init asked for nothing', async () => {
  const line = '[    4.700000] kvm: disabled by bios';
  const { query } = await asking(
    fileOf('dmesg.txt', `${[BANNER, line, line.replace('4.7', '4.8'), NOT_LOST].join('\n')}\n`),
  );
  expect(query('advice')).toMatchObject([{ kind: 'refused-inits', who: null }]);
});
