// SPDX-License-Identifier: Apache-2.0
/**
 * Fuzzing guided by coverage, on the built library: `npm run fuzz -- --minutes 5 [--seed N] [--inputs N] [--keep FOLDER]`.
 * An input that reaches code that no other reached is mutated further, and written to FOLDER; those in `corpus` came about
 * so. Some grow to megabytes. Ends with 1 at an exception, at more than 10 s for 1 MB, at more than 500 MB of memory, and
 * where the prefilter, the size of the chunks or the browser's parts change a result; the input is then in the file that it
 * names.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'rolldown';
import { openCase } from '../../dist/index.js';

const TEST = fileURLToPath(new URL('../', import.meta.url));
const DIST = new URL('../../dist/', import.meta.url).href;
const MOST_BYTES = 64 * 1024;
const COMMAND = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
/** Makes a process tell at its end what it took. */
const PEAK = `data:text/javascript,process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  process.stderr.write('\\npeak ' + maxRSS + ' KB, ' + Math.round((userCPUTime + systemCPUTime) / 1000) + ' ms\\n');
});`;
const MS_PER_MB = 10_000;
const mostMs = (bytes) => MS_PER_MB * Math.max(1, bytes.length / 2 ** 20);
/** What shares a core adds to CPU time: an input that takes too much of it is read again, and the least counts. */
const TRIES = 3;
/** Of inputs, one in so many is read in other ways, too. */
const COMPARED = 8;
/** Of inputs, one in so many is made large. */
const GROWN = 50;
const MOST_GROWN_BYTES = 5 * 2 ** 20;
const MOST_RSS_KB = 500_000;

const option = { type: 'string' };
const { values } = parseArgs({ options: { minutes: option, seed: option, inputs: option, keep: option } });
const end = performance.now() + Number(values.minutes ?? 1) * 60_000;

/** The library as the browser page has it, with the browser's inflate, checksums and streams. */
const IN_BROWSER = fileURLToPath(new URL('../../dist/fuzz/', import.meta.url));
const PLATFORM = fileURLToPath(new URL('../../src/platform/browser/index.ts', import.meta.url));
await build({
  input: { case: fileURLToPath(new URL('../../src/case.ts', import.meta.url)) },
  platform: 'node',
  external: /^(?!\.|\/)/,
  plugins: [
    {
      name: 'browser',
      resolveId: (name, importer) =>
        name === './node/index.js' && importer.endsWith('/platform/index.ts') ? PLATFORM : null,
    },
  ],
  output: {
    dir: IN_BROWSER,
    format: 'esm',
    chunkFileNames: '[name].js',
    codeSplitting: { groups: [{ name: 'model', test: /src\/model\// }] },
  },
  logLevel: 'warn',
});
const browser = await import(`${new URL('../../dist/fuzz/case.js', import.meta.url)}`);
// Parts of it are loaded when they are needed.
process.on('exit', () => rmSync(IN_BROWSER, { recursive: true, force: true }));

const { output } = await build({ input: join(TEST, 'fuzz/mutate.ts'), write: false, logLevel: 'warn' });
const { grown, mutated, random } = await import(
  `data:text/javascript;base64,${Buffer.from(output[0].code).toString('base64')}`
);
/** So many inputs at most: with a seed, the same ones each time. */
const most = Number(values.inputs ?? Number.POSITIVE_INFINITY);
const next = random(Number(values.seed ?? Date.now() % 1e9));

/** Inputs that unpack to many times their size take the time of that. */
const BOMBS = /bomb|sparse60m|2000000/;

/** Everything small below the tests that is an input: each format, archive and recording has some. */
const corpus = readdirSync(TEST, { recursive: true, encoding: 'utf8' })
  .filter(
    (path) =>
      /(?:^|\/)(?:fixtures|corpus|posts|kernels)\//.test(path) && !/\.(?:tar\.xz|sh|md|ts)$/.test(path),
  )
  .filter((path) => !BOMBS.test(path))
  .map((path) => join(TEST, path))
  .filter((path) => statSync(path).isFile() && statSync(path).size <= MOST_BYTES && statSync(path).size > 0)
  .map((path) => readFileSync(path));

if (values.keep !== undefined) mkdirSync(values.keep, { recursive: true });

const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });

const seen = new Set();
/** How much of the code was reached for the first time; how often, in powers of eight. */
async function news() {
  const { result } = await session.post('Profiler.takePreciseCoverage');
  const before = seen.size;
  for (const { scriptId, url, functions } of result) {
    if (!url.startsWith(DIST) || url.includes('/dist/fuzz/')) continue;
    for (const { ranges } of functions) {
      for (const { startOffset, count } of ranges)
        if (count > 0) seen.add(`${scriptId} ${startOffset} ${Math.floor(Math.log2(count) / 3)}`);
    }
  }
  return seen.size - before;
}

async function* chunked(bytes, size) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const read = (bytes, prefilter = 'auto', size = 0, open = openCase) =>
  open({ inputs: [{ name: 'input', bytes: size > 0 ? chunked(bytes, size) : bytes }], prefilter });

async function result(...how) {
  const opened = await read(...how);
  const text = (value) => JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? `${one}n` : one));
  // How much is read of a damaged stream depends on the pieces that its decoder was given.
  if (opened.diagnostics.some(({ code }) => code === 'archive-damaged')) return 'damaged';
  return text([opened.sources.map(({ path, format, events }) => [path, format, events]), opened.model.boots]);
}

