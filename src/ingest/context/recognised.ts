// SPDX-License-Identifier: Apache-2.0
/** Files that are recognised but hold no events about loads. */
import { recogniser } from './sniff.js';

export const modinfo = recogniser(
  { name: 'modinfo', title: 'Descriptions of modules (modinfo)', priority: 556 },
  [
    {
      form: 'modinfo',
      line: /^(?:filename|name|license|description|author|depends|retpoline|intree|vermagic|alias|parm|srcversion|sig_id|signer|sig_key|sig_hashalgo|signature|version|firmware|softdep|import_ns|file|staging|rhelversion):\s/,
      also: /^\s+(?:[0-9A-F]{2}:)+|^\s+\S|^modinfo: |^(?:[0-9A-F]{2}:)+/,
      share: 80,
      minLines: 2,
      confidence: 85,
    },
  ],
);

const MODULE = /\.ko(?:\.\w+)?$/;
const OBJECT = /[^/]\.[ko]o?(?:\.\w+)?$/;

/** `kernel/a.ko: kernel/b.ko kernel/c.ko`. */
function isDependencies(line: string): boolean {
  const [module = '', ...needed] = line.trimEnd().split(' ');
  return module.endsWith(':') && [module.slice(0, -1), ...needed].every((path) => MODULE.test(path));
}

/** `kernel/fs/ext4/ext4.ko`. */
function isBuiltin(line: string): boolean {
  const path = line.trimEnd();
  return !/\s/.test(path) && OBJECT.test(path.slice(path.indexOf('/') + 1)) && path.includes('/');
}

export const moduleIndex = recogniser(
  {
    name: 'module-index',
    title: 'Indexes of depmod (modules.dep, modules.builtin, modules.alias)',
    priority: 555,
    places: ['lib/modules/*/modules.dep', 'lib/modules/*/modules.builtin', 'lib/modules/*/modules.alias'],
  },
  [
    { form: 'modules.dep', line: { test: isDependencies }, word: '.ko', share: 95, confidence: 90 },
    { form: 'modules.builtin', line: { test: isBuiltin }, confidence: 60 },
    {
      form: 'modules.alias',
      line: /^(?:alias|softdep|options|blacklist|install|remove) \S+/,
      also: /^#/,
      share: 95,
      confidence: 70,
    },
  ],
);

export const journalBoots = recogniser(
  { name: 'journal-boots', title: 'Boots of the journal (journalctl --list-boots)', priority: 553 },
  [
    {
      form: 'journalctl --list-boots',
      // -1 b5bd5262c6964f6891835c8ceb4beb50 Sun 2026-11-22 10:45:48 UTC Sun 2026-11-22 10:47:13 UTC (before 251 with a dash)
      line: /^ {0,8}-?\d{1,6} [\da-f]{32} \S{2,6} \d{4}-\d\d-\d\d \d\d:\d\d:\d\d /,
      also: /^IDX BOOT ID /,
      confidence: 90,
    },
  ],
);

export const toolVersions = recogniser(
  { name: 'tool-versions', title: 'Versions of kmod and systemd', priority: 554 },
  [
    {
      form: 'kmod --version',
      line: /^kmod version \d+|^[+-]\w+(?: [+-]\w+)+$/,
      maxLines: 2,
      confidence: 80,
    },
    {
      form: 'systemctl --version',
      line: /^systemd \d+(?: \(.*\))?$|^[+-]\w+(?: [+-]\w+)+/,
      maxLines: 3,
      confidence: 80,
    },
  ],
);
