// SPDX-License-Identifier: Apache-2.0
/** The worker: reads a few cases per task; SQLite and the queries stay loaded between tasks. */
import { loadQueries } from '../query/library.js';
import { Questions } from './answers.js';
import type { BatchCase, CaseSettings, Outcome } from './case.js';
import { processCase, ResultWriteError } from './read-case.js';
import { Results } from './results.js';

export interface Task {
  readonly cases: readonly BatchCase[];
  readonly settings: CaseSettings;
  readonly fingerprint: string;
  /** Folder of the results. */
  readonly results: string;
}

export interface Done {
  readonly outcomes: readonly Outcome[];
  /** The error writing results, which ends the run; null for none. */
  readonly fault: string | null;
}

interface Tools {
  readonly questions: Questions;
  readonly results: Results;
}

/** All tasks of a worker belong to one run: the same queries, the same folder of results. */
let tools: Tools | null = null;

function toolsFor({ settings, results }: Task): Tools {
  const known = loadQueries();
  const queries = settings.queries.flatMap((name) => known.get(name) ?? []);
  return { questions: new Questions(queries, settings.ndjson), results: new Results(results) };
}

export default async function work(task: Task): Promise<Done> {
  tools ??= toolsFor(task);
  const context = { settings: task.settings, fingerprint: task.fingerprint, ...tools };
  const outcomes: Outcome[] = [];
  try {
    for (const one of task.cases) outcomes.push(await processCase(one, context));
  } catch (error) {
    if (!(error instanceof ResultWriteError)) throw error;
    return { outcomes, fault: error.message };
  }
  return { outcomes, fault: null };
}
