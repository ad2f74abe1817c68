// SPDX-License-Identifier: Apache-2.0
/** Messages about lost messages. */
import type { DiagnosticCode } from '../../../model/diagnostic.js';

interface Loss {
  readonly code: DiagnosticCode;
  /** Null if the message has no number. */
  readonly count: number | null;
}

interface LossRule {
  readonly pattern: RegExp;
  readonly code: DiagnosticCode;
}

/** Every such message has one of these. */
export const LOSS_WORDS: readonly string[] = ['issed', 'dropped', 'overrun', 'uppressed', 'rate-limiting'];
const GATE = new RegExp(LOSS_WORDS.join('|'));

// biome-ignore format: a table
const RULES: readonly LossRule[] = [
  // systemd-journald, reading /dev/kmsg too slowly
  { pattern: /^Missed (\d+) kernel messages$/, code: 'log-messages-lost' },
  { pattern: /^\/dev\/kmsg buffer overrun, some messages lost\.?$/, code: 'log-messages-lost' },
  // kernel/printk/printk.c, on a slow console
  { pattern: /^\*\* (\d+) printk messages dropped ?\*\*/, code: 'log-messages-lost' },
  { pattern: /^(?:printk: )?(\d+) (?:printk )?messages dropped/, code: 'log-messages-lost' },
  // systemd-journald and rsyslog, of the services that speak about loading
  { pattern: /^Suppressed (\d+) messages from (?:systemd-udevd|systemd-modules-load)\.service/, code: 'log-rate-limited' },
  { pattern: /^(?:imjournal|imklog): (\d+) messages lost due to rate-limiting/, code: 'log-rate-limited' },
  // lib/ratelimit.c, named after the function: of requests, of lockdown's refusals, of failed allocations
  { pattern: /^(?:(?:__)?request_module|lockdown_is_locked_down|(?:__)?execmem_\w+): (\d+) callbacks suppressed$/, code: 'log-rate-limited' },
];

/** The loss that the message reports, or null. */
export function readLoss(text: string): Loss | null {
  if (!GATE.test(text)) return null;
  for (const { pattern, code } of RULES) {
    const match = pattern.exec(text);
    if (match) return { code, count: match[1] === undefined ? null : Number(match[1]) };
  }
  return null;
}
