// SPDX-License-Identifier: Apache-2.0
/** Reads what every HTML report carries: the build puts it into `dist`. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { PACKAGE_ROOT } from '../model/package.js';
import { type Assets, pack } from '../report/html/document.js';
import type { ReportAssets } from '../report/html/report.js';

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

const hashOf = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`;

export function loadAssets(): Assets {
  const [script, style] = [built('page.js'), built('page.css')];
  return {
    script,
    scriptHash: hashOf(script),
    style,
    styleHash: hashOf(style),
  };
}

export async function loadReportAssets(): Promise<ReportAssets> {
  return {
    ...loadAssets(),
    worker: await pack(Buffer.from(built('worker.js'))),
    wasm: await pack(readFileSync(resolve('sql.js/dist/sql-wasm-browser.wasm'))),
  };
}
