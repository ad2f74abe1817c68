// SPDX-License-Identifier: Apache-2.0
/** A trace file that was cut or filtered: what is there counts, and nothing is called a total. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openCase } from '../../src/case.js';
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
      trace: { reason: 'the trace was truncated' },
    });
    const phases = await phasesOf(opened.model);
    expect(phases.every((phase) => phase.bytes === null && phase.high === null)).toBe(true);
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
