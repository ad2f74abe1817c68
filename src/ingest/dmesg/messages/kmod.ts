// SPDX-License-Identifier: Apache-2.0
/** Messages of modprobe and insmod: kmod (tools/modprobe.c, tools/insmod.c) and module-init-tools before it. */
import { type Loader, loader } from './loader.js';
import type { Rule } from './rule.js';

const KMOD: Loader = {
  names: /^(?:modprobe|insmod|kmod|systemd-modules(?:-load)?)$/,
  front: '^(?:(?:\\S*/)?(?<tool>modprobe|insmod|kmod): )?',
};
/** module-init-tools printed no program name; no other program uses these words. */
const UNNAMED: Loader = { ...KMOD, fallback: 'modprobe' };
/** kmod up to 10 printed none either, in words that others have. */
const OLD_KMOD: Loader = { ...UNNAMED, front: '^', byReason: true };
/** Its insmod, which wrote `Error` up to 8; it names a file. */
const OLD_INSMOD: Loader = { ...OLD_KMOD, fallback: 'insmod' };
const OLD_INSMOD_FILE: Loader = { ...UNNAMED, front: '^', fallback: 'insmod' };
/** Programs that pass on what libkmod prints. */
const LIBKMOD: Loader = {
  ...UNNAMED,
  names: /^(?:modprobe|insmod|kmod|systemd-modules(?:-load)?|systemd-udevd|udevd|\(?udev-worker\)?)$/,
};

/** `ERROR: ` of kmod, with libkmod's source location. */
const ERROR = '(?:ERROR|FATAL|WARNING): (?:\\.\\./\\S+ \\w+\\(\\) )?';

