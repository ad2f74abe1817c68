// SPDX-License-Identifier: Apache-2.0
/**
 * Messages of loaders other than kmod: busybox and toybox (modutils/modprobe.c, modprobe-small.c, insmod.c), Android's
 * libmodprobe (in init, ueventd and modprobe), OpenWrt's kmodloader (ubox).
 */
import { EKEYREJECTED, ENOKEY, errnoFromText } from '../../../model/errno.js';
import { type Loader, loader } from './loader.js';
import type { LogFact, Rule } from './rule.js';

const BOX: Loader = {
  names: /^(?:modprobe|insmod|busybox|toybox|depmod)$/,
  front: '^(?:(?:\\S*/)?(?<tool>modprobe|insmod|busybox|toybox): )?(?:modprobe: )?',
};
const BOX_INSMOD: Loader = { names: /^insmod$/, front: '^(?:(?:\\S*/)?(?<tool>insmod): )?' };

// biome-ignore format: a table
const BOX_RULES: readonly Rule[] = [
  // modprobe: can't load module foo (kernel/fs/foo.ko): Invalid argument      libbb: bb_init_module passes a compressed file as it is first
  loader(BOX, 'failed', ["can't load module "], "can't load module (?<module>\\S+)(?: \\((?:[^)]*\\.ko(?<packed>\\.\\w+)|[^)]*)\\))?: (?<reason>.+)$"),
  // busybox opens the file within the same call; what a load returns as ENOENT it calls an unknown symbol.
  loader(BOX, 'not-found', ["can't insert '"], "can't insert '(?<module>[^']+)': No such file or directory$"),
  // insmod: can't insert 'foo.ko': File exists
  loader(BOX, 'failed', ["can't insert '"], "can't insert '(?<module>[^']+)': (?<reason>.+)$"),
  // insmod: failed to load foo.ko: Exec format error
  loader(BOX, 'failed', ['failed to load '], 'failed to load (?:module )?(?<module>\\S+): (?<reason>.+)$'),
  // modprobe: module foo not found in modules.dep
  loader(BOX, 'not-found', [' not found'], "module '?(?<module>[^'\\s]+?)'? not found(?:\\.| in modules\\.dep)?$"),
  // modprobe: failed to load module foo      busybox before 1.10
  loader(BOX, 'failed', ['failed to load module '], 'failed to load module (?<module>[\\w-]+)$'),
  // modprobe: 'kernel/fs/foo.ko': invalid module format      modprobe-small
  loader(BOX, 'failed', [".ko': "], "'(?<module>[^']+\\.ko)': (?<reason>.+)$"),
  // insmod: cannot insert 'foo.ko': invalid module format (-1): Exec format error      busybox before 1.15
  loader(BOX, 'failed', ["cannot insert '"], "cannot insert '(?<module>[^']+)': (?<reason>[^(]+?)(?: \\(-?\\d+\\).*)?$"),
  loader(BOX, 'already', [' is builtin'], "module '?(?<module>[^'\\s]+)'? is builtin$"),
  // insmod: couldn't read foo.ko: No such file or directory      toybox
  loader(BOX, 'not-found', ["couldn't read "], "couldn't read (?<module>\\S+): .+$"),
  loader(BOX_INSMOD, 'not-found', ["can't read '"], "can't read '(?<module>[^']+)': No such file or directory$"),
  // toybox opens the file before the call; Android's toolbox: insmod: init_module 'foo.ko' failed (Exec format error)
  loader(BOX_INSMOD, 'not-found', ['insmod: '], '(?<module>\\S+\\.ko): (?:No such file or directory|Permission denied|Is a directory)$'),
  loader(BOX_INSMOD, 'not-found', ["can't open '"], "can't open '(?<module>[^']+)'$"),
  // insmod: cannot open module `/lib/modules/2.6.31/foo.ko': No such file or directory      busybox 1.0
  loader(BOX_INSMOD, 'not-found', ['cannot open module `'], "cannot open module `(?<module>[^']+)': .+$"),
  loader(BOX_INSMOD, 'failed', ["init_module '"], "init_module '(?<module>[^']+)' failed \\((?<reason>[^)]+)\\)$"),
  loader(BOX, 'not-found', ["can't read '", "can't open '"], "can't (?:read|open) '(?<module>[^']+\\.ko[^']*)': .+$"),
];

/** The message or the log names the program, with a tag where libmodprobe has one; no other program uses these words. */
const ANDROID: Loader = {
  names: /^[\w.-]{1,20}$/,
  front: '^(?:(?<tool>[\\w.-]{1,20}): )?(?:\\[\\w{1,20}\\] ?){0,2}',
  fallback: 'init',
};

/** A failed load of a module that the message does not name. */
function nameless(message: string, errno: number | null): LogFact {
  const reason = errno === ENOKEY || errno === EKEYREJECTED ? 'signature' : 'other';
  return {
    kind: 'load-failure',
    reason,
    module: null,
    phase: null,
    errno,
    fails: 'always',
    names: false,
    message,
  };
}

