// SPDX-License-Identifier: Apache-2.0
/** The table of load messages, row by row. */
import { describe, expect, it } from 'vitest';
import { LOAD_MESSAGES } from '../../../src/ingest/dmesg/messages/loads/index.js';
import type { LoadMessage } from '../../../src/ingest/dmesg/messages/loads/message.js';
import { fact, read } from './read.js';

async function said(message: string, banner = 'Linux version 6.12.117 (a@b) (gcc) #1'): Promise<unknown[]> {
  const { events } = await read(`[    0.000000] ${banner}\n[   10.000000] ${message}\n`);
  return events.slice(2).map((event) => JSON.parse(fact(event)));
}

const RELEASE = /^\d+\.\d+(?:\.\d+)?$/;

describe.each(LOAD_MESSAGES.map((row) => [row.example, row] as const))('%s', (example, row: LoadMessage) => {
  it('is recognised for what its row says', async () => {
    const [first, ...more] = (await said(example)) as Record<string, unknown>[];
    const { reason, phase, fails = 'always', names = false, errno } = row;
    expect(first).toMatchObject(
      fails === 'never'
        ? { kind: 'load-warning', reason }
        : { kind: 'load-failure', reason, phase, fails, names, ...(errno === undefined ? {} : { errno }) },
    );
    expect(more.map((event) => event.kind)).toEqual([
      ...(row.asked ? ['allocation-failure'] : []),
      ...(row.waited ? ['stuck-load'] : []),
    ]);
    const named = /\{(?:module|file|command)\}/.test(row.message);
    if (named) expect(example.replaceAll('-', '_')).toContain(first?.module);
    else expect(first?.module).toBeNull();
  });

  it('says where and since when it is printed', () => {
    expect(row.source).toMatch(/^(?:arch|certs|crypto|fs|kernel|lib|security)\/[\w/*.-]+/);
    expect(row.since).toMatch(RELEASE);
    if (row.until !== undefined) expect(row.until).toMatch(RELEASE);
    expect(example).toContain(row.word ?? '');
  });
});

it('has each message once', () => {
  const messages = LOAD_MESSAGES.map(({ message }) => message);
  expect(messages.filter((message, index) => messages.indexOf(message) !== index)).toEqual([]);
});
