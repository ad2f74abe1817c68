// SPDX-License-Identifier: Apache-2.0
/** Messages about the module image: decompression, signature, ELF headers, vermagic. */
import { EPERM } from '../../../../model/errno.js';
import type { LoadMessage } from './message.js';

const DECOMPRESS = {
  source: 'kernel/module/decompress.c',
  since: '5.17',
  reason: 'decompress',
  phase: 'decompress',
} as const;
const SIGNATURE = {
  source: 'kernel/module/signing.c:module_sig_check',
  reason: 'signature',
  phase: 'becoming',
} as const;
const SIGNED = {
  ...SIGNATURE,
  source: 'kernel/module_signature.c:mod_check_sig',
  since: '5.4',
  word: 'PKCS#7 ',
} as const;
const OLD_SIGNED = {
  ...SIGNED,
  source: 'kernel/module_signing.c:mod_verify_sig',
  since: '4.3',
  until: '5.4',
} as const;
const LOCKDOWN = { source: 'security/lockdown/lockdown.c', reason: 'lockdown', phase: 'becoming' } as const;
const OLD_LOCKDOWN = {
  ...LOCKDOWN,
  source: 'kernel/module.c:module_sig_check (distributions)',
  since: '4.11',
  until: '5.4',
  word: 'Lockdown: ',
} as const;
const LSM = { reason: 'lsm', phase: 'kread' } as const;
const ELF = {
  source: 'kernel/module/main.c:elf_validity_cache_copy',
  reason: 'elf',
  phase: 'becoming',
} as const;
/** module_frob_arch_sections, which layout_and_allocate calls first. */
const FROB = { since: '4.0', reason: 'elf', phase: 'becoming', word: 'section(s) missing' } as const;
const CHECK = { source: 'kernel/module/main.c:early_mod_check', phase: 'becoming' } as const;

