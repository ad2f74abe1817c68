// SPDX-License-Identifier: Apache-2.0
/**
 * `npm run image`: builds the container image of build/container with podman, docker or buildah, and runs it. Run after
 * `npm run package`. `--bootstrap` makes a base image of Debian with its nodejs (debootstrap and buildah, as root), where
 * none can be pulled.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT, version } from './stage.mjs';

const CONTAINER = join(ROOT, 'build/container');
const SAMPLE = join(ROOT, 'samples/dup-storm');
const IMAGE = 'localhost/modwaste';
const BASE = 'localhost/modwaste-base';
const RELEASE = 'trixie';
const QUERY = ['query', 'phase-waste', '/in', '--format', 'csv'];

/** Without user namespaces and overlays, as in most containers. */
const env = { STORAGE_DRIVER: 'vfs', BUILDAH_ISOLATION: 'chroot', ...process.env };
const call = (command, ...argv) =>
  execFileSync(command, argv, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();

/** The first program that can build an image here; null where there is none. */
export const engineHere = () =>
  ['podman', 'docker', 'buildah'].find((one) => spawnSync(one, ['info'], { env }).status === 0) ?? null;

/** An image of Debian with nodejs and nothing else, in buildah's store. */
function bootstrap() {
  const folder = mkdtempSync(join(tmpdir(), 'modwaste-base-'));
  try {
    const root = join(folder, 'root');
    call('debootstrap', '--variant=minbase', '--include=nodejs', RELEASE, root);
    for (const unused of ['var/cache/apt', 'var/lib/apt/lists', 'usr/share/doc', 'usr/share/man', 'dev'])
      rmSync(join(root, unused), { recursive: true, force: true });
    const container = call('buildah', 'from', 'scratch');
    call('buildah', 'add', '-q', container, root, '/');
    call('buildah', 'commit', '-q', '--rm', container, BASE);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Builds the image, runs it on a sample, and says how large it is and how fast it starts. */
export function checkImage(engine, base) {
  const where = ['-f', join(CONTAINER, 'Containerfile'), '-t', IMAGE, CONTAINER];
  const from = base === null ? [] : ['--build-arg', `BASE=${base}`];
  call(engine, engine === 'buildah' ? 'bud' : 'build', '-q', ...from, ...where);
  const sample = ['-v', `${SAMPLE}:/in:ro`];
  const started = engine === 'buildah' ? call('buildah', 'from', IMAGE) : null;
  const run = (...argv) =>
    started === null
      ? call(engine, 'run', '--rm', ...sample, IMAGE, ...argv)
      : call(engine, 'run', ...sample, started, '--', 'modwaste', ...argv);
  try {
    assert.equal(run('--version'), version);
    const built = call(process.execPath, join(ROOT, 'dist/cli/main.js'), ...QUERY.with(2, SAMPLE));
    assert.equal(run(...QUERY), built);
    const times = Array.from({ length: 5 }, () => {
      const start = performance.now();
      run('--version');
      return performance.now() - start;
    });
    console.log(`container image: runs in ${engine}; starts in ${Math.round(Math.min(...times))} ms`);
    console.log(call(engine, 'images', '--format', '{{.Name}} {{.Size}}').replace(/^/gm, '  '));
  } finally {
    if (started !== null) call('buildah', 'rm', started);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  assert.ok(existsSync(CONTAINER), 'run npm run package first');
  const own = process.argv.includes('--bootstrap');
  if (own) bootstrap();
  const engine = own ? 'buildah' : engineHere();
  assert.ok(engine, 'no podman, docker or buildah runs here');
  checkImage(engine, own ? BASE : null);
}
