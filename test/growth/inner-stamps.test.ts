// SPDX-License-Identifier: Apache-2.0
/** A line that holds thousands of messages: what is looked at for each of them is bounded, counted in characters. */
import { expect, it, vi } from 'vitest';
import { read } from '../ingest/dmesg/read.js';

const looked = vi.hoisted(() => ({ characters: 0 }));

vi.mock('../../src/ingest/dmesg/prefix/prefix.js', async (original) => {
  const real = await original<typeof import('../../src/ingest/dmesg/prefix/prefix.js')>();
  const readPrefix: typeof real.readPrefix = (text) => {
    looked.characters += text.length;
    return real.readPrefix(text);
  };
  return { ...real, readPrefix };
});

it.each(['\r', ''])('messages in one line, with %j between them', async (between) => {
  const messages = Array.from(
    { length: 5000 },
    (_, n) => `[${String(n).padStart(5)}.000000] m${n}: Unknown symbol x (err -2)${between}`,
  );
  looked.characters = 0;
  const { events } = await read(`[    0.000000] Linux version 6.12.0 (a@b) #1 SMP\n${messages.join('')}\n`);
  expect(events.filter(({ kind }) => kind === 'load-failure')).toHaveLength(5000);
  expect(looked.characters / messages.length).toBeLessThan(3000);
});
