// SPDX-License-Identifier: Apache-2.0
/** What every page carries that is not data: its scripts, its style, and SQLite as WebAssembly. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { PACKAGE_ROOT } from '../../model/package.js';

export interface Assets {
  readonly script: string;
  readonly worker: string;
  readonly style: string;
  readonly wasm: Uint8Array;
}

/** Where the build puts the page's script and style. */
const PAGE_FOLDER = fileURLToPath(new URL('dist/report/html/page/', PACKAGE_ROOT));

const { resolve } = createRequire(import.meta.url);

/** What the build makes; a source tree that was not built has none of it. */
function built(name: string): string {
  try {
    return readFileSync(PAGE_FOLDER + name, 'utf8');
  } catch (error) {
    throw new Error(`${PAGE_FOLDER}${name} cannot be read; \`npm run build\` makes it`, { cause: error });
  }
}

export function loadAssets(): Assets {
  return {
    script: built('page.js'),
    worker: built('worker.js'),
    style: built('page.css'),
    wasm: readFileSync(resolve('sql.js/dist/sql-wasm-browser.wasm')),
  };
}
