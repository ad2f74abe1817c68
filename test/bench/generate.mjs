// SPDX-License-Identifier: Apache-2.0
/**
 * The inputs of the benchmark, the same for the same seed and scale:
 *     node test/bench/generate.mjs DIRECTORY [--scale 0.1] [--seed 1] [--only trace,logs] [--real-logs DIR]
 * `real-logs` multiplies the logs of a folder that is given with --real-logs.
 */
import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { bootLog, dmesgJson, readLogs, syslog, variant } from './logs.mjs';
import { writeSosreport } from './sosreport.mjs';
import { busyTrace, moduleTrace } from './traces.mjs';

const GB = 1e9;
const LOG_BYTES = 80_000;
const MOST_REAL_BYTES = 180_000;

/** Name -> what makes it, below the directory. */
export const INPUTS = {
  trace: (path, { scale, seed }) => write(path, busyTrace(GB * scale, seed)),
  'trace-4x': (path, { scale, seed }) => write(path, busyTrace(4 * GB * scale, seed)),
  modules: (path, { scale, seed }) => write(path, moduleTrace(1e6 * scale, seed)),
  'modules-200k': (path, { scale, seed }) => write(path, moduleTrace(2e5 * scale, seed)),
  syslog: (path, { scale, seed }) => write(path, syslog(5e7 * scale, seed)),
  'dmesg.json': (path, { scale, seed }) => write(path, dmesgJson(2e8 * scale, seed)),
  'boot.log': (path, { seed }) => write(path, [bootLog(LOG_BYTES, seed)]),
  logs: (path, options) => writeLogs(path, options, '.log', (text) => text),
  'real-logs': writeVariants,
  'logs-gz': (path, options) => writeLogs(path, options, '.log.gz', (text) => gzipSync(text)),
  'logs.tar.xz': (path) =>
    execFileSync('tar', ['-C', join(path, '..'), '-I', 'xz -1', '-cf', path, 'logs'], { stdio: 'inherit' }),
  sosreport: writeSosreport,
  'sosreport.tar.xz': (path) =>
    execFileSync('tar', ['-C', join(path, '..', 'sosreport'), '-I', 'xz -1', '-cf', path, '.'], {
      stdio: 'inherit',
    }),
};

/** Without logs to multiply there are no variants. */
const ALWAYS = Object.keys(INPUTS).filter((name) => name !== 'real-logs');

function write(path, chunks) {
  const file = openSync(path, 'w');
  for (const chunk of chunks) writeSync(file, chunk);
  closeSync(file);
}

function writeLogs(path, { scale, seed }, suffix, pack) {
  mkdirSync(path, { recursive: true });
  for (let number = 0; number < 5000 * scale; number++) {
    const name = `boot-${String(number).padStart(4, '0')}${suffix}`;
    write(join(path, name), [pack(bootLog(LOG_BYTES, seed + number))]);
  }
}

function writeVariants(path, { scale, seed, realLogs }) {
  if (!realLogs) throw new Error('real-logs: --real-logs DIR must name a folder of kernel logs');
  mkdirSync(path, { recursive: true });
  const pool = readLogs(realLogs, MOST_REAL_BYTES);
  for (let number = 0; number < 5000 * scale; number++) {
    const log = variant(pool[number % pool.length], seed + number);
    write(join(path, `boot-${String(number).padStart(4, '0')}.log`), [Buffer.from(log, 'latin1')]);
  }
}

/** Makes what is not there yet; gives the path of each. */
export function generate(directory, options, names = ALWAYS) {
  mkdirSync(directory, { recursive: true });
  const paths = {};
  for (const name of names) {
    const path = join(directory, name);
    paths[name] = path;
    if (existsSync(path)) continue;
    const unfinished = join(directory, `.unfinished-${name}`);
    rmSync(unfinished, { recursive: true, force: true });
    INPUTS[name](unfinished, options);
    renameSync(unfinished, path);
  }
  return paths;
}

if (import.meta.filename === process.argv[1]) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      scale: { type: 'string' },
      seed: { type: 'string' },
      only: { type: 'string' },
      'real-logs': { type: 'string' },
    },
  });
  const [directory = 'bench-inputs'] = positionals;
  const options = {
    scale: Number(values.scale ?? 1),
    seed: Number(values.seed ?? 1),
    realLogs: values['real-logs'],
  };
  console.log(generate(directory, options, values.only?.split(',')));
}
