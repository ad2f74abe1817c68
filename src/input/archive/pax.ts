/** Extended headers of pax archives (POSIX.1-2001 pax), and GNU tar's sparse files in them. */
import { ascii } from '../bytes.js';
import { nameOf } from '../label.js';
import { BLOCK, type Extent } from './tar-header.js';

/** The fields by key, those that are asked for; values are printable. */
export type PaxFields = Map<string, string>;

/** The keys that pax 0.0 gives once for every extent are gathered under this one, as 0.1 writes them. */
const MAP = 'GNU.sparse.map';

const NAMES = ['path', 'linkpath', 'size'];
const ASKED: ReadonlySet<string> = new Set([
  ...NAMES,
  MAP,
  'GNU.sparse.name',
  'GNU.sparse.realsize',
  'GNU.sparse.size',
  'GNU.sparse.major',
]);
/** What a global header may say of all members: how the bytes of one lie in the archive is none of it. */
const ASKED_OF_ALL: ReadonlySet<string> = new Set(NAMES);

/** A longer map is damage. */
const MAP_CHARS = 1024 ** 2;

/** Records are `LENGTH KEY=VALUE\n`, the length being of all of it, in decimal; reading stops at the first bad one. */
export function parsePax(bytes: Uint8Array, of: 'member' | 'all members'): PaxFields {
  const asked = of === 'member' ? ASKED : ASKED_OF_ALL;
  const fields: PaxFields = new Map();
  const pairs: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const blank = indexIn(bytes, 0x20, at, at + LENGTH_DIGITS);
    const length = Number(ascii(bytes, at, blank < 0 ? at : blank));
    const end = at + length - 1;
    const equals = length > 0 ? indexIn(bytes, 0x3d, blank, end) : -1;
    if (equals < 0 || bytes[end] !== 0x0a) break;
    const key = ascii(bytes, blank + 1, equals);
    const value = (): string => nameOf(bytes.subarray(equals + 1, end));
    if (asked.has(key)) fields.set(key, value());
    else if (of === 'member' && (key === 'GNU.sparse.offset' || key === 'GNU.sparse.numbytes'))
      pairs.push(value());
    at = end + 1;
  }
  if (pairs.length > 0) fields.set(MAP, pairs.join(','));
  return fields;
}

/** More than the digits of any length. */
const LENGTH_DIGITS = 20;

function indexIn(bytes: Uint8Array, byte: number, from: number, to: number): number {
  const found = bytes.subarray(from, to).indexOf(byte);
  return found < 0 ? -1 : from + found;
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
