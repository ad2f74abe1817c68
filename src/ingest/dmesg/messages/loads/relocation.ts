// SPDX-License-Identifier: Apache-2.0
/** Relocation errors of each architecture: apply_relocations, after the module was moved. */
import type { LoadMessage } from './message.js';

const HERE = { since: '2.6.0', reason: 'relocation', phase: 'load', word: 'elocation' } as const;
const X86 = { ...HERE, source: 'arch/x86/kernel/module.c', arch: 'x86' } as const;
const ARM = { ...HERE, source: 'arch/arm/kernel/module.c', arch: 'arm' } as const;
const ARM64 = { ...HERE, source: 'arch/arm64/kernel/module.c', arch: 'arm64' } as const;
const RISCV = { ...HERE, source: 'arch/riscv/kernel/module.c', arch: 'riscv', since: '4.15' } as const;
const POWERPC = { ...HERE, source: 'arch/powerpc/kernel/module_64.c', arch: 'powerpc' } as const;
const LOONGARCH = {
  ...HERE,
  source: 'arch/loongarch/kernel/module.c',
  arch: 'loongarch',
  since: '5.19',
} as const;
const MIPS = { ...HERE, source: 'arch/mips/kernel/module.c', arch: 'mips' } as const;
const PARISC = { ...HERE, source: 'arch/parisc/kernel/module.c', arch: 'parisc' } as const;
const IA64 = { ...HERE, source: 'arch/ia64/kernel/module.c', arch: 'ia64', until: '6.7' } as const;
const XTENSA = { ...HERE, source: 'arch/xtensa/kernel/module.c', arch: 'xtensa' } as const;

