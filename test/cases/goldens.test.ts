// SPDX-License-Identifier: Apache-2.0
/** Whole reports, as a reader gets them: each was read line by line. `npx vitest run test/cases/goldens -u` writes them anew. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openCase } from '../../src/case.js';
import { loadQueries } from '../../src/query/library.js';
import { Asked } from '../../src/report/answer/ask.js';
import { answerFrom } from '../../src/report/answer/index.js';
import { markdownReport } from '../../src/report/views/markdown.js';
import { textReport } from '../../src/report/views/text.js';
import { UNPACKED } from '../corpus/index.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const GOLDENS = fileURLToPath(new URL('goldens/', import.meta.url));

const CAPTURES: readonly (readonly [name: string, path: string])[] = [
  ['dup-storm', join(ROOT, 'samples/dup-storm')],
  ['failures', join(ROOT, 'samples/failures')],
  ['stock-debian', join(ROOT, 'samples/stock-debian')],
  ['autoload', join(ROOT, 'samples/autoload')],
  ['two-states-in-one-mail', join(ROOT, 'test/cases/posts/before-after-reversed.txt')],
  ['stuck-load', join(ROOT, 'test/cases/posts/hung-load-and-killed-udev-worker.txt')],
  ['vmalloc-exhausted', join(ROOT, 'test/cases/kernels/memreport')],
  ['quiet', join(UNPACKED, 's1-quiet')],
  ['compressed', join(UNPACKED, 's3-compressed')],
  ['i386-counters', join(UNPACKED, 'o73-i386-fail')],
];

const plain = (text: string): string => text;
const LOOKS = { bold: plain, dim: plain, red: plain, yellow: plain, green: plain, width: 80 };

describe.each(CAPTURES)('the report of %s', (name, path) => {
  it('is what was read and found right', async () => {
    const { db } = await (await openCase({ inputs: [path] })).store();
    const answer = answerFrom(new Asked(db, loadQueries()));
    const text = [...textReport(answer, LOOKS)].join('');
    const markdown = [...markdownReport(answer)].join('');
    await expect(text).toMatchFileSnapshot(join(GOLDENS, `${name}.txt`));
    await expect(markdown).toMatchFileSnapshot(join(GOLDENS, `${name}.md`));
    expect(markdown.split('\n').length).toBeLessThanOrEqual(60);
    // Verdict, first advice and phases are on a screen of 80x24.
    const lines = text.split('\n');
    const phases = lines.findIndex((line) => line.startsWith('Waste by phase'));
    if (phases >= 0 && answer.boots.length === 1) expect(lines.indexOf('', phases)).toBeLessThanOrEqual(24);
  });
});
