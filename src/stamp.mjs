// SPDX-License-Identifier: Apache-2.0
/** Says of which sources `dist` was built: the last step of `npm run build`. Tests build it anew where it is of others. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const PARTS = ['src', 'queries', 'samples', 'package.json', 'package-lock.json'];
const STAMP = join(ROOT, 'node_modules/.cache/modwaste-built.txt');

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

export const isStamped = () => existsSync(STAMP) && readFileSync(STAMP, 'utf8') === digestOfSources();

export function stamp() {
  mkdirSync(dirname(STAMP), { recursive: true });
  writeFileSync(STAMP, digestOfSources());
}

if (process.argv[1] === fileURLToPath(import.meta.url)) stamp();
