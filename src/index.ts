// SPDX-License-Identifier: Apache-2.0
/**
 * modwaste as a library: open a case, query its tables, format the results.
 *
 * @example
 * import { openCase } from 'modwaste';
 *
 * const opened = await openCase({ inputs: ['trace.txt', 'dmesg.txt'] });
 * for (const { module, times, bytes } of await opened.query('duplicates')) console.log(module, times, bytes);
 *
 * @packageDocumentation
 */

export { type CounterValues, formatStats, type ListedModule } from './accounting/counters/stats-table.js';
export type {
  Attempt,
  AttributionRow,
  Basis,
  Boot,
  CaseModel,
  LedgerRow,
  Outcome,
  Request,
  RequesterKind,
} from './accounting/model.js';
export { type Case, type CaseOptions, openCase } from './case.js';
export type { Input, InputBytes, NamedInput } from './disk/inputs.js';
export type {
  ByteIngester,
  ByteSink,
  Head,
  IngestContext,
  Ingester,
  LineIngester,
  LineSink,
  RandomIngester,
  StreamIngester,
  Verdict,
} from './ingest/ingester.js';
export { DEFAULT_LIMITS, type Limits } from './input/index.js';
export { COUNTERS, type CounterName, PHASES, type Phase } from './model/counters.js';
export { DIAGNOSTICS, type Diagnostic, type DiagnosticCode, type Severity } from './model/diagnostic.js';
export type { Event, EventKind, ParsedEvent } from './model/event.js';
export type { Source } from './model/source.js';
export type { OpenedCase, RowValue } from './opened-case.js';
export { parseQuery, type Query, type QueryColumn, QueryHeadError, type QueryParam } from './query/head.js';
export { findQuery, loadQueries, UnknownQueryError } from './query/library.js';
export { ParamError } from './query/params.js';
export type { Result, ResultColumn, Value } from './query/result.js';
export type { QueryParams, QueryRows } from './query/rows.js';
export { runQuery, runSql } from './query/run.js';
export { SqlError } from './query/sql-error.js';
export { FORMATS, type Format, formatResult } from './report/format.js';
export { TABLES, type TableDoc } from './store/schema.js';
export type { Store, StoreDatabase, StoreStatement, StoreValue } from './store/types.js';
