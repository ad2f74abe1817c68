// SPDX-License-Identifier: Apache-2.0
/** Messages about failed loads, failed allocations and taints (kernel/module/, mm/). */
import type { Taint } from '../../../model/event.js';
import { moduleName } from '../../../model/module-name.js';
import { ALLOCATION_RULES } from './allocations.js';
import { LOAD_MESSAGES } from './loads/index.js';
import { ruleOf } from './loads/message.js';
import { NAME, type Rule } from './rule.js';

export const FAILURE_RULES: readonly Rule[] = [...LOAD_MESSAGES.map(ruleOf), ...ALLOCATION_RULES];

/** `NAME: rest`, the whole message. */
function taint(what: Taint['what'], words: readonly string[], rest: string): Rule {
  return {
    words,
    pattern: new RegExp(`^(${NAME}): ${rest}`),
    facts: ([, module = '']) => ({ kind: 'taint', module: moduleName(module), what }),
  };
}

// biome-ignore format: a table
export const TAINT_RULES: readonly Rule[] = [
  taint('out-of-tree', ['out-of-tree module'], 'loading out-of-tree module taints kernel\\.$'),
  taint('license', ["module license '"], "module license '.*' taints kernel\\.$"),
  taint('license', ['module license taints'], 'module license taints kernel\\.$'),
  taint('license', ['from proprietary module'], 'module uses symbols \\S+ from proprietary module \\S+?, inheriting taint\\.$'),
  taint('unsigned', ['module verification failed'], 'module verification failed: .* - tainting kernel$'),
  taint('staging', ['from the staging directory'], 'module is from the staging directory'),
  taint('test', ['loading test module taints'], 'loading test module taints kernel\\.$'),
  taint('livepatch', ['TAINT_LIVEPATCH'], 'tainting kernel with TAINT_LIVEPATCH$'),
  taint('forced', ['kernel tainted.'], '(?:.* )?(?:version|versions|vermagic|magic)\\b.*: kernel tainted\\.$'),
];
