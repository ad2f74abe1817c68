// SPDX-License-Identifier: Apache-2.0
/**
 * A sosreport of an OpenStack controller: 78,000 files, nearly all of which say nothing of modules. Paths and sizes are
 * like those of sos 4.5 with the plugins of OpenStack, networking, containers and Ceph.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bootLog } from './logs.mjs';
import { randomFrom } from './random.mjs';

const FILES = 78_000;
const SERVICES = ['nova', 'neutron', 'cinder', 'glance', 'keystone', 'heat', 'octavia', 'placement', 'swift'];
const DAEMONS = ['api', 'conductor', 'scheduler', 'manage', 'compute', 'server', 'openvswitch-agent'];

const hex = (r, digits) =>
  Array.from({ length: Math.ceil(digits / 8) }, () =>
    r
      .below(2 ** 32)
      .toString(16)
      .padStart(8, '0'),
  )
    .join('')
    .slice(0, digits);
const uuid = (r) => `${hex(r, 8)}-${hex(r, 4)}-4${hex(r, 3)}-a${hex(r, 3)}-${hex(r, 12)}`;

/** Where most of the files are: share of all in per mille, a path, and bytes. */
const KINDS = [
  [
    330,
    (r, n) =>
      `sys/devices/pci0000:00/0000:${hex(r, 2)}:${n % 32}.0/${r.pick(['power', 'msi_irqs', 'net/eth0/queues'])}/${r.pick(['control', 'runtime_status', 'class'])}${n}`,
    12,
  ],
  [
    150,
    (_, n) =>
      `proc/${1000 + (n >> 3)}/${['status', 'limits', 'cmdline', 'maps', 'smaps', 'mountinfo', 'stack', 'numa_maps'][n & 7]}`,
    900,
  ],
  [
    110,
    (r, n) => `sys/module/mod_${n >> 2}/${r.pick(['parameters/debug', 'refcnt', 'initstate', 'taint'])}`,
    4,
  ],
  [90, (r, n) => `sys/kernel/debug/${r.pick(['regmap', 'clk', 'iommu', 'block'])}/${hex(r, 4)}/${n}`, 60],
  [80, (r, n) => `sos_commands/networking/ip_netns_exec_qrouter-${uuid(r)}_ip_${n}`, 700],
  [
    60,
    (r, n) => `sos_commands/openvswitch/ovs-ofctl_dump-flows_br-${r.pick(['int', 'tun', 'ex'])}_${n}`,
    1500,
  ],
  [
    45,
    (r, n) =>
      `sos_commands/${r.pick(['podman', 'docker', 'ceph', 'pacemaker', 'rabbitmq', 'mysql'])}/inspect_${n}`,
    3000,
  ],
  [35, (_, n) => `etc/systemd/system/unit-${n}.service`, 400],
  [30, (r, n) => `var/lib/config-data/puppet-generated/${r.pick(SERVICES)}/etc/${n}.conf`, 2500],
  [25, (_, n) => `proc/irq/${n}/smp_affinity_list`, 6],
  [20, (_, n) => `proc/sys/net/ipv4/conf/tap${n}/forwarding`, 2],
  [
    10,
    (r, n) => `var/log/containers/${r.pick(SERVICES)}/${r.pick(SERVICES)}-${r.pick(DAEMONS)}.log.${n}`,
    40_000,
  ],
  [10, (r, n) => `usr/lib/udev/rules.d/${n}-${r.pick(SERVICES)}.rules`, 800],
  [3, (_, n) => `var/log/ceph/ceph-osd.${n}.log`, 60_000],
  [1, (_, n) => `var/log/libvirt/qemu/instance-${hex8(n)}.log`, 20_000],
  [1, (_, n) => `boot/loader/entries/entry-${n}.conf`, 300],
];

const hex8 = (n) => n.toString(16).padStart(8, '0');

const WORDS = 'INFO DEBUG req status 200 host controller-0 took ms volume port network bridge instance'.split(
  ' ',
);

