/** What runs inside each worker: a few cases at a time; SQLite and the queries stay loaded between them. */
import type { Query } from '../query/head.js';
import { loadQueries } from '../query/library.js';
import type { BatchCase, CaseSettings, Outcome } from './case.js';
import { doCase, ResultWriteError } from './read-case.js';
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
  /** Why results cannot be written, which ends the run; null where they can. */
  readonly fault: string | null;
}

let queries: ReadonlyMap<string, Query> | null = null;

export default async function work(task: Task): Promise<Done> {
  queries ??= loadQueries();
  const context = {
    settings: task.settings,
    fingerprint: task.fingerprint,
    queries,
    results: new Results(task.results),
  };
  const outcomes: Outcome[] = [];
  try {
    for (const one of task.cases) outcomes.push(await doCase(one, context));
  } catch (error) {
    if (!(error instanceof ResultWriteError)) throw error;
    return { outcomes, fault: error.message };
  }
  return { outcomes, fault: null };
}
