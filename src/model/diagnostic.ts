// SPDX-License-Identifier: Apache-2.0
/** Diagnostics: everything that was skipped, repaired, lost or doubted, under declared codes. */

/** `data-loss`: something is missing, and sums are lower bounds; `error`: an input could not be read. */
export type Severity = 'info' | 'warning' | 'data-loss' | 'error';

interface Declaration {
  readonly severity: Severity;
  /** What is counted, where it is not how often it happened. */
  readonly counted?: string;
  /** What it means for the numbers, or what to do. */
  readonly help: string;
}

function declare<K extends string>(codes: Record<K, Declaration>): Readonly<Record<K, Declaration>> {
  return codes;
}

// biome-ignore format: a table
/** All codes, each with its severity and what it means for the numbers. */
export const DIAGNOSTICS = declare({
  // input
  'input-unreadable': { severity: 'error', help: 'The input could not be opened or read; check its path and permissions.' },
  'input-empty': { severity: 'warning', help: 'The source is empty. Files in debugfs and /proc report size 0, so tar archives them empty: copy them first, then archive the copy.' },
  'input-nothing-known': { severity: 'warning', help: 'No known format matched; `modwaste detect --explain` shows what was tried.' },
  'input-skipped': { severity: 'info', help: 'Links and special files are not followed. Members that hold no evidence in a known layout are not unpacked.' },
  'input-irrelevant': { severity: 'info', help: 'Files in a support archive without a known format, outside the places of evidence, that do not mention module loading; `modwaste detect` lists them.' },
  'input-changed': { severity: 'warning', help: 'The file changed while it was read; its parts may be inconsistent.' },
  'input-limit': { severity: 'data-loss', help: 'A limit was reached and the rest was not read; an option named in the detail raises it; a limit without one is fixed: split the text.' },
  'archive-damaged': { severity: 'data-loss', help: 'The archive or member is damaged or truncated; everything before the damage was read.' },
  'archive-unsupported': { severity: 'error', help: 'The archive uses an unsupported method or feature; unpack it by hand and pass its contents.' },
  'archive-encrypted': { severity: 'error', help: 'The member is encrypted; decrypt it and pass it as an input.' },
  'line-too-long': { severity: 'data-loss', help: 'A line longer than the limit was truncated.' },
  'text-invalid-utf8': { severity: 'warning', help: 'Invalid UTF-8 bytes were replaced; names that contain them may differ.' },
  'text-nul-bytes': { severity: 'warning', help: 'NUL bytes were dropped; they come from pstore, a crash, or a sparse copy.' },
  'text-repaired': { severity: 'info', help: 'Mail quoting, line wrapping or collapsed spaces were undone, because the lines could not be parsed otherwise.' },
  'number-out-of-range': { severity: 'warning', help: 'Times and numbers that no kernel prints are from damaged lines and were not used.' },
  'source-repeated': { severity: 'info', help: 'Duplicate of another source; it was counted once.' },

  // kernel log
  'log-beginning-missing': { severity: 'data-loss', help: 'The log starts in the middle of a boot: it is an excerpt, or the ring buffer wrapped (the journal, or log_buf_len=4M, keeps more).' },
  'log-messages-lost': { severity: 'data-loss', help: 'The log reports lost messages: counts are lower bounds.' },
  'log-rate-limited': { severity: 'data-loss', help: 'Messages were rate-limited: counts are lower bounds.' },
  'log-unreadable': { severity: 'warning', help: 'Unrecognised records were skipped.' },
  'log-prefix-unknown': { severity: 'data-loss', help: 'The messages have an unknown prefix, and most of them were not understood; remove it, or pass the output of dmesg.' },
  'loading-not-understood': { severity: 'warning', help: 'Lines mention module loading but were not understood and are in no count. Read the first one.' },
  'log-time-unknown': { severity: 'info', help: 'The log has no timestamps, coarse ones, or wall-clock times that cannot be tied to the boot.' },

  // ftrace
  'trace-lost-events': { severity: 'data-loss', help: 'The trace lost events: totals from it are lower bounds. Use trace_buf_size=64M or more.' },
  'trace-began-late': { severity: 'data-loss', help: 'Syscall exits without matching enters: tracing started after module loading. Use trace_event= on the kernel command line.' },
  'trace-ended-early': { severity: 'warning', help: 'Syscall enters without matching exits: the trace ended while these calls were running, and their outcome is unknown.' },
  'trace-cut': { severity: 'data-loss', counted: 'missing record', help: 'The file holds fewer records than its header states: it was truncated or filtered, and totals are lower bounds.' },
  'trace-clock-switched': { severity: 'data-loss', help: 'The trace clock was changed, which cleared the buffer: earlier records are lost.' },
  'trace-line-unread': { severity: 'warning', help: 'A line names a known event but could not be parsed.' },
  'trace-probe-unknown': { severity: 'warning', help: 'A probe event could not be matched to a function; see samples/CAPTURE.md.' },
  'trace-probe-contradiction': { severity: 'warning', help: 'A probe read lengths that contradict the files read; they were not used. Its definition is for another word size: see samples/CAPTURE.md.' },
  'trace-syscalls-missing': { severity: 'warning', help: 'Load calls of tasks without syscall events, seen only by probes: 32-bit programs on a 64-bit kernel raise none. Calls that hit no probe are missing.' },
  'trace-unusable-form': { severity: 'error', help: 'This trace_options form (raw, hex, bin) holds no usable fields; read `trace` with default options.' },

  // debugfs
  'list-cut': { severity: 'data-loss', help: 'The duplicate list is truncated: its last row is incomplete, as the copy was cut short or the buffer of the kernel was full (111 rows at most). The oldest names are lost.' },
  'list-absent': { severity: 'info', help: 'No `stats` table: duplicates by module are unknown.' },
  'stats-incomplete': { severity: 'warning', help: 'The table lacks rows that the kernel always prints.' },
  'stats-inconsistent': { severity: 'warning', help: 'Counters contradict each other, or the kernel warned about its own numbers.' },
  'counter-wrapped': { severity: 'warning', help: 'A 32-bit byte counter may have wrapped, or Linux 6.4 added error codes to it; its value is a lower bound.' },

  // accounting
  'boots-limit': { severity: 'data-loss', help: 'The source holds more boots or recordings than the limit; the rest was added to the last one.' },
  'boot-contradicted': { severity: 'warning', help: 'The source names another kernel, command line or sizes of modules than the boot that it was counted with; it may be of another boot: analyze it apart.' },
  'attribution-conflict': { severity: 'warning', help: 'Sizes and counters contradict each other; only the counters were used.' },
});

/** A code of `DIAGNOSTICS`, part of the contract. */
export type DiagnosticCode = keyof typeof DIAGNOSTICS;

/** Whether part of the input was not read. Losses that the evidence itself reports do not count. */
export function leavesUnread(code: DiagnosticCode): boolean {
  return DIAGNOSTICS[code].severity === 'error' || code === 'archive-damaged' || code === 'input-limit';
}

/** One code in one source: its count and first occurrence. */
export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly source: number | null;
  /** The first line it applies to; null if it is about the whole source. */
  readonly line: number | null;
  count: number;
  readonly detail: string;
}
