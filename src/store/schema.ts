/**
 * The tables of a case: one place for the DDL and for its documentation. All tables are STRICT. Times are integers
 * in `t_ns` columns: nanoseconds since boot, or bare ticks where `clock` is `ticks`.
 */

export type ColumnType = 'INTEGER' | 'REAL' | 'TEXT';

export interface ColumnDoc {
  readonly name: string;
  readonly type: ColumnType;
  /** `bytes`, `ns`, `calls`, ... or empty. */
  readonly unit: string;
  readonly notNull: boolean;
  readonly doc: string;
}

export interface TableDoc {
  readonly name: string;
  readonly doc: string;
  readonly columns: readonly ColumnDoc[];
  readonly primaryKey: readonly string[];
}

type Shorthand = readonly [name: string, type: ColumnType | `${ColumnType}!`, unit: string, doc: string];

function table(
  name: string,
  doc: string,
  primaryKey: readonly string[],
  columns: readonly Shorthand[],
): TableDoc {
  return {
    name,
    doc,
    primaryKey,
    columns: columns.map(([column, type, unit, text]) => ({
      name: column,
      type: type.replace('!', '') as ColumnType,
      unit,
      notNull: type.endsWith('!'),
      doc: text,
    })),
  };
}

const BOOT: Shorthand = ['boot', 'INTEGER!', '', 'the boot, 1 is the oldest'];
const SOURCE: Shorthand = ['source', 'INTEGER!', '', 'where it is said: sources.source'];
const LINE: Shorthand = ['line', 'INTEGER!', '', 'line (or record) in that source, from 1'];
const CLOCK: Shorthand = ['clock', 'TEXT!', '', 'boot, epoch or relative (nanoseconds), or ticks'];

