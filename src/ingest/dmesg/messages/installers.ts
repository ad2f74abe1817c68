// SPDX-License-Identifier: Apache-2.0
/**
 * What installers of drivers, init scripts and test suites say of the loads that they ran or had others run: NVIDIA's and Google's
 * installers, VirtualBox, VMware and ZFS, OpenRC, snapd, mkinitcpio, kselftest.
 */
import { errnoFromText } from '../../../model/errno.js';
import { type Loader, loader } from './loader.js';
import type { LogFact, Rule } from './rule.js';

/** A program that is known by its words alone. */
const only = (tool: string, front: string): Loader => ({
  names: new RegExp(`^${tool}$`),
  front,
  fallback: tool,
});

const NVIDIA = 'nvidia-installer';
/** The module that it loads first; before 2015 the only one. */
const FIRST_MODULE = 'nvidia';

/**
 * The reason, without the name (kernel.c:ignore_load_error):
 *     ERROR: Unable to load the kernel module 'nvidia.ko'.  This happens most frequently when ...
 *     -> Kernel module load error: No such device
 * or, where the user signed the module and goes on, without that line:
 *     -> An error was encountered when loading the kernel module, but that error was ignored, ... The error was: ...
 */
const NVIDIA_REASON: Rule = {
  words: ['Kernel module load error: ', 'when loading the kernel module, but that error was ignored'],
  pattern:
    /^-> (?:Kernel module load error: |An error was encountered when loading the kernel module, but that error was ignored, .{0,200}The error was: )(?<reason>.+)$/,
  facts: ({ groups }): LogFact | null => {
    const errno = errnoFromText(groups?.reason ?? '');
    const load = {
      kind: 'user-load',
      tool: NVIDIA,
      pid: null,
      what: 'failed',
      module: FIRST_MODULE,
    } as const;
    return errno === null ? null : { ...load, errno };
  },
};

/** Gives the reason the name that stands some lines before it. */
export class InstallerLines {
  #module = FIRST_MODULE;

  named(facts: readonly LogFact[]): readonly LogFact[] {
    if (facts.length === 0) return facts;
    return facts.map((fact) => {
      if (fact.kind !== 'user-load' || fact.tool !== NVIDIA) return fact;
      if (fact.errno === null) this.#module = fact.module;
      return { ...fact, module: this.#module };
    });
  }
}

// biome-ignore format: a table
export const INSTALLER_RULES: readonly Rule[] = [
  loader(only(NVIDIA, '^'), 'failed', ['Unable to load the '], "ERROR: Unable to load the (?:kernel module '(?<module>[\\w-]+(?:\\.ko)?)'|'(?<shown>[\\w-]+)' kernel module)(?:[.,:].*)?$"),
  NVIDIA_REASON,
  // failed to load module nvidia (/usr/local/nvidia/drivers/nvidia.ko): failed to run command `insmod ...`: exit status 1
  loader(only('cos-gpu-installer', '(?:^|[\\]:] )'), 'failed', ['failed to load module '], 'failed to load module (?<module>[\\w-]+) \\(\\S+\\.ko\\): failed to run command [`\'"]\\S*insmod .*$'),
  // ==> ERROR: module not found: `foo'      an initramfs without it is made all the same
  loader(only('mkinitcpio', '^(?:==> )?(?:ERROR|WARNING): '), 'not-found', ['module not found: '], "module not found: [`'](?<module>[^`']+)'$"),
  // ` *   Failed to load fuse`, ` * Loading module nvidia ... [ !! ]`      OpenRC's modules script, which does not say why
  loader(only('openrc', '^ *\\* +'), 'failed', ['Failed to load ', 'Loading module '], '(?:Failed to load (?:module )?(?<module>[\\w-]+)|Loading module (?<shown>[\\w-]+) \\.\\.\\. *\\[ !! \\])$'),
  // vboxdrv.sh: failed: modprobe vboxdrv failed. Please use 'dmesg' to find out why.      VirtualBox, VMware, ZFS scripts
  loader(only('modprobe', '(?:^|[\\s:*(])'), 'failed', ['modprobe '], 'modprobe (?<module>[\\w-]+) failed\\b(?:\\. Please .*|[.!]?)$'),
  // ./load.sh: line 7:  7744 Segmentation fault      insmod module/exmap.ko      bash, of a script
  loader(only('insmod', '^\\S+: line \\d+: +\\d+ '), 'killed', ['Segmentation fault', 'Killed '], '(?:Killed|Segmentation fault(?: \\(core dumped\\))?) +(?:sudo )?(?:\\S*/)?insmod (?<module>[^\\s;&|]+)(?: .*)?$'),
  // cannot load kernel module "bonding": modprobe failed: ...      snapd, of a snap's kernel-module-load
  loader({ names: /^snapd$/, front: '(?:^|: )' }, 'failed', ['cannot load kernel module ', 'cannot load module '], 'cannot load (?:kernel )?module "?(?<module>[\\w-]+)"?(?:: .*)?$'),
  // printf: module test_printf is not found in /lib/modules/6.1.0 [SKIP]      tools/testing/selftests/kselftest/module.sh
  loader(only('kselftest', '^(?:# )*'), 'not-found', [' is not found in /lib/modules/'], '[\\w./-]+: module (?<module>[\\w-]+) is not found in /lib/modules/\\S+ \\[SKIP\\]$'),
];
