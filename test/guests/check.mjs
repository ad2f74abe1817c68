// SPDX-License-Identifier: Apache-2.0
/**
 * node check.mjs ARCHIVE...: holds what modwaste reports of each archive of the capture script against the trace in it,
 * counted here by line, against the kernel's counters where it has them, and against the manifest. Prints a row of a
 * Markdown table for each, and what is wrong; exit code 1 where anything is.
 */
import { execFileSync } from 'node:child_process';
import { gunzipSync } from 'node:zlib';
import { openCase, runSql } from '../../dist/index.js';

/** A file of the archive, or null. */
function inside(archive, name) {
  try {
    return execFileSync('tar', ['xzOf', archive, '--wildcards', `*/${name}`], {
      maxBuffer: 1 << 30,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    return null;
  }
}

async function check(archive) {
  const wrong = [];
  const expect = (holds, what) => holds || wrong.push(what);
  const written = inside(archive, 'manifest.json');
  if (written === null) {
    console.log(`WRONG: ${archive}: no archive with a manifest`);
    return false;
  }
  const manifest = JSON.parse(written);
  const missing = new Set(manifest.missing.map(({ what }) => what));
  const packed = inside(archive, 'tracing/trace.gz');
  const trace = packed === null ? '' : gunzipSync(packed).toString();
  const exits = [...trace.matchAll(/: sys_f?init_module -> (0x[0-9a-f]+)$/gm)].map(([, value]) => value);
  const failed = exits.filter((value) => value !== '0x0').length;

  const opened = await openCase({ inputs: [archive] });
  const { db } = await opened.store();
  const rows = (sql) => [...runSql(db, 'check.mjs', sql).rows];
  const [[calls, ended, bad, vague]] =
    rows(`SELECT count(*), count(end_ns), count(iif(end_ns IS NULL, NULL, nullif(errno, 0))),
      count(iif(outcome IN ('duplicate', 'failed') AND (phase IS NULL OR phase <> 'init' AND basis IS NOT 'measured'), 1, NULL))
      FROM attempts`);
  expect(
    Number(ended) === exits.length,
    `${ended} calls ended, and the trace has ${exits.length} syscall exits`,
  );
  expect(Number(bad) === failed, `${bad} calls failed, and ${failed} exits are not 0`);
  expect(packed !== null || missing.has('trace'), 'no trace, and the manifest does not say so');

  // As good as this kernel allows: measured, unless the manifest says why not.
  expect(
    missing.has('probes') || missing.has('trace') || vague === 0n,
    `${vague} failed calls without measured bytes`,
  );
  const verdicts = new Set(rows('SELECT DISTINCT verdict FROM ledger').flat());
  const counters = !missing.has('counters');
  const ledger = [...verdicts].join(', ') || 'none';
  expect(!counters || missing.has('trace') || ledger === 'balanced', `the ledger is ${ledger}`);
  for (const { what, how } of await opened.query('capture')) {
    const names = [...how.matchAll(/(?:there|;) ?;? ?(trace|probes|counters|log|sizes): /g)].map(
      ([, name]) => name,
    );
    expect(names.length > 0 && names.every((name) => missing.has(name)), `asks for ${what}: ${how}`);
  }
  for (const { path, status } of opened.sources)
    expect(status !== 'unrecognised' && status !== 'failed', `${path}: ${status}`);

  const equal = exits.length === Number(ended) && failed === Number(bad) ? 'yes' : 'no';
  const lacks = [...missing].sort().join(', ') || 'nothing';
  console.log(
    `| ${manifest.kernel} | ${manifest.mode} | ${exits.length} | ${failed} | ${calls} | ${equal} | ${counters ? ledger : 'no counters'} | ${lacks} |`,
  );
  for (const what of wrong) console.log(`WRONG: ${archive}: ${what}`);
  return wrong.length === 0;
}

console.log(
  '| kernel | mode | syscall exits | failed | calls in the report | equal | ledger | missing |\n|---|---|---|---|---|---|---|---|',
);
let right = true;
for (const archive of process.argv.slice(2)) right = (await check(archive)) && right;
process.exitCode = right ? 0 : 1;
