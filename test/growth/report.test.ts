// SPDX-License-Identifier: Apache-2.0
/**
 * The report of a case takes steps of our code linear in its modules, boots and tasks (steps.ts): of n, 2n and 4n, what the
 * second doubling adds is twice what the first one does.
 */
import { expect, it } from 'vitest';
import type { Store } from '../../src/store/types.js';
import { stepsOfEach } from './steps.js';

// After the counters have started.
const { openCase } = await import('../../src/case.js');
const { loadQueries } = await import('../../src/query/library.js');
const { Asked } = await import('../../src/report/answer/ask.js');
const { answerFrom } = await import('../../src/report/answer/index.js');
const { textReport } = await import('../../src/report/views/text.js');
const { markdownReport } = await import('../../src/report/views/markdown.js');

const plain = (shown: string): string => shown;
const LOOKS = { bold: plain, dim: plain, red: plain, yellow: plain, green: plain, width: 80 };

const text = (n: number, line: (index: number) => string): string =>
  Array.from({ length: n }, (_, index) => `${line(index)}\n`).join('');
const stamp = (index: number): string => `[${`${index}.500000`.padStart(12)}]`;
const BANNER = 'Linux version 6.1.0 (x@y) #1 SMP';
const COUNTERS =
  'Mods ever loaded\t67\nMods failed on kread\t0\nMods failed on decompress\t0\nMods failed on becoming\t9999\nMods failed on load\t0\n';

const CASES: Readonly<Record<string, (n: number) => string>> = {
  'modules that failed': (n) => text(n, (i) => `${stamp(i)} m${i}: Unknown symbol x${i} (err -2)`),
  boots: (n) =>
    text(
      n,
      (i) =>
        `[    0.000000] ${BANNER.replace('6.1.0', `6.1.${i}`)}\n${stamp(1)} m${i}: Unknown symbol x (err -2)`,
    ),
  'modules of the duplicate list': (n) =>
    `${COUNTERS}Duplicate failed modules:\n  Module-name  How-many-times  Reason\n${text(n, (i) => `   m${i}   2   Becoming`)}`,
  'tasks that load': (n) =>
    `# tracer: nop\n#\n${text(
      n,
      (i) =>
        ` t${i}-${i + 9} [000] .... ${i}.000001: sys_finit_module(fd: 5, uargs: 7f00, flags: 0)\n` +
        ` t${i}-${i + 9} [000] .... ${i}.000002: sys_finit_module -> 0xffffffffffffffef`,
    )}`,
  'problems of modules': (n) =>
    text(n, (i) => `${stamp(i)} systemd[1]: Failed to start u${i}.service - Load Kernel Module m${i}.`),
};

/** Makes the stores, then reports of them, in this order. */
async function stepsFor(contents: readonly string[]): Promise<number[]> {
  const stores: Store[] = [];
  for (const content of contents) {
    const opened = await openCase({ inputs: [{ name: 'input', bytes: Buffer.from(content) }] });
    stores.push(await opened.store());
  }
  const steps = await stepsOfEach(
    stores.map(({ db }) => () => {
      const answer = answerFrom(new Asked(db, loadQueries()));
      for (const _ of textReport(answer, LOOKS));
      for (const _ of markdownReport(answer));
    }),
  );
  for (const { close } of stores) close();
  return steps;
}

it.each(Object.entries(CASES))(
  '%s',
  async (_, make) => {
    const [, once = 0, twice = 0, fourTimes = Number.NaN] = await stepsFor([4, 80, 160, 320].map(make));
    expect(once).toBeGreaterThan(80);
    expect(fourTimes - twice).toBeLessThan(2.4 * (twice - once) + 500);
  },
  120_000,
);
