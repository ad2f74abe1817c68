// SPDX-License-Identifier: Apache-2.0
/**
 * A fleet of real-shaped logs: those of a folder, thinned to some 20 KB, with other names of modules and times. Of a
 * hundred, five are .gz, and one of them is truncated.
 *
 *     node test/bench/fleet.mjs --logs DIR --out DIR [--cases 100000] [--hosts 1000] [--bytes 20000]
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { readLogs, thinned, variant } from './logs.mjs';

const { values } = parseArgs({
  options: {
    logs: { type: 'string' },
    out: { type: 'string' },
    cases: { type: 'string', default: '100000' },
    hosts: { type: 'string', default: '1000' },
    bytes: { type: 'string', default: '20000' },
  },
});
if (!values.logs || !values.out) throw new Error('--logs and --out must be given');
const [cases, hosts, most] = [values.cases, values.hosts, values.bytes].map(Number);
/** Of a longer log, that much is thinned. */
const MOST_READ = 400_000;
const logs = readLogs(values.logs, MOST_READ).map((log) => thinned(log, most));

/** Prime: neighbours are of different logs. */
const STEP = 7919;
let bytes = 0;
for (let n = 0; n < cases; n++) {
  const folder = join(values.out, `host${String(n % hosts).padStart(4, '0')}`);
  if (n < hosts) mkdirSync(folder, { recursive: true });
  const log = Buffer.from(variant(logs[(n * STEP) % logs.length], n), 'latin1');
  const kind = n % 100;
  const packed = kind < 5 ? gzipSync(log, { level: 1 }) : log;
  const data = kind === 0 ? packed.subarray(0, packed.length >> 1) : packed;
  writeFileSync(join(folder, `boot${String(n).padStart(6, '0')}-dmesg${kind < 5 ? '.gz' : '.txt'}`), data);
  bytes += data.length;
}
process.stdout.write(`${JSON.stringify({ cases, bytes })}\n`);
