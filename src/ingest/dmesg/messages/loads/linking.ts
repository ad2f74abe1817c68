// SPDX-License-Identifier: Apache-2.0
/** Messages of a load after layout: symbols, parameters, sysfs, notifiers, and the module's init. */
import { EACCES } from '../../../../model/errno.js';
import type { LoadMessage } from './message.js';

const SYMBOL = {
  source: 'kernel/module/main.c:simplify_symbols',
  since: '2.6.0',
  reason: 'unknown-symbol',
  phase: 'load',
} as const;
const VERSION = {
  source: 'kernel/module/version.c:check_version',
  since: '2.6.0',
  reason: 'symbol-version',
  phase: 'load',
} as const;
const NAMESPACE = { reason: 'namespace', phase: 'load' } as const;
const PARAMETER = {
  source: 'kernel/params.c:parse_args',
  since: '2.6.0',
  reason: 'parameter',
  phase: 'load',
} as const;
const SYSFS = {
  source: 'kernel/module/sysfs.c:mod_sysfs_init',
  since: '2.6.0',
  reason: 'sysfs',
  phase: 'load',
} as const;
const BTF = {
  source: 'kernel/bpf/btf.c:btf_module_notify',
  since: '5.11',
  reason: 'btf',
  phase: 'load',
} as const;
const LIVEPATCH = {
  source: 'kernel/livepatch/core.c:klp_module_coming',
  since: '4.1',
  reason: 'livepatch',
  phase: 'load',
  word: 'livepatch: ',
} as const;
const INIT = {
  source: 'kernel/module/main.c:do_init_module',
  reason: 'init',
  phase: 'init',
  word: 'suspiciously returned',
} as const;

