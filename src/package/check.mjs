// SPDX-License-Identifier: Apache-2.0
/** Runs what was packaged: results equal to those of the build, and the times to start. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkImage, engineHere } from './image.mjs';
import { ROOT, version } from './stage.mjs';

const SAMPLE = join(ROOT, 'samples/dup-storm');
/** Reading, SQL in a supervised process, and the workers of a batch. */
const RUNS = [
  ['query', 'phase-waste', SAMPLE, '--format', 'csv'],
  ['query', '--sql', 'SELECT count(*) AS n FROM attempts', SAMPLE, '--format', 'csv'],
];

export function check({ staged, executable, debian }) {
  const folder = mkdtempSync(join(tmpdir(), 'modwaste-check-'));
  const env = { PATH: process.env.PATH, HOME: folder, TMPDIR: folder };
  const run = (command, argv, more = {}) => {
    const ran = spawnSync(command[0], [...command.slice(1), ...argv], {
      encoding: 'utf8',
      timeout: 120_000,
      env: { ...env, ...more },
    });
    assert.equal(ran.status, 0, `${command.join(' ')} ${argv.join(' ')}: ${ran.stderr}`);
    return ran.stdout;
  };
  const startTime = (command) => {
    const times = Array.from({ length: 5 }, () => {
      const start = performance.now();
      run(command, ['--version']);
      return performance.now() - start;
    });
    return `${Math.round(Math.min(...times))} ms`;
  };
  try {
    const built = [process.execPath, join(ROOT, 'dist/cli/main.js')];
    const wanted = RUNS.map((argv) => run(built, argv));
    const same = (name, command) => {
      assert.equal(run(command, ['--version']), `${version}\n`);
      for (const [index, argv] of RUNS.entries()) assert.equal(run(command, argv), wanted[index]);
      const out = join(folder, name);
      run(command, ['batch', SAMPLE, '--out', out, '--jobs', '1', '--quiet']);
      assert.match(readFileSync(join(out, 'cases.csv'), 'utf8'), /,ok,1,,5,/);
      console.log(`${name}: runs; starts in ${startTime(command)}`);
    };
    console.log(`build: starts in ${startTime(built)}`);
    const start = performance.now();
    run([executable], ['--version']);
    console.log(`executable: first start, which unpacks, in ${Math.round(performance.now() - start)} ms`);
    same('executable', [executable]);
    // A home that cannot be written: nothing stays behind.
    const tmp = join(folder, 'tmp');
    mkdirSync(tmp);
    run([executable], ['--version'], { HOME: '/proc', TMPDIR: tmp });
    assert.deepEqual(readdirSync(tmp), []);
    execFileSync('dpkg-deb', ['-x', debian, join(folder, 'deb')]);
    const installed = join(folder, 'deb/usr');
    same('debian', [join(installed, 'bin/modwaste')]);
    for (const path of ['share/man/man1/modwaste.1.gz', 'share/bash-completion/completions/modwaste'])
      assert.ok(existsSync(join(installed, path)), path);
    same('container', [process.execPath, join(staged, 'dist/cli/main.js')]);
    const engine = engineHere();
    // buildah alone has no base image to start from.
    if (engine === null || engine === 'buildah')
      console.log('container image: not built, no podman or docker runs here (npm run image)');
    else checkImage(engine, null);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
