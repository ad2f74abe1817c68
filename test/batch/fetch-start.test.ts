// SPDX-License-Identifier: Apache-2.0
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { fetchBytes } from '../../src/batch/fetch.js';

const folder = mkdtempSync(join(tmpdir(), 'modwaste-fetch-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SECONDS = 600;

it('says that a command is missing or may not be run, without further tries', async () => {
  const missing = join(folder, 'missing');
  const text = join(folder, 'text');
  writeFileSync(text, 'no program');
  chmodSync(text, 0o644);
  await expect(fetchBytes('s3://a', [missing, '{}'], SECONDS)).rejects.toThrow(
    `${missing}: the command cannot be started: no such file or directory`,
  );
  await expect(fetchBytes('s3://a', [text, '{}'], SECONDS)).rejects.toThrow(
    `${text}: the command cannot be started: permission denied`,
  );
});

it('hands the name over as it is, and takes what is no text as it is', async () => {
  const names = ['s3://a b', 's3://a\nb', 's3://\'a"$(x)`', '-rf', '$&{}'];
  for (const name of names) {
    const got = await fetchBytes(name, ['printf', '%s', '{}'], SECONDS);
    expect(got.toString()).toBe(name);
  }
  const bytes = await fetchBytes('x', ['head', '-c', '300000', '/dev/urandom'], SECONDS);
  expect(bytes).toHaveLength(300_000);
});

it('gives a command the time that it may take, also where a timer could not count it', async () => {
  const got = await fetchBytes('3', ['sh', '-c', 'sleep 0.1; printf %s "$1"', '{}', '{}'], 10_000_000);
  expect(got.toString()).toBe('3');
});
