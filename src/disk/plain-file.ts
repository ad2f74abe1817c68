// SPDX-License-Identifier: Apache-2.0
/** An open file on disk, for readers that go anywhere in it. */
import { readSync } from 'node:fs';
import type { PlainFile } from '../input/index.js';
import type { RandomAccess } from '../model/bytes.js';
import { type DiskLeaf, fileFeed } from './disk.js';
import { unpackBeside } from './thread.js';

function randomAccess({ fd, stats }: DiskLeaf): RandomAccess {
  return {
    size: stats.size,
    read(offset, length) {
      const buffer = new Uint8Array(Math.max(0, Math.min(length, stats.size - offset)));
      let filled = 0;
      while (filled < buffer.length) {
        const count = readSync(fd, buffer, filled, buffer.length - filled, offset + filled);
        if (count === 0) break;
        filled += count;
      }
      return buffer.subarray(0, filled);
    },
  };
}

/** A plain file with a size. */
export function plainFile(disk: DiskLeaf): PlainFile {
  return {
    size: disk.stats.size,
    random: () => randomAccess(disk),
    feed: (report) => fileFeed(disk, report),
    unpackBeside: () => unpackBeside(disk),
  };
}
