// SPDX-License-Identifier: Apache-2.0
/** Before all tests: the scripts and style that an HTML report carries, and the browser page, are built. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export default function setup(): void {
  for (const build of ['report/html/page/build.mjs', 'app/build.mjs']) {
    execFileSync(process.execPath, [fileURLToPath(new URL(`../../../src/${build}`, import.meta.url))]);
  }
}
