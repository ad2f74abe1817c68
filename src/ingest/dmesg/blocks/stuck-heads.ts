// SPDX-License-Identifier: Apache-2.0
/** First lines of what the kernel reports of tasks that hang, spin or crash. */
import type { StuckLoad } from '../../../model/event.js';

/** Every first message of such a trace has one of these. */
export const STUCK_WORDS: readonly string[] = [
  'blocked for more than ',
  'blocked in I/O wait for more than ',
  'blocked on a mutex',
  'blocked on a semaphore',
  'blocked on an rw-semaphore',
  'state:D',
  'soft lockup - CPU#',
  'hard LOCKUP on cpu',
  'self-detected stall on CPU',
  'detected stalls on CPUs/tasks',
  'detected expedited stalls on CPUs/tasks',
  'BUG: unable to handle ',
  'BUG: kernel NULL pointer',
  'Unable to handle kernel ',
  'kernel BUG at ',
  'Kernel bug at ',
  'Kernel bug detected',
  'general protection fault',
  'invalid opcode: ',
  'divide error: ',
  'double fault: ',
  'kernel stack overflow ',
  'stack segment: ',
  'stack guard page: ',
  'illegal operation: ',
  'instruction in kernel code',
  'invoked from kernel context!',
  'kernel unaligned access',
  ': Code=',
  'Oops',
  'Internal error: ',
  'Kernel panic - not syncing: ',
];
/** Whether a line may be a head. */
export const GATE = new RegExp(STUCK_WORDS.join('|'));

interface HeadForm {
  readonly what: StuckLoad['what'];
  /** Groups: `comm`, `pid`, `seconds`, as far as printed. */
  readonly pattern: RegExp;
}

// biome-ignore format: a table
export const HEADS: readonly HeadForm[] = [
  { what: 'hung-task', pattern: /^INFO: task (?<comm>.{1,64}):(?<pid>\d+) blocked (?:in I\/O wait )?for more than (?<seconds>\d+) seconds/ },
  { what: 'hung-task', pattern: /^task:(?<comm>.{1,64}?) *state:D .*?\bpid:(?<pid>\d+)/ },
  { what: 'lockup', pattern: /\bsoft lockup - CPU#\d+ stuck for (?<seconds>\d+)s!(?: \[(?<comm>[^\]]{1,64}):(?<pid>\d+)\])?/ },
  { what: 'lockup', pattern: /\bhard LOCKUP on cpu|\bself-detected stall on CPU|\bdetected (?:expedited )?stalls on CPUs\/tasks/ },
  { what: 'crashed', pattern: /^(?:BUG: unable to handle |BUG: kernel NULL pointer|(?:BUG: |CPU \d+ )?Unable to handle kernel |kernel BUG at |Kernel bug at |general protection fault|Oops(?:: |$)|Internal error: )/ },
  { what: 'crashed', pattern: /^(?<comm>\S{1,15})\((?<pid>\d+)\): (?:[A-Z][\w ]{2,40} \[#\d+\]|(?:Oops|Kernel Bug) -?\d+$)/ },
  { what: 'crashed', pattern: /^(?:Kernel Fault|Page fault: no context|Bad Address .{1,40}): Code=\d/ },
  { what: 'crashed', pattern: /^[A-Za-z][\w ,()!-]{2,60}(?:: [\da-f]{4})?(?: ilc:\d)? ?\[#\d+\]/ },
  // After an oops, lockup or hung task, a panic says again what was told.
  { what: 'crashed', pattern: /^Kernel panic - not syncing: (?!Fatal|softlockup|hung_task|Hard LOCKUP|Watchdog|NMI|RCU)/ },
];

/**
 * Below the trace of a hung task, or all that a log shows of it (kernel/hung_task.c:debug_show_blocker, since 6.16):
 *     INFO: task modprobe:31634 <writer> blocked on an rw-semaphore likely owned by task init:1 <reader>
 *     INFO: task modprobe:31634 is blocked on a mutex, but the owner is not found.
 */
export const BLOCKED =
  /^INFO: task (?<comm>.{1,64}):(?<pid>\d+) (?:<(?:reader|writer)> )?(?:is )?blocked on an? (?:mutex|semaphore|rw-semaphore)\b/;
