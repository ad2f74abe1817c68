// SPDX-License-Identifier: Apache-2.0
/** Loaded modules and their memory: /proc/modules and lsmod. */
import { moduleName } from '../../model/module-name.js';
import type { IngestContext, LineIngester } from '../ingester.js';
import { type LineForm, sniffForms } from './sniff.js';

/**
 * kernel/module/procfs.c:m_show
 *     kvm 1404928 1 kvm_amd, Live 0xffffffffc1353000
 *     loop 36864 0 - Live 0xffffffffa0023000 (POE)
 */
const PROC_MODULES =
  /^\s*([\w-]+) +(\d+) +(?:-?\d+|-) +\S+ +(Live|Loading|Unloading) +(?:0x)?[0-9a-fA-F]+(?: +\([A-Z+-]+\))?\s*$/;

/**
 *     Module                  Size  Used by
 *     kvm                  1404928  1 kvm_amd
 */
const LSMOD_HEAD = /^\s*Module\s+Size\s+Used by\b/;
const LSMOD = /^\s*([\w-]+)\s+(\d+)\s+(?:-?\d+|-)(?:\s+(?:\[[\w ]+\],?|[\w,-]+))*\s*$/;

const FORMS: readonly LineForm[] = [
  { form: '/proc/modules', line: PROC_MODULES, share: 80, minLines: 1, confidence: 95 },
  { form: 'lsmod', line: LSMOD_HEAD, also: LSMOD, word: 'Used ', share: 30, minLines: 1, confidence: 95 },
];

function emitLoaded(context: IngestContext, text: string, line: number, pattern: RegExp): void {
  const [, name = '', size = '', state] = pattern.exec(text) ?? [];
  if (name === '') return;
  const module = moduleName(name);
  context.emit({ kind: 'live-module', line, t: null, module, state: state ?? null });
  context.emit({ kind: 'module-size', line, t: null, module, of: 'memory', bytes: Number(size), path: null });
}

export const loadedModules: LineIngester = {
  name: 'loaded-modules',
  title: 'Loaded modules (/proc/modules, lsmod)',
  priority: 590,
  places: ['proc/modules'],
  reads: 'lines',
  needles: null,
  sniff: (head) => sniffForms(head, FORMS),
  start: (context) => {
    const pattern = context.form === 'lsmod' ? LSMOD : PROC_MODULES;
    return {
      line: (text, number) => {
        if (text.length < 512 || context.form !== 'lsmod') emitLoaded(context, text, number, pattern);
      },
      end: () => {},
    };
  },
};
