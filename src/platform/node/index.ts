// SPDX-License-Identifier: Apache-2.0
/** What the core needs from its host: Node. */
export { Buffer, isAscii, isUtf8 } from 'node:buffer';
export { Readable } from 'node:stream';
export { crc32 } from 'node:zlib';
export { anotherSqlJs, sqliteOptions } from './sqlite.js';
export { within } from './within.js';
export { gzip, Inflater, inflateWhole, unzlib } from './zlib.js';

/** Lets pending signals, timers and messages run. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
