/** What mends a failure that is no duplicate, by its reason. */

const REMEDIES: Readonly<Record<string, string>> = {
  signature: "sign the module with a key that the kernel trusts, or give it the key's certificate.",
  elf: 'the file is damaged, or compressed and handed over without the flag that says so.',
  vermagic: 'it was built for another kernel: rebuild it, and see that depmod does not find the old one.',
  'unknown-symbol':
    'a module that it depends on was not loaded first: run depmod, and use modprobe in place of insmod.',
  'symbol-version': 'it was built against another kernel: rebuild it.',
  'duplicate-symbol': 'another module exports the same symbol: only one of the two can be loaded.',
  blacklist:
    'something keeps asking for what the kernel command line forbids (module_blacklist=): stop asking.',
  parameter: 'a parameter has a wrong name or value: see modprobe.d and the kernel command line.',
  percpu:
    'the per-CPU area reserved for modules is full (PERCPU_MODULE_RESERVE, fixed at build time): load fewer modules that use it.',
  vmalloc: 'the address space for modules ran out.',
  memory: 'memory ran out.',
  decompress: 'the kernel cannot unpack this compression (CONFIG_MODULE_COMPRESS_*), or the file is damaged.',
  relocation:
    'it was built with another compiler, for another configuration or too far from what it calls: rebuild it for this kernel.',
  namespace:
    'it uses symbols of a namespace that it does not import, or may not: rebuild it with MODULE_IMPORT_NS.',
  license: 'its licence does not let it use what it uses.',
  sysfs: 'the kernel has something of that name built in, or not yet taken down.',
  btf: "its BTF does not fit the kernel's: rebuild both, or set MODULE_ALLOW_BTF_MISMATCH.",
  lsm: 'a security module (LoadPin, IMA, SELinux) refuses the file: see its policy.',
  livepatch: 'the live patch does not fit this kernel.',
  lockdown: 'lockdown refuses it: sign it, or boot without lockdown.',
  read: 'the file could not be read: a directory, an empty or busy file, or a bad buffer.',
};

/** A sentence, or null for reasons that say no more than that it failed. */
export function remedyFor(reason: string): string | null {
  return REMEDIES[reason] ?? null;
}
