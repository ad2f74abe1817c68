// SPDX-License-Identifier: Apache-2.0
/** Every form of one capture says the same. The table goes to MATRIX.md: `npm run test:corpus -- -u test/forms` writes it. */
import { describe, expect, test } from 'vitest';
import { openCase } from '../../src/case.js';
import { WHOLE } from '../corpus/index.js';
import { type Grade, markdown, matrix, type Row } from './matrix.js';
import { corpusScenarios, fixtureScenarios } from './scenarios.js';

/** What forms can say at best; all others say the same. */
const BEST: readonly (readonly [form: RegExp, grades: readonly Grade[]])[] = [
  [/trace-cmd/, ['same']],
  // Whole seconds.
  [/-T$|ctime/, ['same to 1 s']],
  // The difference before the first stamp that is not 0 is not printed, nor is that of a minute's first message.
  [/-H$|reltime|delta/, ['same to 1 s', 'same to 1 min']],
  [/-t$|notime|-o cat/, ['same, no times']],
  [/-l warn/, ['part']],
  // systemd 257 prints the time of reception for monotonic, too.
  [/-o short-monotonic/, ['same', 'same, own clock']],
  [/-o (?:short|with)/, ['same, own clock']],
  // rsyslog leaves out what programs wrote to the kernel's log.
  [/kern\.log|syslog/, ['part']],
  [/option (?:raw|hex|nocontext)/, ['unusable']],
  // These two captures are the first 400 lines.
  [/option (?:fields|sym)/, ['same', 'part']],
];

function allowed(form: string): readonly Grade[] {
  return BEST.find(([pattern]) => pattern.test(form))?.[1] ?? ['same'];
}

function expectBest(rows: readonly Row[]): void {
  const bad = rows.flatMap(({ form, cells }) =>
    [...cells]
      .filter(([, { grade }]) => !allowed(form).includes(grade))
      .map(([title, cell]) => ({ form, title, ...cell })),
  );
  expect(bad).toEqual([]);
}

describe('forms of one capture', () => {
  test('those that are checked in', async () => {
    const rows = await matrix(fixtureScenarios());
    expectBest(rows);
    expect(rows.length).toBeGreaterThan(25);
  });

  test('whole captures', async () => {
    const scenarios = corpusScenarios();
    const rows = await matrix(scenarios);
    expectBest(rows);
    if (!WHOLE) return;
    await expect(
      markdown(
        rows,
        scenarios.map(({ title }) => title),
      ),
    ).toMatchFileSnapshot('MATRIX.md');
  });

  test('trace.dat gives the attempts that its report gives', async () => {
    const [binary, printed] = await Promise.all(
      ['storm.v6.dat', 'storm.report-t.txt'].map(async (name) => {
        const path = new URL(`../ingest/tracedat/fixtures/${name}`, import.meta.url).pathname;
        const { model } = await openCase({ inputs: [path] });
        return model.attempts.map(({ cite, endLine, start, end, loadedAt, ...attempt }) => ({
          ...attempt,
          times: [start, end, loadedAt].map((t) => (t === null ? null : t / 1000n)),
        }));
      }),
    );
    expect(binary?.length).toBeGreaterThan(20);
    expect(binary).toEqual(printed);
  });
});
