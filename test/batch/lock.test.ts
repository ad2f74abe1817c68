// SPDX-License-Identifier: Apache-2.0
/** The lock of a batch: who is gone, who may live, and how to go on. */
import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { takeLock } from '../../src/batch/lock.js';

const folder = mkdtempSync(join(tmpdir(), 'modwaste-lock-'));
const path = join(folder, 'lock');
afterAll(() => rmSync(folder, { recursive: true }));

const said: string[] = [];
const take = (silentMs = 120_000) =>
  takeLock(path, 'out', (line) => said.push(line), { silentMs, pollMs: 10 });
/** The lock of this process, with some of it changed. */
async function leave(change: Record<string, unknown>): Promise<void> {
  rmSync(path, { force: true });
  const lock = await take();
  const holder: unknown = JSON.parse(readFileSync(path, 'utf8'));
  lock.release();
  writeFileSync(path, JSON.stringify({ ...Object(holder), key: 'another', ...change }));
}
const silentFor = (seconds: number): void => {
  const then = new Date(Date.now() - seconds * 1000);
  utimesSync(path, then, then);
};
/** What comes of an attempt to take it. */
const attempt = async (silentMs?: number): Promise<string> => {
  const result = await take(silentMs).then(
    (lock) => {
      lock.release();
      return said.at(-1) ?? '';
    },
    (error: { message: string; advice: string[] }) => [error.message, ...error.advice].join('\n'),
  );
  return result;
};
const TAKEN = 'took over the lock of a run that ended early';

test('a process of this machine lives if it is there with its start time, however long it is silent', async () => {
  await leave({});
  silentFor(10_000);
  expect(await attempt()).toBe(`process ${process.pid} is running in out\nwait for it to finish`);
  // The pid is another process now.
  await leave({ started: '1' });
  expect(await attempt()).toBe(TAKEN);
  await leave({ pid: 4_194_305 });
  expect(await attempt()).toBe(TAKEN);
});

test('one of another host, boot or pid namespace lives if it touches its lock', async () => {
  for (const change of [
    { boot: 'b', host: 'node7' },
    { pids: 'pid:[1]', host: 'node7' },
  ]) {
    await leave({ ...change, pid: 1 });
    silentFor(50);
    said.length = 0;
    const trying = attempt();
    await expect
      .poll(() => said.at(-1))
      .toMatch(/^process 1 on node7 holds \S*lock: waiting at most [1-7]?\d s for a sign of life/);
    silentFor(0);
    expect(await trying).toBe('process 1 on node7 is running in out\nwait for it to finish');
    silentFor(121);
    expect(await attempt()).toBe(TAKEN);
  }
});

test('one that stays silent is gone, also where it cannot be read or is removed by hand', async () => {
  for (const text of ['', '123', '{"pid":1}']) {
    writeFileSync(path, text);
    expect(await attempt(100)).toBe(TAKEN);
  }
  writeFileSync(path, '');
  said.length = 0;
  const trying = attempt();
  await expect.poll(() => said.at(-1)).toContain('waiting at most');
  rmSync(path);
  expect(await trying).toBe(TAKEN);
});

test('a lock that another run took is left to it', async () => {
  const lock = await take();
  rmSync(path);
  const other = await take();
  lock.release();
  expect(readFileSync(path, 'utf8')).not.toBe('');
  other.release();
});
