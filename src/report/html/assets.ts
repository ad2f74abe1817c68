/** What every page carries that is not data: its script, its style, and SQLite as WebAssembly. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

export interface Assets {
  readonly script: string;
  readonly style: string;
  readonly wasm: Uint8Array;
}

/** Where the build puts the page's script and style: the package's `dist`, seen from `src` and from `dist` alike. */
export const PAGE_FOLDER = fileURLToPath(new URL('../../../dist/report/html/page/', import.meta.url));

const { resolve } = createRequire(import.meta.url);

export function loadAssets(): Assets {
  return {
    script: readFileSync(`${PAGE_FOLDER}page.js`, 'utf8'),
    style: readFileSync(`${PAGE_FOLDER}page.css`, 'utf8'),
    wasm: readFileSync(resolve('sql.js/dist/sql-wasm-browser.wasm')),
  };
}
