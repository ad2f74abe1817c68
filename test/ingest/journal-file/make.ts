// SPDX-License-Identifier: Apache-2.0
/** Writes journal files as journald does: header, then data objects before the entry that names them. */

import { lookup3 } from '../../../src/ingest/journal-file/lookup3.js';

export type Packing = 'plain' | 'xz' | 'lz4' | 'zstd';

export interface Entry {
  readonly monotonic: bigint;
  readonly realtime: bigint;
  readonly bootId: string;
  readonly fields: readonly (readonly [text: string, packing?: Packing])[];
}

const HEADER = 272;
const FLAGS: Readonly<Record<Packing, number>> = { plain: 0, xz: 1, lz4: 2, zstd: 4 };
/** `xz --check=none` of XZ_TEXT. */
const XZ_BYTES = Buffer.from(
  '/Td6WFoAAAD/EtlBAgAhARwAAAAQz1jMAQAqTUVTU0FHRT1iYXI6IFVua25vd24gc3ltYm9sIHh6X3N5bSAoZXJyIC0yKQAAAAE7K1OjiLAGcp56AQAAAAAAWVo=',
  'base64',
);
export const XZ_TEXT = 'MESSAGE=bar: Unknown symbol xz_sym (err -2)';

export function journal(entries: readonly Entry[], compact = false): Buffer {
  const parts: Buffer[] = [header(entries, compact)];
  let size = HEADER;
  const known = new Map<string, number>();
  const add = (type: number, flags: number, body: Buffer): number => {
    const offset = size;
    const whole = Buffer.alloc(Math.ceil((16 + body.length) / 8) * 8);
    whole[0] = type;
    whole[1] = flags;
    whole.writeBigUInt64LE(BigInt(16 + body.length), 8);
    body.copy(whole, 16);
    parts.push(whole);
    size += whole.length;
    return offset;
  };
  // A hash table and an array, of which nothing is read.
  add(4, 0, Buffer.alloc(160, 7));
  for (const [index, entry] of entries.entries()) {
    const offsets = entry.fields.map(([text, packing = 'plain']) => {
      const key = `${packing} ${text}`;
      const offset =
        known.get(key) ??
        add(1, FLAGS[packing], Buffer.concat([Buffer.alloc(compact ? 56 : 48), pack(text, packing)]));
      known.set(key, offset);
      return offset;
    });
    const body = Buffer.alloc(48 + offsets.length * (compact ? 4 : 16));
    body.writeBigUInt64LE(BigInt(index + 1), 0);
    body.writeBigUInt64LE(entry.realtime, 8);
    body.writeBigUInt64LE(entry.monotonic, 16);
    Buffer.from(entry.bootId, 'hex').copy(body, 24);
    // The upper half of the exclusive or of all fields' hashes.
    body.writeInt32LE(
      entry.fields.reduce((sum, [text]) => sum ^ lookup3(Buffer.from(text)), 0),
      44,
    );
    for (const [item, offset] of offsets.entries()) {
      if (compact) body.writeUInt32LE(offset, 48 + item * 4);
      else body.writeBigUInt64LE(BigInt(offset), 48 + item * 16);
    }
    add(3, 0, body);
    if (index === 1) add(6, 0, Buffer.alloc(40, 9));
  }
  return Buffer.concat(parts);
}

function header(entries: readonly Entry[], compact: boolean): Buffer {
  const bytes = Buffer.alloc(HEADER);
  bytes.write('LPKSHHRH', 'latin1');
  bytes.writeUInt32LE(1 | 2 | 4 | 8 | (compact ? 16 : 0), 12);
  bytes.writeBigUInt64LE(BigInt(HEADER), 88);
  bytes.writeBigUInt64LE(BigInt(entries.length), 152);
  const last = entries.at(-1);
  bytes.writeBigUInt64LE(entries[0]?.realtime ?? 0n, 184);
  bytes.writeBigUInt64LE(last?.realtime ?? 0n, 192);
  bytes.writeBigUInt64LE(last?.monotonic ?? 0n, 200);
  return bytes;
}

function pack(text: string, packing: Packing): Buffer {
  const bytes = Buffer.from(text);
  switch (packing) {
    case 'plain':
      return bytes;
    case 'xz':
      if (text !== XZ_TEXT) throw new Error('only one text is at hand as xz');
      return XZ_BYTES;
    case 'lz4': {
      // Literals alone: a token, what of their number does not fit it, and they.
      const size = Buffer.alloc(8);
      size.writeBigUInt64LE(BigInt(bytes.length));
      return Buffer.concat([size, Buffer.from([0xf0, bytes.length - 15]), bytes]);
    }
    case 'zstd': {
      // A frame that states its size in a byte, of one raw block, the last.
      const block = (bytes.length << 3) | 1;
      const head = [0x28, 0xb5, 0x2f, 0xfd, 0x20, bytes.length, block & 0xff, block >> 8, 0];
      return Buffer.concat([Buffer.from(head), bytes]);
    }
  }
}
