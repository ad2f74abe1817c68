// SPDX-License-Identifier: Apache-2.0
/** Kernel logs in all forms. */
import type { Head, Ingester, LineIngester, Verdict } from '../ingester.js';
import { WORDS } from './catalogue.js';
import { sniffKernelLog } from './detect.js';
import { EACH_TWICE, EachOnce, isEachTwice } from './each-twice.js';
import { dmesgJsonIngester } from './forms/dmesg-json.js';
import { journalExportIngester } from './forms/journal-export.js';
import { journalJsonIngester } from './forms/journal-json.js';
import { KernelLogLines } from './lines.js';
import { HARMLESS_PHRASES } from './mentions.js';
import { isNewestFirst, NEWEST_FIRST, NewestFirst } from './newest-first.js';

/** The verdict, which says where the newest message comes first, or each line twice. */
function sniffInOrder(head: Head): Verdict | null {
  const verdict = sniffKernelLog(head);
  if (verdict === null) return null;
  const order = isNewestFirst(head.lines) ? NEWEST_FIRST : isEachTwice(head.lines) ? EACH_TWICE : '';
  return order === '' ? verdict : { ...verdict, form: verdict.form + order };
}

/** dmesg, /dev/kmsg, journalctl and syslog text, consoles, pstore, CI logs. */
export const dmesg: LineIngester = {
  name: 'dmesg',
  title: 'kernel log (dmesg, journalctl, syslog, console, pstore)',
  priority: 400,
  most: 96,
  places: ['sys/fs/pstore/**', 'var/lib/systemd/pstore/**', 'var/log/audit/audit.log*'],
  reads: 'lines',
  needles: WORDS,
  harmless: HARMLESS_PHRASES,
  sniff: sniffInOrder,
  start: (context) => {
    const lines = new KernelLogLines(context);
    if (context.form.endsWith(NEWEST_FIRST)) return new NewestFirst(context, lines);
    return context.form.endsWith(EACH_TWICE) ? new EachOnce(lines) : lines;
  },
};

/** The journal's exports, and dmesg's. */
export const kernelRecordIngesters: readonly Ingester[] = [
  dmesgJsonIngester,
  journalJsonIngester,
  journalExportIngester,
];