function fault(bytes, what, error) {
  const path = join(tmpdir(), `modwaste-fuzz-${process.pid}-${count}`);
  writeFileSync(path, bytes);
  console.error(`${what}: ${path}`, error ?? '');
  process.exit(1);
}

/** A fault where the least of a few measures of CPU time, in milliseconds, is too much for the input. */
async function withinTime(bytes, how, measure) {
  let least = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < TRIES && least > mostMs(bytes); tries++)
    least = Math.min(least, await measure());
  if (least > mostMs(bytes)) fault(bytes, `${least} ms (${how})`);
}

/** Large inputs go to the command, whose memory is its own. */
async function analyzeAlone(bytes, how) {
  const path = join(tmpdir(), `modwaste-fuzz-${process.pid}-grown`);
  writeFileSync(path, bytes);
  await withinTime(bytes, how, () => {
    const { status, stderr } = spawnSync(process.execPath, ['--import', PEAK, COMMAND, 'analyze', path], {
      encoding: 'utf8',
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: Math.ceil(5 * mostMs(bytes)),
    });
    const [, rss, ms] = /^peak (\d+) KB, (\d+) ms$/m.exec(stderr) ?? [];
    if (rss === undefined || status === null || status > 2) fault(bytes, `exit ${status} (${how})`, stderr);
    if (Number(rss) > MOST_RSS_KB) fault(bytes, `${rss} KB of memory (${how})`);
    return Number(ms);
  });
  rmSync(path);
}

/** Reads in this process. */
async function readHere(bytes) {
  const start = process.cpuUsage();
  await read(bytes);
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

let count = 0;
const pick = () => corpus[Math.floor(next() * corpus.length)];
for (const bytes of corpus.slice(0, 40)) await read(bytes);
await news();
const started = corpus.length;
for (; performance.now() < end && count < most; count++) {
  if (count % GROWN === GROWN - 1) {
    const { bytes, how } = grown(pick(), next, Math.ceil(next() * MOST_GROWN_BYTES));
    await analyzeAlone(bytes, how);
    continue;
  }
  const { bytes, how } = mutated(pick(), next, pick());
  try {
    await withinTime(bytes, how, () => readHere(bytes));
    if (count % COMPARED === 0) {
      const whole = await result(bytes);
      if ((await result(bytes, false)) !== whole) fault(bytes, `the prefilter changes the result (${how})`);
      if ((await result(bytes, 'auto', 1 + Math.floor(next() * 5000))) !== whole)
        fault(bytes, `the size of chunks changes the result (${how})`);
      if ((await result(bytes, 'auto', 0, browser.openCase)) !== whole)
        fault(bytes, `the browser's parts change the result (${how})`);
    }
  } catch (error) {
    fault(bytes, how, error);
  }
  if (bytes.length > MOST_BYTES || bytes.length === 0 || (await news()) === 0) continue;
  corpus.push(Buffer.from(bytes));
  if (values.keep !== undefined)
    writeFileSync(join(values.keep, createHash('sha1').update(bytes).digest('hex')), bytes);
}
console.log(
  `${count} inputs, ${corpus.length - started} of them reached new code; ${seen.size} places reached`,
);
process.exit(0);
