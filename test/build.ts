// SPDX-License-Identifier: Apache-2.0
/**
 * Before all tests: the command, its workers and the pages are built into `dist`, unless nothing that goes into them has
 * changed since. Tests that start the command, or a batch in their own process, run what lies there.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const BUILDS = ['src/build.mjs', 'src/report/html/page/build.mjs', 'src/app/build.mjs'];
const BUILT = ['cli/main.js', 'report/html/page/page.js', 'app/index.html'].map((name) => join('dist', name));
const PARTS = ['src', 'queries', 'samples', 'package.json', 'package-lock.json'];
const STAMP = join(ROOT, 'node_modules/.cache/modwaste-built.txt');

export default function setup(): void {
  const digest = digestOfSources();
  const isThere = BUILT.every((path) => existsSync(join(ROOT, path)));
  if (isThere && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === digest) return;
  for (const build of BUILDS) execFileSync(process.execPath, [join(ROOT, build)]);
  mkdirSync(join(STAMP, '..'), { recursive: true });
  writeFileSync(STAMP, digest);
}

/** Of names, sizes and times: any change gives another. */
function digestOfSources(): string {
  const hash = createHash('sha256');
  for (const part of PARTS) {
    const inside = statSync(join(ROOT, part)).isDirectory()
      ? readdirSync(join(ROOT, part), { recursive: true, encoding: 'utf8' }).sort()
      : [''];
    for (const name of inside) {
      const { size, mtimeMs } = statSync(join(ROOT, part, name));
      hash.update(`${part}/${name} ${size} ${mtimeMs}\n`);
    }
  }
  return hash.digest('hex');
}
