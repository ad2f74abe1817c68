// SPDX-License-Identifier: Apache-2.0
/**
 * Loaders in Go, which make the call themselves and print errno in Go's words: Talos Linux, the initramfs booster, u-root's
 * modprobe.
 */
import { type Loader, loader } from './loader.js';
import type { Rule } from './rule.js';

const TALOS: Loader = { names: /^talos$/, front: '(?:^|: )\\[(?<tool>talos)\\] .{0,400}' };
const BOOSTER: Loader = { names: /^booster$/, front: '^(?<tool>booster): ' };
const U_ROOT: Loader = {
  names: /^modprobe$/,
  front: '^(?:\\d{4}/\\d\\d/\\d\\d \\d\\d:\\d\\d:\\d\\d )?(?<tool>modprobe): ',
};

/** A quotation mark in JSON, which the kernel log may escape once more. */
const QUOTE = '(?:\\\\x5c|\\\\)*"';
const MISSING = '(?:open \\S+: no such file or directory|module not found)';

// biome-ignore format: a table
export const GO_RULES: readonly Rule[] = [
  // [talos] controller failed {"controller": "runtime.KernelModuleSpecController", "error": "error loading module \"drbd\": load drbd failed: key was rejected by service"}
  loader(TALOS, 'not-found', ['error loading module '], `error loading module ${QUOTE}(?<module>[\\w-]+)${QUOTE}: (?:load [\\w-]+ failed: )?${MISSING}(?:"|$)`),
  loader(TALOS, 'failed', ['error loading module '], `error loading module ${QUOTE}(?:[\\w-]+${QUOTE}: load (?<module>[\\w-]+) failed: |(?<shown>[\\w-]+)${QUOTE}: )(?<reason>[\\w ()/,-]+?)(?:"|$)`),
  // booster: finit(crc32_generic): key was rejected by service
  loader(BOOSTER, 'not-found', ['booster: finit('], `finit\\((?<module>[\\w-]+)\\): ${MISSING}$`),
  loader(BOOSTER, 'failed', ['booster: finit('], 'finit\\((?<module>[\\w-]+)\\): (?:finit\\(\\S+\\): )?(?<reason>.+)$'),
  loader(U_ROOT, 'not-found', ['Could not load module "'], `Could not load module "(?<module>[\\w-]+)": (?:.*: )?(?:could not find module path .*|${MISSING})$`),
  // modprobe: Could not load module "e1000": finit_module(&{0xc42007fdb0}, "", 0x0) failed: exec format error
  loader(U_ROOT, 'failed', ['Could not load module "'], 'Could not load module "(?<module>[\\w-]+)": (?:.* failed: |.*: )?(?<reason>[^:]+)$'),
];
