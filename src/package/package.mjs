// SPDX-License-Identifier: Apache-2.0
/**
 * `npm run package`: makes build/modwaste-linux-ARCH (a single file), build/modwaste_VERSION_all.deb, and
 * build/container (a Containerfile with what it copies). Run after the build. `--check` runs them as well.
 */
import { copyFileSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { check } from './check.mjs';
import { buildDebian } from './debian.mjs';
import { buildExecutable } from './executable.mjs';
import { ROOT, stage, version } from './stage.mjs';

const build = join(ROOT, 'build');
const container = join(build, 'container');
const executable = join(build, `modwaste-${process.platform}-${process.arch}`);
const debian = join(build, `modwaste_${version}_all.deb`);
const size = (path) => `${(statSync(path).size / 2 ** 20).toFixed(1)} MiB`;

mkdirSync(container, { recursive: true });
const staged = join(container, 'modwaste');
stage(staged);
copyFileSync(new URL('Containerfile', import.meta.url), join(container, 'Containerfile'));
await buildExecutable(staged, executable);
console.log(`${executable}: ${size(executable)}`);
buildDebian(staged, debian);
console.log(`${debian}: ${size(debian)}`);
console.log(`${container}: for podman or docker build`);
if (process.argv.includes('--check')) check({ staged, executable, debian });
