// SPDX-License-Identifier: Apache-2.0
/** Containers around the files of a case, made in memory: the codecs that Node cannot write are written stored. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, gzipSync } from 'node:zlib';
import { tar, zip } from '../input/helpers.js';

export type Files = Readonly<Record<string, string | Uint8Array>>;

/** The files below a folder, by their paths in it. */
export function filesOf(folder: string): Files {
  const files: Record<string, Uint8Array> = {};
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files[path.slice(folder.length).replace(/^\/+/, '')] = readFileSync(path);
  }
  return files;
}

/** The files under another root, in an order that is neither theirs nor the alphabet's. */
export function shuffled(files: Files, root: string): Files {
  const key = (name: string): number => crc32(Buffer.from(name));
  const names = Object.keys(files).sort((a, b) => key(a) - key(b));
  return Object.fromEntries(names.map((name) => [`${root}${name}`, files[name] ?? '']));
}

function uint32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value >>> 0, index * 4);
  return bytes;
}

/** A number as xz writes it: seven bits a byte, the lowest first. */
function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(Math.floor(value / 0x80))];
}

const paddedTo4 = (length: number): Buffer => Buffer.alloc((4 - (length % 4)) % 4);

/** xz with LZMA2 chunks that are not compressed, and a CRC32. */
export function xz(data: Uint8Array): Buffer {
  const flags = Buffer.from([0, 1]);
  const header = Buffer.concat([Buffer.from('fd377a585a00', 'hex'), flags, uint32(crc32(flags))]);
  // One filter, LZMA2, with the smallest dictionary.
  const block = Buffer.from([2, 0, 0x21, 1, 0, 0, 0, 0]);
  const chunks: Buffer[] = [];
  for (let at = 0; at < data.length; at += 0x10000) {
    const part = data.subarray(at, at + 0x10000);
    chunks.push(
      Buffer.from([at === 0 ? 1 : 2, (part.length - 1) >> 8, (part.length - 1) & 0xff]),
      Buffer.from(part),
    );
  }
  const packed = Buffer.concat([block, uint32(crc32(block)), ...chunks, Buffer.from([0])]);
  const unpadded = packed.length + 4;
  const list = Buffer.from([0, 1, ...varint(unpadded), ...varint(data.length)]);
  const index = Buffer.concat([list, paddedTo4(list.length)]);
  const footer = Buffer.concat([uint32((index.length + 4) / 4 - 1), flags]);
  return Buffer.concat([
    header,
    packed,
    paddedTo4(packed.length),
    uint32(crc32(data)),
    index,
    uint32(crc32(index)),
    uint32(crc32(footer)),
    footer,
    Buffer.from('YZ'),
  ]);
}

/** zstd with raw blocks, small ones: what is cut inside of one is lost. */
export function zstd(data: Uint8Array): Buffer {
  const parts: Uint8Array[] = [Buffer.from('28b52ffd0058', 'hex')];
  for (let at = 0; at < data.length; at += 0x1000) {
    const part = data.subarray(at, at + 0x1000);
    const last = at + part.length === data.length ? 1 : 0;
    parts.push(uint32((part.length << 3) | last).subarray(0, 3), Buffer.from(part));
  }
  return Buffer.concat(parts);
}

export function mail(text: string, name: string, attachment: Uint8Array): string {
  const base64 = Buffer.from(attachment).toString('base64').replace(/.{76}/g, '$&\r\n');
  return [
    'From: Reporter <reporter@example.org>',
    'To: bugs@example.org',
    'Subject: boot takes two minutes',
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary="=-part"',
    '',
    '--=-part',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: quoted-printable',
    '',
    text,
    '--=-part',
    'Content-Type: application/octet-stream',
    'Content-Transfer-Encoding: base64',
    `Content-Disposition: attachment; filename="${name}"`,
    '',
    base64,
    '--=-part--',
    '',
  ].join('\r\n');
}

/** The ways in which reports come, by the name of the file; each holds the same files. */
export function packings(files: Files): Readonly<Record<string, string | Uint8Array>> {
  const all = shuffled(files, 'sosreport-host-2026-11-22-abcdefg/');
  const tarGz = gzipSync(tar(all));
  return {
    'report.tar.xz': xz(tar(all)),
    'report.eml': mail('Hello,\r\nthe report =E2=80=93 see attachment.\r\n', 'z.zip', zip(all)),
    'nested.tar.zst': zstd(tar({ 'inner.tar.gz': tarGz })),
    'outer.zip': zip({ 'upload/inner.tar.gz': tarGz }),
    mbox: `From x@y Thu Jan  1 00:00:00 1970\n${mail('see there', 'a.tgz', tarGz).replaceAll('\r\n', '\n')}`,
  };
}
