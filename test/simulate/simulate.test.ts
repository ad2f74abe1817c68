// SPDX-License-Identifier: Apache-2.0
/**
 * Boots that no one has, with the truth known: what modwaste says of them must hold. `MODWASTE_SIMULATE_SEEDS=1000` runs
 * so many, from the seed `MODWASTE_SIMULATE_SEED` on.
 */
import { expect, it } from 'vitest';
import { openCase } from '../../src/case.js';
import type { NamedInput } from '../../src/disk/inputs.js';
import { boot } from './boot.js';
import { Dice } from './dice.js';
import { anyEvidence, gzipped, LOG_FORMS, logOf, TRACE_FORMS, wholeTrace } from './evidence.js';
import { judge } from './judge.js';
import { logLines, logText } from './log-text.js';
import type { History } from './types.js';

const FIRST = Number(process.env.MODWASTE_SIMULATE_SEED ?? 1);
const SEEDS = Number(process.env.MODWASTE_SIMULATE_SEEDS ?? 5);
const HISTORIES = Array.from({ length: SEEDS }, (_, at) => boot(FIRST + at)).filter(
  ({ calls }) => calls.length > 0,
);

it('holds of each boot, whatever part of it is attached', async () => {
  const wrong: string[] = [];
  for (const history of HISTORIES) {
    for (const evidence of anyEvidence(history, new Dice(history.seed + 1_000_000))) {
      const opened = await openCase({ inputs: evidence.inputs });
      const found = await judge(history, evidence, opened);
      await opened.close();
      wrong.push(...found.map((what) => `seed ${history.seed}, ${evidence.name}: ${what}`));
    }
  }
  expect(wrong).toEqual([]);
});

/** What is said of failures, boot by boot, without times and places. */
async function failuresIn(inputs: readonly NamedInput[]): Promise<string[]> {
  const opened = await openCase({ inputs });
  const boots = await opened.query('boots');
  const rows = await opened.query('failures');
  await opened.close();
  return boots.map(({ boot, kernel }) => {
    const own = rows.filter((row) => row.boot === boot);
    return [
      kernel,
      ...own.map((row) => [row.reason, row.module, row.phase, row.errno, row.times].join(' ')).sort(),
    ].join('; ');
  });
}

async function callsIn(inputs: readonly NamedInput[]): Promise<string[]> {
  const opened = await openCase({ inputs });
  const rows = await opened.query('attempts');
  await opened.close();
  return rows.map(({ boot, attempt, source, line, ...row }) => Object.values(row).join(' '));
}

it('is the same in every form of one log, in parts and compressed', async () => {
  for (const history of HISTORIES) {
    const plain = logOf(history, 'dmesg');
    const said = await failuresIn([plain]);
    expect(said).toHaveLength(1);
    for (const form of LOG_FORMS)
      expect([form, await failuresIn([logOf(history, form)])]).toEqual([form, said]);
    expect(await failuresIn([gzipped(plain)])).toEqual(said);
    const lines = logLines(history);
    const middle = Math.floor(lines.length / 2);
    const parts = [lines.slice(0, middle), lines.slice(middle)].map((part, at) => ({
      name: `dmesg.${at}`,
      bytes: Buffer.from(logText(part, 'dmesg')),
    }));
    expect(await failuresIn(parts)).toEqual(said);
  }
});

it('is the same in every form of one trace', async () => {
  for (const history of HISTORIES) {
    const tracing = {
      probes: history.kernel.stats ? 'counted' : 'stock',
      syscalls: 'named',
      sched: true,
    } as const;
    const of = (form: (typeof TRACE_FORMS)[number]) => callsIn([wholeTrace(history, { ...tracing, form })]);
    const said = await of('trace');
    for (const form of TRACE_FORMS) expect([form, await of(form)]).toEqual([form, said]);
  }
});

it('is kept apart for a second boot in one log', async () => {
  const text = (history: History) => logText(logLines(history), 'dmesg');
  for (const [at, first] of HISTORIES.entries()) {
    const second = HISTORIES[(at + 1) % HISTORIES.length] ?? first;
    const both = { name: 'serial.txt', bytes: Buffer.from(text(first) + text(second)) };
    const alone = [
      ...(await failuresIn([logOf(first, 'dmesg')])),
      ...(await failuresIn([logOf(second, 'dmesg')])),
    ];
    expect(await failuresIn([both])).toEqual(alone);
  }
});
