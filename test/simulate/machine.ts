// SPDX-License-Identifier: Apache-2.0
/** A kernel, and the modules on its disk. */
import type { Dice } from './dice.js';
import type { Defect, Kernel, Module } from './types.js';

const RELEASES = [
  '6.4.16',
  '6.5.0-0.deb12.4-amd64',
  '6.6.63',
  '6.8.0-45-generic',
  '6.11.4-301.fc41.x86_64',
  '6.12.57+deb13-amd64',
  '6.14.2-arch1-1',
  '6.17.9',
  '7.0.3',
  '7.3.4+deb13-amd64',
];

export function anyKernel(dice: Dice): Kernel {
  const release = dice.pick(RELEASES);
  const [major = 0, minor = 0] = release.split('.').map(Number);
  const arch = dice.pick(['x86_64', 'x86_64', 'aarch64', 'i686'] as const);
  return {
    release,
    version: [major, minor],
    arch,
    bits: arch === 'i686' ? 32 : 64,
    page: arch === 'aarch64' ? dice.pick([4096, 16384, 65536]) : 4096,
    cpus: dice.pick([2, 4, 8, 16]),
    stats: dice.percent(60),
    autoloadDups: dice.percent(30),
    signature: dice.percent(70) ? dice.pick([303, 721, 714]) : 0,
    storage: dice.pick(['plain', 'kernel', 'user', 'mixed'] as const),
    initcallDebug: dice.percent(30),
  };
}

/** True on this version and later ones. */
export function since({ version: [major, minor] }: Kernel, sinceMajor: number, sinceMinor: number): boolean {
  return major > sinceMajor || (major === sinceMajor && minor >= sinceMinor);
}

const NAMES = [
  ...['nls_cp437', 'fat', 'vfat', 'snd', 'snd_pcm', 'snd_timer', 'drm', 'drm_kms_helper', 'i915', 'e1000e'],
  ...[
    'xfs',
    'libcrc32c',
    'btrfs',
    'raid6_pq',
    'zstd_compress',
    'kvm',
    'kvm_intel',
    'irqbypass',
    'usb_storage',
  ],
  ...[
    'hid_generic',
    'hid',
    'i2c_i801',
    'i2c_smbus',
    'acpi_cpufreq',
    'edac_mce_amd',
    'iwlwifi',
    'cfg80211',
    '8021q',
  ],
  ...['mac80211', 'fuse', 'crct10dif_pclmul', 'a_module_whose_name_is_longer_than_a_column'],
];

/** The signs of each defect: how often, by its share of a hundred modules. */
const DEFECTS: readonly (readonly [Defect, number])[] = [
  ['elf', 2],
  ['signature', 3],
  ['vermagic', 3],
  ['blacklist', 3],
  ['lockdown', 1],
  ['layout-memory', 2],
  ['unknown-symbol', 4],
  ['symbol-version', 3],
  ['percpu', 2],
  ['parameter', 2],
  ['relocation', 2],
  ['init', 6],
  ['empty-file', 2],
  ['read-memory', 2],
  ['corrupt-archive', 3],
];

export function anyModules(dice: Dice, kernel: Kernel, defects: boolean): Module[] {
  const modules: Module[] = [];
  const count = dice.int(2, 14);
  const names = [...NAMES];
  const big = kernel.bits === 32 && dice.percent(15);
  for (let made = 0; made < count; made++) {
    const [name = 'm'] = names.splice(dice.int(0, names.length - 1), 1);
    const image = big
      ? dice.int(8_000_000, 32_000_000)
      : dice.pick([dice.int(2_000, 60_000), dice.int(60_000, 4_000_000)]);
    const memory = Math.ceil(image / 2 / kernel.page + dice.int(1, 4)) * kernel.page;
    const defect = defects ? anyDefect(dice, kernel) : null;
    modules.push({
      name,
      image,
      compressed: Math.ceil((image * dice.int(15, 40)) / 100),
      memory,
      text: Math.ceil(memory / 2 / kernel.page) * kernel.page,
      needs: dice.some(modules.slice(-3), 25).filter((one) => one.defect === null),
      initUs: dice.pick([dice.int(50, 2_000), dice.int(2_000, 400_000)]),
      defect,
      initResult: defect === 'init' ? dice.pick([-19, -5, -22, -12, -16, -17]) : 0,
    });
  }
  return modules;
}

function anyDefect(dice: Dice, kernel: Kernel): Defect | null {
  let at = dice.int(1, 100);
  for (const [defect, share] of DEFECTS) {
    at -= share;
    if (at > 0) continue;
    return defect === 'signature' && kernel.signature === 0 ? null : defect;
  }
  return null;
}
