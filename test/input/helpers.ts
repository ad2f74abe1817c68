// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { crc32, deflateRawSync } from 'node:zlib';
import { openInputs } from '../../src/disk/walk.js';
import type { Found, InputOptions, Problem, SourceNode } from '../../src/input/index.js';

export const FIXTURES = fileURLToPath(new URL('fixtures/', import.meta.url));

export function fixture(name: string): Buffer {
  return readFileSync(`${FIXTURES}${name}`);
}

/** The log that fixtures hold parts of: lines `first` to `last`. */
export function logLines(last: number, first = 1): string {
  let text = '';
  for (let line = first; line <= last; line++) text += `[    ${line}.000000] line of a log\n`;
  return text;
}

/** a and b of make.sh, one after the other. */
export const LOG_AB = logLines(20) + logLines(300, 21);

export async function* chunks(bytes: Uint8Array, size = bytes.length): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

export interface Opened {
  /** Each leaf's text by its path, in order. */
  readonly texts: Record<string, string>;
  readonly nodes: SourceNode[];
  readonly problems: Problem[];
  /** `code path: detail`. */
  readonly said: string[];
}

export async function open(inputs: readonly string[], options: InputOptions = {}): Promise<Opened> {
  const opened: Opened = { texts: {}, nodes: [], problems: [], said: [] };
  for await (const found of openInputs(inputs, options)) await take(found, opened);
  return opened;
}

async function take(found: Found, opened: Opened): Promise<void> {
  switch (found.found) {
    case 'container':
      opened.nodes.push(found.node);
      return;
    case 'problem':
      opened.problems.push(found);
      opened.said.push(`${found.code} ${found.path}: ${found.detail}`);
      return;
    case 'leaf': {
      opened.nodes.push(found.leaf.node);
      const parts: Uint8Array[] = [];
      for await (const chunk of found.leaf.open()) parts.push(chunk);
      opened.texts[found.leaf.node.path] = Buffer.concat(parts).toString();
    }
  }
}

/** As standard input, whose label is `-`. */
export function openBytes(bytes: Uint8Array, options: InputOptions = {}, size?: number): Promise<Opened> {
  return open(['-'], { ...options, stdin: chunks(bytes, size) });
}

/** A tar of plain files, as ustar writes them. */
export function tar(files: Readonly<Record<string, string | Uint8Array>>): Buffer {
  const blocks: Buffer[] = [];
  for (const [name, content] of Object.entries(files)) {
    const data = Buffer.from(content);
    blocks.push(tarHeader(name, data.length), data, Buffer.alloc((512 - (data.length % 512)) % 512));
  }
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

export function tarHeader(name: string, size: number, type = '0'): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0, 100);
  header.write('0000644\0', 100);
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  header.write('        ', 148);
  header.write(type, 156);
  header.write('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

/** A zip of deflated files; at level 0 they take what they hold. */
export function zip(files: Readonly<Record<string, string | Uint8Array>>, level = 6): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const data = Buffer.from(content);
    const packed = deflateRawSync(data, { level });
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(0x800, 2);
    fields.writeUInt16LE(8, 4);
    fields.writeUInt32LE(crc32(data), 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(data.length, 18);
    fields.writeUInt16LE(Buffer.byteLength(name), 22);
    const end = Buffer.alloc(14);
    end.writeUInt32LE(offset, 10);
    const local = [Buffer.from('PK\x03\x04'), fields, Buffer.from(name), packed];
    directory.push(Buffer.from('PK\x01\x02\x14\x00'), fields, end, Buffer.from(name));
    parts.push(...local);
    offset += local.reduce((sum, part) => sum + part.length, 0);
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const count = Object.keys(files).length;
  const tail = Buffer.alloc(18);
  tail.writeUInt16LE(count, 4);
  tail.writeUInt16LE(count, 6);
  tail.writeUInt32LE(size, 8);
  tail.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, ...directory, Buffer.from('PK\x05\x06'), tail]);
}
