// SPDX-License-Identifier: Apache-2.0
/**
 * The tables of a case: the one place for DDL and documentation. All tables are STRICT. Times are integers
 * in `t_ns` columns: nanoseconds since boot, or ticks where `clock` is `ticks`.
 */

import { GROUPED_TABLES } from './grouped.js';
import type { TableDoc } from './table.js';
import { ACCOUNT_TABLES } from './tables-accounts.js';
import { CONTEXT_TABLES } from './tables-context.js';
import { EVIDENCE_TABLES } from './tables-evidence.js';
import { HELD_TABLES } from './tables-held.js';
import { REMEDY_TABLES } from './tables-remedies.js';

export { ddl, type TableDoc } from './table.js';

/** In reading order. */
export const TABLES: readonly TableDoc[] = [
  ...EVIDENCE_TABLES,
  ...ACCOUNT_TABLES,
  ...GROUPED_TABLES,
  ...HELD_TABLES,
  ...REMEDY_TABLES,
  ...CONTEXT_TABLES,
];
