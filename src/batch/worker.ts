/** What runs inside each worker: a few cases at a time; SQLite and the queries stay loaded between them. */
import { loadQueries } from '../query/library.js';
import { Questions } from './answers.js';
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

interface Tools {
  readonly questions: Questions;
  readonly results: Results;
}

/** All tasks of a worker are of one run, which asks the same of every case and keeps the results in one place. */
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
    for (const one of task.cases) outcomes.push(await doCase(one, context));
  } catch (error) {
    if (!(error instanceof ResultWriteError)) throw error;
    return { outcomes, fault: error.message };
  }
  return { outcomes, fault: null };
}
