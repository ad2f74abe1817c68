/**
 * What udev, systemd, systemd-modules-load, modprobe, insmod and dracut's calls of them say about loads. These are
 * no count of calls: modprobe and udev hide EEXIST.
 */

import { errnoFromText } from '../../../model/errno.js';
import type { UserLoad } from '../../../model/event.js';
import { moduleFile, moduleName } from '../../../model/module-name.js';
import type { Rule, Said } from './rule.js';

/** libsystemd's module-util.c is shared by these; anything else that says `Inserted module` is not about the kernel. */
const SYSTEMD_TOOLS =
  /^(?:\(?udev-worker\)?|systemd-udevd|udevd|udevadm|systemd|systemd-modules(?:-load)?|unknown)$/;
const KMOD_TOOLS = /^(?:modprobe|insmod|kmod)$/;

/** `journalctl -o with-unit` prints a unit in place of the program. */
function program(tool: string | null): string | null {
  if (tool === 'init.scope') return 'systemd';
  return tool?.replace(/(?:@[^.]*)?\.service$/, '') ?? null;
}

/** A quoted name: a path to a file, an alias (kept as written), or a name. */
function loadedName(text: string): string {
  if (text.includes('/')) return moduleFile(text)?.module ?? text;
  return text.includes(':') ? text : moduleName(text.replace(/\.ko(?:\.\w+)?$/, ''));
}

function systemd(words: readonly string[], pattern: RegExp, what: UserLoad['what']): Rule {
  return {
    words,
    pattern,
    says: ([, module = '', reason = ''], { tool: printed, pid }): Said | null => {
      const tool = program(printed);
      if (tool !== null && !SYSTEMD_TOOLS.test(tool)) return null;
      const errno = what === 'failed' ? errnoFromText(reason) : null;
      return { kind: 'user-load', tool: tool ?? 'unknown', pid, what, module: loadedName(module), errno };
    },
  };
}

/** kmod's tools: the name is in the journal's identifier or, on a console, in front of the message. */
function kmod(words: readonly string[], pattern: RegExp): Rule {
  return {
    words,
    pattern,
    says: (match, { tool, pid }): Said | null => {
      const named = match.groups?.tool ?? program(tool);
      const module = match.groups?.module;
      if (named === null || named === undefined || module === undefined || !KMOD_TOOLS.test(named))
        return null;
      const errno = errnoFromText(match.groups?.reason ?? '');
      // What was printed by a script's modprobe has the script's pid.
      const own = match.groups?.tool === undefined ? pid : null;
      return { kind: 'user-load', tool: named, pid: own, what: 'failed', module: loadedName(module), errno };
    },
  };
}

const TOOL = '^(?:(?<tool>modprobe|insmod|kmod): )?';

export const USER_RULES: readonly Rule[] = [
  systemd(['Inserted '], /^Inserted (?:module )?'([^']+)'$/, 'inserted'),
  systemd([' is already loaded'], /^Module '([^']+)' is already loaded$/, 'already'),
  systemd(['Failed to insert '], /^Failed to insert (?:module )?'([^']+)'(?:: (.+))?$/, 'failed'),
  systemd(['Failed to find module '], /^Failed to find module '([^']+)'$/, 'failed'),
  systemd(['Failed to lookup module'], /^Failed to look ?up module alias '([^']+)'(?:: (.+))?$/, 'failed'),
  systemd(['Loading module: '], /^Loading module: (\S.*)$/, 'loading'),
  // modprobe: ERROR: could not insert 'nls_cp852': Exec format error
  kmod(
    ['could not insert '],
    new RegExp(`${TOOL}ERROR: could not insert (?:module )?'?(?<module>[^':]+)'?: (?<reason>.+)$`),
  ),
  // modprobe: FATAL: Module foo not found in directory /lib/modules/6.12.117
  kmod(
    ['not found'],
    new RegExp(`${TOOL}FATAL: Module (?<module>\\S+) not found(?: in directory \\S+|\\.)?$`),
  ),
  // modprobe: FATAL: Error inserting foo (/lib/modules/.../foo.ko): Invalid module format
  kmod(
    ['Error inserting '],
    new RegExp(`${TOOL}(?:FATAL: )?Error inserting (?<module>\\S+) \\([^)]*\\): (?<reason>.+)$`),
  ),
  // busybox: modprobe: can't load module foo (kernel/fs/foo.ko): Invalid argument
  kmod(
    ["can't load module "],
    new RegExp(`${TOOL}can't load module (?<module>\\S+)(?: \\([^)]*\\))?: (?<reason>.+)$`),
  ),
  // insmod: can't insert 'foo.ko': File exists
  kmod(["can't insert '"], new RegExp(`${TOOL}can't insert '(?<module>[^']+)': (?<reason>.+)$`)),
];
