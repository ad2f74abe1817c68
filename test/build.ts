// SPDX-License-Identifier: Apache-2.0
/**
 * Before all tests: the command, its workers and the pages are built into `dist`, unless nothing that goes into them has
 * changed since. Tests that start the command, or a batch in their own process, run what lies there.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isStamped, stamp } from '../src/stamp.mjs';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const BUILDS = ['src/build.mjs', 'src/report/html/page/build.mjs', 'src/app/build.mjs'];
const BUILT = ['cli/main.js', 'report/html/page/page.js', 'app/index.html'].map((name) => join('dist', name));

export default function setup(): void {
  if (BUILT.every((path) => existsSync(join(ROOT, path))) && isStamped()) return;
  for (const build of BUILDS) execFileSync(process.execPath, [join(ROOT, build)]);
  stamp();
}
