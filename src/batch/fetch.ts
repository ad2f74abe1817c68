// SPDX-License-Identifier: Apache-2.0
/** Reads a URL by the user's command, which knows the protocol and has the credentials. */
import { execFile } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { errorMessage } from '../model/error-message.js';
import { systemCode, systemReason } from '../model/system-error.js';
import { timerMs } from '../model/time.js';
import { BatchError } from './case.js';

const run = promisify(execFile);

const MOST_BYTES = 1024 ** 3;
/** Before the second try and the third. */
const PAUSES_MS = [500, 3000];

/** `aws s3 cp {} -` as arguments; quotes keep words together. No shell sees them. */
export function parseFetch(text: string): readonly string[] {
  const words = text.match(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g) ?? [];
  const argv = words.map((word) => word.replace(/'([^']*)'|"([^"]*)"/g, '$1$2'));
  if (argv.slice(1).some((word) => word.includes('{}'))) return argv;
  throw new BatchError(`"${text}" does not say where the URL goes`, [
    "for example: --fetch 'aws s3 cp {} -'",
  ]);
}

/** The standard output of the command with the URL in place of `{}`; tried three times. */
export async function fetchBytes(
  url: string,
  [command = '', ...argv]: readonly string[],
  seconds: number,
): Promise<Buffer> {
  const options = {
    encoding: 'buffer',
    maxBuffer: MOST_BYTES,
    timeout: timerMs(seconds),
    killSignal: 'SIGKILL',
  } as const;
  for (let tries = 0; ; tries++) {
    try {
      const started = run(
        command,
        argv.map((word) => word.replaceAll('{}', () => url)),
        options,
      );
      started.child.stdin?.end();
      return (await started).stdout;
    } catch (error) {
      const pause = cannotStart(error) ? undefined : PAUSES_MS[tries];
      if (pause === undefined) throw new Error(`${command}: ${reasonOf(error)}`);
      await wait(pause);
    }
  }
}

/** A command that is missing or not executable is so the next time, too. */
function cannotStart(error: unknown): boolean {
  return ['ENOENT', 'EACCES', 'E2BIG', 'ENAMETOOLONG'].includes(systemCode(error) ?? '');
}

/** The last line that the command said, or how it ended. */
function reasonOf(error: unknown): string {
  if (cannotStart(error)) return `the command cannot be started: ${systemReason(error)}`;
  const { stderr, code, killed } = error as { stderr?: Buffer; code?: unknown; killed?: boolean };
  const said = stderr?.toString().trim().split('\n').at(-1);
  if (said) return said;
  if (killed) return 'timed out, or gave more than 1 GiB';
  return typeof code === 'number' ? `exit code ${code}` : errorMessage(error);
}
