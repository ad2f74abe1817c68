// SPDX-License-Identifier: Apache-2.0
/**
 * Measures builds of modwaste and the peers that are there, in turn, round after round:
 *     npm run bench -- [--builds before=DIR,now=DIR] [--rounds 5] [--only trace,logs] [--scale 0.1] [--inputs DIR]
 *         [--real-logs DIR] [--save FILE]
 * A build is a folder with dist/; without --builds it is this one. Prints medians, ratios (the median of each round's
 * ratio) and whether the last build meets the aims; --save keeps the raw figures after each round. Titles give the sizes
 * of --scale 1. Needs GNU time in /usr/bin/time.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CASES } from './cases.mjs';
import { generate, INPUTS } from './generate.mjs';
import { median, report } from './report.mjs';

const HERE = fileURLToPath(new URL('../../', import.meta.url));
const NEEDED_BYTES = 9e9;

const { values } = parseArgs({
  options: {
    builds: { type: 'string', default: `modwaste=${HERE}` },
    inputs: { type: 'string' },
    scale: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '5' },
    only: { type: 'string' },
    'real-logs': { type: 'string' },
    save: { type: 'string' },
  },
});
const scale = Number(values.scale);
const mains = Object.fromEntries(
  values.builds.split(',').map((build) => {
    const [name, folder = HERE] = build.split('=');
    return [name, join(folder, 'dist/cli/main.js')];
  }),
);
const only = values.only?.split(',');
const unknown = only?.find((name) => CASES.every((one) => one.name !== name));
if (unknown) throw new Error(`--only ${unknown}: not one of ${CASES.map(({ name }) => name).join(', ')}`);
const chosen = CASES.filter(
  ({ name }) => (only?.includes(name) ?? true) && (!name.startsWith('real-logs') || values['real-logs']),
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
function measure(command, repeat = 1) {
  warm(command);
  const line = command
    .replaceAll(/\$([\w.-]+)/g, (_, name) => `'${join(root, name)}'`)
    .replaceAll('OUT', `'${join(root, 'out')}'`);
  const lines = Array(repeat).fill(`${line} > /dev/null`).join('; ');
  const { status, stderr } = spawnSync(
    '/usr/bin/time',
    ['-q', '-f', 'measured %U %S %e %M', 'sh', '-c', lines],
    { encoding: 'utf8', maxBuffer: 1 << 26 },
  );
  rmSync(join(root, 'out'), { recursive: true, force: true });
  const [, user, system, wall, rss] = /measured (\S+) (\S+) (\S+) (\d+)\s*$/.exec(stderr) ?? [];
  if (status === null || status > 1 || rss === undefined) throw new Error(`${command}: ${stderr}`);
  const cpu = (Number(user) + Number(system)) / repeat;
  return { cpu, wall: Number(wall) / repeat, rss: Number(rss) / 1024 };
}

/** The command line of each build, then of the peers that are there. */
function commandsOf({ modwaste, peers }) {
  const builds = Object.entries(mains).map(([name, main]) => [
    name,
    modwaste.replace(/^modwaste /, `'${process.execPath}' '${main}' `),
  ]);
  return Object.fromEntries([...builds, ...Object.entries(peers).filter(([, command]) => hasPeer(command))]);
}

function save(results, loads) {
  const modwaste = Object.fromEntries(
    Object.entries(mains).map(([name, main]) => [
      name,
      execFileSync(process.execPath, [main, '--version'], { encoding: 'utf8' }).trim(),
    ]),
  );
  const saved = {
    date: new Date().toISOString().slice(0, 10),
    machine: { cpu: cpus()[0]?.model, cpus: cpus().length, memory: totalmem(), kernel: release() },
    versions: { node: process.version, ...modwaste, ...versions },
    scale,
    loads,
    results: results.map(({ name, title, modwaste: command, rounds }) => ({ name, title, command, rounds })),
    medians: results.map(({ name, rounds }) => ({ name, ...median(rounds) })),
  };
  writeFileSync(values.save, `${JSON.stringify(saved, null, 1)}\n`);
}

try {
  const texts = chosen.flatMap(({ modwaste, peers }) => [modwaste, ...Object.values(peers)]);
  const named = new Set(texts.flatMap((text) => [...text.matchAll(/\$([\w.-]+)/g)].map((match) => match[1])));
  const needed = Object.keys(INPUTS).filter((name) => named.has(name));
  for (const packed of ['logs', 'sosreport']) if (needed.includes(`${packed}.tar.xz`)) needed.unshift(packed);
  generate(root, { scale, seed: 1, realLogs: values['real-logs'] }, needed);
  const results = chosen.map((one) => ({ ...one, commands: commandsOf(one), rounds: [] }));
  const loads = [];
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const { commands, repeat, rounds } of results) {
      const figures = Object.entries(commands).map(([name, line]) => [name, measure(line, repeat)]);
      rounds.push(Object.fromEntries(figures));
    }
    loads.push(loadavg()[0]);
    if (values.save) save(results, loads);
    process.stderr.write(`round ${round + 1} of ${values.rounds} done\n`);
  }
  console.log(report(results, Object.keys(mains).at(-1), scale));
} finally {
  if (!values.inputs) rmSync(root, { recursive: true, force: true });
}
