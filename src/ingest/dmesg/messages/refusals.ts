// SPDX-License-Identifier: Apache-2.0
/**
 * What drivers print where their init fails for good: each such line is a load that was read, allocated, relocated and
 * freed again. udev tries once for each CPU or device that the driver's alias fits. Drivers in the kernel image
 * print the same, but once; one that is never in it has a failed load for each line.
 */
import { ENODEV } from '../../../model/errno.js';
import { moduleName } from '../../../model/module-name.js';
import type { Rule } from './rule.js';

interface Refusal {
  /** File and function that print it; in older kernels as well. */
  readonly source: string;
  readonly pattern: RegExp;
  /** Null: the pattern's group `module` has it, or the message does not tell. */
  readonly module: string | null;
  readonly word: string;
  /** The driver is never in the kernel image: each line is a failed load, and its init returned this. */
  readonly errno?: number;
}

// biome-ignore format: a table
const REFUSALS: readonly Refusal[] = [
  { source: 'arch/x86/kvm/x86.c:kvm_arch_init, before 6.2', word: 'kvm: ', module: null, pattern: /^kvm: (?:no hardware support|disabled by bios)(?: for '(?<module>\w+)')?$/ },
  { source: 'arch/x86/kvm/x86.c:kvm_arch_init, 5.18 to 6.1', word: "kvm: support for '", module: null, pattern: /^kvm: support for '(?<module>\w+)' disabled by bios$/ },
  { source: 'arch/x86/kvm/vmx/vmx.c:kvm_is_vmx_supported', word: 'kvm_intel: VMX not ', module: 'kvm_intel', pattern: /^kvm_intel: VMX not (?:supported by|enabled \(by BIOS\) in \S+ on) CPU \d+$/ },
  { source: 'arch/x86/kvm/svm/svm.c:kvm_is_svm_supported', word: 'kvm_amd: ', module: 'kvm_amd', pattern: /^kvm_amd: (?:SVM not supported by CPU \d+|SVM disabled \(by BIOS\) in \S+ on CPU \d+|CPU \d+ isn't AMD or Hygon)(?:,.*)?$/ },
  { source: 'drivers/edac/amd64_edac.c:ecc_enabled, before 5.13', word: 'module will not load', module: 'amd64_edac_mod', pattern: /^EDAC amd64: ECC disabled in the BIOS or no ECC capability, module will not load\.$/ },
  { source: 'drivers/edac/sb_edac.c:sbridge_init', word: 'EDAC sbridge: Failed', module: 'sb_edac', pattern: /^EDAC sbridge: Failed to register device with error -\d+\.$/ },
  { source: 'drivers/edac/pnd2_edac.c:pnd2_init', word: 'EDAC pnd2: Failed', module: 'pnd2_edac', pattern: /^EDAC pnd2: Failed to register device with error -\d+\.$/ },
  { source: 'drivers/edac/i7core_edac.c:i7core_init', word: 'EDAC i7core: Failed', module: 'i7core_edac', pattern: /^EDAC i7core: Failed to register device with error -\d+\.$/ },
  { source: 'drivers/cpufreq/powernow-k8.c:powernowk8_init', word: 'using acpi-cpufreq instead', module: 'powernow_k8', pattern: /^powernow[_-]k8: this CPU is not supported anymore, using acpi-cpufreq instead\.?$/i },
  { source: 'drivers/thermal/intel/intel_powerclamp.c:powerclamp_init', word: 'intel_powerclamp: ', module: 'intel_powerclamp', pattern: /^intel_powerclamp: (?:No package C-state available|CPU does not support MWAIT)$/ },
  { source: 'drivers/char/ipmi/ipmi_si_intf.c:init_ipmi_si', word: 'Unable to find any System Interface', module: 'ipmi_si', pattern: /^ipmi_si: Unable to find any System Interface\(s\)$/ },
  { source: 'drivers/crypto/padlock-*.c, before 3.5', word: 'VIA PadLock', module: null, pattern: /^(?<module>padlock\w*): VIA PadLock (?:Hash Engine )?not detected\.$/ },
  // "The NVIDIA probe routine failed for 1 device(s)" and the like come before one of these.
  { source: "NVIDIA's nvidia/nv.c:nvidia_init_module", word: 'NVRM: No', module: 'nvidia', errno: ENODEV, pattern: /^NVRM: (?:No NVIDIA (?:(?:GPU|PCI devices|graphics adapter) found|(?:devices|graphics adapter) probed)|None of the NVIDIA (?:devices|graphics adapters) were initialized)[.!]$/ },
];

/** drivers/base/driver.c:driver_register: the init returns it, most often; of drivers in the kernel image as well. */
const REGISTERED: Rule = {
  words: ["' is already registered, aborting"],
  pattern: /^Error: Driver '(?<module>[\w.-]{1,63})' is already registered, aborting\.{3}$/,
  facts: ({ groups, input }) => ({
    kind: 'init-refusal',
    why: 'registered',
    module: moduleName(groups?.module ?? ''),
    message: input,
  }),
};

const REFUSED: readonly Rule[] = REFUSALS.map(({ word, pattern, module, errno }) => ({
  words: [word],
  pattern,
  facts: ({ groups, input }) => {
    const named = module ?? groups?.module;
    const name = named === undefined ? null : moduleName(named);
    if (errno === undefined) return { kind: 'init-refusal', why: 'hardware', module: name, message: input };
    return {
      kind: 'load-failure',
      reason: 'init',
      module: name,
      phase: 'init',
      errno,
      fails: 'always',
      names: false,
      message: input,
    };
  },
}));

export const REFUSAL_RULES: readonly Rule[] = [...REFUSED, REGISTERED];
