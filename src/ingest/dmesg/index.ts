// SPDX-License-Identifier: Apache-2.0
/** Kernel logs in all forms. */
import type { Ingester, LineIngester } from '../ingester.js';
import { WORDS } from './catalogue.js';
import { BARE_FORM, sniffKernelLog } from './detect.js';
import { dmesgJsonIngester } from './forms/dmesg-json.js';
import { journalExportIngester } from './forms/journal-export.js';
import { journalJsonIngester } from './forms/journal-json.js';
import { KernelLogLines } from './lines.js';
import { HARMLESS_PHRASES } from './mentions.js';

/** dmesg, /dev/kmsg, journalctl and syslog text, consoles, pstore, CI logs. */
const dmesgIngester: LineIngester = {
  name: 'dmesg',
  title: 'kernel log (dmesg, journalctl, syslog, console, pstore)',
  priority: 400,
  places: ['sys/fs/pstore/**', 'var/lib/systemd/pstore/**', 'var/log/audit/audit.log*'],
  reads: 'lines',
  needles: WORDS,
  harmless: HARMLESS_PHRASES,
  sniff: sniffKernelLog,
  start: (context) => new KernelLogLines(context, BARE_FORM),
};

export const kernelLogIngesters: readonly Ingester[] = [
  dmesgIngester,
  dmesgJsonIngester,
  journalJsonIngester,
  journalExportIngester,
];
