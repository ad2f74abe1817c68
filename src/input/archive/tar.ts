// SPDX-License-Identifier: Apache-2.0
/** tar: v7, ustar, pax, GNU long names, sparse files (GNU and pax 0.0, 0.1, 1.0), concatenated and truncated archives. */
import type { ByteReader } from '../bytes.js';
import type { Report } from '../found.js';
import { decodeName } from '../label.js';
import type { ArchiveInput, Member } from './member.js';
import { type PaxFields, parsePax, paxSparse, readSparseMap } from './pax.js';
import { BLOCK, type Extent, parseHeader, parseSparseBlock, type TarHeader } from './tar-header.js';

/** Larger long names and pax records are damaged. */
const META_BYTES = 1024 ** 2;

/** A longer sparse map is damaged. */
const MAX_EXTENTS = 100_000;

/** Extended headers of the next member. */
interface Extended {
  name: string | null;
  link: string | null;
  pax: PaxFields;
}

export async function* readTar({ bytes }: ArchiveInput, report: Report): AsyncGenerator<Member> {
  const global: PaxFields = new Map();
  let extended: Extended = { name: null, link: null, pax: new Map() };
  let lost = false;
  for (;;) {
    const block = await bytes.read(BLOCK);
    if (block.length === 0) return;
    if (block.length < BLOCK) {
      if (block.some((byte) => byte !== 0)) report('archive-damaged', 'the tar is truncated in a header');
      return;
    }
    const header = parseHeader(block);
    if (!header) {
      // Two zero blocks end an archive; another may follow (`cat a.tar b.tar`).
      if (block.every((byte) => byte === 0)) continue;
      if (!lost) report('archive-damaged', 'a tar header is damaged; skipped to the next valid one');
      lost = true;
      continue;
    }
    lost = false;
    switch (header.type) {
      case 'x':
      case 'X':
        addAll(extended.pax, parsePax(await readMeta(bytes, header, report), 'member'));
        break;
      case 'g':
        addAll(global, parsePax(await readMeta(bytes, header, report), 'all members'));
        break;
      case 'L':
        extended.name = decodeName(trimNul(await readMeta(bytes, header, report)));
        break;
      case 'K':
        extended.link = decodeName(trimNul(await readMeta(bytes, header, report)));
        break;
      default:
        yield* readMember(bytes, header, { ...extended, pax: new Map([...global, ...extended.pax]) }, report);
        extended = { name: null, link: null, pax: new Map() };
    }
  }
}

function addAll(fields: PaxFields, more: PaxFields): void {
  for (const [key, value] of more) fields.set(key, value);
}

async function* readMember(
  bytes: ByteReader,
  header: TarHeader,
  extended: Extended,
  report: Report,
): AsyncGenerator<Member> {
  const { pax } = extended;
  const name = pax.get('GNU.sparse.name') ?? pax.get('path') ?? extended.name ?? decodeName(header.name);
  const link = pax.get('linkpath') ?? extended.link ?? decodeName(header.link);
  const what = specialOf(header.type, name, link);
  if (what !== undefined) {
    yield { is: 'special', name, what };
    // Directories and links may state a size but have no data; other types have data to skip.
    if (!'123456'.includes(header.type)) await bytes.skip(padded(header.size));
    return;
  }
  const stored = Number(pax.get('size') ?? header.size);
  const extents = header.sparse ? await oldSparseExtents(bytes, header.sparse) : null;
  const data = new StoredData(bytes, stored);
  const sparse = extents
    ? { extents, realSize: header.sparse?.realSize ?? stored }
    : await sparseOfPax(pax, data);
  yield {
    is: 'file',
    name,
    size: sparse?.realSize ?? stored,
    taken: sparse ? () => data.taken : null,
    open: () =>
      sparse ? data.withHoles(sparse.extents, sparse.realSize) : data.take(Number.POSITIVE_INFINITY),
  };
  if (!(await data.finish())) report('archive-damaged', `the tar is truncated in ${name}`);
}

