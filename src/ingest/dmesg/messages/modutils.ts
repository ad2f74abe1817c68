// SPDX-License-Identifier: Apache-2.0
/**
 * Messages of modutils, for kernels before 2.6, and of busybox's insmod for them: it linked modules itself, so the kernel
 * printed nothing.
 */
import { moduleName } from '../../../model/module-name.js';
import { type Loader, loader } from './loader.js';
import type { LogFact, Rule } from './rule.js';

const INSMOD: Loader = { names: /^(?:insmod|modprobe)$/, front: '^(?:(?<tool>insmod|modprobe): )?' };
/** No other program has these words. */
const UNNAMED: Loader = { ...INSMOD, fallback: 'insmod' };
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

// biome-ignore format: a table
export const MODUTILS_RULES: readonly Rule[] = [
  // Using /lib/modules/2.4.20/kernel/drivers/net/foo.o
  loader(UNNAMED, 'loading', ['Using /lib/modules/'], 'Using /lib/modules/\\S*/(?<module>[\\w-]+)\\.o$'),
  unlinked(['unresolved symbol '], 'unresolved symbol \\S+$', 'unknown-symbol'),
  unlinked(['kernel-module version mismatch'], 'kernel-module version mismatch$', 'vermagic'),
  unlinked(["couldn't find the kernel version"], "couldn't find the kernel version the module was compiled for$", 'vermagic'),
  unlinked(['not an ELF file'], 'not an ELF file$', 'elf'),
  unlinked(['ELF file not '], 'ELF file not (?:for this architecture|a relocatable object)$', 'elf'),
  // /lib/modules/2.4.20/kernel/drivers/net/foo.o: init_module: No such device
  loader(UNNAMED, 'failed', ['init_module: '], `(?:${FILE}: init_module|init_module: (?<shown>[\\w-]+)): (?<reason>.+)$`),
  loader(INSMOD, 'failed', ['cannot create module: '], `${OBJECT}: cannot create module: (?<reason>.+)$`),
  loader({ ...UNNAMED, front: '^(?:(?:insmod|\\S+\\.o): )?' }, 'already', ['a module named '], 'a module named (?<module>[\\w-]+) already exists$'),
  loader(INSMOD, 'not-found', ['no module by that name found'], `${OBJECT}: no module by that name found$`),
  // It comes after the message that says why.
  loader({ ...UNNAMED, front: '^(?:(?<tool>modprobe): |\\S*\\.o: )' }, 'failed', ['insmod'], 'insmod (?:\\S*/)?(?<module>[\\w-]+?)(?:\\.o)? failed$'),
];
