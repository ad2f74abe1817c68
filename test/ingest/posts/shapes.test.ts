// SPDX-License-Identifier: Apache-2.0
/** Texts in the shapes in which people post them: what each says, each thing once, and no all-clear beside a failure. */
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openCase } from '../../../src/case.js';

const FOLDER = new URL('fixtures/shapes/', import.meta.url);

/** Failures, problems, duplicates, failed allocations, and the verdict on each boot. */
async function told(name: string): Promise<string[]> {
  const { model } = await openCase({ inputs: [new URL(name, FOLDER).pathname] });
  return [
    ...model.failures.map(({ reason, module, times }) => `${reason} ${module} ${times}`),
    ...model.problems.map(({ kind, module, who, times }) => `${kind} ${module ?? who} ${times}`),
    ...model.requests.flatMap((one) => (one.duplicate ? [`duplicate request ${one.requested}`] : [])),
    ...model.attempts.flatMap((one) => (one.outcome === 'duplicate' ? [`duplicate ${one.module}`] : [])),
    ...model.allocationFailures.map(({ what, load }) => `allocation ${what} ${load}`),
    ...model.boots.map(({ verdict }) => verdict),
  ];
}

// biome-ignore format: a table
const POSTS: readonly (readonly [string, ...string[]])[] = [
  ['01-android-mtk.txt', 'unknown-symbol wlan_drv_gen4m 1', 'trouble'],
  ['02-android-oplus.txt', 'symbol-version qca6490 1', 'trouble'],
  ['03-samsung.txt', 'unknown-symbol scsc_wlan 1', 'trouble'],
  ['04-rockchip.txt', 'relocation bcmdhd 1', 'trouble'],
  ['05-spreadtrum.txt', 'percpu sprdwl_ng 1', 'allocation percpu failed', 'trouble'],
  ['06-logcat-kernel.txt', 'symbol-version cfg80211 1', 'trouble'],
  ['07-openwrt-logread.txt', 'unknown-symbol ath10k_core 1', 'failed-unit kmodloader 1', 'trouble'],
  ['08-busybox-syslogd.txt', 'duplicate-symbol g_ether 1', 'trouble'],
  ['09-grabserial.txt', 'vermagic galcore 1', 'trouble'],
  ['10-minicom.txt', 'signature foo 1', 'trouble'],
  ['11-teraterm.txt', 'memory big 1', 'allocation vmap failed', 'trouble'],
  ['12-systemctl-status.txt', 'not-found vboxdrv 1', 'failed-unit systemd-modules-load.service 1', 'trouble'],
  ['13-shell-session.txt', 'signature v4l2loopback 1', 'trouble'],
  ['14-mail-quoted.txt', 'stuck-load modprobe:1234 1', 'trouble'],
  ['15-github-issue.md', 'not-found nvidia_uvm 1', 'failed-unit systemd-modules-load.service 1', 'not-found nvidia 1', 'trouble'],
  ['16-launchpad.txt', 'unknown-symbol zfs 1', 'failed-unit Install ZFS kernel module 1', 'trouble'],
  ['17-bugzilla-html.html', 'unknown-symbol kvm_intel 1', 'trouble'],
  ['18-lore-lockdep.txt', 'refused-request crypto-xts 1', 'refused-request crypto-xts-all 1', 'throttled net-pf-38 1', 'trouble'],
  ['19-journal.json', 'signature null 1', 'relocation null 1', 'init ipmi_si 1', 'trouble'],
  ['20-pstore.txt', 'crashed-load crashme 1', 'trouble'],
  ['21-kernel3x.txt', 'symbol-version bar 1', 'refused-request binfmt-464c 1', 'trouble'],
  ['22-kernel26.txt', 'unknown-symbol iscsi_tcp 1', 'trouble'],
  ['23-kernel7.txt', 'namespace lab_ns 1', 'init lab_dup 1', 'elf lab_x 1', 'trouble'],
  ['24-s390.txt', 'relocation qeth 1', 'trouble'],
  ['25-ppc.txt', 'elf nvidia 1', 'relocation foo 1', 'trouble'],
  ['26-riscv.txt', 'relocation pvrsrvkm 1', 'trouble'],
  ['27-dmesgT.txt', 'unknown-symbol i915 1', 'stuck-load systemd-udevd:345 1', 'trouble'],
  ['28-initramfs.txt', 'other dm_crypt 1', 'not-found ext4 1', 'trouble'],
  ['29-dracut.txt', 'other zfs 1', 'not-found floppy 1', 'trouble'],
  ['30-lxc.txt', 'failed-unit modprobe@configfs.service 1', 'not-found fuse 1', 'trouble'],
  ['31-k8s.txt', 'unknown-symbol ip_vs 1', 'not-found aufs 1', 'trouble'],
  ['32-syzbot.txt', 'duplicate request net-pf-10', 'trouble'],
  ['33-lava.txt', 'unknown-symbol cros_ec_typec 1', 'trouble'],
  ['34-tap.txt', 'other test_klp_livepatch 1', 'not-found test_printf 1', 'trouble'],
  ['35-apport.crash', 'crashed-load nvidia 1', 'trouble'],
  ['36-arm-oops.txt', 'crashed-load mydrv 1', 'trouble'],
  ['37-arm64-oops.txt', 'crashed-load kworker/3:1:210 1', 'trouble'],
  ['38-softlockup.txt', 'stuck-load amdgpu 1', 'trouble'],
  ['39-udev-timeout.txt', 'slow-worker udev-worker:450 1', 'killed-worker udev-worker:450 1', 'trouble'],
  ['40-initcall-slow.txt', 'init foo 1', 'slow-init ucsi_acpi 1', 'trouble'],
  ['41-ima.txt', 'lockdown null 1', 'trouble'],
  ['42-livepatch.txt', 'livepatch kpatch_1 1', 'trouble'],
  ['43-btf.txt', 'btf nvidia 1', 'btf sunrpc 1', 'trouble'],
  ['44-dkms.txt', 'failed-unit dkms 1', 'trouble'],
  ['45-vbox.txt', 'other vboxdrv 1', 'trouble'],
  ['46-gentoo-openrc.txt', 'other nvidia 1', 'failed-unit init script that loads kernel modules 1', 'trouble'],
  ['47-sysvinit.txt', 'init padlock_sha 1', 'failed-unit init script that loads kernel modules 1', 'trouble'],
  ['48-two-boots-journal.txt', 'unknown-symbol foo 1', 'unknown-symbol foo 1', 'trouble', 'trouble'],
  ['49-percpu.txt', 'percpu bcachefs 1', 'allocation percpu failed', 'trouble'],
  ['50-elf.txt', 'elf null 1', 'elf foo 1', 'trouble'],
  ['51-decompress.txt', 'decompress null 3', 'trouble'],
  ['52-blacklist.txt', 'blacklist pcspkr 1', 'trouble'],
  ['53-param.txt', 'parameter i915 1', 'parameter snd_hda_intel 1', 'trouble'],
  ['54-nfs-module.txt', 'failed-request can-proto-1 1', 'failed-request iwlmvm 1', 'trouble'],
  ['55-xorg-noise.txt', 'clear'],
  ['56-clear-noise.txt', 'clear'],
  ['57-trace-console.txt', 'unknown-symbol foo 1', 'symbol-version baz 1', 'trouble'],
  ['58-perf-trace.txt', 'duplicate minix', 'trouble'],
  ['59-wsl.txt', 'not-found usbip 1', 'trouble'],
  ['60-user-log.txt', 'lockdown msr 1', 'trouble'],
  ['61-xen.txt', 'sysfs xen_blkfront 1', 'sysfs xen_netfront 1', 'trouble'],
  ['62-codetag.txt', 'memory nvme 1', 'allocation execmem failed', 'trouble'],
  ['63-hung-req.txt', 'stuck-load cryptsetup:1234 1', 'trouble'],
  ['64-noprintktime.txt', 'unknown-symbol foo 1', 'vermagic bar 1', 'trouble'],
  ['b01-oops-three-times.txt', 'crashed-load foo 1', 'trouble'],
  ['b02-oops-dmesgT.txt', 'crashed-load foo 1', 'trouble'],
  ['b03-two-oopses.txt', 'crashed-load foo 1', 'crashed-load bar 1', 'trouble'],
  ['b09-json-array.json', 'unknown-symbol foo 1', 'unknown-symbol baz 1', 'trouble'],
  ['b09b-jq-s.json', 'unknown-symbol foo 1', 'unknown-symbol baz 1', 'trouble'],
  ['b09c-lines.json', 'unknown-symbol foo 1', 'unknown-symbol baz 1', 'trouble'],
  ['b11-html-table.html', 'unknown-symbol foo 1', 'trouble'],
  ['b15-syslog-rfc5424.txt', 'unknown-symbol foo 1', 'unknown-symbol baz 1', 'trouble'],
  ['b19-gentoo-emerge.txt', 'not-found nvidia 1', 'trouble'],
  ['b22-german-modprobe.txt', 'other vboxdrv 1', 'other foo 1', 'trouble'],
  ['b24-avocado.txt', 'unknown-symbol foo 1', 'not-found bar 1', 'trouble'],
  ['b26-tmux-wrap.txt', 'vermagic foo 1', 'trouble'],
  ['b28-clear-kmod-words.txt', 'clear'],
  ['b29-strace-T.txt', 'other foo 1', 'trouble'],
  ['b31-two-machines-mail.txt', 'unknown-symbol foo 1', 'unknown-symbol foo 1', 'trouble', 'trouble'],
  ['b32-esx-noise.txt', ],
  ['b34-python-app.txt', ],
  ['b36-suse.txt', 'other foo 1', 'trouble'],
  ['b38-grsec.txt', 'denied-request ipv6 1', 'trouble'],
  ['b39-tomoyo-loadpin.txt', 'lsm foo 1', 'trouble'],
];

describe('posts', () => {
  test.each(POSTS)('%s', async (name, ...expected) => expect(await told(name)).toEqual(expected));

  test('are all in the table', () => {
    const names = readdirSync(FOLDER).filter((name) => name !== 'README.md');
    expect(names.sort()).toEqual(POSTS.map(([name]) => name));
  });
});
