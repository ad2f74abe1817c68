// SPDX-License-Identifier: Apache-2.0
/**
 * Memory over the time of reading a large archive: 2 GB of what support archives hold, 20 MB of it evidence.
 *     node test/bench/archive-memory.mjs [--bytes 2e9] [--kind tar|tar.gz] [--inputs DIR] [--main FILE] [--save]
 * Prints seconds and the peak at each quarter of the time; fails where the peak is over 300 MB. Reads /proc.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { cpus, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createGzip } from 'node:zlib';
import { bootLog } from './logs.mjs';
import { randomFrom } from './random.mjs';
import { moduleTrace } from './traces.mjs';

const { values } = parseArgs({
  options: {
    bytes: { type: 'string', default: '2e9' },
    kind: { type: 'string', default: 'tar.gz' },
    inputs: { type: 'string', default: join(tmpdir(), 'modwaste-bench') },
    main: { type: 'string', default: new URL('../../dist/cli/main.js', import.meta.url).pathname },
    save: { type: 'boolean', default: false },
  },
});
const BYTES = Number(values.bytes);
const MOST_BYTES = 300e6;
const ROOT = 'sosreport-bench-2026-11-22-abcdefg';
const NOISE_BYTES = 8 * 1024 ** 2;

/** Bytes that do not compress, cut anew for each file. */
function noise(seed) {
  const random = randomFrom(seed);
  const bytes = Buffer.alloc(NOISE_BYTES);
  for (let at = 0; at < bytes.length; at += 4) bytes.writeUInt32LE(random.below(2 ** 32), at);
  return bytes;
}

/** Members as [name, size, chunks]: the evidence spread among what has nothing to do with it. */
function* members() {
  const block = noise(7);
  const trace = Buffer.from([...moduleTrace(115_000, 7)].join(''));
  const logs = Array.from({ length: 100 }, (_, number) => Buffer.from(bootLog(100_000, 7 + number)));
  const evidence = [
    ['sys/kernel/tracing/trace', [trace]],
    ...logs.map((log, number) => [`var/log/boot-${String(number).padStart(3, '0')}.log`, [log]]),
  ];
  const sizeOf = (chunks) => chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const total = evidence.reduce((sum, [, chunks]) => sum + sizeOf(chunks), 0);
  const each = Math.floor((BYTES - total) / (evidence.length + 1));
  const random = randomFrom(11);
  for (let number = 0; number <= evidence.length; number++) {
    const chunks = [];
    for (let left = each; left > 0; left -= NOISE_BYTES) {
      const from = random.below(NOISE_BYTES / 2);
      chunks.push(
        block.subarray(from, from + Math.min(left, NOISE_BYTES / 2)),
        block.subarray(0, Math.max(0, Math.min(left, NOISE_BYTES) - NOISE_BYTES / 2)),
      );
    }
    // What a layout knows, what it does not, and text that must be looked at.
    const place = ['var/crash/core', 'var/lib/docker/layer', 'data/blob'][number % 3];
    yield [`${place}-${number}`, sizeOf(chunks), chunks];
    const next = evidence[number];
    if (next) yield [next[0], sizeOf(next[1]), next[1]];
  }
}

function header(name, size) {
  const block = Buffer.alloc(512);
  block.write(`${ROOT}/${name}`, 0, 100);
  block.write('0000644\0', 100);
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  block.write('        0', 148);
  block.write('ustar\x0000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 0`, 148);
  return block;
}

function* tarChunks() {
  for (const [name, size, chunks] of members()) {
    yield header(name, size);
    yield* chunks;
    yield Buffer.alloc((512 - (size % 512)) % 512);
  }
  yield Buffer.alloc(1024);
}

async function make(path) {
  if (existsSync(path)) return;
  mkdirSync(values.inputs, { recursive: true });
  const file = createWriteStream(`${path}.unfinished`);
  const out = values.kind === 'tar.gz' ? createGzip({ level: 1 }) : file;
  if (out !== file) out.pipe(file);
  for (const chunk of tarChunks()) if (!out.write(chunk)) await once(out, 'drain');
  out.end();
  await once(file, 'close');
  renameSync(`${path}.unfinished`, path);
}

/** Bytes that the process holds now, and the most that it ever did. */
function memoryOf(pid) {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const kib = (field) => Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1] ?? 0);
    return { now: kib('VmRSS') * 1024, peak: kib('VmHWM') * 1024 };
  } catch {
    return null;
  }
}

const path = join(values.inputs, `archive-${BYTES}.${values.kind}`);
await make(path);
const begin = performance.now();
const child = spawn(process.execPath, [values.main, 'query', 'boots', '--format', 'csv', '--quiet', path], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const samples = [];
const timer = setInterval(() => {
  const memory = memoryOf(child.pid);
  if (memory?.now) samples.push(memory);
}, 100);
let boots = -1;
for await (const chunk of child.stdout) boots += chunk.toString().split('\n').length - 1;
if (child.exitCode === null) await once(child, 'close');
clearInterval(timer);

const quarters = [0, 1, 2, 3].map((quarter) => {
  const part = samples.slice((samples.length * quarter) / 4, (samples.length * (quarter + 1)) / 4);
  return Math.max(...part.map(({ now }) => now));
});
const peak = Math.max(...samples.map((sample) => sample.peak));
const mb = (bytes) => Math.round(bytes / 1e6);
const result = {
  archive: `${values.kind}, ${mb(statSync(path).size)} MB on disk, ${mb(BYTES)} MB unpacked`,
  seconds: Math.round((performance.now() - begin) / 100) / 10,
  boots,
  exit: child.exitCode,
  peakMB: mb(peak),
  quartersMB: quarters.map(mb),
  node: process.version,
  kernel: release(),
  cpu: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
};
console.log(JSON.stringify(result, null, 2));
if (values.save) {
  const name = `archive-memory-${values.kind}.json`;
  writeFileSync(new URL(`results/${name}`, import.meta.url), `${JSON.stringify(result, null, 2)}\n`);
}
process.exitCode = peak > MOST_BYTES ? 1 : 0;
