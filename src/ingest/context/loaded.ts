// SPDX-License-Identifier: Apache-2.0
/** Loaded modules and their memory: /proc/modules and lsmod. */
import { moduleName } from '../../model/module-name.js';
import type { Head, IngestContext, Verdict } from '../ingester.js';
import { counted } from '../verdict.js';
import { type LineForm, LONGEST, lineByLine, sniffForms, triedLines } from './sniff.js';

/**
 * kernel/module/procfs.c:m_show
 *     kvm 1404928 1 kvm_amd, Live 0xffffffffc1353000
 *     loop 36864 0 - Live 0xffffffffa0023000 (POE)
 */
const PROC_MODULES =
  /^\s*(?<name>[\w-]+) +(?<size>\d+) +(?:-?\d+|-) +\S+ +(?<state>Live|Loading|Unloading) +(?:0x)?[0-9a-fA-F]+(?: +\([A-Z+-]+\))?\s*$/;

/**
 *     Module                  Size  Used by
 *     kvm                  1404928  1 kvm_amd
 */
const LSMOD_HEAD = /^\s*Module\s+Size\s+Used by\b/;
const LSMOD = /^\s*(?<name>[\w-]+)\s+(?<size>\d+)\s+(?<count>-?\d+|-)(?<users>(?:\s+[\w,[\]()-]+)*)\s*$/;

const FORMS: readonly LineForm[] = [
  { form: '/proc/modules', line: PROC_MODULES, share: 80, confidence: 95 },
  { form: 'lsmod', line: LSMOD_HEAD, also: LSMOD, word: 'Used ', share: 30, confidence: 95 },
];

/**
 * Rows of lsmod without their head (`lsmod | grep video`): each is one, and one at least is used by the module of
 * another. Other tables of a name and two numbers do not name their own rows.
 */
function sniffRows(head: Head): Verdict | null {
  const rows = triedLines(head);
  const names = new Set<string>();
  const users: string[] = [];
  for (const row of rows) {
    const { name, count, users: by = '' } = (row.length < LONGEST && LSMOD.exec(row)?.groups) || {};
    const listed = by.replaceAll('[permanent]', '').match(/[\w-]+/g) ?? [];
    if (name === undefined || (listed.length > 0 && listed.length > Number(count))) return null;
    names.add(name);
    for (const user of listed) users.push(user);
  }
  if (rows.length < 2 || !users.some((user) => names.has(user))) return null;
  return counted('lsmod', 90, rows.length, rows.length, 'rows match lsmod');
}

function emitLoaded(context: IngestContext, text: string, line: number): void {
  const isLsmod = context.form === 'lsmod';
  if (isLsmod && text.length >= LONGEST) return;
  const { name, size, state } = (isLsmod ? LSMOD : PROC_MODULES).exec(text)?.groups ?? {};
  if (name === undefined) return;
  const module = moduleName(name);
  context.emit({ kind: 'live-module', line, t: null, module, state: state ?? null });
  context.emit({ kind: 'module-size', line, t: null, module, of: 'memory', bytes: Number(size), path: null });
}

export const loadedModules = lineByLine(
  {
    name: 'loaded-modules',
    title: 'Loaded modules (/proc/modules, lsmod)',
    priority: 590,
    places: ['proc/modules'],
    sniff: (head) => sniffForms(head, FORMS) ?? sniffRows(head),
  },
  FORMS,
  emitLoaded,
);
