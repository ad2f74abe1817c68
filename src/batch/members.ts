// SPDX-License-Identifier: Apache-2.0
/** The members of an archive as cases, read as the archive passes by: from a pipe as well. */

import { concat } from '../input/bytes.js';
import { ByteReader } from '../input/index.js';
import { archiveOf, compressionOf, MAGIC_BYTES, ZstdEffort } from '../input/magic.js';

/** Larger members are not held in memory. */
const MOST_BYTES = 1024 ** 3;

export interface ArchiveMember {
  /** Its path in the archive; empty for the archive itself. */
  readonly name: string;
  readonly bytes: Uint8Array | null;
  /** A link, a directory or the like: no case. */
  readonly skipped: string | null;
  /** Why it cannot be read. */
  readonly fault: string | null;
}

/** Gives null where the bytes are not an archive. Of members that are not wanted no bytes are kept, nor are they given. */
export async function openMembers(
  bytes: AsyncIterable<Uint8Array>,
  isWanted: (name: string) => boolean,
): Promise<AsyncGenerator<ArchiveMember> | null> {
  const faults: string[] = [];
  const report = (code: string, detail: string): void => {
    faults.push(`${code}: ${detail}`);
  };
  const effort = new ZstdEffort();
  let reader = new ByteReader(bytes);
  const unpack = compressionOf(await reader.peek(MAGIC_BYTES));
  if (unpack) reader = new ByteReader(unpack(reader, report, effort));
  const readArchive = archiveOf(await reader.peek(MAGIC_BYTES));
  if (!readArchive) {
    await reader.close();
    return null;
  }
  return (async function* (): AsyncGenerator<ArchiveMember> {
    const none = { bytes: null, skipped: null, fault: null };
    for await (const member of readArchive(
      { bytes: reader, random: null, bufferBytes: MOST_BYTES, effort },
      report,
    )) {
      const { name } = member;
      if (member.is === 'special' && member.what === null) continue;
      if (!isWanted(name)) continue;
      if (member.is === 'special') yield { ...none, name, skipped: member.what };
      else if (member.is === 'encrypted') yield { ...none, name, fault: 'it is encrypted' };
      else {
        const whole = await wholeOf(member.open(report));
        yield whole
          ? { ...none, name, bytes: whole }
          : { ...none, name, fault: 'larger than 1 GiB: unpack it' };
      }
    }
    for (const fault of new Set(faults)) yield { ...none, name: '', fault };
  })();
}

async function wholeOf(bytes: AsyncIterable<Uint8Array>): Promise<Uint8Array | null> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of bytes) {
    length += part.length;
    if (length > MOST_BYTES) return null;
    // A reader may reuse its buffer.
    parts.push(part.slice());
  }
  return concat(parts);
}
