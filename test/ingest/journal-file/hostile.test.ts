// SPDX-License-Identifier: Apache-2.0
/** Journals made to cost much or to lie: each ends soon, and what is not read is told. */
import { describe, expect, it } from 'vitest';
import { openCase } from '../../../src/index.js';
import { isHashOf } from '../../../src/ingest/journal-file/checks.js';
import { unpackPayload } from '../../../src/ingest/journal-file/payload.js';
import { type Entry, journal } from './make.js';

const LZ4 = 2;
const ZSTD = 4;
const MIB = 1024 ** 2;

const size64 = (size: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(size));
  return bytes;
};
/** A frame that states its size in eight bytes, of raw blocks. */
const zstd = (blocks: readonly Buffer[], size: number): Buffer =>
  Buffer.concat([
    Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xe0]),
    size64(size),
    ...blocks.flatMap((block, index) => {
      const head = Buffer.alloc(3);
      head.writeUIntLE((block.length << 3) | (index === blocks.length - 1 ? 1 : 0), 0, 3);
      return [head, block];
    }),
  ]);
/** A frame of one byte repeated: a block of 128 KiB takes four bytes. */
const zstdBomb = (size: number): Buffer => {
  const blocks = size / (MIB / 8);
  const body = Array.from({ length: blocks }, (_, index) => {
    const block = Buffer.alloc(4, 'a');
    block.writeUIntLE(((MIB / 8) << 3) | 2 | (index === blocks - 1 ? 1 : 0), 0, 3);
    return block;
  });
  return Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0]), size64(size).subarray(0, 4), ...body]);
};
const lz4 = (text: Buffer, size: number): Buffer =>
  Buffer.concat([size64(size), Buffer.from([0xf0, text.length - 15]), text]);

describe('a compressed field', () => {
  const blocks = ['x', 'y'].map((letter) => Buffer.alloc(100_000, letter));

  it('of several blocks is whole', async () => {
    expect(Buffer.compare(await unpackPayload(zstd(blocks, 200_000), ZSTD), Buffer.concat(blocks))).toBe(0);
  });

  it.each([0, 1, 199_999, 200_001, MIB])('of zstd that states %d bytes', async (size) => {
    await expect(unpackPayload(zstd(blocks, size), ZSTD)).rejects.toThrow('another size than it states');
  });

  it('of zstd that claims a window of 2 GiB', async () => {
    const text = Buffer.alloc(40, 'x');
    const head = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xc0, 21 << 3]);
    const block = Buffer.from([((text.length << 3) & 0xff) | 1, text.length >> 5, 0]);
    expect(await unpackPayload(Buffer.concat([head, size64(40), block, text]), ZSTD)).toEqual(text);
  });

  it('of zstd that states none, which journald does not write', async () => {
    const bytes = Buffer.from('28b52ffd00580100', 'hex');
    await expect(unpackPayload(bytes, ZSTD)).rejects.toThrow('without a size');
  });

  it.each([31, 1000])('of lz4 that states %d bytes', async (size) => {
    await expect(unpackPayload(lz4(Buffer.alloc(30, 'x'), size), LZ4)).rejects.toThrow('another size');
  });

  it.each([MIB + 1, 2 ** 53])('of %d bytes is too large', async (size) => {
    await expect(unpackPayload(zstd(blocks, size), ZSTD)).rejects.toThrow(RangeError);
    await expect(unpackPayload(lz4(Buffer.alloc(30, 'x'), size), LZ4)).rejects.toThrow(RangeError);
  });
});

const entry = (seconds: number, ...messages: string[]): Entry => ({
  monotonic: BigInt(seconds) * 1_000_000n,
  realtime: 1_700_000_000_000_000n + BigInt(seconds) * 1_000_000n,
  bootId: 'a'.repeat(32),
  fields: [['_TRANSPORT=kernel'], ...messages.map((message) => [`MESSAGE=${message}`] as const)],
});

it('a bomb of compressed fields ends, and what comes after it is read', async () => {
  const entries = [entry(1, 'Linux version 6.1.0 (a@b) #1'), entry(2, 'a: Unknown symbol x (err -2)')];
  const file = journal(entries);
  const bomb = zstdBomb(MIB);
  const data = Buffer.alloc(Math.ceil((64 + bomb.length) / 8) * 8);
  data[0] = 1;
  data[1] = ZSTD;
  size64(64 + bomb.length).copy(data, 8);
  bomb.copy(data, 64);
  // Behind the header: no entry names them, and what follows lies elsewhere.
  const bytes = Buffer.concat([file, ...Array.from({ length: 300 }, () => data)]);
  const { model, diagnostics } = await openCase({ inputs: [{ name: 'system.journal', bytes }] });
  expect(model.failures.map(({ module }) => module)).toEqual(['a']);
  const [limit] = diagnostics.filter(({ code }) => code === 'input-limit');
  expect(limit?.detail).toBe('compressed fields of more than 16 bytes per byte of the file');
  expect(limit?.count).toBeGreaterThan(290);
});

const object = (type: number, flags: number, body: Buffer): Buffer => {
  const whole = Buffer.alloc(Math.ceil((16 + body.length) / 8) * 8);
  whole[0] = type;
  whole[1] = flags;
  size64(16 + body.length).copy(whole, 8);
  body.copy(whole, 16);
  return whole;
};

// Each takes milliseconds.
it.each([
  [50, ['a']],
  [5000, []],
])('behind %d damaged fields, of which all are told', async (count, modules) => {
  const file = journal([entry(1, 'Linux version 6.1.0 (a@b) #1')]);
  const bad = object(1, 1, Buffer.concat([Buffer.alloc(48), Buffer.alloc(48, 'x')]));
  const text = Buffer.from('MESSAGE=a: Unknown symbol x (err -2)');
  const good = object(1, LZ4, Buffer.concat([Buffer.alloc(48), lz4(text, text.length)]));
  const head = Buffer.concat([size64(2), size64(1_700_000_002_000_000), size64(2_000_000)]);
  const transport = file.indexOf('_TRANSPORT=kernel') - 64;
  const items = [transport, file.length + count * bad.length].flatMap((at) => [size64(at), size64(0)]);
  const named = object(3, 0, Buffer.concat([head, Buffer.alloc(16, 0xaa), size64(0), ...items]));
  const bytes = Buffer.concat([file, ...Array.from({ length: count }, () => bad), good, named]);
  const { model, diagnostics } = await openCase({ inputs: [{ name: 'system.journal', bytes }] });
  expect(model.failures.map(({ module }) => module)).toEqual(modules);
  const damaged = diagnostics.find(({ code }) => code === 'archive-damaged');
  expect(damaged?.count).toBe(count + (modules.length > 0 ? 0 : 1));
});

it('all messages of one entry are read', async () => {
  const messages = ['a: Unknown symbol x (err -2)', 'b: Unknown symbol x (err -2)'];
  const bytes = journal([entry(1, 'Linux version 6.1.0 (a@b) #1'), entry(2, ...messages)]);
  const { model } = await openCase({ inputs: [{ name: 'system.journal', bytes }] });
  expect(model.failures.map(({ module }) => module).sort()).toEqual(['a', 'b']);
});

it('the hashes of an entry with 100,000 fields are compared in a linear number of steps', () => {
  const hashes = Array.from({ length: 100_000 }, (_, index) => index * 2);
  let read = 0;
  const counted = new Proxy(hashes, {
    get: (list, key) => {
      read++;
      return Reflect.get(list, key);
    },
  });
  expect(isHashOf(0x7fffffff, counted)).toBe(false);
  expect(read).toBeLessThan(10 * hashes.length);
});
