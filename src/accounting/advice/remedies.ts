// SPDX-License-Identifier: Apache-2.0
/** Advice for failed loads that are not duplicates, by reason. */
import { EFAULT, EISDIR, ENOMEM, EOPNOTSUPP, ETXTBSY } from '../../model/errno.js';

export const PERCPU_FULL =
  'Load fewer modules with per-CPU data: the area reserved for modules is full (PERCPU_MODULE_RESERVE, fixed at build time).';

const REMEDIES: Readonly<Record<string, string>> = {
  signature: 'Sign the module with a key that the kernel trusts, or enrol the key (MOK, system keyring).',
  lockdown: 'Sign the module, or boot without lockdown: lockdown refuses unsigned modules.',
  elf: 'Replace the file: it is damaged, or compressed and passed without MODULE_INIT_COMPRESSED_FILE.',
  vermagic: 'Rebuild the module for this kernel, and run depmod so that the old file is not found.',
  'unknown-symbol':
    'Run depmod, and use modprobe in place of insmod: a module that it depends on was missing, or still in its init.',
  'symbol-version': 'Rebuild the module: it was built against another kernel.',
  'duplicate-symbol': 'Load only one of the modules that export the same symbol.',
  relocation:
    'Rebuild the module for this kernel and architecture: a relocation does not fit or is out of range.',
  btf: "Rebuild the module against this kernel's vmlinux (BTF), or allow the mismatch (CONFIG_MODULE_ALLOW_BTF_MISMATCH).",
  blacklist: 'Stop what keeps requesting a module that the command line forbids (module_blacklist=).',
  parameter: 'Correct the parameter: see modprobe.d and the kernel command line.',
  percpu: PERCPU_FULL,
  vmalloc: 'Load fewer or smaller modules at a time: the address space for modules ran out.',
  memory: 'Free memory before loading, or load fewer modules at a time: an allocation failed.',
  decompress:
    'Check CONFIG_MODULE_COMPRESS_*: the kernel cannot unpack this compression, or the file is damaged.',
  livepatch: 'Rebuild the live patch for this kernel.',
  namespace: 'Rebuild the module with the symbol namespace imported (MODULE_IMPORT_NS).',
  license: 'Ask the vendor of the module: its licence does not allow a symbol that it uses.',
  sysfs: 'Unload what holds the name, or rename the module: sysfs already has an entry of that name.',
  lsm: 'Change the policy of the security module that refuses the file (LoadPin, IMA, SELinux), or the file.',
  busy: 'Find what holds the device: EBUSY is the driver refusing, or a duplicate of a load that then failed.',
  exists: 'Find what loaded the module before: EEXIST is a duplicate, or an init that found a name taken.',
  interrupted:
    'Find what killed the loader: a signal interrupted the call (often a timeout of udev or systemd).',
};

/** The reason of a read follows its errno: a lack of memory is not a bad file. */
const READ_REMEDIES: Readonly<Record<number, string>> = {
  [ENOMEM]:
    'Free memory before loading, or load fewer modules at a time: there was no memory to read the file into.',
  [EFAULT]: 'Correct the loader: the buffer that it passed cannot be read.',
  [EISDIR]: 'Correct the path: it is a directory.',
  [ETXTBSY]: 'Close the file before loading: it is open for writing.',
};

const NO_DECOMPRESSION =
  'Build the kernel with CONFIG_MODULE_DECOMPRESS=y, or let user space decompress: this kernel refuses compressed files (EOPNOTSUPP).';

/** A sentence; null for reasons that say no more than that it failed. */
export function remedyFor(reason: string, errno: number | null): string | null {
  if (reason === 'read') {
    const known = errno === null ? undefined : READ_REMEDIES[errno];
    return (
      known ?? 'Check the file: it could not be read (a directory, an empty or busy file, or a bad buffer).'
    );
  }
  // module_decompress() of a kernel that has it ends with EINVAL for another compression (kernel/module/decompress.c).
  if (reason === 'decompress' && errno === EOPNOTSUPP) return NO_DECOMPRESSION;
  return REMEDIES[reason] ?? null;
}