// biome-ignore format: a table
export const KMOD_RULES: readonly Rule[] = [
  // modprobe: ERROR: could not insert 'nls_cp852': Exec format error
  loader(KMOD, 'failed', ['could not insert '], `${ERROR}could not insert (?:module )?'?(?<module>[^':]+)'?: (?<reason>.+)$`),
  // ERROR: could not insert 'foo': Operation not permitted
  loader(OLD_KMOD, 'failed', ['could not insert '], "ERROR: could not insert '(?<module>[^'\\s]+)': (?<reason>.+)$"),
  // Error: could not insert module foo.ko: Invalid module format      ERROR: could not load module foo.ko: No such file or directory
  loader(OLD_INSMOD, 'failed', ['could not insert '], '(?:ERROR|Error): could not insert module (?<module>\\S+): (?<reason>.+)$'),
  loader(OLD_INSMOD_FILE, 'not-found', ['could not load module '], '(?:ERROR|Error): could not load module (?<module>\\S+\\.ko(?:\\.\\w+)?): No such file or directory$'),
  loader(OLD_INSMOD, 'failed', ['could not load module '], '(?:ERROR|Error): could not load module (?<module>\\S+\\.ko(?:\\.\\w+)?): (?<reason>.+)$'),
  // modprobe: INFO: Failed to insert module '/lib/modules/6.1.0/foo.ko.gz': No such device      libkmod with -vv, before the error
  loader({ ...KMOD, again: true }, 'failed', ["Failed to insert module '"], "(?:INFO: )?(?:\\.\\./\\S+ \\w+\\(\\) )?Failed to insert module '(?<module>[^']+)': (?<reason>.+)$"),
  // libkmod: INFO ../libkmod/libkmod-module.c:927 kmod_module_insert_module: Failed to insert module '/lib/modules/6.1.0/foo.ko': No such device
  loader({ ...LIBKMOD, front: '^libkmod: (?:INFO \\S+ )?\\w+: ', again: true }, 'failed', ["Failed to insert module '"], "Failed to insert module '(?<module>[^']+)': (?<reason>.+)$"),
  // insmod /lib/modules/6.1.0-11-amd64/kernel/drivers/net/foo.ko debug=1      modprobe -v, before it loads the file
  loader({ ...UNNAMED, front: '^' }, 'loading', ['insmod /lib/modules/', 'insmod /usr/lib/modules/'], 'insmod (?<module>/(?:usr/)?lib/modules/\\d\\S*\\.ko(?:\\.\\w+)?)(?: .*)?$'),
  // insmod: ERROR: could not load module foo.ko: No such file or directory      it reads the file first
  loader(KMOD, 'not-found', ['could not load module '], `${ERROR}could not load module (?<module>\\S+): No such file or directory$`),
  loader(KMOD, 'failed', ['could not load module '], `${ERROR}could not load module (?<module>\\S+): (?<reason>.+)$`),
  // modprobe: ERROR: ../libkmod/libkmod-module.c:838 kmod_module_insert_module() could not find module by name='foo'
  loader(KMOD, 'not-found', ['could not find module by name'], `${ERROR}could not find module by name='(?<module>[^']+)'$`),
  // libkmod: ERROR ../libkmod/libkmod-module.c:838 kmod_module_insert_module: could not find module by name='foo'
  loader(UNNAMED, 'not-found', ['could not find module by name'], "libkmod: (?:ERROR \\S+ )?\\w+: could not find module by name='(?<module>[^']+)'$"),
  // modprobe: FATAL: Failed to get module from path ./foo.ko: No such file or directory
  loader(KMOD, 'not-found', ['Failed to get module from path '], `${ERROR}Failed to get module from path (?<module>\\S+): .+$`),
  // modprobe: ERROR: ctx=0x55d0 path=/lib/x.ko error=No such file or directory
  loader(KMOD, 'not-found', [' path=/'], `${ERROR}ctx=\\S+ path=(?<module>\\S+\\.ko\\S*) error=.+$`),
  // WARNING: Could not read '/lib/modules/2.6.32/kernel/foo.ko': No such file or directory
  loader(UNNAMED, 'not-found', ["Could not read '", "Could not open '"], "(?:FATAL|ERROR|WARNING): Could not (?:read|open) '(?<module>[^']+\\.ko[^']*)': .+$"),
  loader(UNNAMED, 'already', [' already in kernel'], '(?:FATAL|ERROR): Module (?<module>\\S+) already in kernel\\.?$'),
  // modprobe: FATAL: Module foo not found in directory /lib/modules/6.12.117
  loader(UNNAMED, 'not-found', ['not found'], '(?:FATAL|ERROR|WARNING): Module (?<module>\\S+) not found(?: in directory [^\\s,;"`]+)?(?:[,;"`]|\\.?$)'),
  // FATAL: Error inserting foo (/lib/modules/.../foo.ko): Invalid module format
  loader(UNNAMED, 'failed', ['Error inserting '], '(?:(?:FATAL|WARNING): )?Error inserting (?<module>\\S+) \\([^)]*\\):(?: (?<reason>.*))?$'),
  // insmod: error inserting 'foo.ko': -1 Invalid module format
  loader(KMOD, 'failed', ["error inserting '"], "error inserting '(?<module>[^']+)': -?\\d+ (?<reason>.+)$"),
  // modprobe.d can run another command instead of the load, often /bin/false; udev has libkmod say so, too.
  loader(LIBKMOD, 'command-failed', ['Error running install command'], `(?:${ERROR})?Error running install command (?:'.*' for module|for) (?<module>\\S+?)(?:: retcode -?\\d+)?$`),
  // modprobe: ERROR: module 'zavl' is unsupported      SUSE's, which calls the kernel only with allow_unsupported_modules
  loader(UNNAMED, 'unsupported', ["' is unsupported"], `${ERROR}module '(?<module>[^']+)' is unsupported$`),
  loader(KMOD, 'not-tried', ['Not loading blacklisted module '], `${ERROR}Not loading blacklisted module (?<module>\\S+)$`),
  // modprobe: Can't locate module net-pf-10      modutils
  loader(KMOD, 'not-found', ["Can't locate module "], "(?:modprobe: )?Can't locate module (?<module>\\S+)$"),
];
