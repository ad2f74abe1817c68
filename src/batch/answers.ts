// SPDX-License-Identifier: Apache-2.0
/** Runs the batch's queries on each case and formats the results as rows of the output files. */
import type { Query, QueryColumn } from '../query/head.js';
import type { Result, ResultColumn, Value } from '../query/result.js';
import { formatCsv } from '../report/csv.js';
import { formatNdjson } from '../report/json.js';
import type { Within } from '../store/types.js';
import type { Part } from './frame.js';
import { type CaseRows, Scratch } from './scratch.js';

/** The first column of every output. */
export const CASE_COLUMN: QueryColumn = { name: 'case', type: 'TEXT', unit: null, meaning: 'the case' };

const NO_ROWS = new Uint8Array(0);

/** A query, with what all its results share. */
interface Question {
  readonly query: Query;
  readonly columns: readonly ResultColumn[];
  readonly headerBytes: number;
}

export class Questions {
  readonly #questions: readonly Question[];
  readonly #ndjson: boolean;
  readonly #scratch: Scratch;

  constructor(queries: readonly Query[], ndjson: boolean) {
    this.#questions = queries.map((query) => {
      const columns = [CASE_COLUMN, ...query.columns];
      return { query, columns, headerBytes: csvHeader(columns).length };
    });
    this.#ndjson = ndjson;
    this.#scratch = new Scratch(queries);
  }

  /** The results of all queries for the case of that name. */
  ask(name: string, rows: CaseRows, within?: Within): Promise<Part[]> {
    const ask = (answer: (query: Query) => Iterable<readonly Value[]>): Part[] =>
      this.#questions.flatMap(({ query, columns, headerBytes }): Part[] => {
        const result = (): Result => ({ columns, rows: withName(name, answer(query)), empty: null });
        const csv = csvRows(result(), headerBytes);
        const parts = [{ file: `${query.name}.csv`, rows: csv }];
        if (!this.#ndjson) return parts;
        const ndjson = csv.length === 0 ? NO_ROWS : bytesOf(formatNdjson(result()));
        return [...parts, { file: `${query.name}.ndjson`, rows: ndjson }];
      });
    return this.#scratch.use(rows, ask, within);
  }
}

/** The rows with the case in the first column. */
function* withName(name: string, rows: Iterable<readonly Value[]>): Generator<readonly Value[]> {
  for (const row of rows) yield [name, ...row];
}

/** CSV rows without the header, which an output file holds once. */
function csvRows(result: Result, headerBytes: number): Uint8Array {
  return bytesOf(formatCsv(result)).subarray(headerBytes);
}

export function csvHeader(columns: readonly ResultColumn[]): Uint8Array {
  return bytesOf(formatCsv({ columns, rows: [], empty: null }));
}

function bytesOf(chunks: Iterable<string>): Uint8Array {
  const parts = Array.from(chunks, (chunk) => Buffer.from(chunk));
  const [only] = parts;
  return only && parts.length === 1 ? only : Buffer.concat(parts);
}