// biome-ignore format: a table
export const RELOCATION_MESSAGES: readonly LoadMessage[] = [
  // Shared wordings: x86, sparc, parisc, m68k, sh, csky, microblaze, alpha; s390, arm, arc, hexagon start in lower case.
  { ...HERE, source: 'arch/*/kernel/module.c', message: 'module {module}: Unknown relocation: {x}', example: 'module foo: Unknown relocation: 43' },
  { ...HERE, source: 'arch/*/kernel/module.c', message: 'module {module}: unknown relocation: {x}', example: 'module foo: unknown relocation: 61' },
  { ...HERE, source: 'arch/*/kernel/module.c', message: '{module}: Unknown relocation: {x}', example: 'module: bar: Unknown relocation: 43' },
  { ...HERE, source: 'arch/*/kernel/module.c', message: '{module}: unknown relocation: {x}', example: 'ipv6: unknown relocation: 82' },
  { ...HERE, source: 'arch/*/kernel/module.c', message: '{module}: Unknown relocation type {n}', example: 'dummy_hcd: Unknown relocation type 57' },

  { ...X86, until: '3.9', message: 'module {module}: Unknown rela relocation: {n}', example: 'module foo: Unknown rela relocation: 37' },
  { ...X86, since: '3.9', message: '{module}: Unknown rela relocation: {n}', example: 'module: nls_cp865: Unknown rela relocation: 250' },
  { ...X86, since: '4.16', message: 'x86/modules: Skipping invalid relocation target, {s}', example: 'module: x86/modules: Skipping invalid relocation target, existing value is nonzero for type 1, loc 0000000085ff9d82, val ffffffffc148a694' },
  { ...X86, since: '6.2', message: 'x86/modules: Invalid relocation target, {s}', example: 'module: x86/modules: Invalid relocation target, existing value is nonzero for sec 3, idx 4, type 2, loc ffffffffc0201000, val ffffffff81000000' },
  { ...X86, message: 'overflow in relocation type {n} val {x}{s}', example: 'module: overflow in relocation type 2 val ffffffff81000000 sec 3 idx 4' },
  { ...X86, names: true, message: "`{module}' likely not compiled with -mcmodel=kernel", example: "module: `foo' likely not compiled with -mcmodel=kernel", word: 'likely not compiled with' },

  { ...ARM, message: "{module}: section {n} reloc {n} sym '{s}': relocation {n} out of range ({s})", example: "x_tables: section 4 reloc 2 sym 'mutex_lock': relocation 28 out of range (0xbf0000bc -> 0xc101c154)" },
  { ...ARM, since: '2.6.39', message: "{module}: section {n} reloc {n} sym '{s}': out of bounds relocation, {s}", example: "foo: section 4 reloc 2 sym 'bar': out of bounds relocation, offset 90 size 64" },
  { ...ARM, since: '2.6.39', message: '{module}: section {n} reloc {n}: bad relocation sym offset', example: 'foo: section 4 reloc 2: bad relocation sym offset' },
  { ...ARM, since: '3.18', message: "{module}: section {n} reloc {n} sym '{s}': unsupported interworking call ({s})", example: "foo: section 4 reloc 2 sym 'bar': unsupported interworking call (ARM -> Thumb)", word: 'unsupported interworking call' },
  { ...ARM, until: '2.6.39', message: '{module}: bad relocation{s}, section {n} reloc {n}', example: 'foo: bad relocation offset, section 4 reloc 2' },
  { ...ARM, until: '2.6.39', message: '{module}: out of bounds relocation, section {n} reloc {n} {s}', example: 'foo: out of bounds relocation, section 4 reloc 2 offset 90 size 64' },
  // Also xtensa.
  { ...HERE, source: 'arch/arm/kernel/module.c, xtensa', message: '{module}: relocation out of range, section {n} reloc {n} sym {s}', example: "foo: relocation out of range, section 4 reloc 2 sym 'printk'" },

  // No room for a far call: apply_relocate_add then returns -ENOEXEC.
  { ...ARM64, source: 'arch/arm64/kernel/module-plts.c', since: '4.5', message: 'WARNING: CPU: {n} PID: {n} at {w}/module-plts.c:{n} module_emit_plt_entry{s}', example: 'WARNING: CPU: 0 PID: 2092 at arch/arm64/kernel/module-plts.c:98 module_emit_plt_entry+0x17c/0x190', word: ' module_emit_plt_entry+' },
  { ...ARM64, since: '3.8', message: 'module {module}: unsupported RELA relocation: {n}', example: 'Modules: module nls_cp865: unsupported RELA relocation: 250' },
  { ...ARM64, since: '3.8', message: 'module {module}: overflow in relocation type {n} val {x}', example: 'module qux: overflow in relocation type 275 val ffff80007a000000' },

  { ...RISCV, message: '{module}: target {x} can not be addressed by the 32-bit offset from PC = {s}', example: 'foo: target 00000000abcdef01 can not be addressed by the 32-bit offset from PC = 00000000f4a3', word: 'can not be addressed by the' },
  { ...RISCV, message: '{module}: can not generate the GOT entry for symbol = {s}', example: 'foo: can not generate the GOT entry for symbol = 00000000abcdef01 from PC = 00000000f4a3', word: 'can not generate the GOT entry' },
  { ...RISCV, message: '{module}: value {x} out of range for 32-bit field', example: 'foo: value 00000001abcdef01 out of range for 32-bit field', word: ' out of range for ' },
  { ...RISCV, since: '6.7', message: '{module}: value {n} out of range for {n}-bit relocation.', example: 'foo: value 300 out of range for 8-bit relocation.', word: ' out of range for ' },
  { ...RISCV, message: "{module}: The unexpected relocation type 'R_RISCV_ALIGN' from PC = {s}", example: "foo: The unexpected relocation type 'R_RISCV_ALIGN' from PC = 00000000f4a3" },
  { ...RISCV, message: '{module}: Can not find HI20 relocation information', example: 'foo: Can not find HI20 relocation information' },
  { ...RISCV, since: '6.7', message: '{module}: Dynamic linking not supported in kernel modules PC = {s}', example: 'foo: Dynamic linking not supported in kernel modules PC = 00000000f4a3', word: 'not supported in kernel modules' },
  { ...RISCV, since: '6.7', message: '{module}: Thread local storage not supported in kernel modules PC = {s}', example: 'foo: Thread local storage not supported in kernel modules PC = 00000000f4a3', word: 'not supported in kernel modules' },

  { ...POWERPC, message: '{module}: Unknown ADD relocation: {n}', example: 'module_64: foo: Unknown ADD relocation: 26' },
  { ...POWERPC, source: 'arch/powerpc/kernel/module_32.c', message: '{module}: unknown ADD relocation: {n}', example: 'module_32: foo: unknown ADD relocation: 26' },
  { ...POWERPC, message: '{module}: bad {w} relocation ({x})', example: 'foo: bad TOC16 relocation (0x12345)' },
  { ...POWERPC, message: '{module}: REL{n} {n} out of range!', example: 'module_64: foo: REL24 33554432 out of range!', word: ' out of range!' },
  { ...POWERPC, message: '{module}: Address {s} out of range of {s}', example: 'foo: Address of memcpy out of range of kernel_toc.', word: ' out of range of ' },
  { ...POWERPC, message: '{module}: Address of stub entry is not 8-byte aligned', example: 'foo: Address of stub entry is not 8-byte aligned', word: 'Address of stub entry' },
  { ...POWERPC, message: '{module}: Expect noop after relocate, got {x}', example: 'module_64: foo: Expect noop after relocate, got 7c630034', word: 'Expect noop after relocate' },
  { ...POWERPC, message: '{module}: Expected no{s} after call, got {s}', example: 'foo: Expected nop after call, got 60000001 at bar+0x1/0x2', word: ' after call, got ' },

  { ...HERE, source: 'arch/s390/kernel/module.c', arch: 's390', message: 'module {module}: relocation error for symbol {s} (r_type {n}, value {x})', example: 'module foo: relocation error for symbol printk (r_type 2, value 0x3ff80)' },

  { ...LOONGARCH, message: '{module}: Unsupport relocation type {n}{s}', example: 'kmod: foo: Unsupport relocation type 99, please add its support.' },
  { ...LOONGARCH, message: 'module {module}: {s} dangerous {s} relocation', example: 'kmod: module foo: jump offset = 0x8000000 overflow! dangerous R_LARCH_B26 (66) relocation' },
  { ...LOONGARCH, source: 'arch/loongarch/kernel/module-sections.c', message: '{module}: module contains bad GOT relocation', example: 'foo: module contains bad GOT relocation' },

  // Before 4.16 MIPS prints REL or RELA.
  { ...MIPS, message: 'module {module}: dangerous {w} {s}relocation', example: 'module foo: dangerous R_MIPS_26 REL relocation' },
  { ...MIPS, since: '4.16', message: 'module {module}: dangerous {w} relocation', example: 'module foo: dangerous R_MIPS_LO16 relocation' },
  { ...HERE, source: 'arch/mips/kernel/module.c, nios2', message: 'module {module}: relocation overflow', example: 'module foo: relocation overflow' },
  { ...HERE, source: 'arch/nios2/kernel/module.c', arch: 'nios2', message: 'module {module}: dangerous relocation', example: 'module foo: dangerous relocation' },
  { ...HERE, source: 'arch/nios2/kernel/module.c', arch: 'nios2', message: 'module {module}: Unknown reloc: {n}', example: 'module foo: Unknown reloc: 50', word: ': Unknown reloc: ' },

  { ...PARISC, message: 'module {module} relocation of symbol {w} is out of range ({s})', example: 'module foo relocation of symbol printk is out of range (0x40123456 in 17 bits)' },
  { ...PARISC, message: '{module}: Global Offset Table overflow ({s})', example: 'foo: Global Offset Table overflow (used 8193, allowed 8191)', word: 'Global Offset Table overflow' },

  { ...HERE, source: 'arch/alpha/kernel/module.c', arch: 'alpha', message: 'module {module}: Relocation (type {n}) overflow vs {s}', example: 'module foo: Relocation (type 4) overflow vs section 3' },
  { ...IA64, message: '{module}: {w} reloc not supported', example: 'foo: R_IA64_LTV32MSB reloc not supported', word: ' reloc not supported' },
  { ...IA64, message: '{module}: unknown reloc {x}', example: 'foo: unknown reloc 9f', word: ': unknown reloc ' },
  { ...IA64, message: '{module}: value {n} out of IMM{w} range', example: 'foo: value 4194304 out of IMM22 range', word: ' out of IMM' },
  { ...HERE, source: 'arch/hexagon/kernel/module.c', arch: 'hexagon', message: '{module}: R_HEXAGON_B22_PCREL reloc out of range: {s}', example: 'foo: R_HEXAGON_B22_PCREL reloc out of range: 04000000=c4000000-c0000000 printk', word: 'R_HEXAGON_B22_PCREL' },
  { ...XTENSA, message: '{module}: unexpected {s}relocation: {n}', example: 'foo: unexpected FLIX relocation: 20' },
];
