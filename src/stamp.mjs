// SPDX-License-Identifier: Apache-2.0
/**
 * Says of which sources `dist` was built: the last step of `npm run build`. Tests build it anew where it is of others, but
 * for the declarations.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const PARTS = [
  ...['src', 'queries', 'samples', 'package.json', 'package-lock.json'],
  ...['tsconfig.json', 'tsconfig.build.json'],
];
const CACHE = join(ROOT, 'node_modules/.cache');
const BUILT = join(CACHE, 'modwaste-built.txt');
const DECLARED = join(CACHE, 'modwaste-declared.txt');

/** Of names, sizes and times: any change gives another. */
function digestOfSources() {
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

const holds = (file) => existsSync(file) && readFileSync(file, 'utf8') === digestOfSources();

/** Of these sources, or the declarations alone. */
export const isStamped = () => holds(BUILT);
export const isDeclared = () => holds(DECLARED);

export function stamp(file = BUILT) {
  mkdirSync(CACHE, { recursive: true });
  writeFileSync(file, digestOfSources());
}

if (process.argv[1] === fileURLToPath(import.meta.url)) for (const file of [BUILT, DECLARED]) stamp(file);
