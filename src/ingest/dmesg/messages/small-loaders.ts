// SPDX-License-Identifier: Apache-2.0
/**
 * Messages of loaders other than kmod: busybox and toybox (modutils/modprobe.c, modprobe-small.c, insmod.c), Android's
 * libmodprobe (in init, ueventd and modprobe), OpenWrt's kmodloader (ubox), mkinitcpio.
 */
import type { UserLoad } from '../../../model/event.js';
import { loader } from './loader.js';
import type { Rule } from './rule.js';

const BOXES = /^(?:modprobe|insmod|busybox|toybox|depmod)$/;
const BOX = '^(?:(?:\\S*/)?(?<tool>modprobe|insmod|busybox|toybox): )?(?:modprobe: )?';

function box(words: readonly string[], rest: string, what: UserLoad['what']): Rule {
  return loader(BOXES, { words, pattern: new RegExp(`${BOX}${rest}`), what });
}

const BOX_RULES: readonly Rule[] = [
  // modprobe: can't load module foo (kernel/fs/foo.ko): Invalid argument
  box(["can't load module "], "can't load module (?<module>\\S+)(?: \\([^)]*\\))?: (?<reason>.+)$", 'failed'),
  // busybox opens the file within the same call; what a load returns as ENOENT it calls an unknown symbol.
  box(["can't insert '"], "can't insert '(?<module>[^']+)': No such file or directory$", 'not-found'),
  // insmod: can't insert 'foo.ko': File exists
  box(["can't insert '"], "can't insert '(?<module>[^']+)': (?<reason>.+)$", 'failed'),
  // insmod: failed to load foo.ko: Exec format error
  box(['failed to load '], 'failed to load (?:module )?(?<module>\\S+): (?<reason>.+)$', 'failed'),
  // modprobe: module foo not found in modules.dep
  box([' not found'], "module '?(?<module>[^'\\s]+)'? not found(?: in modules\\.dep)?$", 'not-found'),
  // modprobe: 'kernel/fs/foo.ko': invalid module format      modprobe-small
  box([".ko': "], "'(?<module>[^']+\\.ko)': (?<reason>.+)$", 'failed'),
  // insmod: cannot insert 'foo.ko': invalid module format (-1): Exec format error      busybox before 1.15
  box(
    ["cannot insert '"],
    "cannot insert '(?<module>[^']+)': (?<reason>[^(]+?)(?: \\(-?\\d+\\).*)?$",
    'failed',
  ),
  box([' is builtin'], "module '?(?<module>[^'\\s]+)'? is builtin$", 'already'),
  // insmod: couldn't read foo.ko: No such file or directory      toybox
  box(["couldn't read "], "couldn't read (?<module>\\S+): .+$", 'not-found'),
  loader(/^insmod$/, {
    words: ["can't read '"],
    pattern: /^(?:(?:\S*\/)?(?<tool>insmod): )?can't read '(?<module>[^']+)': No such file or directory$/,
    what: 'not-found',
  }),
  box(["can't read '", "can't open '"], "can't (?:read|open) '(?<module>[^']+\\.ko[^']*)': .+$", 'not-found'),
];

const ANDROID = /^[\w.-]{1,20}$/;
/** The message or the log names the program, with a tag where libmodprobe has one; no other program uses these words. */
const ANY = '^(?:(?<tool>[\\w.-]{1,20}): )?(?:\\[\\w{1,20}\\] ?){0,2}';

function android(words: readonly string[], rest: string, what: UserLoad['what']): Rule {
  return loader(ANDROID, { words, pattern: new RegExp(`${ANY}${rest}`), what }, 'init');
}

const ANDROID_RULES: readonly Rule[] = [
  android(
    ['Failed to insmod '],
    `Failed to insmod '(?<module>[^']+)' with args '.*?'(?:: (?<reason>[^']+))?$`,
    'failed',
  ),
  android(['Loading module /'], `Loading module (?<module>/\\S+) with args ['"].*['"]$`, 'loading'),
  android(['Loaded kernel module '], 'Loaded kernel module (?<module>\\S+)$', 'inserted'),
  android(['Could not open module '], `Could not open module '(?<module>[^']+)'(?:: .+)?$`, 'not-found'),
  // init/builtins.cpp:do_insmod      finit_module for "/vendor/lib/modules/foo.ko" failed: Exec format error
  android(
    ['finit_module for "'],
    '(?:.*: )?finit_module for "(?<module>[^"]+)" failed(?:: (?<reason>.+))?$',
    'failed',
  ),
  android(
    ["Command 'insmod "],
    "Command 'insmod (?:-f )?(?<module>\\S+?)(?: [^']*)?' action=.* failed: (?:.*: )?(?<reason>[^:]+)$",
    'failed',
  ),
  android(['.ko") failed'], 'open\\("(?<module>[^"]+\\.ko)"\\) failed(?:: .+)?$', 'not-found'),
  // Failed inserts have their own message before; usually an alias has no file.
  android(
    [' was unable to load '],
    'Load\\w+ was unable to load (?<module>[^\\s,]+)(?:, tried: .*)?$',
    'not-found',
  ),
];

const OPENWRT = /^(?:kmodloader|modprobe|insmod|kmod)$/;
const UBOX = '^(?:(?<tool>kmodloader|modprobe|insmod|kmod): )?';

function ubox(words: readonly string[], rest: string, what: UserLoad['what']): Rule {
  return loader(OPENWRT, { words, pattern: new RegExp(`${UBOX}${rest}`), what });
}

const OPENWRT_RULES: readonly Rule[] = [
  // ubox prints no name on a terminal; no other program has these words.
  loader(
    OPENWRT,
    {
      words: ['failed to find a module named '],
      pattern: new RegExp(`${UBOX}failed to find a module named (?<module>\\S+)$`),
      what: 'not-found',
    },
    'modprobe',
  ),
  // kmodloader: - crc32-pclmul - 0      after `3 modules could not be probed`; the number: dependencies that are missing
  ubox(['kmodloader: - '], '- (?<module>[\\w-]+)(?: - 0)?$', 'failed'),
  ubox(['kmodloader: - '], '- (?<module>[\\w-]+) - [1-9]\\d*$', 'not-tried'),
  loader(
    OPENWRT,
    {
      words: ['failed to insert /'],
      pattern: /^failed to insert (?<module>\/\S+\.ko)$/,
      what: 'failed',
    },
    'insmod',
  ),
  ubox(['failed to insert '], 'failed to insert (?<module>\\S+)$', 'failed'),
  ubox(
    ['failed to find ', 'cannot find module - ', 'missing module ', 'missing dependency '],
    '(?:failed to find dependency|cannot find module -|missing (?:module|dependency)) (?<module>\\S+)$',
    'not-found',
  ),
  ubox(['dependency not loaded '], 'dependency not loaded (?<module>\\S+)$', 'not-tried'),
  ubox([' is blacklisted'], '(?<module>\\S+) is blacklisted$', 'not-tried'),
  ubox(['module is already loaded - '], 'module is already loaded - (?<module>\\S+)$', 'already'),
  ubox([' is already loaded', ' is builtin'], '(?<module>\\S+) is (?:already loaded|builtin)$', 'already'),
];

/** ==> ERROR: module not found: `foo'      an initramfs without it is made all the same */
const MKINITCPIO = loader(
  /^mkinitcpio$/,
  {
    words: ['module not found: '],
    pattern: /^(?:==> )?(?:ERROR|WARNING): module not found: [`'](?<module>[^`']+)'$/,
    what: 'not-found',
  },
  'mkinitcpio',
);

/** ` *   Failed to load fuse`, ` * Loading module nvidia ... [ !! ]`      OpenRC's modules script, which does not say why */
const OPENRC = loader(
  /^openrc$/,
  {
    words: ['Failed to load ', 'Loading module '],
    pattern:
      /^ *\* +(?:Failed to load (?:module )?(?<module>[\w-]+)|Loading module (?<shown>[\w-]+) \.\.\. *\[ !! \])$/,
    what: 'failed',
  },
  'openrc',
);

/** vboxdrv.sh: failed: modprobe vboxdrv failed. Please use 'dmesg' to find out why.      VirtualBox, VMware, ZFS scripts */
const SCRIPT = loader(
  /^modprobe$/,
  {
    words: ['modprobe '],
    pattern: /(?:^|[\s:*])modprobe (?<module>[\w-]+) failed\b(?:\. Please .*|[.!]?)$/,
    what: 'failed',
  },
  'modprobe',
);

/** cannot load kernel module "bonding": modprobe failed: ...      snapd, of a snap's kernel-module-load */
const SNAPD = loader(/^snapd$/, {
  words: ['cannot load kernel module ', 'cannot load module '],
  pattern: /(?:^|: )cannot load (?:kernel )?module "?(?<module>[\w-]+)"?(?:: .*)?$/,
  what: 'failed',
});

/** printf: module test_printf is not found in /lib/modules/6.1.0 [SKIP]      tools/testing/selftests/kselftest/module.sh */
const KSELFTEST = loader(
  /^kselftest$/,
  {
    words: [' is not found in /lib/modules/'],
    pattern: /^(?:# )*[\w./-]+: module (?<module>[\w-]+) is not found in \/lib\/modules\/\S+ \[SKIP\]$/,
    what: 'not-found',
  },
  'kselftest',
);

export const SMALL_RULES: readonly Rule[] = [
  ...BOX_RULES,
  ...ANDROID_RULES,
  ...OPENWRT_RULES,
  MKINITCPIO,
  OPENRC,
  SCRIPT,
  SNAPD,
  KSELFTEST,
];
