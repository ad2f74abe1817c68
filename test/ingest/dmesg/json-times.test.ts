// SPDX-License-Identifier: Apache-2.0
/** Times in JSON and in fields of the journal that no kernel prints: the message counts, its time is not known. */
import { describe, expect, test } from 'vitest';
import { read } from './read.js';

const MESSAGE = 'm1: Unknown symbol x (err -2)';

describe('dmesg -J', () => {
  const log = (time: string): string => `{
   "dmesg": [
      {"pri": 6, "time": 1.000000, "msg": "Linux version 6.12.1 (a@b) (gcc) #1 SMP"},
      {"pri": 6, "time": ${time}, "msg": "${MESSAGE}"},
      {"pri": 6, "time": 20.500000, "msg": "m2: Unknown symbol x (err -2)"}
   ]
}
`;

  test.each(['-1.500000', '-0.0', '1e1', '1.5e400', '1.5e-3', '99999999999999.000000', '"junk"', '"0x12"'])(
    '%s',
    async (time) => {
      const { events, diagnostics } = await read(log(time));
      expect(diagnostics).toEqual({ 'number-out-of-range': 1 });
      expect(events.filter(({ kind }) => kind === 'load-failure').map(({ t }) => t)).toEqual([
        null,
        20_500_000_000n,
      ]);
    },
  );

  test.each([
    ['5.000000', 5_000_000_000n],
    ['"5.25"', 5_250_000_000n],
    ['"5"', 5_000_000_000n],
  ])('%s is read', async (time, t) => {
    const { events, diagnostics } = await read(log(time));
    expect(diagnostics).toEqual({});
    expect(events.find(({ kind }) => kind === 'load-failure')?.t).toBe(t);
  });

  test('a message without a time is no damage', async () => {
    const { events, diagnostics } = await read(log('2.0').replace('"time": 2.0, ', ''));
    expect(diagnostics).toEqual({});
    expect(events.find(({ kind }) => kind === 'load-failure')?.t).toBe(null);
  });
});

describe('the journal', () => {
  const entry = (fields: Readonly<Record<string, unknown>>): string =>
    JSON.stringify({
      _TRANSPORT: 'kernel',
      _BOOT_ID: '0'.repeat(32),
      PRIORITY: '6',
      __CURSOR: 's=1',
      __REALTIME_TIMESTAMP: '1700000000000000',
      __MONOTONIC_TIMESTAMP: '6000000',
      _SOURCE_MONOTONIC_TIMESTAMP: '5000000',
      MESSAGE,
      ...fields,
    });

  test.each([
    ['_SOURCE_MONOTONIC_TIMESTAMP', '-5', 6_000_000_000n],
    ['_SOURCE_MONOTONIC_TIMESTAMP', 1e300, 6_000_000_000n],
    ['__MONOTONIC_TIMESTAMP', '0x10', 5_000_000_000n],
    ['__REALTIME_TIMESTAMP', '9'.repeat(40), 5_000_000_000n],
  ])('%s: %s', async (name, value, t) => {
    const { events, diagnostics } = await read(
      `${entry({ [name]: value })}\n${entry({ MESSAGE: 'hello' })}\n`,
    );
    expect(diagnostics['number-out-of-range']).toBe(1);
    expect(events.find(({ kind }) => kind === 'load-failure')?.t).toBe(t);
  });

  test('arrays in arrays are no text, however deep', async () => {
    for (const depth of [2, 100_000]) {
      const deep = `${'['.repeat(depth)}1,"x"${']'.repeat(depth)}`;
      const text = entry({ MESSAGE: 'DEEP' }).replace('"DEEP"', deep);
      const { events } = await read(
        `${entry({})}\n${text}\n${entry({ MESSAGE: 'm2: Unknown symbol x (err -2)' })}\n`,
      );
      expect(events.filter(({ kind }) => kind === 'load-failure')).toHaveLength(2);
    }
  });
});
