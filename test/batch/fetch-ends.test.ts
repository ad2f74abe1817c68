// SPDX-License-Identifier: Apache-2.0
/** What becomes of a command that reads a URL, and of all that it started, when its time is over or modwaste ends. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fetchBytes } from '../../src/batch/fetch.js';
import { endGroup, processGroup, startInGroup } from '../../src/batch/process-group.js';
import { temporary } from '../temporary.js';
import { type Built, build, PATIENCE_MS } from './built.js';

const PATIENT = { timeout: PATIENCE_MS, interval: 20 };
const LIMITS = { seconds: 600, mostBytes: 1024 ** 2 };

let built: Built;
let folder: string;
/** Starts a command, tells its id, and hangs. */
let script: string;
let told: string;
beforeAll(() => {
  built = build();
  folder = temporary('fetch');
  script = join(folder, 'hang.sh');
  told = join(folder, 'told');
  writeFileSync(script, `sleep 100000 & echo $! > '${told}.tmp'; mv '${told}.tmp' '${told}'; wait\n`);
}, PATIENCE_MS);
beforeEach(() => rmSync(told, { force: true }));
afterAll(() => built.remove());

/** A process that nobody has waited for yet has ended, too. */
function isRunning(id: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${id}/stat`, 'latin1'));
  } catch {
    return false;
  }
}

const started = (): number => Number(readFileSync(told, 'utf8'));
const isGone = (): Promise<void> => expect.poll(() => isRunning(started()), PATIENT).toBe(false);

/** Runs it with more and more seconds, until they are enough for the command to start another. */
async function untilStarted<T>(work: (seconds: number) => Promise<T>): Promise<T> {
  for (let seconds = 1; ; seconds *= 2) {
    const result = await work(seconds);
    if (existsSync(told)) return result;
  }
}

const errorOf = (argv: readonly string[], limits = LIMITS): Promise<string> =>
  fetchBytes('s3://a', argv, limits, processGroup()).then(
    () => 'no error',
    (error: Error) => error.message,
  );

describe('all that a command started ends', () => {
  it(
    'when its time is over',
    async () => {
      const error = await untilStarted((seconds) => errorOf(['sh', script, '{}'], { ...LIMITS, seconds }));
      expect(error).toMatch(/^sh: timed out after \d+ s \(--timeout\)$/);
      await isGone();
    },
    PATIENCE_MS,
  );

  it(
    'when another thread ends its group, which starts no more then',
    async () => {
      const group = processGroup();
      const fetched = fetchBytes('s3://a', ['sh', script, '{}'], LIMITS, group).catch(
        (error: Error) => error.message,
      );
      await expect.poll(() => existsSync(told), PATIENT).toBe(true);
      expect(isRunning(started())).toBe(true);
      endGroup(group);
      await isGone();
      expect(() => startInGroup(group, 'true', [])).toThrow('interrupted');
      expect(await fetched).toBe('sh: killed by SIGKILL');
    },
    PATIENCE_MS,
  );

  it(
    'when it ends itself',
    async () => {
      const script = join(folder, 'leave.sh');
      writeFileSync(script, `sleep 100000 >/dev/null 2>&1 & echo $! > '${told}'; echo log\n`);
      const bytes = await fetchBytes('s3://a', ['sh', script, '{}'], LIMITS, processGroup());
      expect(bytes.toString()).toBe('log\n');
      await isGone();
    },
    PATIENCE_MS,
  );

  const argv = (out: string, seconds = 600): string[] => {
    const list = join(folder, 'list.txt');
    writeFileSync(list, 's3://boot\n');
    return [
      ...['batch', '--files-from', list, '--fetch', `sh ${script} {}`, '--jobs', '1'],
      ...['--timeout', String(seconds), '--out', join(folder, out)],
    ];
  };

  it(
    'when the worker is ended because its case took too long',
    async () => {
      const ran = await untilStarted(async (seconds) => built.run(argv(`slow-${seconds}`, seconds)));
      expect([ran.code, ran.stderr]).toEqual([
        2,
        expect.stringMatching(/s3:\/\/boot: failed: (?:sh: )?timed out after \d+ s \(--timeout\)/),
      ]);
      await isGone();
    },
    PATIENCE_MS,
  );

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGKILL'] as const)(
    'when modwaste is ended by %s',
    async (signal) => {
      const ran = await built.interrupt(argv(signal), signal, () => existsSync(told));
      expect(ran.code).toBe({ SIGTERM: 143, SIGINT: 130, SIGHUP: 129, SIGKILL: null }[signal]);
      await isGone();
    },
    PATIENCE_MS,
  );
});

describe('the message says what happened', () => {
  it('more output than a case may hold, or without end', async () => {
    for (const argv of [
      ['yes', '{}'],
      ['head', '-c', '1048577', '/dev/zero', '{}'],
    ]) {
      expect(await errorOf(argv)).toBe(
        `${argv[0]}: gave more than 1.0 MiB (the limit is --worker-memory, at most 1 GiB)`,
      );
    }
  });

  it(
    'an exit code after all output, a signal, and what was said, of which the end is kept',
    async () => {
      const cases: readonly (readonly [script: string, error: string])[] = [
        ['echo log; exit 1', 'exit code 1 after 4 bytes'],
        ['exit 3', 'exit code 3'],
        ['kill -9 $$', 'killed by SIGKILL'],
        ['echo log; kill -TERM $$', 'killed by SIGTERM after 4 bytes'],
        ['echo a >&2; echo "no such key" >&2; exit 1', 'no such key'],
        ['echo log; echo broken >&2; exit 1', 'exit code 1 after 4 bytes: broken'],
        ['echo log; echo bad >&2; kill -9 $$', 'killed by SIGKILL after 4 bytes: bad'],
        ['yes | head -c 5000000 >&2; echo last >&2; exit 1', 'last'],
      ];
      const errors = await Promise.all(cases.map(([text]) => errorOf(['sh', '-c', text, '{}'])));
      expect(errors).toEqual(cases.map(([, error]) => `sh: ${error}`));
    },
    PATIENCE_MS,
  );
});
