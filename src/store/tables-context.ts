/** Tables of what stands beside: boot times, memory, allocations that failed, diagnostics. */
import { BOOT, LINE, SOURCE, type TableDoc, table } from './table.js';

export const CONTEXT_TABLES: readonly TableDoc[] = [
  table(
    'boot_times',
    'How long the boot took, as systemd-analyze or the log says.',
    ['boot', 'item'],
    [
      BOOT,
      ['item', 'INTEGER!', '', 'number in its boot'],
      ['what', 'TEXT!', '', 'kernel, initrd, userspace or total'],
      ['duration_ns', 'INTEGER!', 'ns', 'the time'],
      SOURCE,
      LINE,
    ],
  ),
  table(
    'memory',
    'Figures of /proc/meminfo and its like.',
    ['boot', 'item'],
    [
      BOOT,
      ['item', 'INTEGER!', '', 'number in its boot'],
      ['what', 'TEXT!', '', 'vmalloc-total, vmalloc-used, vmalloc-chunk, mem-total or module-vmalloc'],
      ['bytes', 'INTEGER!', 'bytes', 'the figure'],
      SOURCE,
      LINE,
    ],
  ),
  table(
    'allocation_failures',
    'Allocations that the kernel log says failed.',
    ['boot', 'item'],
    [
      BOOT,
      ['item', 'INTEGER!', '', 'number in its boot'],
      ['t_ns', 'INTEGER', 'ns', 'time of the message'],
      ['what', 'TEXT!', '', 'percpu or vmap'],
      ['bytes', 'INTEGER', 'bytes', 'what was asked for'],
      ['module', 'TEXT', '', 'module it was for, where named'],
      ['message', 'TEXT!', '', 'the message'],
      SOURCE,
      LINE,
    ],
  ),
  table(
    'diagnostics',
    'Everything skipped, repaired, lost or doubted.',
    ['diagnostic'],
    [
      ['diagnostic', 'INTEGER!', '', 'number'],
      ['severity', 'TEXT!', '', 'info, warning, data-loss or error'],
      ['code', 'TEXT!', '', 'stable code'],
      ['source', 'INTEGER', '', 'source it is about'],
      ['line', 'INTEGER', '', 'first line'],
      ['count', 'INTEGER!', '', 'how often'],
      ['detail', 'TEXT!', '', 'what, as far as known'],
      ['help', 'TEXT!', '', 'what it means, or what to do'],
    ],
  ),
];
