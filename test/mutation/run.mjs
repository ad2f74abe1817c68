// SPDX-License-Identifier: Apache-2.0
/**
 * `npm run mutation -- [--room accounting] [--sample 250] [--seed 1] [--again]`: of all mutants of a room of `src` a
 * sample by the seed; each runs in the files of tests that reach it, the cheapest first. `--again` takes those alone that
 * no test noticed the last time. Limits are CPU time, so that a busy machine changes no result.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { filesBelow, makeSandboxes, putMutant, sandboxOf, textOf } from './sandbox.mjs';

const option = { type: 'string' };
const { values } = parseArgs({
  options: { room: option, sample: option, seed: option, again: { type: 'boolean' } },
});
const room = values.room ?? 'accounting';
const sample = Number(values.sample ?? 250);
const seed = values.seed ?? '1';

const TESTS = /^test\/((accounting|cases|forms|ingest|model|queries|query)\/.*|diagnostics)\.test\.ts$/;
/** Dearer files of tests are left to `npm test`: a score is what the others notice. */
const MOST_SECONDS = 5;
const REPORT = sandboxOf(room, 'report.json');
const COVERAGE = sandboxOf(room, 'coverage.json');
const REACHED = sandboxOf(room, 'reached.json');
const OUTCOMES = ['killed', 'timed out', 'survived', 'not covered'];
const isNoticed = ({ outcome }) => outcome === 'killed' || outcome === 'timed out';

/** How a worker ends: by a signal where it takes more seconds of CPU than that. */
function work(sandbox, files, seconds, env) {
  const node = [process.execPath, '--max-old-space-size=1500', 'test/mutation/worker.mjs', ...files];
  const child = spawn('sh', ['-c', `ulimit -t ${Math.ceil(seconds)}; exec "$@"`, 'sh', ...node], {
    cwd: sandbox,
    env: { ...process.env, LC_ALL: 'C', TZ: 'UTC', ...env },
    stdio: 'ignore',
  });
  return new Promise((resolve) => {
    child.on('close', resolve);
  });
}

const digestOf = (text) => createHash('sha256').update(text).digest('hex');

/** Files of tests, the cheapest first, with the mutants that each reaches; of files that did not change what was found before. */
async function coverage() {
  const before = existsSync(COVERAGE) ? JSON.parse(readFileSync(COVERAGE, 'utf8')) : {};
  const after = {};
  for (const name of filesBelow('test').filter((file) => TESTS.test(file))) {
    const digest = digestOf(textOf(name));
    after[name] = before[name]?.digest === digest ? before[name] : { digest, ...(await reachedBy(name)) };
    writeFileSync(COVERAGE, JSON.stringify({ ...before, ...after }));
  }
  return Object.entries(after)
    .filter(([, { covered }]) => covered !== undefined)
    .map(([name, { seconds, covered }]) => ({ file: scriptOf(name), seconds, covered: new Set(covered) }))
    .sort((a, b) => a.seconds - b.seconds);
}

/** Nothing for tests that take too long, or fail outside of vitest. */
async function reachedBy(name) {
  rmSync(REACHED, { force: true });
  const code = await work(sandboxOf(room, 'counted'), [scriptOf(name)], MOST_SECONDS, { COVERAGE: REACHED });
  return code === 0 ? JSON.parse(readFileSync(REACHED, 'utf8')) : {};
}

const scriptOf = (name) => name.replace(/\.ts$/, '.js');

async function outcomeOf(mutant, files) {
  const reaching = files.filter(({ covered }) => covered.has(mutant.id));
  if (reaching.length === 0) return 'not covered';
  const seconds = reaching.reduce((sum, file) => sum + file.seconds, 0);
  const takeOut = putMutant(room, mutant);
  const paths = reaching.map(({ file }) => file);
  const code = await work(sandboxOf(room, 'plain'), paths, 10 + 4 * seconds, {});
  takeOut();
  return code === 0 ? 'survived' : code === 1 ? 'killed' : 'timed out';
}

/** Stays the same for a mutant whatever happens to other files. */
function keyOf({ fileName, location: { start, end }, mutatorName, replacement }) {
  const place = [start.line, start.column, end.line, end.column].join(':');
  return digestOf([seed, fileName, place, mutatorName, replacement].join('\n'));
}

/** The score in %, and the 95 % interval of Wilson for that of all mutants. */
function score(results) {
  const n = results.length;
  const share = results.filter(isNoticed).length / n;
  const z = 1.96;
  const middle = (share + z ** 2 / (2 * n)) / (1 + z ** 2 / n);
  const half = (z / (1 + z ** 2 / n)) * Math.sqrt((share * (1 - share)) / n + z ** 2 / (4 * n ** 2));
  return [share, middle - half, middle + half].map((part) => (100 * part).toFixed(1));
}

const previous = values.again ? JSON.parse(readFileSync(REPORT, 'utf8')) : [];
const noticed = new Map(previous.filter(isNoticed).map(({ key, outcome }) => [key, outcome]));
const mutants = (await makeSandboxes(room)).map((mutant) => ({ ...mutant, key: keyOf(mutant) }));
const files = await coverage();
console.log(`${files.length} files of tests, ${mutants.length} mutants`);
const results = [];
for (const mutant of mutants.sort((a, b) => (a.key < b.key ? -1 : 1)).slice(0, sample)) {
  const { fileName, location, mutatorName, replacement, key } = mutant;
  const outcome = noticed.get(key) ?? (await outcomeOf(mutant, files));
  const place = `${fileName}:${location.start.line + 1}:${location.start.column + 1}`;
  results.push({ place, mutatorName, replacement, outcome, key });
  writeFileSync(REPORT, JSON.stringify(results, null, 1));
  if (!isNoticed({ outcome })) {
    console.log(`${outcome} ${place} ${mutatorName}: ${replacement.replace(/\s+/g, ' ').slice(0, 100)}`);
  }
}
const [share, low, high] = score(results);
const counts = OUTCOMES.map((name) => `${results.filter(({ outcome }) => outcome === name).length} ${name}`);
console.log(
  `${room}: ${results.length} of ${mutants.length} mutants: ${counts.join(', ')}; ${share} % (${low} to ${high})`,
);
