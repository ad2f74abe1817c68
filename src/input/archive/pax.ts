/** Extended headers of pax archives (POSIX.1-2001 pax), and GNU tar's sparse files in them. */
import { ascii } from '../bytes.js';
import { nameOf } from '../label.js';
import { BLOCK, type Extent } from './tar-header.js';

/** The fields by key; names are printable, other values as they are. */
export type PaxFields = Map<string, string>;

/** The keys that pax 0.0 gives once for every extent are gathered under this one, as 0.1 writes them. */
const MAP = 'GNU.sparse.map';

/** A longer map is damage. */
const MAP_CHARS = 1024 ** 2;

/** Records are `LENGTH KEY=VALUE\n`, the length being of all of it, in decimal; reading stops at the first bad one. */
export function parsePax(bytes: Uint8Array): PaxFields {
  const fields: PaxFields = new Map();
  const pairs: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const blank = bytes.indexOf(0x20, at);
    const length = Number(ascii(bytes, at, blank < 0 ? at : blank));
    const equals = bytes.indexOf(0x3d, blank);
    const end = at + length - 1;
    if (!(length > 0) || equals < 0 || equals > end || bytes[end] !== 0x0a) break;
    const key = ascii(bytes, blank + 1, equals);
    const value = nameOf(bytes.subarray(equals + 1, end));
    if (key === 'GNU.sparse.offset' || key === 'GNU.sparse.numbytes') pairs.push(value);
    else fields.set(key, value);
    at = end + 1;
  }
  if (pairs.length > 0) fields.set(MAP, pairs.join(','));
  return fields;
}

/** What the fields say of a sparse file; extents null: the map lies in front of the data (pax 1.0). */
export function paxSparse(fields: PaxFields): { realSize: number; extents: readonly Extent[] | null } | null {
  const realSize = Number(fields.get('GNU.sparse.realsize') ?? fields.get('GNU.sparse.size') ?? Number.NaN);
  if (!Number.isSafeInteger(realSize)) return null;
  if (fields.get('GNU.sparse.major') === '1') return { realSize, extents: null };
  const map = fields.get(MAP);
  return map === undefined ? null : { realSize, extents: extentsOf(map.split(',')) };
}

/** pax 1.0: the number of extents, then offset and length of each, one decimal number a line, in whole blocks. */
export async function readSparseMap(
  read: (count: number) => Promise<Uint8Array>,
): Promise<readonly Extent[]> {
  let text = '';
  for (;;) {
    const block = await read(BLOCK);
    text += ascii(block);
    const lines = text.split('\n');
    const count = Number(lines[0]);
    // The last of `lines` is unfinished or padding.
    if (lines.length > 1 && !Number.isSafeInteger(count)) return [];
    if (lines.length > 1 && lines.length > 1 + 2 * count) return extentsOf(lines.slice(1, 1 + 2 * count));
    if (block.length < BLOCK || text.length > MAP_CHARS) return [];
  }
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
