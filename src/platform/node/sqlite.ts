// SPDX-License-Identifier: Apache-2.0
/** How sql.js starts in Node. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import type initSqlJs from 'sql.js';

/**
 * V8 optimises a WebAssembly function once about this many bytes of its code have run. By default it optimises SQLite's
 * parser and interpreter for every small case: half of the CPU time of `analyze` of one log.
 */
const TIERING_BUDGET = 1_000_000_000;
const DEFAULT_TIERING_BUDGET = 1_800_000;

/** The part of WebAssembly used here; Node's types lack it. */
interface Engine {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
}

const { Module, Instance } = (globalThis as unknown as { readonly WebAssembly: Engine }).WebAssembly;

/** The code of sql.js: compiled once, whatever is started of it. */
let compiled: object | null = null;

function compile(): object {
  const bytes = readFileSync(createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm'));
  // The budget of a module is that of its compilation.
  setFlagsFromString(`--wasm-tiering-budget=${TIERING_BUDGET}`);
  const module = new Module(bytes);
  setFlagsFromString(`--wasm-tiering-budget=${DEFAULT_TIERING_BUDGET}`);
  return module;
}

/** Starts the module of sql.js; called by it. */
function instantiateWasm(imports: object, receive: (instance: object) => void): object {
  compiled ??= compile();
  const instance = new Instance(compiled, imports);
  receive(instance);
  return instance.exports;
}

/** Options of `initSqlJs`. */
export function sqliteOptions(): object {
  return { instantiateWasm };
}

/** `initSqlJs` of a module of its own: one module starts SQLite once. */
export function anotherSqlJs(): typeof initSqlJs {
  const require = createRequire(import.meta.url);
  delete require.cache[require.resolve('sql.js')];
  return require('sql.js') as typeof initSqlJs;
}
