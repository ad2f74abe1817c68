// SPDX-License-Identifier: Apache-2.0
/** What one statement or canned query of the shell prints. */
import type { Database } from '../../query/database.js';
import { findQuery } from '../../query/library.js';
import { runQuery, runSql } from '../../query/run.js';
import { type Format, formatResult } from '../../report/format.js';
import { packagedQueries } from '../context.js';
import { collect } from '../files.js';
import { styleFor } from '../messages.js';

/** SQL, or the name of a canned query with its parameters. */
export type Asked =
  | { readonly sql: string }
  | { readonly query: string; readonly params: ReadonlyMap<string, string> };

export interface Looks {
  readonly format: Format;
  readonly color: boolean;
  /** Columns of the terminal; null where it is none. */
  readonly width: number | null;
}

export interface Part {
  readonly kind: 'text' | 'note';
  readonly text: string;
}

/** To the thread that answers: a question, or that the last part was printed. */
export type ToWorker = { readonly asked: Asked; readonly looks: Looks } | 'next';
/** A part, the lines of an error, or that the answer is complete. */
export type FromWorker = Part | { readonly error: readonly string[] } | 'done';

/** The result in the chosen format, computed while it is taken; a note where it is empty. */
export function* answer(db: Database, asked: Asked, { format, color, width }: Looks): Generator<Part> {
  const result =
    'sql' in asked
      ? runSql(db, 'SQL', asked.sql)
      : runQuery(db, findQuery(packagedQueries(), asked.query), asked.params);
  let rows = 0;
  function* counted() {
    for (const row of result.rows) {
      rows++;
      yield row;
    }
  }
  const text = { width, header: styleFor(color).bold };
  for (const chunk of collect(formatResult({ ...result, rows: counted() }, format, text))) {
    yield { kind: 'text', text: String(chunk) };
  }
  if (rows === 0) yield { kind: 'note', text: `no rows: ${result.empty ?? 'the SQL returned none'}` };
}
