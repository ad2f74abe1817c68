// SPDX-License-Identifier: Apache-2.0
/** What the core needs from its host: a browser. The same exports as `node`. */
import initSqlJs from 'sql.js';

export { Buffer } from 'buffer/index.js';
export { Readable } from 'readable-stream';
export { crc32 } from './crc32.js';
export { nextTurn } from './turn.js';
export { gzip, Inflater, inflateWhole, unzlib } from './zlib.js';

/** Options of `initSqlJs`: none. */
export const sqliteOptions = (): object => ({});

/** A page terminates the thread instead. */
export const anotherSqlJs = (): typeof initSqlJs => initSqlJs;

/** Runs the work without a limit: a page terminates the thread instead. */
export const within = <T>(_ms: number, work: () => T): { readonly value: T } | null => ({ value: work() });

const STRICT = new TextDecoder('utf-8', { fatal: true });

export function isAscii(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte < 0x80);
}

export function isUtf8(bytes: Uint8Array): boolean {
  try {
    STRICT.decode(bytes);
    return true;
  } catch {
    return false;
  }
}
