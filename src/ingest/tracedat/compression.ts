// SPDX-License-Identifier: Apache-2.0
/** The compression of version 7 files: whole sections, and trace data in chunks of pages. */
import { decompress as unzstd } from 'fzstd';
import { errorMessage } from '../../model/error-message.js';
import { unzlib } from '../../platform/index.js';
import { type Cursor, DamagedError } from './bytes.js';

/**
 * Limits for blocks, as a damaged size must not fill the memory: kallsyms, the largest section, has some 10 MB; text
 * compresses to a thirtieth, pages of zeros to a thousandth.
 */
const MAX_BLOCK = 64 * 1024 * 1024;
const SMALL_BLOCK = 1024 * 1024;
const MAX_RATIO = { text: 100, pages: 1024 };

/**
 * A block of `<4 bytes> compressed size, <4 bytes> uncompressed size, <data>`. The cursor moves past it even if its data is
 * damaged.
 */
export interface Block {
  readonly size: number;
  readonly data: Uint8Array;
}

export function readBlock(cursor: Cursor): Block {
  const compressed = cursor.u32();
  const size = cursor.u32();
  return { size, data: cursor.take(compressed) };
}

/** The block's bytes; throws DamagedError if they are incomplete. */
export function unpack(block: Block, algorithm: string, of: keyof typeof MAX_RATIO): Uint8Array {
  const { size, data } = block;
  if (size > Math.min(MAX_BLOCK, SMALL_BLOCK + data.length * MAX_RATIO[of])) {
    throw new DamagedError(`a block of ${data.length} bytes claims ${size}`);
  }
  const bytes = inflate(block, algorithm);
  if (bytes.length !== block.size) {
    throw new DamagedError(`a block has ${bytes.length} bytes instead of ${block.size}`);
  }
  return bytes;
}

function inflate(block: Block, algorithm: string): Uint8Array {
  try {
    switch (algorithm) {
      case 'zlib':
        return unzlib(block.data, Math.max(1, block.size));
      case 'zstd':
        return unzstd(block.data, new Uint8Array(block.size));
    }
  } catch (error) {
    throw new DamagedError(`${algorithm}: ${errorMessage(error)}`);
  }
  throw new DamagedError(`unknown compression ${JSON.stringify(algorithm)}`);
}
