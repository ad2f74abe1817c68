// SPDX-License-Identifier: Apache-2.0
/** Reads a URL by the user's command, which knows the protocol and has the credentials. */
import { setTimeout as wait } from 'node:timers/promises';
import { errorMessage } from '../model/error-message.js';
import { systemCode, systemReason } from '../model/system-error.js';
import { timerMs } from '../model/time.js';
import { formatBytes } from '../report/cell.js';
import { BatchError } from './case.js';
import { isEnded, killGroup, type ProcessGroup, startInGroup } from './process-group.js';

/** Of what a command says on stderr, the end. */
const MOST_SAID = 4096;
/** Before the second try and the third. */
const PAUSES_MS = [500, 3000];

/** `aws s3 cp {} -` as arguments; quotes keep words together. No shell sees them. */
export function parseFetch(text: string): readonly string[] {
  const words = text.match(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g) ?? [];
  const argv = words.map((word) => word.replace(/'([^']*)'|"([^"]*)"/g, '$1$2'));
  if (argv.slice(1).some((word) => word.includes('{}'))) return argv;
  throw new BatchError(`"${text}" has no {} for the URL`, ["for example: --fetch 'aws s3 cp {} -'"]);
}

export interface FetchLimits {
  /** Of each try. */
  readonly seconds: number;
  readonly mostBytes: number;
}

/** The standard output of the command with the URL in place of `{}`; tried three times, in a process group of its own. */
export async function fetchBytes(
  url: string,
  [command = '', ...words]: readonly string[],
  limits: FetchLimits,
  group: ProcessGroup,
): Promise<Buffer> {
  const argv = words.map((word) => word.replaceAll('{}', () => url));
  for (let tries = 0; ; tries++) {
    try {
      return await outputOf(command, argv, limits, group);
    } catch (error) {
      const pause = isFinal(error) || isEnded(group) ? undefined : PAUSES_MS[tries];
      if (pause === undefined) throw new Error(`${command}: ${reasonOf(error)}`);
      await wait(pause);
    }
  }
}

/** A limit, which the next try would reach, too. */
class LimitError extends Error {}

const tooMuch = (most: number): LimitError =>
  new LimitError(`gave more than ${formatBytes(most)} (the limit is --worker-memory, at most 1 GiB)`);

function outputOf(
  command: string,
  argv: readonly string[],
  { seconds, mostBytes }: FetchLimits,
  group: ProcessGroup,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = startInGroup(group, command, argv);
    const chunks: Buffer[] = [];
    let bytes = 0;
    let said = Buffer.alloc(0);
    let isSettled = false;
    const settle = (error: Error | null): void => {
      // The group may be that of the next command by now.
      if (isSettled) return;
      isSettled = true;
      clearTimeout(timer);
      killGroup(group);
      // What left the group may hold them open.
      child.stdout?.destroy();
      child.stderr?.destroy();
      if (error) reject(error);
      else resolve(Buffer.concat(chunks));
    };
    const timer = setTimeout(
      () => settle(new LimitError(`timed out after ${seconds} s (--timeout)`)),
      timerMs(seconds),
    );
    child.stdout?.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > mostBytes) settle(tooMuch(mostBytes));
      else chunks.push(chunk);
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      said = Buffer.concat([said, chunk]).subarray(-MOST_SAID);
    });
    child.on('error', settle);
    child.on('close', (code, signal) => {
      if (code === 0) return settle(null);
      const how = signal === null ? `exit code ${code}` : `killed by ${signal}`;
      const after = bytes === 0 ? how : `${how} after ${bytes} bytes`;
      const line = said.toString().trim().split('\n').at(-1);
      // What it said explains an exit code, unless it gave output, too.
      if (line && after === `exit code ${code}`) settle(new Error(line));
      else settle(new Error(line ? `${after}: ${line}` : after));
    });
  });
}

/** A command that is missing or not executable is so the next time, too. */
function cannotStart(error: unknown): boolean {
  return ['ENOENT', 'EACCES', 'E2BIG', 'ENAMETOOLONG'].includes(systemCode(error) ?? '');
}

const isFinal = (error: unknown): boolean => error instanceof LimitError || cannotStart(error);

function reasonOf(error: unknown): string {
  if (cannotStart(error)) return `the command cannot be started: ${systemReason(error)}`;
  return errorMessage(error);
}
