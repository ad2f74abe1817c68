// SPDX-License-Identifier: Apache-2.0
/** Before all tests: the script and style that an HTML report carries are built, as `npm run build` does. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export default function setup(): void {
  execFileSync(process.execPath, [
    fileURLToPath(new URL('../../../src/report/html/page/build.mjs', import.meta.url)),
  ]);
}
