// SPDX-License-Identifier: Apache-2.0
/**
 * The state of a finished batch of a million small logs, made without reading each, so that `--resume` can be measured:
 * results of a real batch of some logs are given to all files, with their own names, digests and stamps.
 *
 *     node test/bench/resume.mjs --logs DIR --out DIR [--cases 1000000] [--folder 100]
 *
 * Then: modwaste batch OUT/fleet --out OUT/result --resume. The first writes the outputs; the second finds nothing changed.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readLogs, variant } from './logs.mjs';
import { sourceModule } from './source-module.mjs';

const { values } = parseArgs({
  options: {
    logs: { type: 'string' },
    out: { type: 'string' },
    cases: { type: 'string', default: '1000000' },
    folder: { type: 'string', default: '100' },
  },
});
if (!values.logs || !values.out) throw new Error('--logs and --out must be given');
const [fleet, result, sample] = ['fleet', 'result', 'sample'].map((name) => join(values.out, name));
const count = Number(values.cases);
const perFolder = Number(values.folder);
const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const { Results, readPlan, stampOf } = await sourceModule(['batch/results', 'batch/plan', 'batch/stamp']);

const SAMPLE = 150;
const LOG_CHARS = 3_900;
const logs = readLogs(values.logs, LOG_CHARS).slice(0, SAMPLE);

rmSync(values.out, { recursive: true, force: true });
const pathOf = (n) =>
  join(
    fleet,
    `host${String(Math.floor(n / perFolder)).padStart(6, '0')}`,
    `boot${String(n).padStart(7, '0')}.log`,
  );
for (let n = 0; n < count; n++) {
  if (n % perFolder === 0) mkdirSync(join(pathOf(n), '..'), { recursive: true });
  writeFileSync(pathOf(n), variant(logs[n % logs.length], n), 'latin1');
}

mkdirSync(sample, { recursive: true });
for (const [n, log] of logs.entries()) writeFileSync(join(sample, `${n}.log`), variant(log, n), 'latin1');
const batch = (input, out, ...more) =>
  spawnSync(process.execPath, [main, 'batch', input, '--out', out, '--quiet', '--damaged-ok', ...more], {
    stdio: 'inherit',
  });
batch(sample, `${sample}-result`, '--case', 'file');
batch(sample, result, '--case', 'file');

const state = (out) => join(out, '.modwaste');
const { fingerprint } = JSON.parse(readFileSync(join(state(result), 'plan.json'), 'utf8'));
const known = new Results(join(state(`${sample}-result`), 'results'), fingerprint);
const templates = [];
for await (const { name } of readPlan(join(state(`${sample}-result`), 'plan.ndjson')))
  templates.push(known.read(name));
// A stamp is none until a file is two seconds old.
await setTimeout(3000);
const results = new Results(join(state(result), 'results'), fingerprint);
const FRAME = 16;
for (let n = 0; n < count; n += FRAME) {
  const cases = Array.from({ length: Math.min(FRAME, count - n) }, (_, at) => {
    const template = templates[(n + at) % templates.length];
    const name = pathOf(n + at);
    return {
      ...template,
      name,
      digest: createHash('sha256').update(name).digest('hex'),
      stamp: stampOf([name]),
      parts: template.parts.map(({ file, rows }) => ({
        file,
        rows: Buffer.from(Buffer.from(rows).toString().replaceAll(template.name, name)),
      })),
    };
  });
  results.append(cases, results.pack(cases));
}
results.flush();
results.close();
