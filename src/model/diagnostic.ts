/** Diagnostics: everything skipped, repaired, lost or doubted, by declared code. */

export type Severity = 'info' | 'warning' | 'data-loss' | 'error';

interface Declaration {
  readonly severity: Severity;
  /** One sentence: what it means for the numbers, or what to do. */
  readonly help: string;
}

function declare<K extends string>(codes: Record<K, Declaration>): Readonly<Record<K, Declaration>> {
  return codes;
}

export const DIAGNOSTICS = declare({
  // input
  'input-unreadable': {
    severity: 'error',
    help: 'The input could not be opened or read; check its path and rights.',
  },
  'input-empty': {
    severity: 'warning',
    help: 'The source holds no bytes. Files of debugfs and /proc state size 0, and a tar made of them in place holds nothing: copy them first, then pack the copy.',
  },
  'input-nothing-known': {
    severity: 'warning',
    help: 'No known form matched; `modwaste detect --explain` shows what was tried.',
  },
  'input-skipped': {
    severity: 'info',
    help: 'Links and special files are not followed, and members that a known layout says hold no evidence are not unpacked.',
  },
  'input-irrelevant': {
    severity: 'info',
    help: 'Files of a support archive that have no known form, lie where no evidence does, and do not speak of module loading; `modwaste detect` lists them.',
  },
  'input-changed': {
    severity: 'warning',
    help: 'The file changed while it was read; its parts may not fit together.',
  },
  'input-limit': {
    severity: 'data-loss',
    help: 'A limit was reached and the rest was not read; raise the limit that the detail names.',
  },
  'archive-damaged': {
    severity: 'data-loss',
    help: 'The archive or member is damaged or cut; what came before was read.',
  },
  'archive-unsupported': {
    severity: 'error',
    help: 'The archive uses a method or feature that is not supported; unpack it by hand and give what is inside.',
  },
  'archive-encrypted': {
    severity: 'error',
    help: 'The member is encrypted; unpack it by hand and give it as an input.',
  },
  'line-too-long': {
    severity: 'data-loss',
    help: 'A line over the length limit was cut; its rest was not read.',
  },
  'text-invalid-utf8': {
    severity: 'warning',
    help: 'Bytes that are no UTF-8 were replaced; names with them may differ.',
  },
  'text-nul-bytes': {
    severity: 'warning',
    help: 'NUL bytes were dropped: pstore, a crashed disk, or a sparse copy.',
  },
  'text-repaired': {
    severity: 'info',
    help: 'Mail quoting, wrapping or squeezed spaces were undone, because the lines could not be read otherwise.',
  },
  'number-out-of-range': {
    severity: 'warning',
    help: 'Lines with times or numbers that no kernel prints, damaged ones, were not taken as evidence.',
  },
  'source-repeated': {
    severity: 'info',
    help: 'The source says what another one says already; it was counted once.',
  },

  // kernel log
  'log-beginning-missing': {
    severity: 'data-loss',
    help: 'The log starts in the middle of a boot (ring buffer wrapped); use log_buf_len=4M or the journal.',
  },
  'log-messages-lost': {
    severity: 'data-loss',
    help: 'The log says that messages were lost: counts are lower bounds.',
  },
  'log-rate-limited': { severity: 'data-loss', help: 'Messages were rate limited: counts are lower bounds.' },
  'log-unreadable': {
    severity: 'warning',
    help: 'Records that are not in the form of the rest were passed over.',
  },
  'log-prefix-unknown': {
    severity: 'data-loss',
    help: 'The messages stand behind a prefix that is not known, so that most of them were not understood; cut it off, or give the output of dmesg.',
  },
  'loading-not-understood': {
    severity: 'warning',
    help: 'Lines mention module loading and were not understood: what they say is not in any count. Read the first one.',
  },
  'log-time-unknown': {
    severity: 'info',
    help: 'The log has no times, only rough ones, or wall-clock ones that nothing ties to the boot.',
  },

  // ftrace
  'trace-lost-events': {
    severity: 'data-loss',
    help: 'The trace lost events: totals from it are lower bounds. Use trace_buf_size=64M or more.',
  },
  'trace-began-late': {
    severity: 'data-loss',
    help: 'Calls end in the trace that do not begin in it: it began after loading did. Use trace_event= on the command line.',
  },
  'trace-ended-early': { severity: 'warning', help: 'Calls begin in the trace that do not end in it.' },
  'trace-cut': {
    severity: 'data-loss',
    help: 'The file holds fewer records than its head says: it was cut or filtered, and totals are lower bounds.',
  },
  'trace-clock-switched': {
    severity: 'data-loss',
    help: 'The kernel switched the trace clock and threw away what was recorded before.',
  },
  'trace-line-unread': { severity: 'warning', help: 'A line names a watched event but could not be read.' },
  'trace-probe-unknown': {
    severity: 'warning',
    help: 'A probe event could not be tied to a function; see samples/CAPTURE.md.',
  },
  'trace-probe-contradiction': {
    severity: 'warning',
    help: 'A probe read lengths that cannot be those of the files read, so they were not used; its form is for another word size: see samples/CAPTURE.md.',
  },
  'trace-syscalls-missing': {
    severity: 'warning',
    help: 'Load calls of tasks without syscall events, known by probes alone: a 32-bit program on a 64-bit kernel raises none. Calls that no probe hit are missing.',
  },
  'trace-unusable-form': {
    severity: 'error',
    help: 'This trace_options form holds no usable fields (raw, hex, bin); read `trace` with default options.',
  },

  // debugfs
  'list-cut': {
    severity: 'data-loss',
    help: 'The duplicate list is cut (the kernel prints at most 111 rows, the oldest names are lost).',
  },
  'list-absent': { severity: 'info', help: 'No `stats` table: nothing is known about duplicates by module.' },
  'stats-incomplete': { severity: 'warning', help: 'The table misses rows that the kernel always prints.' },
  'stats-inconsistent': {
    severity: 'warning',
    help: 'Counters contradict each other, or the kernel warned about its own numbers.',
  },
  'counter-wrapped': {
    severity: 'warning',
    help: 'A 32-bit byte counter may have wrapped; its value is a lower bound.',
  },

  // accounting
  'boots-limit': {
    severity: 'data-loss',
    help: 'The source begins more boots or recordings than are told apart; the rest was taken with the last one.',
  },
  'attribution-conflict': {
    severity: 'warning',
    help: 'Sizes and counters contradict each other; only counters are used.',
  },
});

export type DiagnosticCode = keyof typeof DIAGNOSTICS;

/** Whether part of what was given was not read. What the evidence itself says that it lost is no such thing. */
export function leavesUnread(code: DiagnosticCode): boolean {
  return DIAGNOSTICS[code].severity === 'error' || code === 'archive-damaged' || code === 'input-limit';
}

/** One code in one source: how often, and where first. */
export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly source: number | null;
  /** First line it applies to; null where it is about the whole source. */
  readonly line: number | null;
  count: number;
  readonly detail: string;
}
