// SPDX-License-Identifier: Apache-2.0
/** Reads the cases of a plan into the results, by workers; what is known already is not read again. */
import { systemAdvice, systemReason } from '../model/system-error.js';
import { type BatchCase, BatchError, type Outcome } from './case.js';
import type { CaseHead } from './frame.js';
import type { Pool } from './pool.js';
import { failure, namesOf, skippedRow, stampOfCase } from './read-case.js';
import type { Results } from './results.js';
import type { Asked, Done } from './task.js';

export interface ReadOptions {
  readonly jobs: number;
  /** Reads all inputs to see whether they changed. */
  readonly verify: boolean;
}

/** As many cases share a frame, unless they take so long that a run that is killed would lose much. */
const MOST_CASES = 16;
const CHUNK_SECONDS = 0.5;
/** Of cases that carry their contents. */
const CHUNK_BYTES = 16 * 1024 ** 2;

/** Calls `done` for each case, in order of completion. Holds only the running cases. */
export async function readAll(
  cases: AsyncIterable<BatchCase>,
  { results, pool }: { readonly results: Results; readonly pool: Pick<Pool, 'read'> },
  { jobs, verify }: ReadOptions,
  done: (outcome: Outcome) => void,
): Promise<void> {
  const running = new Set<Promise<void>>();
  let failed: unknown = null;
  let secondsPerCase = CHUNK_SECONDS / 4;
  const keep = (chunk: readonly Asked[], { answers, frame }: Done): void => {
    const heads = answers.flatMap(({ head }) => head ?? []);
    if (frame) append(results, heads, frame);
    for (const [index, { head, stamp, seconds }] of answers.entries()) {
      secondsPerCase += (seconds - secondsPerCase) / MOST_CASES;
      const name = chunk[index]?.one.name ?? '';
      done(head ? { ...rowOf(head), seconds, reused: false } : unchanged(results, name, stamp, seconds));
    }
  };
  const start = (chunk: readonly Asked[]): void => {
    const work = pool
      .read(chunk)
      .then((all) => {
        let at = 0;
        for (const one of all) {
          keep(chunk.slice(at, at + one.answers.length), one);
          at += one.answers.length;
        }
      })
      .catch((error: unknown) => {
        failed ??= error;
      })
      .finally(() => running.delete(work));
    running.add(work);
  };
  let chunk: Asked[] = [];
  let bytes = 0;
  const startChunk = async (): Promise<void> => {
    // Waiting for a worker would count against the time limit of a case.
    if (running.size >= jobs) await Promise.race(running);
    start(chunk);
    chunk = [];
    bytes = 0;
  };
  for await (const one of cases) {
    if (failed !== null) break;
    const before = knownOf(one, results);
    const settled = settle(one, before, verify);
    if (settled) {
      if (one.fault !== undefined) {
        const result = failure(one, one.fault);
        append(results, [result], results.pack([result]));
      }
      done(settled);
      continue;
    }
    chunk.push({ one, known: before?.digest ?? null });
    bytes += one.bytes?.length ?? 0;
    const most = Math.min(MOST_CASES, CHUNK_SECONDS / secondsPerCase);
    if (chunk.length >= most || bytes >= CHUNK_BYTES) await startChunk();
  }
  if (failed === null && chunk.length > 0) await startChunk();
  await Promise.all(running);
  if (failed !== null) throw failed;
}

const rowOf = ({
  name,
  digest,
  status,
  boots,
  error,
  bytes,
}: CaseHead): Omit<Outcome, 'seconds' | 'reused'> => ({
  ...{ name, digest, status, boots, error, bytes },
});

/** What is known of a case, of the same files. */
function knownOf(one: BatchCase, results: Results): CaseHead | null {
  const before = results.head(one.name);
  return before?.names === namesOf(one) ? before : null;
}

/** The outcome of a case that no worker has to see. */
function settle(one: BatchCase, before: CaseHead | null, verify: boolean): Outcome | null {
  const at = { seconds: 0, reused: false };
  if (one.skipped !== null) return { ...skippedRow(one), bytes: 0, ...at };
  if (one.fault !== undefined) return { ...rowOf(failure(one, one.fault)), ...at };
  if (!before || before.digest === null) return null;
  const isSame =
    one.sha256 === undefined
      ? !verify && before.stamp !== null && before.stamp === stampOfCase(one)
      : before.digest === one.sha256;
  return isSame ? { ...rowOf(before), ...at, reused: true } : null;
}

/** The outcome of a case with the contents of before, whose new stamp spares the next run reading them. */
function unchanged(results: Results, name: string, stamp: string | null, seconds: number): Outcome {
  const before = results.read(name);
  if (!before) throw new BatchError(`the result of ${name} is damaged`, ['--resume reads the case again']);
  if (stamp !== null && stamp !== before.stamp) {
    const result = { ...before, stamp };
    append(results, [result], results.pack([result]));
  }
  return { ...rowOf(before), seconds, reused: true };
}

function append(results: Results, heads: readonly CaseHead[], frame: Uint8Array): void {
  try {
    results.append(heads, frame);
  } catch (error) {
    throw new BatchError(`cannot write to ${results.folder}: ${systemReason(error)}`, [
      ...systemAdvice(error),
      '--resume then continues; what was read until now is kept',
    ]);
  }
}