/** Lines of a service's log: dated, and of no kernel. */
function serviceLog(r, bytes) {
  const lines = [];
  for (let size = 0, at = 0; size < bytes; at++) {
    const words = Array.from({ length: 12 }, () => r.pick(WORDS)).join(' ');
    const line = `2026-11-22 10:${String(at % 60).padStart(2, '0')}:${String(r.below(60)).padStart(2, '0')}.${r.below(900) + 100} 27 ${words} [req-${uuid(r)} - - - - -]\n`;
    lines.push(line);
    size += line.length;
  }
  return lines.join('');
}

/** The same as syslog writes it: the file in which the kernel's lines would stand too. */
function syslog(r, bytes) {
  const lines = [];
  for (let size = 0, at = 0; size < bytes; at++) {
    const time = new Date(Date.UTC(2026, 10, 22, 10) + at * 90).toISOString().slice(11, 19);
    const words = Array.from({ length: 12 }, () => r.pick(WORDS)).join(' ');
    const line = `Nov 22 ${time} controller-0 ${r.pick(SERVICES)}-${r.pick(DAEMONS)}[${r.below(9000)}]: ${words}\n`;
    lines.push(line);
    size += line.length;
  }
  return lines.join('');
}

function filler(r, bytes) {
  const line = `${r.pick(WORDS)}: ${hex(r, 16)} ${r.below(100_000)}\n`;
  return line.repeat(Math.ceil(bytes / line.length)).slice(0, Math.max(1, bytes));
}

/** What a report about module loading is read for. */
function evidence(seed) {
  const log = bootLog(400_000, seed);
  const modules = Array.from(
    { length: 250 },
    (_, n) => `mod_${n} ${16384 + 4096 * (n % 9)} 0 - Live 0x0000000000000000\n`,
  );
  return {
    'version.txt': 'sosreport: 4.5.6\n',
    'sos_commands/kernel/dmesg': log,
    'sos_commands/kernel/uname_-a':
      'Linux controller-0 6.12.8-amd64 #1 SMP PREEMPT_DYNAMIC Thu Jan  1 00:00:00 UTC 2026 x86_64 GNU/Linux\n',
    'sos_commands/kernel/lsmod': `Module                  Size  Used by\n${modules.map((line) => line.replace(/ 0 - .*/, '  0')).join('')}`,
    'sos_commands/logs/journalctl_--no-pager': bootLog(30_000_000, seed + 1),
    'proc/modules': modules.join(''),
    'proc/meminfo':
      'MemTotal:       527944184 kB\nMemFree:        12849908 kB\nVmallocTotal:   34359738367 kB\nVmallocUsed:      905436 kB\n',
    'proc/version':
      'Linux version 6.12.8-amd64 (build@host) (gcc 14.2.0, GNU ld 2.44) #1 SMP PREEMPT_DYNAMIC Thu Jan  1 00:00:00 UTC 2026\n',
    'var/log/messages': syslog(randomFrom(seed), 60_000_000),
  };
}

/** Path inside the report and text of each file. */
export function* sosreportFiles(scale, seed) {
  const r = randomFrom(seed);
  yield* Object.entries(evidence(seed));
  for (const [share, pathOf, bytes] of KINDS) {
    const count = Math.round((FILES * scale * share) / 1000);
    for (let n = 0; n < count; n++) {
      const path = pathOf(r, n);
      yield [path, path.endsWith('.log') || path.includes('.log.') ? serviceLog(r, bytes) : filler(r, bytes)];
    }
  }
}

/** Writes the report below the directory. */
export function writeSosreport(directory, { scale, seed }) {
  const root = join(directory, 'sosreport-controller-0-2026-11-22-abcdefg');
  const made = new Set();
  for (const [path, text] of sosreportFiles(scale, seed)) {
    const file = join(root, path);
    const folder = dirname(file);
    if (!made.has(folder)) {
      mkdirSync(folder, { recursive: true });
      made.add(folder);
    }
    writeFileSync(file, text);
  }
}
