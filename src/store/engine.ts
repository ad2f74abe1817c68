// SPDX-License-Identifier: Apache-2.0
/** SQLite (sql.js), started once. */
import initSqlJs, { type SqlJsStatic } from 'sql.js';
import { anotherSqlJs, sqliteOptions } from '../platform/index.js';

let engine: Promise<SqlJsStatic> | null = null;
let start = initSqlJs;

/** Starts SQLite, in a page from the bytes given; call it early. */
export function startEngine(wasmBinary?: ArrayBuffer): Promise<SqlJsStatic> {
  engine ??= start(wasmBinary ? { wasmBinary } : sqliteOptions());
  return engine;
}

/**
 * The next start loads another: for where this one was ended while it computed, which leaves its memory in no known state,
 * or has a limit that cannot be lifted.
 */
export function endEngine(): void {
  engine = null;
  start = anotherSqlJs();
}
