/** zip by its directory at the end; where there is none, or the zip is too large to hold, member by member. */
import type { Report } from '../found.js';
import type { ArchiveInput, Member } from './member.js';
import { streamZip } from './zip-stream.js';

export function isZip(head: Uint8Array): boolean {
  if (head[0] !== 0x50 || head[1] !== 0x4b) return false;
  // A first member, or the end of an empty zip.
  return (head[2] === 3 && head[3] === 4) || (head[2] === 5 && head[3] === 6);
}

export async function* readZip(input: ArchiveInput, report: Report): AsyncGenerator<Member> {
  /** Where the members lie that were given already. */
  const given = new Set<number>();
  const { wholeZip, readEntries, reasonOf } = await import('./zip-directory.js');
  const whole = await wholeZip(input);
  if (whole) {
    try {
      yield* readEntries(whole, given, report);
      return;
    } catch (error) {
      report(
        'archive-damaged',
        `the zip's directory cannot be read (${reasonOf(error)}); members were looked for one by one`,
      );
    }
  }
  yield* streamZip(input.bytes, given, report);
}