// biome-ignore format: a table
export const LINKING_MESSAGES: readonly LoadMessage[] = [
  { source: 'kernel/module/main.c:percpu_modalloc', since: '2.6.30', reason: 'percpu', phase: 'load', asked: 'percpu', message: '{module}: Could not allocate {bytes} bytes percpu data', example: 'snd_usb_audio: Could not allocate 912 bytes percpu data', word: ' bytes percpu data' },
  { source: 'kernel/module.c:percpu_modalloc', since: '2.6.0', until: '2.6.30', reason: 'percpu', phase: 'load', asked: 'percpu', message: 'Could not allocate {bytes} bytes percpu data', example: 'Could not allocate 912 bytes percpu data', word: ' bytes percpu data' },
  { source: 'kernel/module/main.c:percpu_modalloc', since: '2.6.0', reason: 'percpu', phase: 'load', fails: 'never', message: '{module}: per-cpu alignment {n} > {n}', example: 'foo: per-cpu alignment 8192 > 4096', word: ': per-cpu alignment ' },
  { source: 'kernel/module/main.c:check_export_symbol_sections', since: '7.0', reason: 'elf', phase: 'load', message: '{module}: no flags for exported symbols', example: 'lab_x: no flags for exported symbols', word: 'no flags for exported symbols' },
  { source: 'kernel/module/main.c:find_module_sections', since: '3.11', reason: 'elf', phase: 'load', message: '{module}: has both .ctors and .init_array.', example: 'foo: has both .ctors and .init_array.', word: 'has both .ctors' },
  { source: 'kernel/module/main.c:find_module_sections', since: '2.6.24', reason: 'parameter', phase: 'load', fails: 'never', message: '{module}: Ignoring obsolete parameters', example: 'foo: Ignoring obsolete parameters', word: 'Ignoring obsolete parameters' },
  { source: 'kernel/module/main.c:find_module_sections', since: '7.0', reason: 'elf', phase: 'load', fails: 'never', message: '{module}: ignoring obsolete section {w}', example: 'lab_old: ignoring obsolete section __ksymtab_gpl', word: 'ignoring obsolete section' },

  { ...NAMESPACE, source: 'kernel/module/main.c:setup_modinfo', since: '6.16', message: '{module}: module tries to import module namespace: {s}', example: 'lab_ns: module tries to import module namespace: module:lab_other', word: 'import module namespace' },
  // Only a warning with MODULE_ALLOW_MISSING_NAMESPACE_IMPORTS; else `Unknown symbol` follows.
  { ...NAMESPACE, source: 'kernel/module/main.c:verify_namespace_is_imported', since: '5.4', message: '{module}: module uses symbol ({w}) from namespace {w}, but does not import it.', example: 'foo: module uses symbol (usb_stor_probe1) from namespace USB_STORAGE, but does not import it.', word: ' from namespace ' },
  { ...NAMESPACE, source: 'kernel/module/main.c:verify_namespace_is_imported', since: '5.4', message: '{module}: module {w} symbol {w} from namespace {s}', example: 'foo: module using symbol usb_stor_probe1 from namespace USB_STORAGE, which is not imported', word: ' from namespace ' },

  { source: 'kernel/module/main.c (SUSE)', since: '2.6.16', reason: 'other', phase: null, message: '{module}: module is not supported by {s}, refusing to load{s}', example: 'foo: module is not supported by SUSE, refusing to load. To override, echo 1 > /proc/sys/kernel/unsupported', word: ', refusing to load' },
  { source: 'kernel/module/main.c (SUSE)', since: '2.6.16', reason: 'other', phase: null, message: '{module}: module not supported by {s}, refusing to load{s}', example: 'foo: module not supported by Novell, refusing to load. To override, echo 1 > /proc/sys/kernel/unsupported', word: ', refusing to load' },
  { ...VERSION, message: '{module}: disagrees about version of symbol {w}', example: 'foo: disagrees about version of symbol usb_register', word: 'disagrees about version of ' },
  // Since 4.9 the load continues, except on Debian kernels, where `Unknown symbol` with err -22 follows.
  { ...VERSION, fails: 'before 4.9', message: '{module}: no symbol version for {w}', example: 'cryptd: no symbol version for this_cpu_off', word: 'no symbol version for ' },
  { ...SYMBOL, since: '2.6.30', message: '{module}: Unknown symbol {w} (err {errno})', example: 'btrfs: Unknown symbol xor_blocks (err -2)', word: 'Unknown symbol ' },
  { ...SYMBOL, message: '{module}: Unknown symbol {w}', example: 'btrfs: Unknown symbol xor_blocks', word: 'Unknown symbol ' },
  { ...SYMBOL, source: 'kernel/module/main.c:resolve_symbol_wait', since: '2.6.35', waited: true, message: '{module}: gave up waiting for init of module {other}.', example: 'ehci_pci: gave up waiting for init of module ehci_hcd.', word: 'gave up waiting for init' },
  { ...SYMBOL, source: 'kernel/module/main.c:inherit_taint', since: '5.9', reason: 'license', message: '{module}: module using GPL-only symbols uses symbols {w} from proprietary module {w}', example: 'foo: module using GPL-only symbols uses symbols nv_get from proprietary module nvidia.', word: 'from proprietary module' },
  { ...SYMBOL, since: '6.12', reason: 'elf', message: '{module}: Symbol {w} has an invalid section index {n} (max {n})', example: 'foo: Symbol bar has an invalid section index 900 (max 42)', word: 'has an invalid section index' },
  { ...SYMBOL, reason: 'elf', message: '{module}: please compile with -fno-common', example: 'foo: please compile with -fno-common', word: 'compile with -fno-common' },
  { ...SYMBOL, source: 'kernel/module/main.c:verify_exported_symbols', since: '2.6.18', reason: 'duplicate-symbol', message: '{module}: exports duplicate symbol {w} (owned by {w})', example: 'a: exports duplicate symbol s (owned by kernel)', word: 'exports duplicate symbol ' },
  // An Android kernel (CONFIG_MODULE_SIG_PROTECT) lets a module without a valid signature neither export these nor use those.
  { ...SYMBOL, source: 'kernel/module/main.c:verify_exported_symbols (Android)', since: '5.15', reason: 'signature', errno: EACCES, message: '{module}: exports protected symbol {w}', example: 'rfkill: exports protected symbol rfkill_alloc', word: 'exports protected symbol ' },
  { ...SYMBOL, source: 'kernel/module/main.c:simplify_symbols (Android)', since: '5.15', reason: 'signature', message: '{module}: Protected symbol: {w} (err {errno})', example: 'sdhci_esdhc_imx: Protected symbol: request_bus_freq (err -13)', word: ': Protected symbol: ' },

  // The backtick tells a module's parameter from a file system's mount option.
  { ...PARAMETER, message: "{module}: Unknown parameter `{s}'", example: "foo: Unknown parameter `x'", word: 'Unknown parameter `' },
  { ...PARAMETER, message: "{module}: `{s}' invalid for parameter `{s}'", example: "lab_param: `notanumber' invalid for parameter `lab_int'", word: ' for parameter `' },
  { ...PARAMETER, message: "{module}: `{s}' too large for parameter `{s}'", example: "foo: `1234567' too large for parameter `x'", word: ' for parameter `' },
  { ...PARAMETER, source: 'kernel/module/main.c:unknown_module_param_cb', since: '3.11', fails: 'never', message: "{module}: unknown parameter '{s}' ignored", example: "cryptd: unknown parameter 'x' ignored", word: "unknown parameter '" },
  { ...PARAMETER, source: 'kernel/module/main.c:load_module', since: '3.16', fails: 'never', message: "{module}: parameters '{s}' after `--' ignored", example: "foo: parameters 'a=1' after `--' ignored", word: "after `--' ignored" },

  { ...SYSFS, message: '{module}: module sysfs not initialized', example: 'foo: module sysfs not initialized', word: 'module sysfs not initialized' },
  { ...SYSFS, message: '{module}: module is already loaded', example: 'foo: module is already loaded', word: 'module is already loaded' },
  { ...SYSFS, source: 'fs/sysfs/dir.c:sysfs_warn_dup', message: "sysfs: cannot create duplicate filename '/module/{module}'", example: "sysfs: cannot create duplicate filename '/module/snd_hda_intel'", word: "duplicate filename '/module/" },

  // From 5.18 on the load goes on with CONFIG_MODULE_ALLOW_BTF_MISMATCH; since 6.3, 6.1.16 and 6.2.3 with other words.
  { ...BTF, fails: 'unless allowed', message: 'failed to validate module [{module}] BTF: {errno}', example: 'failed to validate module [jbd2] BTF: -22', word: 'failed to validate module [' },
  { ...BTF, since: '6.1', fails: 'never', message: 'Kernel module BTF mismatch detected, BTF debug info may be unavailable for some modules', example: 'Kernel module BTF mismatch detected, BTF debug info may be unavailable for some modules', word: 'module BTF mismatch' },
  { ...BTF, fails: 'never', message: 'failed to register module [{module}] BTF in sysfs: {n}', example: 'failed to register module [jbd2] BTF in sysfs: -17', word: 'failed to register module [' },
  { source: 'lib/codetag.c:codetag_module_init', since: '6.10', reason: 'other', phase: 'load', fails: 'since 6.16', message: 'Failed to load code tags of type {w} from the module {module}', example: 'Failed to load code tags of type alloc_tags from the module nls_cp775', word: 'code tags of type' },

  { ...LIVEPATCH, message: "livepatch: patch '{w}' failed for module '{w}', refusing to load module '{module}'", example: "livepatch: patch 'test_klp' failed for module 'test_mod', refusing to load module 'test_mod'" },
  { ...LIVEPATCH, message: "livepatch: failed to initialize patch '{w}' for module '{module}' ({errno})", example: "livepatch: failed to initialize patch 'test_klp' for module 'test_mod' (-22)" },
  { ...LIVEPATCH, message: "livepatch: failed to apply patch '{w}' to module '{module}' ({errno})", example: "livepatch: failed to apply patch 'test_klp' to module 'test_mod' (-22)" },
  { ...LIVEPATCH, since: '5.14', message: 'livepatch: vmlinux.ko: invalid module name', example: 'livepatch: vmlinux.ko: invalid module name' },
  { ...LIVEPATCH, source: 'kernel/livepatch/core.c:klp_resolve_symbols', since: '4.6', message: 'livepatch: symbol {w} is not marked as a livepatch symbol', example: 'livepatch: symbol foo is not marked as a livepatch symbol' },
  { ...LIVEPATCH, source: 'kernel/livepatch/core.c:klp_resolve_symbols', since: '4.6', message: 'livepatch: {w} {w} has an incorrectly formatted name', example: 'livepatch: section .klp.rela. has an incorrectly formatted name' },
  { ...LIVEPATCH, source: 'kernel/livepatch/core.c:klp_enable_patch', since: '4.7', phase: 'init', message: 'livepatch: module {module} is not marked as a livepatch module', example: 'livepatch: module test_klp is not marked as a livepatch module' },
  { ...LIVEPATCH, source: 'kernel/livepatch/core.c:klp_enable_patch', since: '5.5', phase: 'init', message: 'livepatch: Livepatch patch ({module}) is not compatible with the already installed livepatches.', example: 'livepatch: Livepatch patch (test_klp) is not compatible with the already installed livepatches.' },
  { ...LIVEPATCH, source: 'kernel/livepatch/core.c:__klp_enable_patch', since: '4.0', phase: 'init', message: "livepatch: failed to enable patch '{module}'", example: "livepatch: failed to enable patch 'test_klp'" },

  { ...INIT, since: '7.0', message: '{module}: init suspiciously returned -{s}', example: 'lab_dup: init suspiciously returned -EEXIST: Overriding with -EBUSY' },
  { ...INIT, since: '7.0', fails: 'never', message: '{module}: init suspiciously returned {s}', example: 'lab_pos: init suspiciously returned 1, it should follow 0/-E convention' },
  { ...INIT, since: '2.6.25', until: '7.0', fails: 'never', message: "{w}: '{module}'->init suspiciously returned {s}", example: "do_init_module: 'lab_pos'->init suspiciously returned 1, it should follow 0/-E convention" },

  // Its init registers an algorithm.
  { source: 'crypto/algapi.c:crypto_check_module_sig', since: '3.17', reason: 'signature', phase: 'init', message: 'Kernel panic - not syncing: Module {module} signature verification failed in FIPS mode', example: 'Kernel panic - not syncing: Module crct10dif_pclmul signature verification failed in FIPS mode', word: ' failed in FIPS mode' },
];
