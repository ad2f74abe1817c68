// SPDX-License-Identifier: Apache-2.0
/** Seeded kernel logs: boots of about 80 KB, variants of real logs, and a long `dmesg -J`. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomFrom } from './random.mjs';

const DRIVERS = [
  'e1000e',
  'i915',
  'nvme',
  'xhci_hcd',
  'snd_hda_intel',
  'ahci',
  'usbcore',
  'mlx5_core',
  'amdgpu',
];

const hex = (r, digits) =>
  r
    .below(2 ** 32)
    .toString(16)
    .padStart(8, '0')
    .slice(0, digits);
const slot = (r) => `0000:${hex(r, 2)}:${hex(r, 2)}.${r.below(8)}`;

/** What a booting kernel prints by the hundred. */
const CHATTER = [
  (r) => `BIOS-e820: [mem 0x00000000${hex(r, 8)}-0x00000000${hex(r, 8)}] usable`,
  (r) => `pci ${slot(r)}: [8086:${hex(r, 4)}] type 00 class 0x0${hex(r, 5)} PCIe Root Port`,
  (r) => `pci ${slot(r)}: BAR 0 [mem 0x${hex(r, 8)}-0x${hex(r, 8)} 64bit pref]`,
  (r) => `ACPI: PCI: Interrupt link LNK${r.pick('ABCDEFGH')} configured for IRQ ${r.below(24)}`,
  (r) =>
    `ACPI: SSDT 0x00000000${hex(r, 8)} 00${hex(r, 4)} (v02 Intel  Table${r.below(99)} 00001000 INTL 20160527)`,
  (r) =>
    `usb ${1 + r.below(4)}-${1 + r.below(9)}: New USB device found, idVendor=${hex(r, 4)}, idProduct=${hex(r, 4)}, bcdDevice= 1.00`,
  (r) => `${r.pick(DRIVERS)} ${slot(r)}: enabling device (0000 -> 0002)`,
  (r) => `${r.pick(DRIVERS)} ${slot(r)}: irq ${r.below(200)} for MSI/MSI-X`,
  (r) => `input: Power Button as /devices/LNXSYSTM:00/LNXPWRBN:00/input/input${r.below(40)}`,
  (r) => `NET: Registered PF_INET${r.below(9)} protocol family`,
  (r) =>
    `EXT4-fs (sda${r.below(9)}): mounted filesystem ${hex(r, 8)}-${hex(r, 4)} r/w with ordered data mode.`,
  (r) =>
    `audit: type=1400 audit(1700000000.${r.below(999)}:${r.below(99)}): apparmor="STATUS" operation="profile_load" pid=${r.below(999)} comm="apparmor_parser"`,
  (r) =>
    `systemd[1]: Starting modprobe@${r.pick(DRIVERS)}.service - Load Kernel Module ${r.pick(DRIVERS)}...`,
];

/** What matters: one message in about fifty. */
const EVIDENCE = [
  (r) => `${r.pick(DRIVERS)}: loading out-of-tree module taints kernel.`,
  (r) => `${r.pick(DRIVERS)}: Unknown symbol drm_mode_${hex(r, 4)} (err -2)`,
  (r) => `module: module-autoload: duplicate request for module net-pf-${r.below(40)}`,
  (r) =>
    `systemd-udevd[${r.below(999)}]: Failed to insert module '${r.pick(DRIVERS)}': Device or resource busy`,
  (r) =>
    `${r.pick(DRIVERS)}: module verification failed: signature and/or required key missing - tainting kernel`,
];

const OPENING = (r) => [
  `Linux version 6.12.${r.below(90)}-amd64 (build@host) (gcc 14.2.0, GNU ld 2.44) #1 SMP PREEMPT_DYNAMIC`,
  `Command line: BOOT_IMAGE=/vmlinuz root=UUID=${hex(r, 8)} ro quiet`,
  'DMI: Vendor Model 7/0XHGX6, BIOS 2.1.4 04/10/2024',
  `smpboot: Total of ${1 << r.below(7)} processors activated`,
];

/** Messages with their time in microseconds since boot. */
function* messages(random) {
  let micros = 0;
  for (const text of OPENING(random)) yield { micros, text };
  for (let number = 1; ; number++) {
    micros += random.below(40_000);
    const kind = number % 50 === 25 ? EVIDENCE : CHATTER;
    yield { micros, text: random.pick(kind)(random) };
  }
}

const stamp = (micros) =>
  `${String(Math.floor(micros / 1e6)).padStart(5)}.${String(micros % 1e6).padStart(6, '0')}`;