export const TABLES: readonly TableDoc[] = [
  table(
    'sources',
    'What was read: files, archive members and sections inside them, as a tree.',
    ['source'],
    [
      [
        'source',
        'INTEGER!',
        '',
        'number of the source: the innermost files first, by name; containers after what they hold',
      ],
      ['parent', 'INTEGER', '', 'the directory, archive or file that holds it'],
      ['path', 'TEXT!', '', 'label: file, archive!member, file#section'],
      ['kind', 'TEXT!', '', 'file, directory, archive, member, section or stdin'],
      ['format', 'TEXT', '', 'what it was taken for; NULL where not recognised'],
      ['bytes', 'INTEGER', 'bytes', 'bytes read, after decompression'],
      ['lines', 'INTEGER!', '', 'lines read'],
      ['events', 'INTEGER!', '', 'events taken from it'],
      ['boot', 'INTEGER', '', 'the boot it is from; the newest where it holds several'],
      CLOCK,
      ['status', 'TEXT!', '', 'read, unrecognised, empty, failed, skipped or container'],
      ['why', 'TEXT!', '', 'why it was taken for its format'],
    ],
  ),
  table(
    'boots',
    'One run of a kernel.',
    ['boot'],
    [
      BOOT,
      ['label', 'TEXT', '', 'boot id of the journal'],
      ['kernel', 'TEXT', '', 'release, as uname -r'],
      ['machine', 'TEXT', '', 'hardware name or architecture, where the evidence says'],
      ['cpus', 'INTEGER', '', 'CPUs brought up'],
      ['started', 'TEXT', '', 'wall-clock start, ISO 8601, UTC'],
      ['duration_ns', 'INTEGER', 'ns', 'last time seen in the evidence'],
      ['command_line', 'TEXT', '', 'kernel command line'],
      ['complete', 'INTEGER!', '', '1 where nothing of the evidence is known to be missing'],
      [
        'trace_complete',
        'INTEGER',
        '',
        '1 where the trace is known to hold all calls; NULL: no trace of calls',
      ],
      ['trace_reason', 'TEXT', '', 'why the trace does not hold all calls'],
      ['modules_loaded', 'INTEGER', 'calls', 'loads that succeeded, reloads counted again'],
      ['failures', 'INTEGER', 'calls', 'failed loads that the four phases count'],
      ['wasted_bytes', 'INTEGER', 'bytes', 'virtual memory wasted by them'],
      ['lower_bound', 'INTEGER!', '', '1 where failures and wasted_bytes are only lower bounds'],
    ],
  ),
  table(
    'events',
    'Every normalised thing that a source says.',
    ['event'],
    [
      ['event', 'INTEGER!', '', 'number of the event'],
      SOURCE,
      LINE,
      ['boot', 'INTEGER', '', 'the boot it is from'],
      ['t_ns', 'INTEGER', 'ns', 'time by the source: nanoseconds or ticks'],
      ['kind', 'TEXT!', '', 'kind of event'],
      ['pid', 'INTEGER', '', 'task in whose context it was'],
      ['comm', 'TEXT', '', 'name of that task as printed'],
      ['module', 'TEXT', '', 'module or requested name it is about'],
      ['detail', 'TEXT!', '', 'all other fields, as JSON'],
    ],
  ),
  table(
    'attempts',
    'One finit_module or init_module call each.',
    ['boot', 'attempt'],
    [
      BOOT,
      ['attempt', 'INTEGER!', '', 'number of the call in its boot, by start'],
      ['t_ns', 'INTEGER', 'ns', 'start of the call; NULL where the trace began later'],
      ['end_ns', 'INTEGER', 'ns', 'end of the call'],
      CLOCK,
      ['pid', 'INTEGER', '', 'thread that called'],
      ['comm', 'TEXT', '', 'its name'],
      ['parent_comm', 'TEXT', '', 'name of the task that started it, where another'],
      [
        'requester',
        'TEXT!',
        '',
        'kernel, udev, systemd-modules-load, systemd, modprobe, insmod, init, other, unknown',
      ],
      ['requested', 'TEXT', '', 'name or alias that the kernel requested, where a request led to it'],
      ['call_site', 'TEXT', '', 'kernel function that requested it'],
      ['join_certain', 'INTEGER!', '', '0 where the join of request and call is only likely'],
      ['call', 'TEXT', '', 'finit_module or init_module'],
      ['flags', 'INTEGER', '', 'finit_module flags; 4 is a compressed file'],
      ['module', 'TEXT', '', 'module, where any evidence names it'],
      [
        'phase',
        'TEXT',
        '',
        'kread, decompress, becoming, load: charged there; init: its init failed, not charged',
      ],
      ['outcome', 'TEXT!', '', 'loaded, duplicate, coalesced, failed, refused or unknown'],
      ['errno', 'INTEGER', '', 'error number; 0 for success; NULL where the end was not seen'],
      ['image_bytes', 'INTEGER', 'bytes', 'L: uncompressed image without its signature'],
      ['compressed_bytes', 'INTEGER', 'bytes', 'C: compressed file; 0 for a plain one'],
      ['wasted_low', 'INTEGER!', 'bytes', 'bytes charged, at least'],
      ['wasted_high', 'INTEGER', 'bytes', 'bytes charged, at most; NULL: no bound'],
      ['allocations', 'INTEGER', '', 'allocations wasted'],
      ['basis', 'TEXT', '', 'measured or bounded; NULL where nothing is known of the bytes'],
      SOURCE,
      LINE,
    ],
  ),
  table(
    'requests',
    'request_module calls, or the kernel log lines about duplicate ones.',
    ['boot', 'request'],
    [
      BOOT,
      ['request', 'INTEGER!', '', 'number in its boot'],
      ['t_ns', 'INTEGER', 'ns', 'time of the request'],
      CLOCK,
      ['requested', 'TEXT!', '', 'name or alias'],
      ['call_site', 'TEXT', '', 'kernel function that requested'],
      ['pid', 'INTEGER', '', 'task that asked'],
      ['comm', 'TEXT', '', 'its name'],
      ['wait', 'INTEGER', '', '1: request_module; 0: request_module_nowait'],
      [
        'duplicate',
        'INTEGER!',
        '',
        '1 where the name was being, or had just been, requested already (kernel/module/dups.c)',
      ],
      ['origin', 'TEXT!', '', 'trace: the request itself; log: only the message about a duplicate'],
      SOURCE,
      LINE,
    ],
  ),
  table(
    'counters',
    'Readings of /sys/kernel/debug/modules.',
    ['boot', 'snapshot', 'counter'],
    [
      BOOT,
      ['snapshot', 'INTEGER!', '', 'reading, oldest first'],
      ['label', 'TEXT', '', 'what the paste calls the reading'],
      ['list', 'TEXT!', '', 'state of the duplicate list: whole, cut, empty, absent'],
      ['counter', 'TEXT!', '', 'file name of the counter'],
      ['value', 'INTEGER!', '', 'its value'],
      SOURCE,
      LINE,
    ],
  ),
  table(
    'duplicate_list',
    "Rows of the kernel's list of duplicate failed modules.",
    ['boot', 'snapshot', 'rank'],
    [
      BOOT,
      ['snapshot', 'INTEGER!', '', 'reading, oldest first'],
      ['rank', 'INTEGER!', '', '0 is the first row printed, the newest name'],
      ['module', 'TEXT!', '', 'module name'],
      ['times', 'INTEGER!', 'calls', 'duplicates counted'],
      ['reason', 'TEXT', '', 'Becoming, Load, Becoming & Load; NULL where not printed'],
      SOURCE,
      LINE,
    ],
  ),
  table(
    'module_sizes',
    'Sizes of modules: of files, compressed files, and memory.',
    ['boot', 'module', 'size_of', 'bytes', 'path'],
    [
      BOOT,
      ['module', 'TEXT!', '', 'module name'],
      ['size_of', 'TEXT!', '', 'file (with its signature), compressed-file or memory'],
      ['bytes', 'INTEGER!', 'bytes', 'the size'],
      ['path', 'TEXT!', '', 'path of the file, where listed'],
      SOURCE,
      LINE,
    ],
  ),
  table(
    'phase_totals',
    'Failures and bytes of each phase of each boot.',
    ['boot', 'phase'],
    [
      BOOT,
      ['phase', 'TEXT!', '', 'kread, decompress, becoming or load'],
      ['failures', 'INTEGER', 'calls', 'loads that failed in the phase'],
      ['duplicates', 'INTEGER', 'calls', 'of them, duplicates'],
      ['bytes', 'INTEGER', 'bytes', 'bytes charged, where known exactly'],
      ['bytes_low', 'INTEGER!', 'bytes', 'at least'],
      ['bytes_high', 'INTEGER', 'bytes', 'at most; NULL: no bound'],
      ['allocations', 'INTEGER', '', 'allocations wasted'],
      ['basis', 'TEXT', '', 'measured, derived, bounded or estimated'],
      ['origin', 'TEXT', '', 'counters or trace'],
    ],
  ),
  table(
    'attribution',
    "What each module's duplicates cost.",
    ['boot', 'module'],
    [
      BOOT,
      ['module', 'TEXT!', '', 'module name'],
      ['times', 'INTEGER!', 'calls', 'duplicates'],
      ['reason', 'TEXT', '', "as in the kernel's list; NULL where not told"],
      ['becoming_low', 'INTEGER!', 'calls', 'failed becoming, at least'],
      ['becoming_high', 'INTEGER!', 'calls', 'failed becoming, at most'],
      ['load_low', 'INTEGER!', 'calls', 'failed load, at least'],
      ['load_high', 'INTEGER!', 'calls', 'failed load, at most'],
      ['image_bytes', 'INTEGER', 'bytes', 'L, where all duplicates had one'],
      ['compressed_bytes', 'INTEGER', 'bytes', 'C, where all duplicates had one'],
      ['bytes', 'INTEGER', 'bytes', 'bytes wasted; an estimate where basis says so'],
      ['bytes_low', 'INTEGER!', 'bytes', 'at least'],
      ['bytes_high', 'INTEGER', 'bytes', 'at most; NULL: no bound'],
      ['basis', 'TEXT!', '', 'measured, derived, bounded or estimated'],
      ['origin', 'TEXT!', '', 'what the row rests on'],
    ],
  ),
  table(
    'remainder',
    'The counters shared out between duplicates and the rest; the two add up to the counter.',
    ['boot', 'phase'],
    [
      BOOT,
      ['phase', 'TEXT!', '', 'kread, decompress, becoming or load'],
      ['counter_failures', 'INTEGER', 'calls', 'failures by the debugfs counter'],
      ['counter_bytes', 'INTEGER', 'bytes', 'bytes by the debugfs counter'],
      ['duplicates_low', 'INTEGER!', 'calls', 'duplicates among them, at least'],
      ['duplicates_high', 'INTEGER', 'calls', 'at most; NULL: no bound'],
      ['duplicate_bytes_low', 'INTEGER!', 'bytes', 'bytes of the duplicates, at least'],
      ['duplicate_bytes_high', 'INTEGER', 'bytes', 'at most; NULL: no bound'],
      ['other_failures_low', 'INTEGER!', 'calls', 'other failures, at least'],
      ['other_failures_high', 'INTEGER', 'calls', 'at most; NULL: no bound'],
      ['other_bytes_low', 'INTEGER!', 'bytes', 'bytes of the other failures, at least'],
      ['other_bytes_high', 'INTEGER', 'bytes', 'at most; NULL: no bound'],
      ['reasons', 'TEXT', '', 'reasons that the log or a trace gives for other failures, with how often'],
      ['signature_low', 'INTEGER', 'bytes', 'signature length by which file sizes were lessened, at least'],
      [
        'signature_high',
        'INTEGER',
        'bytes',
        'at most; equal to the low where it was solved; NULL: not needed',
      ],
    ],
  ),
  table(
    'failed_loads',
    'Failures that are no duplicates, by reason.',
    ['boot', 'failure'],
    [
      BOOT,
      ['failure', 'INTEGER!', '', 'number in its boot'],
      [
        'reason',
        'TEXT!',
        '',
        'signature, elf, vermagic, unknown-symbol, blacklist, read, decompress, init, ...',
      ],
      ['module', 'TEXT', '', 'module, where named'],
      ['phase', 'TEXT', '', 'phase charged; init: charged nowhere'],
      ['errno', 'INTEGER', '', 'error number'],
      ['times', 'INTEGER!', 'calls', 'how often'],
      ['wasted_bytes', 'INTEGER', 'bytes', 'bytes charged; a lower bound where basis is bounded'],
      ['basis', 'TEXT', '', 'measured, derived or bounded; NULL where nothing is known of the bytes'],
      ['first_t_ns', 'INTEGER', 'ns', 'time of the first'],
      CLOCK,
      SOURCE,
      LINE,
    ],
  ),
  table(
    'loads',
    'Modules that loaded.',
    ['boot', 'load'],
    [
      BOOT,
      ['load', 'INTEGER!', '', 'number in its boot'],
      ['module', 'TEXT!', '', 'module name'],
      ['t_ns', 'INTEGER', 'ns', 'start of the load'],
      CLOCK,
      ['load_ns', 'INTEGER', 'ns', 'from the call to module_load: read, verify, lay out, link'],
      ['init_ns', 'INTEGER', 'ns', 'from module_load to the end of the call: init'],
      ['file_bytes', 'INTEGER', 'bytes', 'size of the plain file'],
      ['memory_bytes', 'INTEGER', 'bytes', 'memory of the laid-out module'],
      ['requester', 'TEXT', '', 'who asked, as in attempts'],
      ['comm', 'TEXT', '', 'task that loaded it'],
      ['source', 'INTEGER', '', 'where it is said'],
      ['line', 'INTEGER', '', 'line in that source'],
    ],
  ),
  table(
    'ledger',
    'Counters and events side by side.',
    ['boot', 'phase'],
    [
      BOOT,
      ['phase', 'TEXT!', '', 'kread, decompress, becoming or load'],
      ['counter_failures', 'INTEGER', 'calls', 'failures by the debugfs counter'],
      ['event_failures', 'INTEGER', 'calls', 'failures by the trace'],
      ['counter_bytes', 'INTEGER', 'bytes', 'bytes by the debugfs counter'],
      ['event_bytes', 'INTEGER', 'bytes', 'bytes by the trace'],
      ['verdict', 'TEXT!', '', 'balanced, events incomplete, counters missing or unexplained'],
      ['reason', 'TEXT!', '', 'why, in words'],
    ],
  ),
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

/** CREATE TABLE of one table. */
export function ddl({ name, columns, primaryKey }: TableDoc): string {
  const lines = columns.map(
    (column) => `  ${column.name} ${column.type}${column.notNull ? ' NOT NULL' : ''}`,
  );
  return `CREATE TABLE ${name} (\n${lines.join(',\n')},\n  PRIMARY KEY (${primaryKey.join(', ')})\n) STRICT, WITHOUT ROWID`;
}
