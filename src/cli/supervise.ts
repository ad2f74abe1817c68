// SPDX-License-Identifier: Apache-2.0
/**
 * User SQL may never end, and SQLite cannot be interrupted while it computes. So it runs in a child process, which this
 * process kills on a signal or a timeout, removing its unfinished output.
 */
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { constants } from 'node:os';
import { timerMs } from '../model/time.js';
import { temporaryName } from './files.js';

/** Set in the environment of the child. */
const SUPERVISED = 'MODWASTE_SUPERVISED';
/** Of the user's SQL. */
export const DEFAULT_SECONDS = 600;

/** What is printed where it takes longer. */
export function timedOut(seconds: number): string[] {
  return [`modwaste: the query timed out after ${seconds} seconds`, '  --timeout SECONDS gives it more time'];
}

export const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The exit code that a shell reports for a process killed by a signal. */
export function exitCodeOf(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}

/** The value of the last `--name VALUE`, `--name=VALUE` or `-n VALUE`; null where there is none. */
function optionValue(argv: readonly string[], ...names: readonly string[]): string | null {
  let value: string | null = null;
  for (const [index, word] of argv.entries()) {
    if (names.includes(word)) value = argv[index + 1] ?? null;
    const name = names.find((long) => word.startsWith(`${long}=`));
    if (name !== undefined) value = word.slice(name.length + 1);
  }
  return value;
}

export function needsSupervision(argv: readonly string[], env: NodeJS.ProcessEnv): boolean {
  if (argv[0] !== 'query' || env[SUPERVISED] !== undefined) return false;
  return optionValue(argv, '--sql') !== null || optionValue(argv, '--file', '-f') !== null;
}

/** Runs the same command in a child process; resolves to its exit code. */
export function supervise(argv: readonly string[], script: string): Promise<number> {
  const seconds = Number(optionValue(argv, '--timeout') ?? DEFAULT_SECONDS) || DEFAULT_SECONDS;
  const child = spawn(process.execPath, [...process.execArgv, script, ...argv], {
    stdio: 'inherit',
    env: { ...process.env, [SUPERVISED]: '1' },
  });
  let code: number | null = null;
  const end = (as: number): void => {
    code ??= as;
    child.kill('SIGKILL');
  };
  for (const signal of SIGNALS) process.on(signal, () => end(exitCodeOf(signal)));
  const timer = setTimeout(() => {
    process.stderr.write(`${timedOut(seconds).join('\n')}\n`);
    end(2);
  }, timerMs(seconds));
  return new Promise((resolve) => {
    child.on('error', (error) => {
      process.stderr.write(`modwaste: cannot start the query process: ${error.message}\n`);
      resolve(2);
    });
    child.on('close', (own, signal) => {
      clearTimeout(timer);
      const output = optionValue(argv, '--output', '-o');
      if (signal !== null && output !== null) rmSync(temporaryName(output, child.pid ?? 0), { force: true });
      if (signal !== null && code === null) {
        process.stderr.write(`modwaste: the query process was killed by ${signal}\n`);
      }
      resolve(code ?? own ?? 2);
    });
  });
}
