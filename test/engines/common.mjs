// SPDX-License-Identifier: Apache-2.0
/** What the tests of engines share: cases, one run over all of them, and the comparison with it. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeCases } from '../bench/make-cases.mjs';

export const RECIPES = fileURLToPath(new URL('../../samples/engines/', import.meta.url));
const CLI = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** A folder with `list.txt`, the command `modwaste` on the PATH, and `whole`: one run over all cases. */
export function prepare(cases) {
  const folder = mkdtempSync(join(tmpdir(), 'modwaste-engines-'));
  // Any user may read the cases and write results.
  chmodSync(folder, 0o777);
  const archive = join(folder, 'archive');
  const truths = makeCases({ out: archive, cases, bad: 0.02, lines: 200 });
  // Files alone: the recipes take --case auto, and a list of a folder of one boot would be grouped.
  const paths = truths.map(({ path }) => join(archive, path));
  writeFileSync(join(folder, 'list.txt'), `${paths.join('\n')}\n`);
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin/modwaste'), `#!/bin/sh\nexec '${process.execPath}' '${CLI}' "$@"\n`, {
    mode: 0o755,
  });
  process.env.PATH = `${join(folder, 'bin')}:${process.env.PATH}`;
  run(
    'modwaste',
    'batch',
    '--files-from',
    join(folder, 'list.txt'),
    '--out',
    join(folder, 'whole'),
    '--quiet',
    '--damaged-ok',
  );
  return folder;
}

export const run = (command, ...argv) =>
  execFileSync(command, argv, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();

/** Every table has the same bytes; gives their number. */
export function assertSame(folder, result) {
  const names = readdirSync(join(folder, 'whole')).filter((name) => name.endsWith('.csv'));
  for (const name of names) {
    const [one, other] = [join(folder, 'whole', name), join(result, name)].map((path) => readFileSync(path));
    assert.ok(one.equals(other), `${name} differs`);
  }
  return names.length;
}

const began = performance.now();

/** A line of the log: seconds since the start, what happened. */
export function say(text) {
  process.stdout.write(`${((performance.now() - began) / 1000).toFixed(0).padStart(4)} s  ${text}\n`);
}
