// SPDX-License-Identifier: Apache-2.0
/** Damage to journal files: a changed result is said, though no checksum covers the whole. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { lookup3 } from '../../../src/ingest/journal-file/lookup3.js';
import { ByteReader } from '../../../src/input/bytes.js';
import { unxz } from '../../../src/input/codec/xz.js';
import { readBytes } from '../../forms/read.js';

const FIXTURES = new URL('fixtures/', import.meta.url);
const DATA = 1;
const ENTRY = 3;

interface Place {
  readonly offset: number;
  readonly type: number;
  readonly size: number;
}

async function fixture(name: string): Promise<Buffer> {
  async function* packed(): AsyncGenerator<Uint8Array> {
    yield readFileSync(new URL(`${name}.journal.xz`, FIXTURES));
  }
  const parts: Uint8Array[] = [];
  for await (const part of unxz(new ByteReader(packed()), expect.unreachable)) parts.push(part.slice());
  return Buffer.concat(parts);
}

/** The data objects and the entries. */
function placesOf(file: Buffer): Place[] {
  const places: Place[] = [];
  let size = 0;
  for (
    let offset = Number(file.readBigUInt64LE(88));
    offset < file.length;
    offset += Math.ceil(size / 8) * 8
  ) {
    size = Number(file.readBigUInt64LE(offset + 8));
    places.push({ offset, type: file[offset] ?? 0, size });
  }
  return places.filter(({ type }) => type === DATA || type === ENTRY);
}

async function read(bytes: Uint8Array): Promise<{ said: string[]; result: string }> {
  const { diagnostics, events } = await readBytes({ bytes });
  const result = JSON.stringify(events.get(1), (_, value) =>
    typeof value === 'bigint' ? String(value) : value,
  );
  return {
    said: diagnostics.filter(({ code }) => code === 'archive-damaged').map(({ detail }) => detail),
    result,
  };
}

describe.each(['keyed-compact', 'keyed', 'jenkins'])('a journal of journald, %s', async (name) => {
  const file = await fixture(name);
  const whole = await read(file);
  const places = placesOf(file);
  const entries = places.filter(({ type }) => type === ENTRY);

  it('is not damaged: repeated and compressed fields have their hashes, too', () => {
    expect(whole.said).toEqual([]);
    expect(whole.result.match(/"user-load"/g)?.length).toBe(13);
  });

  it('one flipped bit anywhere but in an entry’s wall clock changes nothing, or is said', async () => {
    const bytes = places.flatMap(({ offset, type, size }) =>
      Array.from({ length: size }, (_, at) => at)
        .filter((at) => type === DATA || at < 24 || at >= 32)
        .map((at) => offset + at),
    );
    const silent: number[] = [];
    for (let index = 0; index < bytes.length; index += 1201) {
      const at = bytes[index] ?? 0;
      const flipped = Buffer.from(file);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << ((index * 5) % 8));
      const { said, result } = await read(flipped);
      if (said.length === 0 && result !== whole.result) silent.push(at);
    }
    expect(silent).toEqual([]);
  });

  it('truncated between two objects: says how many entries are missing', async () => {
    const { said } = await read(file.subarray(0, entries[5]?.offset));
    expect(said).toEqual(['it holds 5 of the 17 entries that its header counts']);
  });

  it('a copy of a file in use may hold more entries than its header counts', async () => {
    const copy = Buffer.from(file);
    copy.writeBigUInt64LE(15n, 152);
    expect(await read(copy)).toEqual(whole);
  });

  it.each([
    ['a number that another had before it', 16, 1],
    ['a clock that went back', 32, 1],
    ['two boot IDs', 40, 7],
  ])('an entry has %s', async (what, at, value) => {
    const changed = Buffer.from(file);
    changed.fill(0, (entries[9]?.offset ?? 0) + at, (entries[9]?.offset ?? 0) + at + 8);
    changed[(entries[9]?.offset ?? 0) + at] = value;
    expect((await read(changed)).said).toContain(`entry 10 has ${what}`);
  });
});

/** The values that lookup3.c's driver5 prints. */
describe('lookup3', () => {
  it.each([
    ['', 0xdeadbeef],
    ['Four score and seven years ago', 0x17770551],
  ])('of "%s"', (text, hash) => expect(lookup3(Buffer.from(text)) >>> 0).toBe(hash));
});
