// SPDX-License-Identifier: Apache-2.0
/** What every event has. */
export interface EventBase {
  /** Source.id, set by the Collector. */
  readonly source: number;
  /** 1-based line in the source's file; the record number in binary formats. */
  readonly line: number;
  /** Nanoseconds (or ticks) on the source's clock; null if the line has no time. */
  readonly t: bigint | null;
}

/** The task that wrote an ftrace record. */
export interface InTask {
  readonly pid: number;
  /** Null if the trace prints `<...>`. At most 15 characters; a text trace prints the pid's last known name. */
  readonly comm: string | null;
  readonly cpu: number | null;
}
