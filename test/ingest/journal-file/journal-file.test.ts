// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import type { Event } from '../../../src/model/event.js';
import { readBytes } from '../../forms/read.js';
import { type Entry, journal, type Packing, XZ_TEXT } from './make.js';

const FIRST = '11'.repeat(16);
const SECOND = '22'.repeat(16);

function kernel(seconds: number, text: string, packing: Packing = 'plain', bootId = FIRST): Entry {
  const micros = BigInt(seconds) * 1_000_000n;
  return {
    // journald reads the first messages late.
    monotonic: micros + 40_000_000n,
    realtime: 1_700_000_000_000_000n + micros,
    bootId,
    fields: [
      ['_TRANSPORT=kernel'],
      ['SYSLOG_IDENTIFIER=kernel'],
      [`_SOURCE_MONOTONIC_TIMESTAMP=${micros}`],
      ['_HOSTNAME=lab'],
      [`MESSAGE=${text}`, packing],
    ],
  };
}

const ENTRIES: readonly Entry[] = [
  kernel(0, 'Linux version 6.12.117 (a@b) (gcc) #1 SMP'),
  kernel(1, 'foo: Unknown symbol a (err -2)'),
  kernel(1, 'foo: Unknown symbol a (err -2)'),
  kernel(2, 'baz: Unknown symbol lz4_sym (err -2)', 'lz4'),
  kernel(3, 'qux: Unknown symbol zstd_sym (err -2)', 'zstd'),
  kernel(4, XZ_TEXT.slice('MESSAGE='.length), 'xz'),
  {
    monotonic: 45_000_000n,
    realtime: 1_700_000_005_000_000n,
    bootId: FIRST,
    fields: [
      ['_TRANSPORT=journal'],
      ['SYSLOG_IDENTIFIER=(udev-worker)'],
      ['_PID=329'],
      ["MESSAGE=Failed to insert module 'acpi_cpufreq': Device or resource busy"],
    ],
  },
  kernel(1, 'Linux version 6.12.118 (a@b) (gcc) #1 SMP', 'plain', SECOND),
];

/** The same in the export format. */
function exported(entries: readonly Entry[]): Buffer {
  const lines = entries.flatMap(({ monotonic, realtime, bootId, fields }) => [
    `__REALTIME_TIMESTAMP=${realtime}`,
    `__MONOTONIC_TIMESTAMP=${monotonic}`,
    `_BOOT_ID=${bootId}`,
    ...fields.map(([text]) => text),
    '',
  ]);
  return Buffer.from(`${lines.join('\n')}\n`);
}

function facts(events: readonly Event[] = []): string[] {
  return events.map(({ line, ...rest }) =>
    JSON.stringify(rest, (_key, value) => (typeof value === 'bigint' ? value.toString() : value)),
  );
}

describe('a journal file', async () => {
  const wanted = await readBytes({ bytes: exported(ENTRIES) });
  const facts1 = facts(wanted.events.get(1));

  test('the export format holds the expected entries', () => {
    expect(facts1.filter((fact) => fact.includes('"unknown-symbol"')).length).toBe(5);
    expect(facts1.filter((fact) => fact.includes('"boot-start"')).length).toBe(2);
    expect(facts1.some((fact) => fact.includes('"user-load"'))).toBe(true);
  });

  test.each([
    ['regular', false],
    ['compact', true],
  ])('%s says the same as its export', async (_name, compact) => {
    const file = journal(ENTRIES, compact);
    const read = await readBytes({ bytes: file });
    expect(read.sources[0]?.format).toBe('journal-file');
    expect(facts(read.events.get(1))).toEqual(facts1);
    expect(read.diagnostics).toEqual([]);
    for (const chunk of [1, 7, 100]) {
      expect(facts((await readBytes({ bytes: file, chunk })).events.get(1))).toEqual(facts1);
    }
  });

  test('entries are cited by their number', async () => {
    const read = await readBytes({ bytes: journal(ENTRIES) });
    const failures = read.events.get(1)?.filter(({ kind }) => kind === 'load-failure') ?? [];
    expect(failures.map(({ line }) => line)).toEqual([2, 3, 4, 5, 6]);
  });

  test('preallocated space is not damage', async () => {
    const file = Buffer.concat([journal(ENTRIES), Buffer.alloc(100_000)]);
    const read = await readBytes({ bytes: file });
    expect(facts(read.events.get(1))).toEqual(facts1);
    expect(read.diagnostics).toEqual([]);
  });

  test('a truncated file gives what it holds, and is reported', async () => {
    const whole = journal(ENTRIES);
    const two = journal(ENTRIES.slice(0, 3)).length;
    const read = await readBytes({ bytes: whole.subarray(0, two + 30) });
    expect(facts(read.events.get(1)).filter((fact) => fact.includes('"unknown-symbol"')).length).toBe(2);
    expect(read.diagnostics.map(({ code }) => code)).toEqual(['archive-damaged']);
  });

  test.each([
    ['of no object', 8n],
    ['inside an object', 281n],
    ['of an object that holds no data', 272n],
    ['behind the file', 2n ** 40n],
    ['that no file can have', 2n ** 64n - 1n],
  ])('an entry with a field at an offset %s loses that field, and says so', async (_, offset) => {
    const file = journal([kernel(1, 'foo: Unknown symbol a (err -2)')]);
    // The last item of the last object, an entry: its offset and its hash.
    file.writeBigUInt64LE(offset, file.length - 16);
    const read = await readBytes({ bytes: file });
    const [damage] = read.diagnostics.filter(({ code }) => code === 'archive-damaged');
    expect(damage).toMatchObject({ count: 1, detail: 'entry 1 has a field that the file does not hold' });
    expect(facts(read.events.get(1)).filter((fact) => fact.includes('"unknown-symbol"'))).toEqual([]);
  });

  test('damage loses only what it hits', async () => {
    const file = journal(ENTRIES);
    const at = file.indexOf(Buffer.from([0x28, 0xb5, 0x2f, 0xfd]));
    file.fill(0xff, at + 4, at + 9);
    const read = await readBytes({ bytes: file });
    expect(facts(read.events.get(1)).filter((fact) => fact.includes('"unknown-symbol"')).length).toBe(4);
    expect(read.diagnostics.length).toBeGreaterThan(0);
  });

  test('every truncation and every damaged byte ends, with no more failures than there were', async () => {
    const file = journal(ENTRIES);
    for (let at = 0; at < file.length; at += 37) {
      const damaged = Buffer.from(file);
      damaged[at] = (damaged[at] ?? 0) ^ 0xff;
      for (const bytes of [file.subarray(0, at), damaged]) {
        if (bytes.length === 0) continue;
        const read = await readBytes({ bytes });
        const failures = read.events.get(1)?.filter(({ kind }) => kind === 'load-failure') ?? [];
        expect(failures.length).toBeLessThanOrEqual(5);
      }
    }
  });
});
