// SPDX-License-Identifier: Apache-2.0
/**
 * The interface to the process: streams, environment, and cleanup on interruption. `main.ts` implements it for the
 * process, tests for strings.
 */

export interface Output {
  /** Resolves when it can take more; rejects with ClosedPipeError when the reader has gone. */
  write(data: string | Uint8Array): Promise<void>;
  readonly isTTY: boolean;
  /** Width of the terminal; null where it is none. */
  readonly columns: number | null;
}

export interface Io {
  readonly stdout: Output;
  readonly stderr: { write(text: string): void; readonly isTTY: boolean; readonly columns: number | null };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Synchronous cleanups for an interrupted process; each is removed when its work is done. */
  readonly cleanups: Set<() => void>;
  /**
   * Runs work that may never end and cannot be interrupted (a query inside SQLite) so that SIGINT ends the process as
   * if it had no handler.
   */
  stoppable<T>(work: () => T): T;
}

/** The reader of stdout has gone (`modwaste ... | head`): not an error, nothing more to do. */
export class ClosedPipeError extends Error {
  override readonly name = 'ClosedPipeError';
}

/** Exit codes: a contract, see `modwaste --help`. */
export const EXIT = { ok: 0, incomplete: 1, failed: 2 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
