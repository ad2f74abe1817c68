// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { openCase } from '../src/case.js';
import { readCited } from '../src/cited.js';
import { openInputs } from '../src/disk/walk.js';
import { INGESTERS } from '../src/ingest/registry.js';

const folder = mkdtempSync(join(tmpdir(), 'modwaste-cited-'));
afterAll(() => rmSync(folder, { recursive: true }));

const log = (name: string): string =>
  [
    '[    0.000000] Linux version 6.12.1 (a@b) #1 SMP',
    ...Array.from({ length: 18 }, (_, index) => `[    ${index + 1}.000000] line ${index + 2} of ${name}`),
    `[   30.000000] ${name}: Unknown symbol foo (err -2)`,
    `[   31.000000] ${'x'.repeat(3000)}`,
  ].join('\n');

describe('cited lines', () => {
  it('are read again out of the files that hold them, with their neighbours', async () => {
    const plain = join(folder, 'a.txt');
    const packed = join(folder, 'b.txt.gz');
    writeFileSync(plain, log('first'));
    writeFileSync(packed, gzipSync(log('second')));
    const inputs = [plain, packed];
    const { sources, model } = await openCase({ inputs });
    const [first, second] = model.failures;
    if (!first || !second) throw new Error('two failures are expected');
    const { runs, textless } = await readCited(openInputs(inputs), INGESTERS, sources, [
      first.cite,
      second.cite,
      { source: first.cite.source, line: 18 },
    ]);
    const texts = (source: number) =>
      (runs.get(source) ?? []).map(({ first: at, lines }) => [at, ...lines.map((line) => line.slice(0, 60))]);
    expect(texts(first.cite.source)).toEqual([
      [15, ...log('first').split('\n').slice(14, 20), `[   31.000000] ${'x'.repeat(45)}`],
    ]);
    expect(runs.get(second.cite.source)?.[0]?.lines).toContain(
      '[   30.000000] second: Unknown symbol foo (err -2)',
    );
    expect(runs.get(first.cite.source)?.[0]?.lines.at(-1)).toMatch(/x … \(2015 more characters\)$/);
    expect([...textless]).toEqual([]);
  });

  it('give a reason for a binary or missing source', async () => {
    const gone = join(folder, 'gone.txt');
    writeFileSync(gone, log('gone'));
    const { sources } = await openCase({ inputs: [gone] });
    rmSync(gone);
    const { textless } = await readCited(openInputs([gone]), INGESTERS, sources, [{ source: 1, line: 1 }]);
    expect([...textless]).toEqual([[1, 'the source could not be read again']]);
  });
});