/** One boot as `dmesg` prints it. */
export function bootLog(bytes, seed) {
  let text = '';
  for (const message of messages(randomFrom(seed))) {
    text += `[${stamp(message.micros)}] ${message.text}\n`;
    if (text.length >= bytes) return text;
  }
  return text;
}

/** One boot as syslog writes it, beside what services say. */
export function* syslog(bytes, seed) {
  const random = randomFrom(seed + 1);
  let left = bytes;
  let text = '';
  for (const message of messages(randomFrom(seed))) {
    const date = new Date(Date.UTC(2026, 10, 22, 10) + message.micros / 1000).toISOString();
    const host = `Nov ${date.slice(8, 10)} ${date.slice(11, 19)} controller-0`;
    text += `${host} kernel: [${stamp(message.micros)}] ${message.text}\n`;
    text += `${host} ${random.pick(DRIVERS)}d[${random.below(9999)}]: request ${hex(random, 8)} took ${random.below(999)} ms\n`;
    if (text.length >= left) break;
    if (text.length < 1 << 20) continue;
    left -= text.length;
    yield text;
    text = '';
  }
  yield text;
}

/** One boot as `dmesg -J` prints it. */
export function* dmesgJson(bytes, seed) {
  let left = bytes;
  let text = '{\n   "dmesg": [\n      {\n';
  for (const message of messages(randomFrom(seed))) {
    text += `         "pri": 6,\n         "time": ${stamp(message.micros).padStart(12)},\n         "msg": ${JSON.stringify(message.text)}\n`;
    if (text.length >= left) break;
    text += '      },{\n';
    if (text.length < 1 << 20) continue;
    left -= text.length;
    yield text;
    text = '';
  }
  yield `${text}      }\n   ]\n}\n`;
}

const STAMP = /^((?:<\d+>)?\[ *)(\d{1,6})\.(\d{6})\]/gm;
/** What tells one boot from another besides times since its start: its id, and the times of its clocks. */
const OF_BOOT =
  /(?<=_BOOT_ID["=: ]+)[\da-f]{32}|(?<=Marking stable )\([^)]{1,60}\)|(?<=audit\()\d+\.\d{3}|(?<=system clock to )\d{4}-\d\d-\d\d[ T][\d:]{8}/g;
const DRIVER = new RegExp(`\\b(?:${DRIVERS.join('|')})\\b`, 'g');

/** Other digits, as many, below 60 where they may be minutes. */
const laterDigits = (digits, by) =>
  String((Number(digits) + by) % (digits.length === 2 ? 60 : 10 ** digits.length)).padStart(
    digits.length,
    '0',
  );

/** The logs of a folder in the order of their names, each up to that many characters. */
export function readLogs(folder, most) {
  return readdirSync(folder)
    .filter((name) => !/\.(tar|gz|xz|zst)$/.test(name))
    .sort()
    .map((name) => readFileSync(join(folder, name), 'latin1').slice(0, most));
}

const OF_MODULES = /modprobe|insmod|module|Unknown symbol|duplicate/i;

/** Whole lines of a log, about so many characters: its start, what names modules, and some of the rest. */
export function thinned(log, most) {
  if (log.length <= most) return log;
  const head = log.lastIndexOf('\n', most / 4) + 1;
  const rest = log.slice(head).split('\n');
  const named = rest.filter((line) => OF_MODULES.test(line)).join('\n').length;
  const left = Math.max(most / 10, most - head - Math.min(named, 0.4 * most));
  const every = Math.ceil((log.length - head) / left);
  let text = log.slice(0, head);
  for (const [index, line] of rest.entries()) {
    if (text.length > most) break;
    if (index % every === 0 || OF_MODULES.test(line)) text += `${line}\n`;
  }
  return text;
}

/** A real log as that of another boot: with other names of modules, later times, other marks of its clocks; latin1. */
export function variant(log, seed) {
  const random = randomFrom(seed);
  const later = random.below(900_000);
  const suffix = `_${hex(random, 2)}`;
  return log
    .replace(STAMP, (_, open, seconds, micros) => {
      const sum = Number(seconds) * 1_000_000 + Number(micros) + later;
      return `${open}${String(Math.floor(sum / 1e6)).padStart(seconds.length)}.${String(sum % 1e6).padStart(6, '0')}]`;
    })
    .replace(OF_BOOT, (mark) =>
      mark.replace(/\d{5,}|(?<=[:.])\d{2,3}/g, (digits) => laterDigits(digits, later)),
    )
    .replace(DRIVER, (name) => name + suffix);
}
