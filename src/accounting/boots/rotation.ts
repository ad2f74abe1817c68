// SPDX-License-Identifier: Apache-2.0
/**
 * Rotated logs: `kern.log`, `kern.log.1`, `kern.log.2.gz` (logrotate), `messages-20261122.xz` (dateext). They are
 * pieces of one log, one after the other, and never copies of each other.
 */

export interface Rotation {
  /** What all pieces of the log are called: the path without what rotation added. */
  readonly log: string;
  /** Larger is older; 0 is the log that is being written. */
  readonly age: number;
}

// kern.log.2.gz -> 2, but report-6.12 is not a piece of report-6      messages-20261122.xz, messages-20261122-1795344300 -> a date
const NUMBERED = /^(.*\D)\.(\d{1,3})$/s;
const DATED = /^(.+?)[-.]((?:19|20)\d{6})(?:-\d{1,10})?$/s;
const PACKED = /\.(?:gz|xz|bz2|zst|lz4)$/;

/** Older than any number of rotations; of two dates the later is younger. */
const DATE_AGE = 1e9;

export function rotationOf(path: string): Rotation {
  const plain = path.replace(PACKED, '');
  const numbered = NUMBERED.exec(plain);
  if (numbered?.[1]) return { log: numbered[1], age: Number(numbered[2]) };
  const dated = DATED.exec(plain);
  if (dated?.[1]) return { log: dated[1], age: DATE_AGE - Number(dated[2]) };
  return { log: plain, age: 0 };
}