/** The description of a special type, null for a directory; undefined for files (types 0, 7, S and unknown ones). */
function specialOf(type: string, name: string, link: string): string | null | undefined {
  switch (type) {
    case '1':
      return `hard link to ${link}`;
    case '2':
      return `symbolic link to ${link}`;
    case '3':
      return 'character device';
    case '4':
      return 'block device';
    case '5':
    case 'D':
      return null;
    case '6':
      return 'fifo';
    case 'V':
      return 'volume label';
    case 'M':
      return 'continuation of a file from another volume';
    default:
      // Old tars have no directory type: the names end in a slash.
      return name.endsWith('/') ? null : undefined;
  }
}

async function sparseOfPax(
  pax: PaxFields,
  data: StoredData,
): Promise<{ extents: readonly Extent[]; realSize: number } | null> {
  const sparse = paxSparse(pax);
  if (!sparse) return null;
  if (sparse.extents) return { extents: sparse.extents, realSize: sparse.realSize };
  return { extents: await readSparseMap((count) => data.read(count)), realSize: sparse.realSize };
}

async function oldSparseExtents(
  bytes: ByteReader,
  sparse: NonNullable<TarHeader['sparse']>,
): Promise<readonly Extent[]> {
  const extents = [...sparse.extents];
  for (let more = sparse.more; more; ) {
    const block = await bytes.read(BLOCK);
    if (block.length < BLOCK) break;
    const next = parseSparseBlock(block);
    extents.push(...next.extents);
    more = next.more && extents.length < MAX_EXTENTS;
  }
  return extents;
}

/** The stored bytes of one member, padded to whole blocks. */
class StoredData {
  readonly #bytes: ByteReader;
  readonly #size: number;
  readonly #padding: number;
  #left: number;

  constructor(bytes: ByteReader, size: number) {
    this.#bytes = bytes;
    this.#size = size;
    this.#left = size;
    this.#padding = padded(size) - size;
  }

  get taken(): number {
    return this.#size - this.#left;
  }

  async read(count: number): Promise<Uint8Array> {
    const read = await this.#bytes.read(Math.min(count, this.#left));
    this.#left -= read.length;
    return read;
  }

  async *take(count: number): AsyncGenerator<Uint8Array> {
    for (let wanted = Math.min(count, this.#left); wanted > 0; ) {
      const some = await this.#bytes.some(wanted);
      if (some === null) return;
      wanted -= some.length;
      this.#left -= some.length;
      yield some;
    }
  }

  async *withHoles(extents: readonly Extent[], realSize: number): AsyncGenerator<Uint8Array> {
    let at = 0;
    for (const { offset, length } of [...extents, { offset: realSize, length: 0 }]) {
      yield* zeros(offset - at);
      yield* this.take(length);
      at = Math.max(at, offset) + length;
    }
  }

  /** Skips the rest; false if the archive ends before it. */
  async finish(): Promise<boolean> {
    const whole = (await this.#bytes.skip(this.#left)) === this.#left;
    await this.#bytes.skip(this.#padding);
    return whole;
  }
}

const ZEROS = new Uint8Array(64 * 1024);

function* zeros(count: number): Generator<Uint8Array> {
  for (let left = count; left > 0; left -= ZEROS.length) {
    yield left < ZEROS.length ? ZEROS.subarray(0, left) : ZEROS;
  }
}

async function readMeta(bytes: ByteReader, header: TarHeader, report: Report): Promise<Uint8Array> {
  if (header.size > META_BYTES) {
    report('archive-damaged', 'an extended tar header is too large and was skipped');
    await bytes.skip(padded(header.size));
    return new Uint8Array(0);
  }
  const meta = await bytes.read(header.size);
  await bytes.skip(padded(header.size) - header.size);
  return meta;
}

function trimNul(bytes: Uint8Array): Uint8Array {
  const end = bytes.indexOf(0);
  return end < 0 ? bytes : bytes.subarray(0, end);
}

function padded(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK;
}
