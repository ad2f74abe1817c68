// SPDX-License-Identifier: Apache-2.0
/** The command as a process with workers: a copy of what was built before all tests, in a folder of its own. */
import { spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  cpSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { framesOf } from '../../src/batch/frame.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** What has not ended by then hangs, however busy the machine is. */
export const PATIENCE_MS = 240_000;

export interface Built {
  readonly folder: string;
  /** Runs it to its end; the exit code is null where it had to be ended. */
  run(
    argv: readonly string[],
    cwd?: string,
    input?: string,
  ): { code: number | null; stdout: string; stderr: string };
  /** Starts it and sends a signal as soon as `when` is true; gives the exit code and signal. */
  interrupt(
    argv: readonly string[],
    signal: NodeJS.Signals,
    when: () => boolean,
  ): Promise<{ code: number | null; signal: string | null; stderr: string }>;
  remove(): void;
}

export function build(): Built {
  const folder = mkdtempSync(join(tmpdir(), 'modwaste-batch-'));
  for (const name of ['queries', 'node_modules', 'package.json'])
    symlinkSync(join(ROOT, name), join(folder, name));
  cpSync(join(ROOT, 'dist'), join(folder, 'dist'), { recursive: true });
  const main = join(folder, 'dist/cli/main.js');
  return {
    folder,
    run: (argv, cwd = folder, input = '') => {
      const ran = spawnSync(process.execPath, [main, ...argv], {
        ...{ cwd, input, encoding: 'utf8', timeout: PATIENCE_MS },
      });
      return { code: ran.status, stdout: ran.stdout, stderr: ran.stderr };
    },
    interrupt: (argv, signal, when) =>
      new Promise((resolve) => {
        const child = spawn(process.execPath, [main, ...argv], { stdio: ['ignore', 'ignore', 'pipe'] });
        let stderr = '';
        child.stderr.on('data', (data: Buffer) => {
          stderr += data.toString();
        });
        const timer = setInterval(() => {
          if (when()) child.kill(signal);
        }, 20);
        child.on('close', (code, sent) => {
          clearInterval(timer);
          resolve({ code, signal: sent, stderr });
        });
      }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Output name -> its bytes as text, without what a run says of itself. */
export function outputs(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /^[^.].*\.(?:csv|ndjson|parquet)$/.test(name),
  );
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), 'latin1')]));
}

/** Results of cases that are there so far. */
export function resultCount(out: string): number {
  const folder = join(out, '.modwaste/results');
  let count = 0;
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const descriptor = openSync(join(folder, name), 'r');
    for (const { heads } of framesOf(descriptor, 0)) count += heads?.cases.length ?? 0;
    closeSync(descriptor);
  }
  return count;
}
