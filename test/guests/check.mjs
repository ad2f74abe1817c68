// SPDX-License-Identifier: Apache-2.0
/**
 * node check.mjs ARCHIVE...: compares what modwaste reports of each archive of the capture script with the trace in it, counted
 * here by line, and with the kernel's counters where it has them. Exit code 1 where they differ.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** The first row of a query, as an object. */
function row(archive, sql) {
  const text = execFileSync('node', [MAIN, 'query', '--quiet', '--format', 'json', '--sql', sql, archive], {
    encoding: 'utf8',
  });
  return JSON.parse(text)[0] ?? {};
}

function check(archive) {
  const folder = mkdtempSync(join(tmpdir(), 'modwaste-check-'));
  execFileSync('tar', ['xzf', archive, '-C', folder]);
  const [name] = readdirSync(folder);
  const inside = (file) => readFileSync(join(folder, name, file));
  const trace = gunzipSync(inside('tracing/trace.gz')).toString();
  const exits = [...trace.matchAll(/: sys_f?init_module -> (0x[0-9a-f]+)$/gm)];
  const failed = exits.filter(([, value]) => value !== '0x0').length;
  const counted = row(
    archive,
    'SELECT count(*) AS calls, sum(end_ns IS NOT NULL) AS ended, sum(end_ns IS NOT NULL AND errno <> 0) AS failed FROM attempts',
  );
  const ledger = row(
    archive,
    "SELECT group_concat(phase || ' ' || verdict, ', ') AS verdicts, sum(counter_failures) AS counters, sum(event_failures) AS events FROM ledger",
  );
  rmSync(folder, { recursive: true });
  console.log(
    `${name}: ${exits.length} exits, ${failed} failed; report: ${counted.ended} of ${counted.calls} calls ended, ${counted.failed} failed; ledger: ${ledger.verdicts ?? 'no counters'}`,
  );
  return Number(counted.ended) === exits.length && Number(counted.failed) === failed;
}

process.exitCode = process.argv.slice(2).map(check).every(Boolean) ? 0 : 1;
