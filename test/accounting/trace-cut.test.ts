// SPDX-License-Identifier: Apache-2.0
/** A trace file that was cut or filtered: what is there counts, and nothing is called a total. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openCase } from '../../src/case.js';
import { cli } from '../cli/harness.js';
import { phasesOf } from './make.js';

const folder = mkdtempSync(join(tmpdir(), 'modwaste-cut-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Lines of the head, and records of the sample. */
const [HEAD, RECORDS] = [12, 823];

async function linesOf(count: number) {
  const lines = readFileSync('samples/dup-storm/trace.txt', 'utf8').split('\n');
  const file = join(folder, `trace-${count}.txt`);
  writeFileSync(file, lines.slice(0, count).join('\n'));
  return openCase({ inputs: [file] });
}

describe('a trace whose head promises more records than the file holds', () => {
  it('gives lower bounds, and counts the missing records', async () => {
    const opened = await linesOf(400);
    expect(opened.diagnostics.find((one) => one.code === 'trace-cut')?.count).toBe(RECORDS + HEAD - 400);
    const [boot] = opened.model.boots;
    expect(boot).toMatchObject({
      complete: false,
      lowerBound: true,
      lowerBoundReason:
        'The trace is truncated: it holds 388 of the 823 records that its header states; all totals are lower bounds.',
    });
    const phases = await phasesOf(opened.model);
    expect(phases.every((phase) => phase.bytes === null && phase.high === null)).toBe(true);
  });

  it('says so in the second line of every report, and on stderr', async () => {
    const file = join(folder, 'said.txt');
    writeFileSync(
      file,
      readFileSync('samples/dup-storm/trace.txt', 'utf8').split('\n').slice(0, 400).join('\n'),
    );
    const said =
      'The trace is truncated: it holds 388 of the 823 records that its header states; all totals are lower bounds.';
    const text = await cli(['analyze', file]);
    expect(text.stderr).toContain('trace-cut (435 missing records): it holds 388 of the 823 records');
    const squeezed = (report: string): string => report.replace(/\s+/g, ' ');
    expect(squeezed(text.stdout).indexOf(said)).toBeLessThan(squeezed(text.stdout).indexOf('8 CPUs'));
    expect(squeezed(text.stdout)).toContain(said);
    expect((await cli(['analyze', '-q', '--format', 'markdown', file])).stdout).toContain(`\n${said}\n`);
    const json = JSON.parse((await cli(['analyze', '-q', '--format', 'json', file])).stdout);
    expect(json.headline[0].lower_bound_reason).toBe(said);
    const html = join(folder, 'said.html');
    await cli(['analyze', '-q', '--html', html, file]);
    expect(readFileSync(html, 'utf8')).toContain(said);
  });

  it('is one that lacks three records, though no call is open', async () => {
    expect((await linesOf(HEAD + RECORDS - 3)).model.boots[0]?.complete).toBe(false);
  });

  it('is not one that is whole', async () => {
    const opened = await linesOf(Number.MAX_SAFE_INTEGER);
    expect(opened.diagnostics.map((one) => one.code)).not.toContain('trace-cut');
    expect(opened.model.boots[0]).toMatchObject({ complete: true, lowerBound: false, wasted: 3058864n });
  });
});
