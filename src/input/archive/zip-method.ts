// SPDX-License-Identifier: Apache-2.0
/** Supported compression methods of zip members (APPNOTE 4.4.5). */
import { crc32 } from '../../platform/index.js';
import type { ByteReader } from '../bytes.js';
import { bunzip2 } from '../codec/bzip2.js';
import { inflateRaw } from '../codec/inflate.js';
import { unxz } from '../codec/xz.js';
import { unzstd, type ZstdEffort } from '../codec/zstd.js';
import type { Report } from '../found.js';

const STORED = 0;
export const DEFLATED = 8;

/** The unpacked bytes of a member; `sum` is its checksum, or null if unknown. */
export async function* decodeMember(
  packed: ByteReader,
  method: number,
  sum: number | null,
  report: Report,
  effort: ZstdEffort,
): AsyncGenerator<Uint8Array> {
  const bytes = decode(packed, method, report, effort);
  if (!bytes) {
    report('archive-unsupported', `zip compression method ${method} is not supported`);
    return;
  }
  let crc = 0;
  for await (const chunk of bytes) {
    crc = crc32(chunk, crc);
    yield chunk;
  }
  if (sum !== null && crc !== sum) report('archive-damaged', 'the checksum of the zip member does not match');
}

function decode(
  packed: ByteReader,
  method: number,
  report: Report,
  effort: ZstdEffort,
): AsyncIterable<Uint8Array> | null {
  switch (method) {
    case STORED:
      return packed.rest();
    case DEFLATED:
      return inflate(packed, report);
    case 12:
      return bunzip2(packed, report);
    case 93:
      return unzstd(packed, report, effort);
    case 95:
      return unxz(packed, report);
    default:
      return null;
  }
}

async function* inflate(packed: ByteReader, report: Report): AsyncGenerator<Uint8Array> {
  const damage = yield* inflateRaw(packed);
  if (damage !== null) report('archive-damaged', `the zip member is damaged (${damage})`);
}
