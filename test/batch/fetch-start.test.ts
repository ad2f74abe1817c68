// SPDX-License-Identifier: Apache-2.0
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fetchBytes } from '../../src/batch/fetch.js';
import { processGroup } from '../../src/batch/process-group.js';
import { temporary } from '../temporary.js';

const folder = temporary('fetch');

const LIMITS = { seconds: 600, mostBytes: 1024 ** 2 };
const fetch = (url: string, argv: readonly string[], limits = LIMITS): Promise<Buffer> =>
  fetchBytes(url, argv, limits, processGroup());

it('says that a command is missing or may not be run, without further tries', async () => {
  const missing = join(folder, 'missing');
  const text = join(folder, 'text');
  writeFileSync(text, 'no program');
  chmodSync(text, 0o644);
  await expect(fetch('s3://a', [missing, '{}'])).rejects.toThrow(
    `${missing}: the command cannot be started: no such file or directory`,
  );
  await expect(fetch('s3://a', [text, '{}'])).rejects.toThrow(
    `${text}: the command cannot be started: permission denied`,
  );
});

it('hands the name over as it is, and takes what is no text as it is', async () => {
  const names = ['s3://a b', 's3://a\nb', 's3://\'a"$(x)`', '-rf', '$&{}'];
  for (const name of names) {
    const got = await fetch(name, ['printf', '%s', '{}']);
    expect(got.toString()).toBe(name);
  }
  const bytes = await fetch('x', ['head', '-c', '300000', '/dev/urandom']);
  expect(bytes).toHaveLength(300_000);
});

it('gives a command the time that it may take, also where a timer could not count it', async () => {
  const got = await fetch('3', ['sh', '-c', 'sleep 0.1; printf %s "$1"', '{}', '{}'], {
    ...LIMITS,
    seconds: 10_000_000,
  });
  expect(got.toString()).toBe('3');
});
