// SPDX-License-Identifier: Apache-2.0
/** Zones of wall-clock times (ISO 8601), and the end of a journal that stops without an empty line. */
import { describe, expect, it, test } from 'vitest';
import { read } from './read.js';

/** The times of rsyslog's RSYSLOG_FileFormat, at the same instants in any zone. */
function logAt(...stamps: readonly string[]): string {
  const messages = [
    'Linux version 6.1.0 (a@b) #1 SMP',
    'usb 1-1: new device',
    'foo: Unknown symbol bar (err -2)',
  ];
  return stamps
    .map((stamp, index) => `${stamp} lab kernel: [    ${index}.500000] ${messages[index]}\n`)
    .join('');
}

describe('a zone is minutes east of UTC', () => {
  const BOOT = BigInt(Date.UTC(2026, 10, 22, 15, 45, 49)) * 1_000_000n - 500_000_000n;

  it.each([
    ['Z', '2026-11-22T15:45'],
    ['+00:00', '2026-11-22T15:45'],
    ['-05:00', '2026-11-22T10:45'],
    ['-0330', '2026-11-22T12:15'],
    ['+05:30', '2026-11-22T21:15'],
    // The date is the zone's own.
    ['+14:00', '2026-11-23T05:45'],
    ['-12:00', '2026-11-22T03:45'],
  ])('%s', async (zone, minute) => {
    const stamps = ['49', '50', '51'].map((second) => `${minute}:${second}.000000${zone}`);
    const { events } = await read(logAt(...stamps));
    const offset = events.find((event) => event.kind === 'boot-mark' && event.what === 'wall-offset');
    expect(offset).toMatchObject({ value: String(BOOT) });
  });
});

// systemd's Journal Export Formats: entries end with an empty line, which a copy that stops early does not have.
test.each(['', '\n', '\n\n'])('the last entry of an export that ends in %j is read', async (end) => {
  const entry = (micros: number, message: string) =>
    `__CURSOR=c${micros}\n__REALTIME_TIMESTAMP=${1e15 + micros}\n__MONOTONIC_TIMESTAMP=${micros}\n_BOOT_ID=b\n_TRANSPORT=kernel\nMESSAGE=${message}`;
  const entries = [
    entry(1, 'Linux version 6.1.0 (a@b) #1 SMP'),
    entry(2, 'foo: Unknown symbol bar (err -2)'),
  ];
  const { events } = await read(`${entries.join('\n\n')}${end}`);
  // Without its newline the last field may be cut, and is said to be.
  const failures = events.filter(({ kind }) => kind === 'load-failure');
  expect(failures).toHaveLength(end === '' ? 0 : 1);
});
