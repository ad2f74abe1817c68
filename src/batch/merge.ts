// SPDX-License-Identifier: Apache-2.0
/** Merges the shards of a batch (`--shard`) as if one run had read them all. */
import type { Query } from '../query/head.js';
import { type BatchCase, BatchError } from './case.js';
import { makeFolder } from './make-folder.js';
import type { Placed } from './outputs.js';
import { damaged, readPlan, writeCases } from './plan.js';
import { type BatchEvents, refuseExisting, withSql, writeOutputs, writeSummary } from './run.js';
import { type PlanFacts, State } from './state.js';
import { RunFigures, type RunSummary } from './summary.js';

export interface MergeOptions {
  readonly folders: readonly string[];
  readonly out: string;
  readonly sqlite: string | null;
  /** Also write Parquet. */
  readonly parquet: boolean;
  readonly force: boolean;
  readonly queries: ReadonlyMap<string, Query>;
}

interface Folder {
  readonly state: State;
  readonly facts: PlanFacts;
}

export async function mergeBatches(
  options: MergeOptions,
  events: Pick<BatchEvents, 'onInterrupt'>,
): Promise<RunSummary> {
  const folders = options.folders.map(openFolder);
  const [first] = folders;
  if (!first) throw new BatchError('no folder to merge');
  checkParts(folders);
  const { settings, fingerprint, list } = first.facts;
  const { sql } = withSql(settings, options.queries);
  if (sql !== settings.sql) {
    throw new BatchError('the folders were made by a version with other queries', [
      `merge them with modwaste ${settings.version}`,
    ]);
  }

  await checkCounts(folders);

  const target = new State(options.out);
  refuseExisting(target, { ...options, resume: false });
  makeFolder(options.out);
  const release = target.lock();
  events.onInterrupt(release);
  try {
    target.clear();
    const figures = new RunFigures(0);
    const cases = await writeCases(target.planPath, casesOf(merged(folders, () => undefined)));
    target.writeFacts({ fingerprint, settings, part: null, cases, list });
    const placed = merged(folders, ({ one, result }) => {
      // Kept, so that the merged batch can be resumed.
      if (result) target.results.write(result);
      const row = result ?? { digest: null, boots: 0, error: '', bytes: 0, status: 'skipped' as const };
      figures.add({ ...row, n: one.n, name: one.name, seconds: 0, reused: true });
    });
    const copies = await writeOutputs(options.out, settings, options, placed, events);
    const summary = figures.summary(settings.version, copies);
    writeSummary(options.out, summary);
    return summary;
  } finally {
    release();
  }
}

function openFolder(path: string): Folder {
  const state = new State(path);
  const facts = state.facts();
  if (!facts)
    throw new BatchError(`${path} is not a batch`, ['give the --out folders of batches with --shard']);
  return { state, facts };
}

/** Checks that the shards have the same cases and settings, and that each shard is there once. */
function checkParts(folders: readonly Folder[]): void {
  const [first] = folders;
  const parts = new Map<number, string>();
  for (const { state, facts } of folders) {
    if (!facts.part) throw new BatchError(`${state.out} is a whole batch, not a shard`);
    if (facts.list !== first?.facts.list) {
      throw new BatchError(`${state.out} and ${first?.state.out} have different inputs`);
    }
    if (facts.fingerprint !== first.facts.fingerprint || facts.part.of !== first.facts.part?.of) {
      throw new BatchError(`${state.out} and ${first.state.out} were read with different options`);
    }
    const twice = parts.get(facts.part.part);
    if (twice !== undefined) throw new BatchError(`${state.out} and ${twice} are the same shard`);
    parts.set(facts.part.part, state.out);
  }
  const of = first?.facts.part?.of ?? 0;
  const missing = Array.from({ length: of }, (_, index) => index + 1).filter((part) => !parts.has(part));
  if (missing.length > 0) {
    throw new BatchError(`missing shards: ${missing.map((part) => `${part}/${of}`).join(', ')}`);
  }
}

/** A plan that lost lines would leave out their cases. */
async function checkCounts(folders: readonly Folder[]): Promise<void> {
  for (const { state, facts } of folders) {
    let cases = 0;
    for await (const _ of readPlan(state.planPath)) cases++;
    if (cases !== facts.cases)
      damaged(`${state.planPath} is damaged: it has ${cases} of ${facts.cases} cases`);
  }
}

async function* casesOf(placed: AsyncIterable<Placed>): AsyncGenerator<BatchCase> {
  for await (const { one } of placed) yield one;
}

/** The cases of all folders in the order of the whole batch; holds one case of each folder at a time. */
async function* merged(folders: readonly Folder[], seen: (placed: Placed) => void): AsyncGenerator<Placed> {
  const heads = await Promise.all(
    folders.map(async ({ state }) => {
      const cases = readPlan(state.planPath);
      return { state, cases, next: await cases.next() };
    }),
  );
  for (;;) {
    let least: (typeof heads)[number] | null = null;
    for (const head of heads) {
      if (head.next.done) continue;
      if (!least || least.next.done || head.next.value.n < least.next.value.n) least = head;
    }
    if (!least || least.next.done) return;
    const one = least.next.value;
    const result = one.skipped === null ? least.state.results.read(one.name) : null;
    if (one.skipped === null && result === null) {
      throw new BatchError(`${least.state.out} is not finished: ${one.name} has no result`, [
        'finish it with --resume, then merge again',
      ]);
    }
    const placed = { one, result };
    seen(placed);
    yield placed;
    least.next = await least.cases.next();
  }
}
