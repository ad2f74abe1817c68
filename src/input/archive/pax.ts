// SPDX-License-Identifier: Apache-2.0
/** Extended headers of pax archives (POSIX.1-2001), and GNU tar's sparse maps in them. */
import { ascii } from '../bytes.js';
import { decodeName } from '../label.js';
import { BLOCK, type Extent } from './tar-header.js';

/** The known fields by key; values are escaped. */
export type PaxFields = Map<string, string>;

/** Sparse 0.0 repeats two keys for each extent; they are gather under the key of sparse 0.1. */
const MAP = 'GNU.sparse.map';

const NAMES = ['path', 'linkpath', 'size'];
const MEMBER_KEYS: ReadonlySet<string> = new Set([
  ...NAMES,
  MAP,
  'GNU.sparse.name',
  'GNU.sparse.realsize',
  'GNU.sparse.size',
  'GNU.sparse.major',
]);
/** Keys allowed in a global header: sparse maps belong to one member. */
const GLOBAL_KEYS: ReadonlySet<string> = new Set(NAMES);

/** A longer sparse map is damaged. */
const MAP_CHARS = 1024 ** 2;

/** Parses records `LENGTH KEY=VALUE\n`; LENGTH counts the whole record, in decimal. Stops at the first bad one. */
export function parsePax(bytes: Uint8Array, of: 'member' | 'all members'): PaxFields {
  const keys = of === 'member' ? MEMBER_KEYS : GLOBAL_KEYS;
  const fields: PaxFields = new Map();
  const pairs: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const blank = indexIn(bytes, 0x20, at, at + LENGTH_DIGITS);
    const length = Number(ascii(bytes, at, blank < 0 ? at : blank));
    const end = at + length - 1;
    const equals = length > 0 ? indexIn(bytes, 0x3d, blank, end) : -1;
    if (equals < 0 || bytes[end] !== 0x0a) break;
    const key = ascii(bytes, blank + 1, equals);
    const value = (): string => decodeName(bytes.subarray(equals + 1, end));
    if (keys.has(key)) fields.set(key, value());
    else if (of === 'member' && (key === 'GNU.sparse.offset' || key === 'GNU.sparse.numbytes'))
      pairs.push(value());
    at = end + 1;
  }
  if (pairs.length > 0) fields.set(MAP, pairs.join(','));
  return fields;
}

/** More digits than any length has. */
const LENGTH_DIGITS = 20;

function indexIn(bytes: Uint8Array, byte: number, from: number, to: number): number {
  const found = bytes.subarray(from, to).indexOf(byte);
  return found < 0 ? -1 : from + found;
}

/** The sparse file that the fields describe; extents null: the map precedes the data (sparse 1.0). */
export function paxSparse(fields: PaxFields): { realSize: number; extents: readonly Extent[] | null } | null {
  const realSize = Number(fields.get('GNU.sparse.realsize') ?? fields.get('GNU.sparse.size') ?? Number.NaN);
  if (!Number.isSafeInteger(realSize)) return null;
  if (fields.get('GNU.sparse.major') === '1') return { realSize, extents: null };
  const map = fields.get(MAP);
  return map === undefined ? null : { realSize, extents: extentsOf(map.split(',')) };
}

/** Sparse 1.0: the number of extents, then their offsets and lengths, one decimal number per line, in whole blocks. */
export async function readSparseMap(
  read: (count: number) => Promise<Uint8Array>,
): Promise<readonly Extent[]> {
  const numbers: string[] = [];
  let unfinished = '';
  for (let chars = 0; chars <= MAP_CHARS; chars += BLOCK) {
    const block = await read(BLOCK);
    const lines = (unfinished + ascii(block)).split('\n');
    unfinished = lines.pop() ?? '';
    for (const line of lines) numbers.push(line);
    const count = Number(numbers[0] ?? 0);
    if (!Number.isSafeInteger(count)) return [];
    if (numbers.length > 0 && numbers.length > 2 * count) return extentsOf(numbers.slice(1, 1 + 2 * count));
    if (block.length < BLOCK || unfinished.length > LENGTH_DIGITS) return [];
  }
  return [];
}

function extentsOf(numbers: readonly string[]): Extent[] {
  const extents: Extent[] = [];
  for (let index = 0; index + 1 < numbers.length; index += 2) {
    const offset = Number(numbers[index]);
    const length = Number(numbers[index + 1]);
    if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length)) return extents;
    extents.push({ offset, length });
  }
  return extents;
}
