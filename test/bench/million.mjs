// SPDX-License-Identifier: Apache-2.0
/**
 * Results of a million boots, made from those of real batches: each case is one of theirs, drawn at random, with a name,
 * release, machine, start and digest of its own, and with bytes and times that differ from the original's. Written as the
 * batch writes them, so that its queries can be measured.
 *
 *     node test/bench/million.mjs --from LOGS,MADE,TRACES --weights 63,35,2 --out DIR [--cases 1000000] [--random-names]
 *         [--parquet] [--keep]
 *
 * Each of --from is the --out folder of a batch; the weights say how many of a hundred cases come from each. A host has
 * fifty boots, numbered, in the order of a directory; with --random-names they come in any order, and some twenty bits tell
 * a name from the next. --keep takes the CSV files that are there.
 */
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parse } from 'csv-parse/sync';
import { randomFrom } from './random.mjs';
import { sourceModule } from './source-module.mjs';

const { values } = parseArgs({
  options: {
    from: { type: 'string' },
    weights: { type: 'string' },
    out: { type: 'string' },
    cases: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    parquet: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    'random-names': { type: 'boolean', default: false },
  },
});
if (!values.from || !values.out) throw new Error('--from and --out must be given');
const folders = values.from.split(',');
const weights = (values.weights ?? folders.map(() => 1).join()).split(',').map(Number);
const count = Number(values.cases);
const random = randomFrom(Number(values.seed));
const { below, pick } = random;

const { batchTables, loadQueries, writeParquet } = await sourceModule([
  'batch/parquet',
  'batch/query',
  'query/library',
]);
const tables = batchTables(loadQueries()).filter(({ file }) =>
  folders.every((folder) => readdirSync(folder).includes(`${file}.csv`)),
);

function writeCsv() {
  /** For each folder its cases, each with its rows by table. */
  const templates = folders.map((folder) => {
    const cases = new Map();
    for (const { file } of tables) {
      for (const [name, ...row] of parse(readFileSync(join(folder, `${file}.csv`)), { from: 2 })) {
        if (!cases.has(name)) cases.set(name, new Map());
        const rows = cases.get(name);
        rows.set(file, [...(rows.get(file) ?? []), row]);
      }
    }
    return [...cases.values()];
  });

  const two = (n) => String(n).padStart(2, '0');
  const RELEASES = Array.from(
    { length: 30 },
    (_, n) => `6.${1 + Math.floor(n / 2)}.${(n * 37) % 90}-${1 + (n % 3)}-amd64`,
  );
  const MACHINES = Array.from(
    { length: 400 },
    (_, n) => `Vendor ${n % 9} Model ${n}/Board ${n % 50}, BIOS ${1 + (n % 7)}.0`,
  );
  const HOSTS = 20_000;
  const BOOTS_OF_HOST = 50;
  const hex = () =>
    below(2 ** 32)
      .toString(16)
      .padStart(8, '0');
  const quoted = (text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

  function drawTemplate() {
    let at = below(weights.reduce((sum, weight) => sum + weight, 0));
    const chosen = weights.findIndex((weight) => {
      at -= weight;
      return at < 0;
    });
    return pick(templates[chosen]);
  }

  /** What is told of one case alone. */
  function drawCase(n) {
    const isRandom = values['random-names'];
    const host = isRandom ? below(HOSTS) : Math.floor(n / BOOTS_OF_HOST);
    const boot = isRandom ? String(n).padStart(7, '0') : `boot-${String(n % BOOTS_OF_HOST).padStart(4, '0')}`;
    const day = `${2024 + below(2)}-${two(1 + below(12))}-${two(1 + below(28))}`;
    return {
      name: `fleet/host${String(host).padStart(5, '0')}/${boot}.log`,
      kernel: pick(RELEASES),
      machine: MACHINES[host % MACHINES.length],
      started: `${day}T${two(below(24))}:${two(below(60))}:${two(below(60))}.000Z`,
      // A squared draw: most boots are near the original, few are far from it.
      factor: 0.7 + 2 * (below(1000) / 1000) ** 4,
      ns: BigInt(below(50_000)) * 1000n,
    };
  }

  function cellOf({ name, type, unit }, text, one) {
    if (text === '') return '';
    if (name === 'kernel' || name === 'machine' || name === 'started') return quoted(one[name]);
    if (name === 'digest') return Array.from({ length: 8 }, hex).join('');
    if (type === 'INTEGER' && /^(?:bytes|us|ms|ns)$/.test(unit ?? ''))
      return String(Math.round(Number(text) * one.factor));
    if (type !== 'SECONDS' || !/^\d+\.\d{6}$/.test(text)) return quoted(text);
    const us = BigInt(text.replace('.', '')) + one.ns / 1000n;
    return `${us / 1_000_000n}.${String(us % 1_000_000n).padStart(6, '0')}`;
  }

  mkdirSync(values.out, { recursive: true });
  const outputs = tables.map((table) => {
    const descriptor = openSync(join(values.out, `${table.file}.csv`), 'w');
    return { table, descriptor, text: `${table.columns.map(({ name }) => name).join()}\n` };
  });
  for (let n = 0; n < count; n++) {
    const template = drawTemplate();
    const one = drawCase(n);
    for (const output of outputs) {
      const { file, columns } = output.table;
      for (const row of template.get(file) ?? []) {
        output.text += `${one.name},${row.map((text, index) => cellOf(columns[index + 1], text, one)).join()}\n`;
      }
      if (output.text.length < 2 ** 20) continue;
      writeSync(output.descriptor, output.text);
      output.text = '';
    }
  }
  for (const { descriptor, text } of outputs) {
    writeSync(descriptor, text);
    closeSync(descriptor);
  }
}

if (!values.keep) writeCsv();
const seconds = () => process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6;
const figures = { cases: count, csv_cpu_seconds: seconds() };
if (values.parquet) {
  for (const table of tables) {
    await writeParquet(join(values.out, `${table.file}.csv`), table, join(values.out, table.file), '0.0.0');
  }
  figures.parquet_cpu_seconds = seconds() - figures.csv_cpu_seconds;
  figures.peak_rss_bytes = process.resourceUsage().maxRSS * 1024;
}
writeFileSync(join(values.out, 'run.json'), `${JSON.stringify(figures, null, 2)}\n`);
process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
