// SPDX-License-Identifier: Apache-2.0
/** modwaste as a library: open a case, query its tables, format the results. */
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
export { type CounterValues, formatStats, type ListedModule } from './accounting/stats-table.js';
export { type Case, type CaseOptions, openCase } from './case.js';
export { DEFAULT_LIMITS, type Limits } from './input/index.js';
export { COUNTERS, type CounterName, PHASES, type Phase } from './model/counters.js';
export { DIAGNOSTICS, type Diagnostic, type DiagnosticCode, type Severity } from './model/diagnostic.js';
export type { Event, EventKind } from './model/event.js';
export type { Source } from './model/source.js';
export type { Query } from './query/head.js';
export { findQuery, loadQueries } from './query/library.js';
export type { Result, Value } from './query/result.js';
export { runQuery, runSql } from './query/run.js';
export { FORMATS, type Format, formatResult } from './report/format.js';
export { TABLES, type TableDoc } from './store/schema.js';
export type { Store } from './store/store.js';
