// SPDX-License-Identifier: Apache-2.0
/** One message of a kernel log, without its prefix. */
import type { Wall } from './wall.js';

export interface LogRecord {
  /** 1-based line (or record) of the source. */
  readonly line: number;
  /** Nanoseconds since boot, if printed. */
  readonly boot: bigint | null;
  /** Nanoseconds since the line before (`dmesg -H`, `--time-format delta`). */
  readonly delta: bigint | null;
  readonly wall: Wall | null;
  /** printk's caller, `T179` or `C4` (CONFIG_PRINTK_CALLER). */
  readonly caller: string | null;
  /** The program that wrote it (`(udev-worker)`); null for the kernel itself. */
  readonly tool: string | null;
  readonly pid: number | null;
  readonly text: string;
  /** The journal's _BOOT_ID. */
  readonly bootId: string | null;
  /** See Prefix.serial. */
  readonly serial?: number | null;
}

/** A record with only a text. */
export function bareRecord(line: number, text: string): LogRecord {
  return {
    line,
    boot: null,
    delta: null,
    wall: null,
    caller: null,
    tool: null,
    pid: null,
    text,
    bootId: null,
  };
}

const TOOL_PREFIX = /^([\w.@()-]{1,40})\[(\d+)\]: ?(.*)$/s;

/**
 * Splits off the program of a user-space message in the kernel log (`systemd[1]: ...`, written to /dev/kmsg).
 */
export function splitTool(text: string): { tool: string | null; pid: number | null; text: string } {
  const match = text.includes(']:') ? TOOL_PREFIX.exec(text) : null;
  if (!match?.[1]) return { tool: null, pid: null, text };
  return { tool: match[1], pid: Number(match[2]), text: match[3] ?? '' };
}
