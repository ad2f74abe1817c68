// SPDX-License-Identifier: Apache-2.0
/** The files of an installation: the built package and the packages that it needs, without what only compilers read. */
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

const OWN = [
  'dist',
  'queries',
  'capture',
  'package.json',
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
  'THIRD_PARTY.md',
];
/** sql.js ships its engine in nine forms; this one is loaded. */
const SQLITE = /\/sql\.js\/dist\/(?!sql-wasm\.(?:js|wasm)$)|\/sql\.js\/(?:documentation|examples)/;
const UNREAD = /\.(?:d\.[cm]?ts|map|flow)$|\/(?:test|tests|bench|example|examples)\/|\/node_modules\/\.bin/;

/** Copies everything into a folder, which becomes the root of the package. */
export function stage(folder) {
  rmSync(folder, { recursive: true, force: true });
  execFileSync(process.execPath, ['src/supply.mjs'], { cwd: ROOT, stdio: 'ignore' });
  // Inside the project: it may itself lie in a folder named `tests`.
  const filter = (from) => {
    const inside = `/${relative(ROOT, from)}`;
    return !SQLITE.test(inside) && !UNREAD.test(inside);
  };
  for (const name of OWN) cpSync(join(ROOT, name), join(folder, name), { recursive: true, filter });
  const listed = execFileSync('npm', ['ls', '--omit=dev', '--all', '--parseable'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  for (const path of listed.trim().split('\n').slice(1)) {
    const inside = relative(ROOT, path);
    cpSync(path, join(folder, inside), { recursive: true, filter });
  }
  chmodSync(join(folder, 'dist/cli/main.js'), 0o755);
}
