// SPDX-License-Identifier: Apache-2.0
/** SQLite (sql.js), started once. */
import initSqlJs, { type SqlJsStatic } from 'sql.js';
import { sqliteOptions } from '../platform/index.js';

let engine: Promise<SqlJsStatic> | null = null;

/** Starts SQLite, in a page from the bytes given; call it early. */
export function startEngine(wasmBinary?: ArrayBuffer): Promise<SqlJsStatic> {
  engine ??= initSqlJs(wasmBinary ? { wasmBinary } : sqliteOptions());
  return engine;
}

/** Where SQLite was ended while it computed, its memory is in no known state: the next start loads another. */
export function endEngine(): void {
  engine = null;
}