// biome-ignore format: a table
const ANDROID_RULES: readonly Rule[] = [
  loader(ANDROID, 'failed', ['Failed to insmod '], "Failed to insmod '?(?<module>[^'\\s]+?)'?(?: with args '.*?')?(?:: (?<reason>[^']+))?$"),
  // modprobe: Failed to load module /system_dlkm/lib/modules/foo.ko: Permission denied      toolbox, after what libmodprobe says
  loader({ names: /^modprobe$/, front: '^(?:(?<tool>modprobe): )?', again: true }, 'failed', ['Failed to load module '], 'Failed to load module (?<module>[^\\s\':]+): (?<reason>.+)$'),
  {
    // finit_module return: -1: Required key not available      the Wi-Fi service (wifi_hal_common.cpp)
    words: ['finit_module return: -1'],
    pattern: /(?:^|: )finit_module return: -1(?:: (?<reason>.+))?$/,
    facts: ({ groups, input }) => nameless(input, errnoFromText(groups?.reason ?? '')),
  },
  loader(ANDROID, 'loading', ['Loading module /'], `Loading module (?<module>/\\S+) with args ['"].*['"]$`),
  loader(ANDROID, 'inserted', ['Loaded kernel module '], 'Loaded kernel module (?<module>\\S+)$'),
  loader(ANDROID, 'not-found', ['Could not open module '], "Could not open module '(?<module>[^']+)'(?:: .+)?$"),
  // init/builtins.cpp:do_insmod      finit_module for "/vendor/lib/modules/foo.ko" failed: Exec format error
  loader(ANDROID, 'failed', ['finit_module for "'], '(?:.*: )?finit_module for "(?<module>[^"]+)" failed(?:: (?<reason>.+))?$'),
  loader(ANDROID, 'failed', ["Command 'insmod "], "Command 'insmod (?:-f )?(?<module>\\S+?)(?: [^']*)?' action=.* failed: (?:.*: )?(?<reason>[^:]+)$"),
  loader(ANDROID, 'not-found', ['.ko") failed'], 'open\\("(?<module>[^"]+\\.ko)"\\) failed(?:: .+)?$'),
  // Failed inserts have their own message before. Of an alias it tells nothing: it is said as well of devices without a modular
  // driver, and where the module is loaded already (system/core/libmodprobe/libmodprobe.cpp).
  loader(ANDROID, 'not-found', [' was unable to load '], 'Load\\w+ was unable to load (?<module>[^\\s,:]+)(?:, tried: .*)?$'),
];

export const UBOX_PROGRAM = /^(?:kmodloader|modprobe|insmod|kmod)$/;
const UBOX: Loader = {
  names: UBOX_PROGRAM,
  front: '^(?:(?<tool>kmodloader|modprobe|insmod|kmod): )?',
};

const LISTED = ['kmodloader: - ', 'modprobe: - ', 'kmod: - '];

// biome-ignore format: a table
const OPENWRT_RULES: readonly Rule[] = [
  // ubox prints no name on a terminal; no other program has these words.
  loader({ ...UBOX, fallback: 'modprobe' }, 'not-found', ['failed to find a module named '], 'failed to find a module named (?<module>\\S+)$'),
  // kmodloader: - crc32-pclmul - 0      after `3 modules could not be probed`; the number: dependencies that are missing
  loader(UBOX, 'failed', LISTED, '- (?<module>[\\w-]+)(?: - 0)?$'),
  loader(UBOX, 'not-tried', LISTED, '- (?<module>[\\w-]+) - [1-9]\\d*$'),
  loader({ ...UBOX, front: '^', fallback: 'insmod' }, 'failed', ['failed to insert /'], 'failed to insert (?<module>/\\S+\\.ko)$'),
  loader(UBOX, 'failed', ['failed to insert '], 'failed to insert (?<module>\\S+)$'),
  loader(UBOX, 'not-found', ['failed to find ', 'cannot find module - ', 'missing module ', 'missing dependency '], '(?:failed to find dependency|cannot find module -|missing (?:module|dependency)) (?<module>\\S+)$'),
  // The file could not be read: no call.
  loader(UBOX, 'not-found', ['failed to read full module ', 'failed to mmap ', '.modinfo section from ', 'cannot open /'], '(?:failed to read full module|failed to (?:mmap|open|stat)|failed to load the \\.modinfo section from|cannot open) (?<module>/\\S+\\.ko)$'),
  loader(UBOX, 'not-tried', ['dependency not loaded '], 'dependency not loaded (?<module>\\S+)$'),
  loader(UBOX, 'not-tried', [' is blacklisted'], '(?<module>\\S+) is blacklisted$'),
  loader(UBOX, 'already', ['module is already loaded - '], 'module is already loaded - (?<module>\\S+)$'),
  loader(UBOX, 'already', [' is already loaded', ' is builtin'], '(?<module>\\S+) is (?:already loaded|builtin)$'),
];

export const SMALL_RULES: readonly Rule[] = [...BOX_RULES, ...ANDROID_RULES, ...OPENWRT_RULES];