// biome-ignore format: a table
export const IMAGE_MESSAGES: readonly LoadMessage[] = [
  { ...DECOMPRESS, message: 'not a gzip compressed module', example: 'not a gzip compressed module', word: 'compressed module' },
  { ...DECOMPRESS, message: 'not an xz compressed module', example: 'not an xz compressed module', word: 'compressed module' },
  { ...DECOMPRESS, since: '6.2', message: 'not a zstd compressed module', example: 'not a zstd compressed module', word: 'compressed module' },
  { ...DECOMPRESS, message: 'failed to initialize decompressor: {n}', example: 'failed to initialize decompressor: -5', word: 'failed to initialize decomp' },
  { ...DECOMPRESS, message: 'failed to initialize decompressor', example: 'failed to initialize decompressor', word: 'failed to initialize decomp' },
  { ...DECOMPRESS, message: 'decompression failed with status {n}', example: 'decompression failed with status 6', word: 'decompression failed with' },
  { ...DECOMPRESS, since: '6.2', message: 'ZSTD-decompression failed with status {n}', example: 'ZSTD-decompression failed with status -22', word: 'decompression failed with' },
  { ...DECOMPRESS, since: '6.2', message: 'ZSTD-compressed data has an incomplete frame header', example: 'ZSTD-compressed data has an incomplete frame header', word: 'ZSTD-compressed data has' },
  { ...DECOMPRESS, since: '6.2', message: 'ZSTD-compressed data has too large a window size', example: 'ZSTD-compressed data has too large a window size', word: 'ZSTD-compressed data has' },
  { ...DECOMPRESS, since: '6.2', message: "Can't initialize ZSTD stream", example: "Can't initialize ZSTD stream", word: 'initialize ZSTD stream' },

  // Security hooks of the read come before the signature check.
  { ...LSM, source: 'security/loadpin/loadpin.c:report_load', since: '4.7', message: 'LoadPin: {w} denied obj="{file}" pid={s}', example: 'LoadPin: kernel-module denied obj="/lib/modules/6.6.1/nls-cp775.ko" pid=1234 cmdline="insmod nls-cp775.ko"', word: 'LoadPin: ' },
  { ...LSM, source: 'security/chromiumos/utils.c (ChromeOS)', since: '3.8', errno: EPERM, message: 'Chromium OS LSM: {w} denied module="{file}" pid={s}', example: 'Chromium OS LSM: init_module denied module="/usr/local/modules/3.8.11/md4.ko" pid=18998 cmdline="insmod md4.ko"', word: 'Chromium OS LSM: ' },
  { ...LSM, source: 'security/chromiumos/utils.c (ChromeOS)', since: '3.14', errno: EPERM, message: 'Chromium OS LSM: {w} denied obj="{file}" pid={s}', example: 'Chromium OS LSM: init_module denied obj="/lib/modules/3.14.0/misc/vboxdrv.ko" pid=12 cmdline="modprobe vboxdrv"', word: 'Chromium OS LSM: ' },
  { ...LSM, source: 'security/loadpin/loadpin.c:report_load', since: '4.7', message: 'LoadPin: {w} old-api-denied obj=<unknown> pid={n} cmdline="{command}"', example: 'LoadPin: kernel-module old-api-denied obj=<unknown> pid=7 cmdline="insmod x.ko"', word: 'LoadPin: ' },
  { ...LSM, source: 'security/loadpin/loadpin.c:report_load', since: '4.7', message: 'LoadPin: {w} old-api-denied obj=<unknown> pid={s}', example: 'LoadPin: kernel-module old-api-denied obj=<unknown> pid=7', word: 'LoadPin: ' },
  { ...LSM, source: 'security/integrity/ima/ima_main.c:ima_load_data', since: '4.19', message: 'ima: impossible to appraise a module without a file descriptor{s}', example: 'ima: impossible to appraise a module without a file descriptor. sig_enforce kernel parameter might help', word: 'impossible to appraise a module' },

  { ...SIGNATURE, since: '5.4', message: 'Loading of unsigned module is rejected', example: 'Loading of unsigned module is rejected', word: ' is rejected' },
  { ...SIGNATURE, since: '5.4', message: 'Loading of module with {s} is rejected', example: 'Loading of module with unavailable key is rejected', word: ' is rejected' },
  { ...SIGNATURE, since: '5.10', until: '5.13', message: '{module}: Loading of {s} is rejected', example: 'nvidia: Loading of unsigned module is rejected', word: ' is rejected' },
  { ...SIGNATURE, since: '5.10', until: '5.13', message: '{module}: loading of {s} is rejected', example: 'nvidia: loading of module with unavailable key is rejected', word: ' is rejected' },
  // EBADMSG is always an error; ENOPKG as a missing key is, since 5.4 and where distributions had lockdown before.
  { ...SIGNED, fails: 'if enforced', message: 'module: not signed with expected PKCS#7 message', example: 'module: not signed with expected PKCS#7 message' },
  { ...SIGNED, fails: 'if enforced', message: '{module}: not signed with expected PKCS#7 message', example: 'nls_cp775: not signed with expected PKCS#7 message' },
  { ...SIGNED, fails: 'if enforced', message: '{module}: Module is not signed with expected PKCS#7 message', example: 'igb_uio: Module is not signed with expected PKCS#7 message' },
  { ...SIGNED, message: 'module: PKCS#7 signature info has unexpected non-zero params', example: 'module: PKCS#7 signature info has unexpected non-zero params' },
  { ...SIGNED, message: '{module}: PKCS#7 signature info has unexpected non-zero params', example: 'nls_cp775: PKCS#7 signature info has unexpected non-zero params' },
  { ...OLD_SIGNED, fails: 'if enforced since 4.11', message: 'Module is not signed with expected PKCS#7 message', example: 'Module is not signed with expected PKCS#7 message' },
  { ...OLD_SIGNED, message: 'PKCS#7 signature info has unexpected non-zero params', example: 'PKCS#7 signature info has unexpected non-zero params' },
  // If signatures are not enforced, the load continues with a taint.
  { ...SIGNATURE, source: 'kernel/module_signing.c:request_asymmetric_key', since: '3.7', until: '4.3', fails: 'if enforced', message: "Request for unknown module key '{s}' err {n}", example: "Request for unknown module key 'Magrathea: Glacier signing key: 0c2f' err -11", word: 'Request for unknown module key' },
  { ...SIGNATURE, source: 'certs/system_keyring.c:verify_pkcs7_signature', since: '4.3', until: '5.10', fails: 'if enforced', message: 'PKCS#7 signature not signed with a trusted key', example: 'PKCS#7 signature not signed with a trusted key', word: 'PKCS#7 ' },
  { ...SIGNATURE, source: 'kernel/module/signing.c:mod_is_hash_blacklisted (Debian)', since: '5.10', reason: 'blacklist', message: 'Module hash {x} is blacklisted', example: 'Module hash 0123456789abcdef is blacklisted', word: ' is blacklisted' },
  { ...LOCKDOWN, since: '5.4', message: 'Lockdown: {comm}: unsigned module loading is restricted{s}', example: 'Lockdown: modprobe: unsigned module loading is restricted; see man kernel_lockdown.7', word: 'Lockdown: ' },
  // What distributions had before it was merged.
  { ...OLD_LOCKDOWN, message: 'Lockdown: {comm}: Loading of unsigned module{s}', example: 'Lockdown: modprobe: Loading of unsigned module is restricted; see man kernel_lockdown.7' },
  { ...OLD_LOCKDOWN, message: 'Lockdown: Loading of unsigned module{s}', example: 'Lockdown: Loading of unsigned modules is restricted; see man kernel_lockdown.7' },
  { ...OLD_LOCKDOWN, message: 'Lockdown: {comm}: Loading of module with {s} is restricted{s}', example: 'Lockdown: insmod: Loading of module with unavailable key is restricted; see man kernel_lockdown.7' },
  { ...OLD_LOCKDOWN, message: 'Lockdown: Loading of module with {s} is restricted{s}', example: 'Lockdown: Loading of module with unavailable key is restricted; see man kernel_lockdown.7' },

  { ...ELF, source: 'kernel/module.c:load_module', since: '5.12', until: '5.18', message: 'Module has invalid ELF structures', example: 'Module has invalid ELF structures', word: 'invalid ELF structures' },
  { ...ELF, since: '4.20', message: 'Invalid ELF header len {n}', example: 'Invalid ELF header len 40', word: 'Invalid ELF ' },
  { ...ELF, since: '5.18', message: 'Invalid ELF header magic: {s}', example: 'Invalid ELF header magic: != \x7fELF', word: 'Invalid ELF ' },
  { ...ELF, since: '5.12', message: 'Invalid ELF header type: {s}', example: 'Invalid ELF header type: 3 != 1', word: 'Invalid ELF ' },
  { ...ELF, since: '5.12', message: 'Invalid ELF section {s}', example: 'Invalid ELF section header overflow', word: 'Invalid ELF ' },
  { ...ELF, since: '5.12', message: 'Invalid ELF sh_link{s}', example: 'Invalid ELF sh_link!=SHN_UNDEF(7) or (sh_link(7) >= hdr->e_shnum(5)', word: 'Invalid ELF ' },
  { ...ELF, since: '5.12', message: 'Invalid ELF symbol string table type: {n}', example: 'Invalid ELF symbol string table type: 1', word: 'Invalid ELF ' },
  { ...ELF, since: '5.12', message: 'Invalid architecture in ELF header: {n}', example: 'Invalid architecture in ELF header: 183', word: 'Invalid architecture' },
  { ...ELF, since: '5.18', message: 'Invalid module architecture in ELF header: {n}', example: 'Invalid module architecture in ELF header: 40', word: 'Invalid module arch' },
  { ...ELF, since: '5.12', message: 'ELF Spec violation: section {s}', example: "ELF Spec violation: section name table isn't null terminated", word: 'ELF Spec violation: ' },
  { ...ELF, since: '5.12', message: 'empty section name table', example: 'empty section name table', word: 'section name table' },
  { ...ELF, since: '6.12', message: 'empty symbol string table', example: 'empty symbol string table', word: 'symbol string table' },
  { ...ELF, since: '6.12', message: 'symbol string table missing leading NUL', example: 'symbol string table missing leading NUL', word: 'symbol string table' },
  { ...ELF, since: '6.12', message: "symbol string table isn't NUL terminated", example: "symbol string table isn't NUL terminated", word: 'symbol string table' },
  { ...ELF, since: '6.12', message: 'symbol name out of bounds in string table', example: 'symbol name out of bounds in string table', word: 'out of bounds in string' },
  { ...ELF, since: '6.4', message: 'Only one .modinfo section must exist.', example: 'Only one .modinfo section must exist.', word: '.modinfo section must exist' },
  { ...ELF, since: '7.0', message: 'extended version crc{s}', example: 'extended version crc+name presence does not match', word: 'extended version crc' },
  { ...ELF, since: '7.0', message: 'more extended version crcs than names', example: 'more extended version crcs than names', word: 'extended version crc' },
  // The size is that of struct module by the kernel's configuration and release, as the version of module_layout is.
  { ...ELF, since: '6.4', reason: 'symbol-version', message: "module {module}: .gnu.linkonce.this_module section size must match the kernel's built struct module size at run time", example: "module x_tables: .gnu.linkonce.this_module section size must match the kernel's built struct module size at run time", word: '.gnu.linkonce.this_module' },
  { ...ELF, since: '6.4', reason: 'symbol-version', message: "module (missing .modinfo section or name field): .gnu.linkonce.this_module section size must match the kernel's built struct module size at run time", example: "module (missing .modinfo section or name field): .gnu.linkonce.this_module section size must match the kernel's built struct module size at run time", word: '.gnu.linkonce.this_module' },
  { ...ELF, since: '6.4', message: 'module {module}: {s}.gnu.linkonce.this_module {s}', example: 'module foo: Exactly one .gnu.linkonce.this_module section must exist.', word: '.gnu.linkonce.this_module' },
  { ...ELF, since: '6.4', message: 'module (missing .modinfo section or name field): {s}.gnu.linkonce.this_module {s}', example: 'module (missing .modinfo section or name field): .gnu.linkonce.this_module section must have a size set', word: '.gnu.linkonce.this_module' },
  { ...ELF, since: '2.6.30', message: '{module}: module has no symbols (stripped?)', example: 'foo: module has no symbols (stripped?)', word: 'has no symbols (stripped?)' },
  { ...ELF, since: '4.20', message: '(missing .modinfo section or name field): module has no symbols (stripped?)', example: '(missing .modinfo section or name field): module has no symbols (stripped?)', word: 'has no symbols (stripped?)' },
  { ...ELF, source: 'kernel/module.c:setup_load_info', since: '2.6.0', until: '6.4', message: '{module}: No module found in object', example: 'foo: No module found in object', word: 'No module found in object' },
  { ...ELF, source: 'kernel/module.c:setup_load_info', since: '2.6.0', until: '4.20', message: 'No module found in object', example: 'No module found in object', word: 'No module found in object' },
  { ...ELF, source: 'kernel/module.c:rewrite_section_headers', since: '2.6.0', until: '5.12', message: 'Module len {n} truncated', example: 'Module len 3000 truncated', word: 'Module len ' },

  { ...CHECK, since: '4.7', reason: 'blacklist', message: 'Module {module} is blacklisted', example: 'Module nls_cp737 is blacklisted', word: ' is blacklisted' },
  { ...CHECK, source: 'kernel/module/version.c:check_modstruct_version', since: '2.6.18', reason: 'symbol-version', message: '{module}: disagrees about version of symbol module_layout', example: 'phy_qcom_ufs: disagrees about version of symbol module_layout', word: 'disagrees about version of ' },
  { ...CHECK, source: 'kernel/module/version.c:check_modstruct_version', since: '2.6.18', reason: 'symbol-version', fails: 'before 4.9', message: '{module}: no symbol version for module_layout', example: 'foo: no symbol version for module_layout', word: 'no symbol version for ' },
  { ...CHECK, source: 'kernel/module/main.c:check_modinfo', since: '2.6.0', reason: 'vermagic', message: "{module}: version magic '{s}' should be '{s}'", example: "nls_cp852: version magic '6.11.117 SMP ' should be '6.12.117 SMP '", word: "version magic '" },
  { ...CHECK, source: 'kernel/module/main.c:check_modinfo_livepatch', since: '4.7', reason: 'livepatch', message: '{module}: module is marked as livepatch module, but livepatch support is disabled', example: 'foo: module is marked as livepatch module, but livepatch support is disabled', word: 'livepatch support is disabled' },

  { ...CHECK, source: 'kernel/module/strict_rwx.c:module_enforce_rwx_sections', since: '5.8', reason: 'elf', message: '{module}: section {w} (index {n}) has invalid WRITE|EXEC flags', example: 'foo: section .text.wx (index 5) has invalid WRITE|EXEC flags', word: 'has invalid WRITE|EXEC' },
  { ...FROB, source: 'arch/*/kernel/module-plts.c, module-sections.c', message: '{module}: module {w} section(s) missing', example: 'foo: module PLT section(s) missing' },
  { ...FROB, source: 'arch/arm/kernel/module-plts.c, arm64', message: '{module}: module symtab section missing', example: 'foo: module symtab section missing', word: 'module symtab section missing' },
  { ...FROB, source: 'arch/powerpc/kernel/module_32.c', since: '2.6.0', arch: 'powerpc', message: "Module doesn't contain .plt or .init.plt sections.", example: "module_32: Module doesn't contain .plt or .init.plt sections.", word: "doesn't contain ." },
  { ...FROB, source: 'arch/powerpc/kernel/module_64.c', since: '2.6.0', arch: 'powerpc', message: "{module}: doesn't contain .{s}", example: "module_64: foo: doesn't contain .toc or .stubs.", word: "doesn't contain ." },
  { ...FROB, source: 'arch/s390/kernel/module.c, alpha', since: '2.6.0', message: 'module {module}: no symbol table', example: 'module foo: no symbol table', word: ': no symbol table' },
  { ...FROB, source: 'arch/alpha/kernel/module.c', since: '2.6.0', arch: 'alpha', message: 'module {module}: no got section', example: 'module foo: no got section', word: ': no got section' },
  { ...FROB, source: 'arch/sparc/kernel/module.c', since: '2.6.0', arch: 'sparc', message: '{module}: no symtab found.', example: 'foo: no symtab found.', word: ': no symtab found' },

  // lib/codetag.c gets the memory of the tags while the module is moved, which layout_and_allocate does.
  { ...CHECK, source: 'lib/alloc_tag.c:reserve_module_tags', since: '6.13', reason: 'memory', message: 'Failed to allocate memory for allocation tags in the module {module}. {s}', example: 'Failed to allocate memory for allocation tags in the module nls_cp775. Memory allocation profiling is disabled!', word: 'allocation tag' },
  { ...CHECK, source: 'lib/alloc_tag.c:reserve_module_tags', since: '6.13', reason: 'elf', message: '{module}: alignment {n} is incompatible with allocation tag indexing. {s}', example: 'nls_cp775: alignment 24 is incompatible with allocation tag indexing. Memory allocation profiling is disabled!', word: 'allocation tag' },
  { ...CHECK, source: 'lib/alloc_tag.c:reserve_module_tags', since: '6.13', reason: 'memory', fails: 'never', message: 'With module {module} there are too many tags to fit in {n} page flag bits. {s}', example: 'With module nls_cp775 there are too many tags to fit in 3 page flag bits. Memory allocation profiling is disabled!', word: 'too many tags to fit' },
];
