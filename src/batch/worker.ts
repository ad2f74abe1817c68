// SPDX-License-Identifier: Apache-2.0
/** The worker: reads a few cases per task; SQLite and the queries stay loaded between tasks. */
import { loadQueries } from '../query/library.js';
import { Questions } from './answers.js';
import type { CaseSettings } from './case.js';
import { type CaseHead, type CaseResult, packFrame } from './frame.js';
import { readCase } from './read-case.js';
import type { Answer, Done, Task } from './task.js';

export { casesOfSeveral } from './siblings.js';

let questions: Questions | null = null;

/** All tasks of a worker belong to one run. */
function questionsFor({ queries, ndjson }: CaseSettings): Questions {
  const known = loadQueries();
  return new Questions(
    queries.flatMap((name) => known.get(name) ?? []),
    ndjson,
  );
}

export default async function read({ work, group, cases }: Task): Promise<Done> {
  questions ??= questionsFor(work.settings);
  const answers: Answer[] = [];
  const results: CaseResult[] = [];
  for (const { one, known } of cases) {
    const start = performance.now();
    const { result, stamp } = await readCase(one, known, { ...work, group, questions });
    if (result) results.push(result);
    const { parts: _, ...head } = result ?? { parts: null };
    answers.push({
      head: result && (head as CaseHead),
      stamp,
      seconds: (performance.now() - start) / 1000,
    });
  }
  return { answers, frame: results.length > 0 ? packFrame(work.fingerprint, results) : null };
}
