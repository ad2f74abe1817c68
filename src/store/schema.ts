/**
 * The tables of a case: one place for the DDL and for its documentation. All tables are STRICT. Times are integers
 * in `t_ns` columns: nanoseconds since boot, or bare ticks where `clock` is `ticks`.
 */
import type { TableDoc } from './table.js';
import { ACCOUNT_TABLES } from './tables-accounts.js';
import { CONTEXT_TABLES } from './tables-context.js';
import { EVIDENCE_TABLES } from './tables-evidence.js';

export { type ColumnDoc, type ColumnType, ddl, type TableDoc } from './table.js';

/** In the order in which one would read them. */
export const TABLES: readonly TableDoc[] = [...EVIDENCE_TABLES, ...ACCOUNT_TABLES, ...CONTEXT_TABLES];
