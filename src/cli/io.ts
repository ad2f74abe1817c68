/**
 * What a run may touch of the outside: its streams, its environment, and what must be cleaned up if it is
 * interrupted. `main.ts` ties it to the process, tests to strings.
 */

export interface Output {
  /** Resolves when it may take more; throws ClosedPipeError when nobody reads any more. */
  write(data: string | Uint8Array): Promise<void>;
  readonly isTTY: boolean;
  /** Width of the terminal, where it is one. */
  readonly columns: number | null;
}

export interface Io {
  readonly stdout: Output;
  readonly stderr: { write(text: string): void; readonly isTTY: boolean; readonly columns: number | null };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Synchronous, run if the process is interrupted; each is removed when its work is done. */
  readonly cleanups: Set<() => void>;
  /**
   * Runs work that may never end and cannot be told to (a query inside SQLite) so that SIGINT ends the
   * process as if it had no handler.
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
