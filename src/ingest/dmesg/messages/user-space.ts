// SPDX-License-Identifier: Apache-2.0
/**
 * Messages of user-space loaders: udev, systemd and systemd-modules-load here; kmod, busybox and others in the files beside
 * it. They do not count calls: modprobe and udev hide EEXIST.
 */

import { errnoFromStart, errnoFromText } from '../../../model/errno.js';
import type { UserLoad } from '../../../model/event.js';
import { AUDIT_RULES } from './audit.js';
import { GO_RULES } from './go-loaders.js';
import { INSTALLER_RULES } from './installers.js';
import { KMOD_RULES } from './kmod.js';
import { loadedName, program } from './loader.js';
import { MODUTILS_RULES } from './modutils.js';
import type { LogFact, Rule } from './rule.js';
import { SMALL_RULES } from './small-loaders.js';
import { UNIT_RULES } from './units.js';
import { WORKER_RULES } from './workers.js';

/** libsystemd's module-util.c is shared by these; anything else that says `Inserted module` is not about the kernel. */
const SYSTEMD_TOOLS =
  /^(?:\(?udev-worker\)?|systemd-udevd|udevd|udevadm|systemd|systemd-modules(?:-load)?|dracut-install|unknown)$/;

/** A quoted name, possibly truncated by a narrow terminal: `Failed to insert module 'ext` (systemctl status). */
const QUOTED = "'(?<module>[^']+)(?<end>'|$)";

function systemd(words: readonly string[], pattern: RegExp, what: UserLoad['what']): Rule {
  return {
    words,
    pattern,
    facts: (match, { tool: printed, pid }): LogFact | null => {
      const tool = program(match.groups?.tool ?? printed);
      if (tool !== null && !SYSTEMD_TOOLS.test(tool)) return null;
      const { module = '', end = "'", reason = '' } = match.groups ?? {};
      const errno = what === 'failed' ? errnoFromStart(reason) : null;
      const name = end === "'" ? loadedName(module) : `${module.replace(/…$/, '')}…`;
      return { kind: 'user-load', tool: tool ?? 'unknown', pid, what, module: name, errno };
    },
  };
}

// biome-ignore format: a table
const SYSTEMD_RULES: readonly Rule[] = [
  systemd(['Inserted '], new RegExp(`^Inserted (?:module )?${QUOTED}$`), 'inserted'),
  systemd([' is already loaded'], new RegExp(`^Module ${QUOTED} is already loaded$`), 'already'),
  systemd([' is built'], new RegExp(`^Module ${QUOTED} is built[- ]?in$`), 'already'),
  systemd(['Failed to insert ', 'Failed to load module '], new RegExp(`^(?:\\S+: )?Failed to (?:insert (?:module )?|load module )${QUOTED}(?:: (?<reason>.+))?$`), 'failed'),
  {
    // Failed to load module autofs4: Key was rejected by service      others say so of their own modules
    words: ['Failed to load module ', 'Failed to insert module '],
    pattern: /^Failed to (?:load|insert) module (?<module>[\w-]+): (?<reason>.+)$/,
    facts: ({ groups }, { tool, pid }): LogFact | null => (tool === null || !SYSTEMD_TOOLS.test(program(tool) ?? '') ? null : { kind: 'user-load', tool: program(tool) ?? tool, pid, what: 'failed', module: loadedName(groups?.module ?? ''), errno: errnoFromText(groups?.reason ?? '') }),
  },
  systemd(['Failed to find module '], new RegExp(`^(?:(?<tool>dracut-install): )?Failed to find module ${QUOTED}$`), 'not-found'),
  systemd(["Couldn't find module "], new RegExp(`^Couldn't find module ${QUOTED}$`), 'not-found'),
  systemd(['Failed to lookup module', 'Failed to look up module'], new RegExp(`^Failed to look ?up module alias ${QUOTED}(?:: .+)?$`), 'not-found'),
  systemd(['-listed', ' is blacklisted'], new RegExp(`^Module ${QUOTED} is (?:deny-listed|blacklisted)(?: \\(by (?:kmod|kernel)\\))?$`), 'not-tried'),
  systemd(['Loading module: '], /^Loading module: (?<module>\S.*)$/, 'loading'),
];

export const USER_RULES: readonly Rule[] = [
  ...SYSTEMD_RULES,
  ...KMOD_RULES,
  ...SMALL_RULES,
  ...INSTALLER_RULES,
  ...GO_RULES,
  ...MODUTILS_RULES,
  ...UNIT_RULES,
  ...WORKER_RULES,
  ...AUDIT_RULES,
];
