/** Reading one case to the rows of all outputs: the work of a worker. */
import { openCase } from '../case.js';
import { reasonOf } from '../input/disk.js';
import { printable } from '../input/label.js';
import type { Query } from '../query/head.js';
import type { Result, ResultColumn } from '../query/result.js';
import { runQuery } from '../query/run.js';
import { formatCsv } from '../report/csv.js';
import { formatNdjson } from '../report/json.js';
import type { BatchCase, CaseRow, CaseSettings, Outcome } from './case.js';
import { type Digest, digestOf } from './digest.js';
import type { CaseResult, Part, Results } from './results.js';
import type { Scratch } from './scratch.js';
import { statusOf } from './status.js';

/** The first column of every output. */
export const CASE_COLUMN: ResultColumn = { name: 'case', type: 'TEXT', unit: null };

const NO_PARAMS: ReadonlyMap<string, string> = new Map();

export interface ReadContext {
  readonly settings: CaseSettings;
  readonly fingerprint: string;
  /** Those that are asked of every case, in order. */
  readonly queries: readonly Query[];
  readonly scratch: Scratch;
  readonly results: Results;
}

/** A result could not be written: the disk's fault, and the end of the run. */
export class ResultWriteError extends Error {
  override readonly name = 'ResultWriteError';
}

/** Reads a case, unless a result of the same contents is there, and leaves its result. Never throws for the case. */
export async function doCase(one: BatchCase, context: ReadContext): Promise<Outcome> {
  const begin = performance.now();
  const seconds = (): number => (performance.now() - begin) / 1000;
  if (one.skipped !== null) return outcomeOf(one, skippedRow(one), 0, seconds());
  let result: CaseResult;
  try {
    const digest = await digestOf(one.inputs);
    const before = context.results.head(one.name);
    if (before?.digest === digest.digest && before.fingerprint === context.fingerprint) {
      return { ...outcomeOf(one, before, before.bytes, seconds()), reused: true };
    }
    result = await readSafely(one, digest, context);
  } catch (error) {
    result = failure(one, context.fingerprint, printable(reasonOf(error)));
  }
  keep(result, context.results);
  return outcomeOf(one, result, result.bytes, seconds());
}

export function outcomeOf(one: BatchCase, row: CaseRow, bytes: number, seconds: number): Outcome {
  const { name, digest, status, boots, error } = row;
  return { n: one.n, name, digest, status, boots, error, bytes, seconds, reused: false };
}

/** What cases.csv says of a case that is not meant to be read. */
export function skippedRow(one: BatchCase): CaseRow {
  return { name: one.name, digest: null, status: 'skipped', boots: 0, error: one.skipped ?? '' };
}

export function keep(result: CaseResult, results: Results): void {
  try {
    results.write(result);
  } catch (error) {
    throw new ResultWriteError(reasonOf(error));
  }
}

/** The result of a case that could not be read; it is tried again whenever the batch is resumed. */
export function failure(one: BatchCase, fingerprint: string, error: string): CaseResult {
  return {
    name: one.name,
    fingerprint,
    digest: null,
    status: 'failed',
    boots: 0,
    error,
    bytes: 0,
    parts: [],
  };
}

/** A mistake of ours must not cost the other cases: it is told, and a later run tries the case again. */
async function readSafely(one: BatchCase, digest: Digest, context: ReadContext): Promise<CaseResult> {
  try {
    return await readCase(one, digest, context);
  } catch (error) {
    const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return failure(one, context.fingerprint, printable(`internal error: ${said}`));
  }
}

async function readCase(
  one: BatchCase,
  { digest, bytes }: Digest,
  { settings, fingerprint, queries, scratch }: ReadContext,
): Promise<CaseResult> {
  const opened = await openCase({
    inputs: one.inputs,
    limits: settings.limits,
    allMembers: settings.allMembers,
    prefilter: settings.prefilter,
  });
  const parts = await scratch.use(opened.rows(), (db) =>
    queries.flatMap((query): Part[] => {
      const run = (): Result => withCase(one.name, runQuery(db, query, NO_PARAMS));
      const csv = { file: `${query.name}.csv`, rows: csvRows(run()) };
      if (!settings.ndjson) return [csv];
      return [csv, { file: `${query.name}.ndjson`, rows: bytesOf(formatNdjson(run())) }];
    }),
  );
  return {
    name: one.name,
    fingerprint,
    digest,
    ...statusOf(opened.sources, opened.diagnostics),
    boots: opened.model.boots.length,
    bytes,
    parts,
  };
}

/** The result with the case as its first column. */
function withCase(name: string, { columns, rows, empty }: Result): Result {
  function* withName(): Generator<Result['rows'] extends Iterable<infer Row> ? Row : never> {
    for (const row of rows) yield [name, ...row];
  }
  return { columns: [CASE_COLUMN, ...columns], rows: withName(), empty };
}

/** CSV without its header, which the output has once. */
function csvRows(result: Result): Uint8Array {
  return bytesOf(formatCsv(result)).subarray(csvHeader(result.columns).length);
}

export function csvHeader(columns: readonly ResultColumn[]): Uint8Array {
  return bytesOf(formatCsv({ columns, rows: [], empty: null }));
}

function bytesOf(chunks: Iterable<string>): Uint8Array {
  return Buffer.concat([...chunks].map((chunk) => Buffer.from(chunk)));
}
