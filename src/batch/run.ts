// SPDX-License-Identifier: Apache-2.0
/** Runs a batch: lists the cases, reads them in workers, writes the outputs. */
import { createHash } from 'node:crypto';
import { renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Query } from '../query/head.js';
import { type BatchCase, BatchError, type CaseKind, type CaseSettings, type Outcome } from './case.js';
import { discover, identityOf } from './discover.js';
import { makeFolder } from './make-folder.js';
import { existingOutputs, Outputs, type Placed, removeStale } from './outputs.js';
import { type Plan, type PlanOptions, readPlan, writePlan } from './plan.js';
import { Pool } from './pool.js';
import type { Results } from './results.js';
import { fingerprintOf, State } from './state.js';
import { RunFigures, type RunSummary } from './summary.js';

export interface BatchOptions extends PlanOptions {
  /** Paths; walked once. */
  readonly inputs: AsyncIterable<string> | Iterable<string>;
  readonly kind: CaseKind;
  readonly out: string;
  readonly sqlite: string | null;
  /** Also write Parquet. */
  readonly parquet: boolean;
  readonly jobs: number;
  readonly workerBytes: number;
  readonly timeout: number;
  /** Continues an earlier run; without it, the folder must not hold one. */
  readonly resume: boolean;
  /** Discards an earlier run. */
  readonly force: boolean;
  readonly settings: Omit<CaseSettings, 'sql'>;
  /** All canned queries; those of `settings.queries` are run. */
  readonly queries: ReadonlyMap<string, Query>;
}

export interface BatchEvents {
  /** The cases are counted, and reading starts. */
  planned(plan: Pick<Plan, 'cases' | 'files' | 'repeated'>): void;
  done(outcome: Outcome, figures: RunFigures): void;
  /** All cases are read; the outputs are being written. */
  assembling(): void;
  /** Registers synchronous cleanup for an interrupted run. */
  onInterrupt(cleanup: () => void): void;
}

export function withSql(
  settings: Omit<CaseSettings, 'sql'>,
  queries: ReadonlyMap<string, Query>,
): CaseSettings {
  const hash = createHash('sha256');
  for (const name of settings.queries) hash.update(`${name}\n${queries.get(name)?.sql ?? ''}\n`);
  return { ...settings, sql: hash.digest('hex') };
}

export async function runBatch(options: BatchOptions, events: BatchEvents): Promise<RunSummary> {
  const state = new State(options.out);
  refuseExisting(state, options);
  makeFolder(options.out);
  const release = state.lock();
  events.onInterrupt(release);
  try {
    if (options.force) state.clear();
    return await runLocked(state, options, events);
  } finally {
    release();
  }
}

export function refuseExisting(
  state: State,
  { out, resume, force, queries }: Pick<BatchOptions, 'out' | 'resume' | 'force' | 'queries'>,
): void {
  const stats = statSync(out, { throwIfNoEntry: false });
  if (stats && !stats.isDirectory()) throw new BatchError(`cannot write to ${out}: not a directory`);
  if (force || (resume && state.exists)) return;
  if (state.exists) {
    throw new BatchError(`${out} holds an earlier batch`, [
      '--resume continues it and reads only what changed; --force starts over',
    ]);
  }
  const [existing] = existingOutputs(out, queries.keys());
  if (existing !== undefined) {
    throw new BatchError(`${join(out, existing)} already exists`, [
      '--force replaces it; or choose another folder',
    ]);
  }
}

async function runLocked(state: State, options: BatchOptions, events: BatchEvents): Promise<RunSummary> {
  const settings = withSql(options.settings, options.queries);
  const fingerprint = fingerprintOf(settings);
  const figures = new RunFigures(options.jobs);

  const where = { kind: options.kind, exclude: identityOf(statSync(options.out)) };
  const plan = await writePlan(state.planPath, discover(options.inputs, where), options);
  if (plan.ofAll === 0) throw new BatchError('the inputs contain no case');
  state.writeFacts({ fingerprint, settings, part: options.part, cases: plan.cases, list: plan.list });
  events.planned(plan);

  const { jobs, workerBytes, timeout } = options;
  const pool = new Pool({ jobs, settings, fingerprint, results: state.resultsFolder, workerBytes, timeout });
  try {
    await pool.doAll(readPlan(state.planPath), (outcome) => {
      figures.add(outcome);
      events.done(outcome, figures);
    });
  } finally {
    await pool.close();
  }

  events.assembling();
  const cases = placed(readPlan(state.planPath), state.results);
  const copies = await writeOutputs(options.out, settings, options, cases, events);
  state.results.sweep(plan.has);
  const summary = figures.summary(settings.version, copies);
  writeSummary(options.out, summary);
  return summary;
}

/** The cases of a plan with their results. */
async function* placed(cases: AsyncIterable<BatchCase>, results: Results): AsyncGenerator<Placed> {
  for await (const one of cases) {
    const result = one.skipped === null ? results.read(one.name) : null;
    if (one.skipped === null && result === null) {
      throw new BatchError(`the result of ${one.name} is damaged`, ['--resume reads the case again']);
    }
    yield { one, result };
  }
}

/** Writes the outputs, and removes other outputs of earlier runs; gives the number of cases that equal an earlier one. */
export async function writeOutputs(
  out: string,
  settings: CaseSettings,
  options: Pick<BatchOptions, 'sqlite' | 'parquet' | 'queries'>,
  cases: AsyncIterable<Placed>,
  events: Pick<BatchEvents, 'onInterrupt'>,
): Promise<number> {
  const queries = settings.queries.flatMap((name) => options.queries.get(name) ?? []);
  const { ndjson, version } = settings;
  const { sqlite, parquet } = options;
  const outputs = new Outputs({ out, queries, ndjson, parquet, version, sqlite });
  events.onInterrupt(() => outputs.discard());
  await outputs.writeAll(cases);
  removeStale(out, options.queries.keys(), { queries: settings.queries, ndjson, parquet });
  return outputs.repeated;
}

/** Written last: where it exists, the set of files is complete. */
export function writeSummary(out: string, summary: RunSummary): void {
  const path = join(out, 'run.json');
  writeFileSync(`${path}.tmp`, `${JSON.stringify(summary, null, 2)}\n`);
  renameSync(`${path}.tmp`, path);
}
