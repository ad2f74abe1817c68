// SPDX-License-Identifier: Apache-2.0
/** Runs the command line inside the test: arguments in; stdout, stderr and exit code out. */
import { ClosedPipeError, type Io } from '../../src/cli/io.js';
import { run } from '../../src/cli/run.js';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Surroundings {
  readonly env?: Record<string, string>;
  readonly tty?: boolean;
  readonly columns?: number;
  /** The reader of stdout goes after so many characters. */
  readonly closesAfter?: number;
  readonly openCase?: Parameters<typeof run>[2];
}

export async function cli(argv: readonly string[], around: Surroundings = {}): Promise<Ran> {
  let stdout = '';
  let stderr = '';
  const tty = around.tty ?? false;
  const io: Io = {
    stdout: {
      isTTY: tty,
      columns: tty ? (around.columns ?? 80) : null,
      write: async (data) => {
        if (stdout.length >= (around.closesAfter ?? Number.POSITIVE_INFINITY)) throw new ClosedPipeError();
        stdout += typeof data === 'string' ? data : new TextDecoder().decode(data);
      },
    },
    stderr: {
      isTTY: tty,
      columns: tty ? (around.columns ?? 80) : null,
      write: (text) => {
        stderr += text;
      },
    },
    env: around.env ?? {},
    cleanups: new Set(),
    stoppable: (work) => work(),
  };
  const code = await run(argv, io, around.openCase);
  return { code, stdout, stderr };
}
