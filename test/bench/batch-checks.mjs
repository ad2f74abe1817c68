// SPDX-License-Identifier: Apache-2.0
/**
 * Checks `modwaste batch` on thousands of cases, and measures it: every good case right and every bad one named; the
 * same bytes for any number of workers, after kill -9 at random moments, and from merged parts; memory that does not
 * grow with the number of cases.
 *
 *     node test/bench/batch-checks.mjs --work DIR [--cases 5000] [--logs DIR] [--cli dist/cli/main.js] [--only rates,kill]
 *
 * DIR gets some hundred MB. Results are printed as JSON.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { parse } from 'csv-parse/sync';
import { makeCases } from './make-cases.mjs';
import { randomFrom } from './random.mjs';

const { values } = parseArgs({
  options: {
    work: { type: 'string' },
    cases: { type: 'string', default: '5000' },
    logs: { type: 'string' },
    cli: { type: 'string', default: fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url)) },
    only: { type: 'string', default: 'right,rates,kill,memory,parts,resume' },
    kills: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
  },
});
if (!values.work) throw new Error('--work DIR must be given');
const work = resolve(values.work);
const cli = resolve(values.cli);
const count = Number(values.cases);
const jobs = availableParallelism();
const wanted = new Set(values.only.split(','));
const archive = join(work, 'archive');
const whole = join(work, 'whole');

const results = { cases: count, node: process.version, cpus: jobs };
const fail = (what) => {
  results.failed = [...(results.failed ?? []), what];
  process.stderr.write(`FAILED: ${what}\n`);
};

function run(out, options, list = 'list.txt') {
  const argv = [cli, 'batch', '--case', 'input', '--files-from', list, '--out', out, '--quiet', ...options];
  const ran = spawnSync(process.execPath, argv, { cwd: archive, encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (ran.status !== 0 && ran.status !== 1) throw new Error(`batch ended with ${ran.status}: ${ran.stderr}`);
  return { ...ran, summary: JSON.parse(readFileSync(join(out, 'run.json'), 'utf8')) };
}

const fresh = (name) => {
  const path = join(work, name);
  rmSync(path, { recursive: true, force: true });
  return path;
};

const rows = (out, file) => parse(readFileSync(join(out, file)), { columns: true });

/** Every output but run.json has the same bytes. */
function same(out, what) {
  const names = readdirSync(whole).filter((name) => /\.(?:csv|ndjson)$/.test(name));
  const differing = names.filter(
    (name) =>
      !existsSync(join(out, name)) || !readFileSync(join(out, name)).equals(readFileSync(join(whole, name))),
  );
  if (differing.length > 0) fail(`${what}: ${differing.join(', ')} differ`);
  return differing.length === 0;
}

const BURN = 'let x = 0; for (let i = 0; i < 5e8; i++) x = (x * 31 + i) | 0;';

/** What so many threads of pure computing gain on this machine, now: the most that workers can gain. */
async function machineSpeedup(threads) {
  const burn = async (number) => {
    const begin = performance.now();
    const ended = () => new Promise((done) => new Worker(BURN, { eval: true }).on('exit', done));
    await Promise.all(Array.from({ length: number }, ended));
    return performance.now() - begin;
  };
  const one = await burn(1);
  return (threads * one) / (await burn(threads));
}

