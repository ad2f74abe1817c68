// SPDX-License-Identifier: Apache-2.0
/** Merges the shards of a batch (`--shard`) as if one run had read them all. */
import type { Query } from '../query/head.js';
import { type BatchCase, BatchError } from './case.js';
import { KeyMap, nameDigest } from './key-map.js';
import { makeFolder } from './make-folder.js';
import { damaged, readPlan, writeCases } from './plan.js';
import { skippedRow } from './read-case.js';
import type { Results } from './results.js';
import {
  type BatchEvents,
  locked,
  placed,
  refuseExisting,
  withSql,
  writeOutputs,
  writeSummary,
} from './run.js';
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
  events: Pick<BatchEvents, 'onInterrupt' | 'said'>,
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
  return locked(target, events, async () => {
    target.clear();
    const results = target.results(fingerprint);
    try {
      for (const { state } of folders) results.adopt(state.resultsFolder);
      for (const line of results.said) events.said(line);
      const plan = writeCases(target.planPath, merged(folders, results));
      const figures = new RunFigures(0);
      let cases = 0;
      for await (const one of plan) {
        cases++;
        const head = results.head(one.name) ?? { ...skippedRow(one), bytes: 0 };
        figures.add({ ...head, seconds: 0, reused: true });
      }
      // What was adopted is kept, so that the merged batch can be resumed.
      target.writeFacts({ fingerprint, settings, part: null, cases, list });
      const all = placed(target.planPath, results);
      const copies = await writeOutputs(options.out, settings, options, all, events);
      const summary = figures.summary(settings.version, copies);
      writeSummary(options.out, summary);
      return summary;
    } catch (error) {
      target.clear();
      throw error;
    } finally {
      results.close();
    }
  });
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

/** The cases of all folders in the order of the whole batch; holds one case of each folder at a time. */
async function* merged(folders: readonly Folder[], results: Results): AsyncGenerator<BatchCase> {
  const heads = await Promise.all(
    folders.map(async ({ state }) => {
      const cases = readPlan(state.planPath);
      return { state, cases, next: await cases.next() };
    }),
  );
  const seen = new KeyMap();
  for (;;) {
    let least: { readonly head: (typeof heads)[number]; readonly one: BatchCase } | null = null;
    for (const head of heads) {
      if (head.next.done) continue;
      if (!least || isBefore(head.next.value, least.one)) least = { head, one: head.next.value };
    }
    if (!least) return;
    const { head, one } = least;
    head.next = await head.cases.next();
    // Two lines of a list may hold a case, in two shards.
    const digest = nameDigest(one.name);
    if (seen.get(digest) !== undefined) continue;
    seen.set(digest, 0);
    if (one.skipped === null && !results.head(one.name)) {
      throw new BatchError(`${head.state.out} is not finished: ${one.name} has no result`, [
        'finish it with --resume, then merge again',
      ]);
    }
    yield one;
  }
}

const isBefore = ({ at: [a, i] }: BatchCase, { at: [b, j] }: BatchCase): boolean =>
  a < b || (a === b && i < j);
