// SPDX-License-Identifier: Apache-2.0
/**
 * Measures modwaste beside the peers that are there, in turn, round after round:
 *     npm run bench -- [--inputs DIR] [--scale 0.1] [--rounds 5] [--only trace,logs] [--real-logs DIR] [--save]
 * Prints medians, ratios (the median of each round's ratio) and whether the aims are met; --save keeps the raw figures
 * in test/bench/results. Sizes in titles are those of --scale 1. Needs /usr/bin/time (GNU time) and a build in dist/.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { cpus, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CASES } from './cases.mjs';
import { generate, INPUTS } from './generate.mjs';
import { median, report } from './report.mjs';

const MAIN = new URL('../../dist/cli/main.js', import.meta.url).pathname;
const RESULTS = new URL('results/', import.meta.url);
const NEEDED_BYTES = 9e9;

const { values } = parseArgs({
  options: {
    inputs: { type: 'string' },
    scale: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '5' },
    only: { type: 'string' },
    'real-logs': { type: 'string' },
    main: { type: 'string', default: MAIN },
    save: { type: 'boolean', default: false },
  },
});
const scale = Number(values.scale);
const chosen = CASES.filter(
  ({ name }) =>
    (values.only?.split(',').includes(name) ?? true) && (name !== 'real-logs' || values['real-logs']),
);

/** What a program says of its version, or null where it is not there. */
function versionOf(program) {
  const { status, stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  return status === 0 ? (stdout.split('\n')[0]?.trim() ?? '') : null;
}

const PROGRAMS = ['rg', 'gawk', 'lnav', 'zcat', 'xz', 'jq'];
const versions = Object.fromEntries(PROGRAMS.map((program) => [program, versionOf(program)]));

function hasPeer(command) {
  return PROGRAMS.every(
    (program) => versions[program] !== null || !new RegExp(`\\b${program} `).test(command),
  );
}

const root = values.inputs ?? mkdtempSync(join(tmpdir(), 'modwaste-bench-'));
const free = statfsSync(tmpdir());
if (!values.inputs && free.bavail * free.bsize < NEEDED_BYTES * scale)
  throw new Error(
    `less than ${(NEEDED_BYTES * scale) / 1e9} GB free in ${tmpdir()}; --scale 0.1 needs a tenth`,
  );

/** Reads the inputs of a command, so that none of the programs waits for the disk in place of another. */
function warm(command) {
  for (const [, name] of command.matchAll(/\$([\w.-]+)/g))
    spawnSync('sh', ['-c', `find '${join(root, name)}' -type f -exec cat {} + > /dev/null`]);
}

/** CPU and wall-clock seconds and peak MiB of one shell line, with all that it starts. */
function measure(command) {
  warm(command);
  const line = command
    .replaceAll(/\$([\w.-]+)/g, (_, name) => `'${join(root, name)}'`)
    .replaceAll('OUT', `'${join(root, 'out')}'`)
    .replace(/^modwaste /, `'${process.execPath}' '${values.main}' `);
  const { status, stderr } = spawnSync(
    '/usr/bin/time',
    ['-q', '-f', 'measured %U %S %e %M', 'sh', '-c', `${line} > /dev/null`],
    { encoding: 'utf8', maxBuffer: 1 << 26 },
  );
  rmSync(join(root, 'out'), { recursive: true, force: true });
  const [, user, system, wall, rss] = /measured (\S+) (\S+) (\S+) (\d+)\s*$/.exec(stderr) ?? [];
  if (status === null || status > 1 || rss === undefined) throw new Error(`${command}: ${stderr}`);
  return { cpu: Number(user) + Number(system), wall: Number(wall), rss: Number(rss) / 1024 };
}

try {
  const needed = Object.keys(INPUTS).filter((name) =>
    chosen.some(({ modwaste, peers }) =>
      [modwaste, ...Object.values(peers)].some((command) =>
        [...command.matchAll(/\$([\w.-]+)/g)].some((match) => match[1] === name),
      ),
    ),
  );
  for (const packed of ['logs', 'sosreport']) if (needed.includes(`${packed}.tar.xz`)) needed.unshift(packed);
  generate(root, { scale, seed: 1, realLogs: values['real-logs'] }, needed);
  const results = chosen.map((one) => ({
    ...one,
    commands: Object.fromEntries(
      Object.entries({ modwaste: one.modwaste, ...one.peers }).filter(([, command]) => hasPeer(command)),
    ),
    rounds: [],
  }));
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const { commands, rounds } of results)
      rounds.push(Object.fromEntries(Object.entries(commands).map(([name, line]) => [name, measure(line)])));
    process.stderr.write(`round ${round + 1} of ${values.rounds} done\n`);
  }
  console.log(report(results, scale));
  if (values.save) {
    const date = new Date().toISOString().slice(0, 10);
    const saved = {
      date,
      machine: { cpu: cpus()[0]?.model, cpus: cpus().length, memory: totalmem(), kernel: release() },
      versions: { node: process.version, modwaste: modwasteVersion(), ...versions },
      scale,
      results: results.map(({ name, title, commands, rounds }) => ({ name, title, commands, rounds })),
      medians: results.map(({ name, rounds }) => ({ name, ...median(rounds) })),
    };
    const file = new URL(`${date}-${values.only ?? 'all'}-scale-${scale}.json`, RESULTS);
    writeFileSync(file, `${JSON.stringify(saved, null, 1)}\n`);
    console.log(`raw figures: ${file.pathname}`);
  }
} finally {
  if (!values.inputs) rmSync(root, { recursive: true, force: true });
}

function modwasteVersion() {
  return execFileSync(process.execPath, [values.main, '--version'], { encoding: 'utf8' }).trim();
}
