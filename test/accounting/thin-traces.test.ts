// SPDX-License-Identifier: Apache-2.0
/** Traces with fewer probes than the full ones: bounds must hold the truth, and nothing wasted may turn free. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { XzReadableStream } from 'xz-decompress';
import type { Attempt, CaseModel } from '../../src/accounting/model.js';
import { openCase } from '../../src/case.js';
import { KERNELS } from './kernels.js';
import { type PhaseRow, phasesOf } from './make.js';

const CAPTURES = [
  'o73-i386-fail',
  's73-amd64-reloc',
  's73-amd64-storm',
  's73-amd64-zip',
  's73-arm64-fail',
  's65-i386-storm',
  's65-i386-vm',
];
const SYSCALLS = {
  'without any system call': /: sys_[a-z_]*init_module/,
  'without enters': /: sys_[a-z_]*init_module\(/,
  'without exits': /: sys_[a-z_]*init_module ->/,
};
const EVENT = /^\s*\S.*-\d+\s+\[\d+\]\s+\S+\s+[\d.]+: (\w+)/;

async function linesOf(name: string): Promise<string[]> {
  const packed = readFileSync(join(KERNELS, name, 'trace.txt.xz'));
  const text = await new Response(new XzReadableStream(new Blob([packed]).stream())).text();
  // The head counts records: those that are missing would be told as a cut.
  return text.split('\n').filter((line) => !line.includes('entries-in-buffer'));
}

const eventOf = (line: string): string | null => EVENT.exec(line)?.[1] ?? null;

async function modelOf(lines: readonly string[]): Promise<CaseModel> {
  const stdin = (async function* () {
    yield Buffer.from(lines.join('\n'));
  })();
  return (await openCase({ inputs: ['-'], stdin })).model;
}

/** What a full trace says. */
interface Truth {
  readonly calls: ReadonlyMap<number, readonly Attempt[]>;
  readonly phases: readonly PhaseRow[];
}

/** What a thin trace says of calls that the full one does not allow. */
async function lies({ calls, phases }: Truth, thin: CaseModel): Promise<string[]> {
  const wrong: string[] = [];
  for (const [pid, attempts] of byTask(thin)) {
    attempts.forEach((attempt, index) => {
      const truth = calls.get(pid)?.[index];
      if (truth)
        for (const lie of liesOf(truth, attempt)) wrong.push(`${pid} #${index} ${truth.module}: ${lie}`);
      else wrong.push(`${pid} #${index}: no such call`);
    });
  }
  return [...wrong, ...(await sumLies(phases, thin))];
}

/** What the sums of a thin trace say that the full ones do not allow. */
async function sumLies(truths: readonly PhaseRow[], thin: CaseModel): Promise<string[]> {
  const wrong: string[] = [];
  for (const { phase, failures, bytes, low, high } of await phasesOf(thin)) {
    const truth = truths.find((row) => row.phase === phase);
    if (!truth) continue;
    const [least, most] = [truth.low, truth.high];
    if (most !== null && low > most) wrong.push(`${phase}: low ${low} above ${most}`);
    if (high !== null && high < least) wrong.push(`${phase}: high ${high} below ${least}`);
    if (bytes !== null && (bytes < least || (most !== null && bytes > most)))
      wrong.push(`${phase}: ${bytes} bytes`);
    if (failures !== null && truth.failures !== null && failures > truth.failures)
      wrong.push(`${phase}: ${failures} failures`);
  }
  return wrong;
}

function byTask({ attempts }: CaseModel): Map<number, Attempt[]> {
  const tasks = new Map<number, Attempt[]>();
  for (const attempt of attempts)
    tasks.set(attempt.pid ?? -1, [...(tasks.get(attempt.pid ?? -1) ?? []), attempt]);
  return tasks;
}

function* liesOf(truth: Attempt, said: Attempt): Generator<string> {
  const { low, high } = said.wasted;
  const [least, most] = [truth.wasted.low, truth.wasted.high];
  if (most !== null && low > most) yield `at least ${low}, truly ${most}`;
  if (high !== null && high < least) yield `at most ${high} (${said.outcome}), truly ${least}`;
  for (const free of ['coalesced', 'refused', 'loaded'])
    if (said.outcome === free && truth.outcome !== free && truth.outcome !== 'unknown')
      yield `${free}, truly ${truth.outcome}`;
  if (said.phase !== null && truth.phase !== null && said.phase !== truth.phase)
    yield `${said.phase}, truly ${truth.phase}`;
  if (said.image !== null && truth.image !== null && said.image !== truth.image && truth.outcome !== 'loaded')
    yield `L ${said.image}, truly ${truth.image}`;
}

describe.each(CAPTURES)('%s', (name) => {
  it('claims nothing false with any one kind of event missing, nor with only one kind of probe', async () => {
    const lines = await linesOf(name);
    const full = await modelOf(lines);
    const truth: Truth = { calls: byTask(full), phases: await phasesOf(full) };
    const events = lines.map(eventOf);
    const kinds = [...new Set(events)].filter((kind) => kind !== null);
    const probes = kinds.filter((kind) => !/^(?:sys_|sched_)/.test(kind));
    const found: Record<string, string[]> = {};
    const check = async (what: string, keep: (event: string | null) => boolean) => {
      const wrong = await lies(truth, await modelOf(lines.filter((_, index) => keep(events[index] ?? null))));
      if (wrong.length > 0) found[what] = [`${wrong.length}`, ...wrong.slice(0, 4)];
    };
    for (const kind of kinds.filter((one) => !one.startsWith('sys_')))
      await check(`without ${kind}`, (event) => event !== kind);
    for (const kind of probes)
      await check(`only ${kind}`, (event) => event === kind || event === null || !probes.includes(event));
    for (const kind of probes)
      await check(
        `only ${kind} and module_load`,
        (event) => event === kind || event === 'module_load' || event === null || !probes.includes(event),
      );
    // Calls of which nothing else tells are missing there, so only the sums can be held against the truth.
    for (const [what, syscalls] of Object.entries(SYSCALLS)) {
      const thin = await modelOf(lines.filter((line) => !syscalls.test(line)));
      const wrong = await sumLies(truth.phases, thin);
      if (wrong.length > 0) found[what] = wrong;
    }
    await check('without probes', (event) => event === null || !probes.includes(event));
    expect(found).toEqual({});
  });
});

it('counts each failed load once in all forms of a total, with its phase known or not', async () => {
  const model = await modelOf(await linesOf('s65-i386-readme'));
  const { boots, attempts } = model;
  const phases = await phasesOf(model);
  const failed = attempts.filter(
    ({ outcome, phase }) => outcome === 'duplicate' || (outcome === 'failed' && phase !== 'init'),
  );
  const withoutPhase = failed.filter(({ phase }) => phase === null).length;
  const inPhases = phases.reduce((sum, { failures }) => sum + Number(failures), 0);
  expect(withoutPhase).toBeGreaterThan(0);
  expect(inPhases + withoutPhase).toBe(failed.length);
  expect(boots[0]?.failures).toBe(BigInt(failed.length));
});