const checks = {
  /** Against what the generator knows. */
  right(ran, truths) {
    const cases = new Map(rows(whole, 'cases.csv').map((row) => [row.path, row]));
    const boots = new Map(rows(whole, 'boots.csv').map((row) => [row.case, row]));
    let good = 0;
    let bad = 0;
    for (const { path, kind, ok, kernel, failures, wasted } of truths) {
      const row = cases.get(path);
      if (!ok) {
        const named = row && row.status !== 'ok' && row.error !== '' && ran.stderr.includes(`${path}: `);
        if (named) bad++;
        else fail(`${kind} ${path} is not named`);
        continue;
      }
      const boot = boots.get(path);
      const right =
        row?.status === 'ok' &&
        row.boots === '1' &&
        boot?.kernel === kernel &&
        boot.failures === String(failures ?? '') &&
        boot.wasted_bytes === String(wasted ?? '');
      if (right) good++;
      else fail(`${kind} ${path}: ${JSON.stringify({ row, boot })}, not ${kernel} ${failures} ${wasted}`);
    }
    results.right = { good, bad, cases: cases.size };
  },

  async rates(ran) {
    results.rates = {};
    results.machine_speedup = { [jobs]: await machineSpeedup(jobs) };
    for (const workers of new Set([1, jobs, jobs + 1])) {
      const out = fresh(`jobs-${workers}`);
      const { summary } = workers === jobs ? ran : run(out, ['--jobs', String(workers)]);
      const { seconds, cases_per_second, bytes_per_second, peak_rss_bytes } = summary;
      results.rates[workers] = { seconds, cases_per_second, bytes_per_second, peak_rss_bytes };
      if (workers !== jobs) same(out, `--jobs ${workers}`);
    }
  },

  async kill(ran) {
    const out = fresh('killed');
    const { below } = randomFrom(Number(values.seed));
    const argv = [
      cli,
      'batch',
      '--case',
      'file',
      '--files-from',
      'list.txt',
      '--out',
      out,
      '--quiet',
      '--resume',
    ];
    const span = (ran.summary.seconds * 1000) / Number(values.kills);
    let kills = 0;
    for (let n = 0; n < Number(values.kills); n++) {
      const child = spawn(process.execPath, argv, { cwd: archive, stdio: 'ignore' });
      const ended = new Promise((done) => child.on('exit', (_code, signal) => done(signal)));
      const timer = setTimeout(() => child.kill('SIGKILL'), 200 + below(Math.ceil(2 * span)));
      if ((await ended) === 'SIGKILL') kills++;
      clearTimeout(timer);
    }
    const { summary } = run(out, ['--resume']);
    results.kill = { kills, reused: summary.reused, same: same(out, 'kill -9 and --resume') };
  },

  memory(ran, truths) {
    // One of each kind that is bad, and so of each bomb, in both.
    const kinds = new Map(truths.filter(({ ok }) => !ok).map((truth) => [truth.kind, truth.path]));
    const few = Math.floor(count / 10);
    const good = truths.filter(({ ok }) => ok).slice(0, few - kinds.size);
    const list = [...good.map(({ path }) => path), ...kinds.values()];
    writeFileSync(join(archive, 'few.txt'), `${list.join('\n')}\n`);
    const small = run(fresh('few'), [], 'few.txt').summary.peak_rss_bytes;
    const large = ran.summary.peak_rss_bytes;
    results.memory = { [few]: small, [count]: large, ratio: large / small };
    if (large > 1.2 * small) fail(`memory grows: ${small} bytes for ${few} cases, ${large} for ${count}`);
  },

  parts() {
    const parts = [1, 2, 3].map((part) => {
      const out = fresh(`part-${part}`);
      run(out, ['--shard', `${part}/3`]);
      return out;
    });
    const out = fresh('merged');
    spawnSync(process.execPath, [cli, 'batch-merge', ...parts, '--out', out, '--quiet']);
    results.parts = { same: same(out, 'merged parts') };
  },

  /** Nothing is read again; then one case changes and one goes. */
  resume(_ran, truths) {
    const again = run(whole, ['--resume']).summary;
    const digests = rows(whole, 'cases.csv').filter((row) => row.digest !== '').length;
    if (again.reused !== digests) fail(`${again.reused} of ${digests} cases are reused`);
    const log = truths.find(({ kind }) => kind === 'log').path;
    const before = readFileSync(join(archive, log), 'latin1');
    const list = readFileSync(join(archive, 'list.txt'), 'utf8').trim().split('\n');
    const gone = list.at(-2);
    writeFileSync(
      join(archive, log),
      before.replace(/Linux version \S+/, 'Linux version 9.9.9-changed'),
      'latin1',
    );
    writeFileSync(join(archive, 'less.txt'), `${list.filter((path) => path !== gone).join('\n')}\n`);
    const changed = run(whole, ['--resume'], 'less.txt').summary;
    const boots = rows(whole, 'boots.csv');
    const right =
      changed.cases === count - 1 &&
      changed.reused >= digests - 2 &&
      boots.find((row) => row.case === log)?.kernel === '9.9.9-changed' &&
      !boots.some((row) => row.case === gone);
    if (!right) fail('a changed and a removed case');
    writeFileSync(join(archive, log), before, 'latin1');
    results.resume = { unchanged_seconds: again.seconds, reused: again.reused, changed: right };
  },
};

mkdirSync(work, { recursive: true });
const truths = makeCases({
  out: archive,
  cases: count,
  seed: Number(values.seed),
  logs: values.logs ?? null,
});
const ran = run(fresh('whole'), []);
results.whole = ran.summary;
for (const [name, check] of Object.entries(checks)) if (wanted.has(name)) await check(ran, truths);
process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
process.exitCode = results.failed ? 1 : 0;
