// SPDX-License-Identifier: Apache-2.0
/**
 * Messages of modutils, for kernels before 2.6, and of busybox's insmod for them: it linked modules itself, so the kernel
 * printed nothing.
 */
import { moduleName } from '../../../model/module-name.js';
import { loader } from './loader.js';
import type { LogFact, Rule } from './rule.js';

const INSMOD = /^(?:insmod|modprobe)$/;
const TOOL = '^(?:(?<tool>insmod|modprobe): )?';
/** `/lib/modules/2.4.20/kernel/drivers/net/foo.o`, `foo.o`, `foo` */
const OBJECT = '(?:\\S*/)?(?<module>[\\w-]+)(?:\\.o)?';
/** Without a tool's name, the object's suffix shows what the line is about. */
const FILE = '(?:\\S*/)?(?<module>[\\w-]+)\\.o';

type Reason = Extract<LogFact, { kind: 'load-failure' }>['reason'];

/** A module that insmod could not link. */
function unlinked(words: readonly string[], rest: string, reason: Reason): Rule {
  return {
    words,
    pattern: new RegExp(`^(?:insmod: |modprobe: )?(?:${FILE}: )?${rest}`),
    facts: ({ groups, input }, { tool }): LogFact | null => {
      const module = groups?.module;
      if (module === undefined && !/^insmod: /.test(input) && tool !== 'insmod') return null;
      return {
        kind: 'load-failure',
        reason,
        module: module === undefined ? null : moduleName(module),
        phase: null,
        errno: null,
        fails: 'always',
        names: false,
        message: input,
      };
    },
  };
}

export const MODUTILS_RULES: readonly Rule[] = [
  unlinked(['unresolved symbol '], 'unresolved symbol \\S+$', 'unknown-symbol'),
  unlinked(['kernel-module version mismatch'], 'kernel-module version mismatch$', 'vermagic'),
  unlinked(
    ["couldn't find the kernel version"],
    "couldn't find the kernel version the module was compiled for$",
    'vermagic',
  ),
  unlinked(['not an ELF file'], 'not an ELF file$', 'elf'),
  unlinked(['ELF file not '], 'ELF file not (?:for this architecture|a relocatable object)$', 'elf'),
  // /lib/modules/2.4.20/kernel/drivers/net/foo.o: init_module: No such device
  loader(
    INSMOD,
    {
      words: ['init_module: '],
      pattern: new RegExp(`${TOOL}(?:${FILE}: init_module|init_module: (?<shown>[\\w-]+)): (?<reason>.+)$`),
      what: 'failed',
    },
    'insmod',
  ),
  loader(INSMOD, {
    words: ['cannot create module: '],
    pattern: new RegExp(`${TOOL}${OBJECT}: cannot create module: (?<reason>.+)$`),
    what: 'failed',
  }),
  loader(
    INSMOD,
    {
      words: ['a module named '],
      pattern: /^(?:(?:insmod|\S+\.o): )?a module named (?<module>[\w-]+) already exists$/,
      what: 'already',
    },
    'insmod',
  ),
  loader(INSMOD, {
    words: ['no module by that name found'],
    pattern: new RegExp(`${TOOL}${OBJECT}: no module by that name found$`),
    what: 'not-found',
  }),
  // It comes after the message that says why.
  loader(
    INSMOD,
    {
      words: ['insmod'],
      pattern: /^(?:(?<tool>modprobe): |\S*\.o: )insmod (?:\S*\/)?(?<module>[\w-]+?)(?:\.o)? failed$/,
      what: 'failed',
    },
    'insmod',
  ),
];
