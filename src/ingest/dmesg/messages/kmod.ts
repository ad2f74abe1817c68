// SPDX-License-Identifier: Apache-2.0
/** Messages of modprobe and insmod: kmod (tools/modprobe.c, tools/insmod.c) and module-init-tools before it. */
import type { UserLoad } from '../../../model/event.js';
import { loader } from './loader.js';
import type { Rule } from './rule.js';

const TOOLS = /^(?:modprobe|insmod|kmod|systemd-modules(?:-load)?)$/;

/** Programs that pass on what libkmod prints. */
const LIBKMOD = /^(?:modprobe|insmod|kmod|systemd-modules(?:-load)?|systemd-udevd|udevd|\(?udev-worker\)?)$/;

const TOOL = '^(?:(?:\\S*/)?(?<tool>modprobe|insmod|kmod): )?';
/** `ERROR: ` of kmod, with libkmod's source location. */
const ERROR = '(?:ERROR|FATAL|WARNING): (?:\\.\\./\\S+ \\w+\\(\\) )?';

function kmod(words: readonly string[], rest: string, what: UserLoad['what']): Rule {
  return loader(TOOLS, { words, pattern: new RegExp(`${TOOL}${rest}`), what });
}

/** module-init-tools printed no program name; no other program uses these words. */
function unnamed(words: readonly string[], rest: string, what: UserLoad['what']): Rule {
  return loader(TOOLS, { words, pattern: new RegExp(`${TOOL}${rest}`), what }, 'modprobe');
}

export const KMOD_RULES: readonly Rule[] = [
  // modprobe: ERROR: could not insert 'nls_cp852': Exec format error
  kmod(
    ['could not insert '],
    `${ERROR}could not insert (?:module )?'?(?<module>[^':]+)'?: (?<reason>.+)$`,
    'failed',
  ),
  // insmod: ERROR: could not load module foo.ko: No such file or directory      it reads the file first
  kmod(
    ['could not load module '],
    `${ERROR}could not load module (?<module>\\S+): No such file or directory$`,
    'not-found',
  ),
  kmod(['could not load module '], `${ERROR}could not load module (?<module>\\S+): (?<reason>.+)$`, 'failed'),
  // modprobe: ERROR: ../libkmod/libkmod-module.c:838 kmod_module_insert_module() could not find module by name='foo'
  kmod(
    ['could not find module by name'],
    `${ERROR}could not find module by name='(?<module>[^']+)'$`,
    'not-found',
  ),
  // libkmod: ERROR ../libkmod/libkmod-module.c:838 kmod_module_insert_module: could not find module by name='foo'
  unnamed(
    ['could not find module by name'],
    "libkmod: (?:ERROR \\S+ )?\\w+: could not find module by name='(?<module>[^']+)'$",
    'not-found',
  ),
  // modprobe: FATAL: Failed to get module from path ./foo.ko: No such file or directory
  kmod(
    ['Failed to get module from path '],
    `${ERROR}Failed to get module from path (?<module>\\S+): .+$`,
    'not-found',
  ),
  // modprobe: ERROR: ctx=0x55d0 path=/lib/x.ko error=No such file or directory
  kmod([' path=/'], `${ERROR}ctx=\\S+ path=(?<module>\\S+\\.ko\\S*) error=.+$`, 'not-found'),
  // WARNING: Could not read '/lib/modules/2.6.32/kernel/foo.ko': No such file or directory
  unnamed(
    ["Could not read '", "Could not open '"],
    "(?:FATAL|ERROR|WARNING): Could not (?:read|open) '(?<module>[^']+\\.ko[^']*)': .+$",
    'not-found',
  ),
  unnamed(
    [' already in kernel'],
    '(?:FATAL|ERROR): Module (?<module>\\S+) already in kernel\\.?$',
    'already',
  ),
  // modprobe: FATAL: Module foo not found in directory /lib/modules/6.12.117
  unnamed(
    ['not found'],
    '(?:FATAL|ERROR|WARNING): Module (?<module>\\S+) not found(?: in directory [^\\s,;"`]+)?(?:[,;"`]|\\.?$)',
    'not-found',
  ),
  // FATAL: Error inserting foo (/lib/modules/.../foo.ko): Invalid module format
  unnamed(
    ['Error inserting '],
    '(?:(?:FATAL|WARNING): )?Error inserting (?<module>\\S+) \\([^)]*\\): (?<reason>.+)$',
    'failed',
  ),
  // insmod: error inserting 'foo.ko': -1 Invalid module format
  kmod(["error inserting '"], "error inserting '(?<module>[^']+)': -?\\d+ (?<reason>.+)$", 'failed'),
  // modprobe.d can run another command instead of the load, often /bin/false; udev has libkmod say so, too.
  loader(
    LIBKMOD,
    {
      words: ['Error running install command'],
      pattern: new RegExp(
        `${TOOL}(?:${ERROR})?Error running install command (?:'.*' for module|for) (?<module>\\S+?)(?:: retcode -?\\d+)?$`,
      ),
      what: 'command-failed',
    },
    'modprobe',
  ),
  kmod(
    ['Not loading blacklisted module '],
    `${ERROR}Not loading blacklisted module (?<module>\\S+)$`,
    'not-tried',
  ),
  // modprobe: Can't locate module net-pf-10      modutils
  kmod(["Can't locate module "], "(?:modprobe: )?Can't locate module (?<module>\\S+)$", 'not-found'),
];
