// SPDX-License-Identifier: Apache-2.0
/** zip by its central directory; without one, or if the zip is too large to buffer, by local headers. */
import { errorMessage } from '../../model/error-message.js';
import type { Report } from '../found.js';
import type { ArchiveInput, Member } from './member.js';
import { streamZip } from './zip-stream.js';

export function isZip(head: Uint8Array): boolean {
  if (head[0] !== 0x50 || head[1] !== 0x4b) return false;
  // A first member, or the end of an empty zip.
  return (head[2] === 3 && head[3] === 4) || (head[2] === 5 && head[3] === 6);
}

export async function* readZip(input: ArchiveInput, report: Report): AsyncGenerator<Member> {
  /** Offsets of the members already read. */
  const given = new Set<number>();
  const { wholeZip, readEntries } = await import('./zip-directory.js');
  const whole = await wholeZip(input);
  if (whole) {
    try {
      yield* readEntries(whole, given, report, input.effort);
      return;
    } catch (error) {
      report(
        'archive-damaged',
        `the zip's directory cannot be read (${errorMessage(error)}); members were read one by one`,
      );
    }
  }
  yield* streamZip(input.bytes, given, report, input.effort);
}
