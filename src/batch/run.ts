// SPDX-License-Identifier: Apache-2.0
/** Runs a batch: lists the cases, reads them in workers, writes the outputs. */
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { systemAdvice, systemReason } from '../model/system-error.js';
import type { Query } from '../query/head.js';
import { type BatchCase, BatchError, type CaseKind, type CaseSettings, type Outcome } from './case.js';
import { type Discovered, type DiscoverOptions, discover, identityOf } from './discover.js';
import type { BatchInput } from './list.js';
import { Looks } from './looks.js';
import { makeFolder } from './make-folder.js';
import { existingOutputs, Outputs, outputPaths, type Placed, removeStale } from './outputs.js';
import { drain, Plan, type PlanOptions, readPlan } from './plan.js';
import { Pool } from './pool.js';
import { readAll } from './read-all.js';
import { replaceFile } from './replace-file.js';
import type { Results } from './results.js';
import { fingerprintOf, State } from './state.js';
import { RunFigures, type RunSummary } from './summary.js';
import type { Work } from './task.js';
import { sourceOf, Written } from './written.js';

export interface BatchOptions extends PlanOptions {
  /** Walked once. */
  readonly inputs: AsyncIterable<BatchInput> | Iterable<BatchInput>;
  readonly stdin: AsyncIterable<Uint8Array>;
  /** The cases carry their contents: they are read as they are found. */
  readonly isStream: boolean;
  readonly kind: CaseKind;
  /** The command that reads a URL; null for none. */
  readonly fetch: readonly string[] | null;
  readonly out: string;
  readonly sqlite: string | null;
  /** Also write Parquet. */
  readonly parquet: boolean;
  readonly jobs: number;
  readonly workerBytes: number;
  readonly timeout: number;
  /** Continues an earlier run; without it, the folder must not hold one. */
  readonly resume: boolean;
  /** Reads unchanged inputs too, to see by their digests whether they changed. */
  readonly verify: boolean;
  /** Discards an earlier run. */
  readonly force: boolean;
  readonly settings: Omit<CaseSettings, 'sql'>;
  /** All canned queries; those of `settings.queries` are run. */
  readonly queries: ReadonlyMap<string, Query>;
}

export interface BatchEvents {
  /** About the state of earlier runs. */
  said(line: string): void;
  /** The cases are counted. */
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
  return locked(state, events, () => {
    if (options.force) state.clear();
    state.checkPart(options.part);
    return runLocked(state, options, events);
  });
}

/** A failed write that does not say where: all that a batch writes is in its folder, or says so itself. */
function named(error: unknown, out: string): unknown {
  const isNameless =
    error instanceof Error && 'syscall' in error && !('path' in error) && error.syscall !== 'read';
  if (!isNameless) return error;
  const what = `cannot write to ${out}: ${systemReason(error)}`;
  return new BatchError(what, [...systemAdvice(error), '--resume then continues']);
}

/** Runs the work while the state is locked. */
export async function locked<T>(
  state: State,
  { onInterrupt, said }: Pick<BatchEvents, 'onInterrupt' | 'said'>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    const lock = await state.lock(said);
    onInterrupt(() => lock.release());
    try {
      const result = await work();
      lock.check();
      return result;
    } finally {
      lock.release();
    }
  } catch (error) {
    throw named(error, state.out);
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
  const { fetch, timeout, workerBytes } = options;
  const work = { settings, fingerprint, fetch, timeout, workerBytes };
  const pool = new Pool(work, options);
  events.onInterrupt(() => pool.endCommands());
  try {
    return await runOn(pool, work, state, options, events);
  } finally {
    await pool.close();
  }
}

async function runOn(
  pool: Pool,
  { settings, fingerprint }: Pick<Work, 'settings' | 'fingerprint'>,
  state: State,
  options: BatchOptions,
  events: BatchEvents,
): Promise<RunSummary> {
  const figures = new RunFigures(options.jobs);
  const plan = new Plan(state.planPath, options);
  const found = plan.write((isOurs) =>
    discoverFor(state, options, { isOurs, said: events.said, compare: (paths) => pool.compare(paths) }),
  );
  const planned = (): void => {
    // Of another shard, nothing may be known.
    if (plan.ofAll === 0) throw new BatchError('the inputs contain no case');
    const { part } = options;
    state.writeFacts({ fingerprint, settings, part, cases: plan.cases, list: plan.list });
    events.planned(plan);
  };
  if (!options.isStream) {
    await drain(found);
    planned();
  }

  const results = state.results(fingerprint);
  for (const line of results.said) events.said(line);
  try {
    const cases = options.isStream ? found : readPlan(state.planPath);
    await readAll(cases, { results, pool }, options, (outcome) => {
      figures.add(outcome);
      events.done(outcome, figures);
    });
    // Its memory is free for the outputs.
    await pool.close();
    if (options.isStream) planned();
    results.flush();

    const written = new Written(state.folder);
    const { parquet, sqlite } = options;
    const source = (): Promise<string> =>
      sourceOf(state.planPath, results.paths, [fingerprint, parquet, sqlite]);
    let copies = written.copies(await source());
    if (copies === null) {
      events.assembling();
      const cases = placed(state.planPath, results);
      copies = await writeOutputs(options.out, settings, options, cases, events);
    }
    await results.compact(namesOf(readPlan(state.planPath)), plan.cases - plan.skipped);
    const paths = [...outputPaths(options.out, settings.queries), sqlite ?? []].flat();
    written.write(await source(), copies, paths);
    const summary = figures.summary(settings.version, copies);
    writeSummary(options.out, summary);
    return summary;
  } finally {
    results.close();
  }
}

async function* discoverFor(
  { out, looksPath }: State,
  options: BatchOptions,
  how: Pick<DiscoverOptions, 'isOurs' | 'said' | 'compare'>,
): AsyncGenerator<Discovered> {
  const { inputs, kind, stdin, verify, settings } = options;
  const exclude = identityOf(statSync(out));
  const looks = new Looks(looksPath, settings.version, { isFresh: verify });
  yield* discover(inputs, { kind, stdin, exclude, remember: looks.remember, ...how });
  looks.finish();
}

async function* namesOf(cases: AsyncIterable<BatchCase>): AsyncGenerator<string> {
  for await (const { name } of cases) yield name;
}

/** The cases of a plan with their results. */
export async function* placed(plan: string, results: Results): AsyncGenerator<Placed> {
  for await (const one of readPlan(plan)) {
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
  replaceFile(join(out, 'run.json'), `${JSON.stringify(summary, null, 2)}\n`);
}
