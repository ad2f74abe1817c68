/** What every event has. */
export interface EventBase {
  /** Source.id; the ingest pipeline fills it in. */
  readonly source: number;
  /** 1-based line (or record, where a source has no lines) inside the source's file. */
  readonly line: number;
  /** Nanoseconds (or ticks) by the source's own clock; null where the line has no time. */
  readonly t: bigint | null;
}

/** The task in whose context an ftrace record was written. */
export interface InTask {
  readonly pid: number;
  /** Null where the trace prints `<...>`. At most 15 characters; a text trace prints the pid's last name. */
  readonly comm: string | null;
  readonly cpu: number | null;
}
