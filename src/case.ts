// SPDX-License-Identifier: Apache-2.0
/** Opens a case from files, directories and archives on disk, or from standard input. */
import { type Case, caseOf } from './case-of.js';
import { openInputs } from './disk/walk.js';
import { PLACES } from './ingest/layouts/index.js';
import { INGESTERS } from './ingest/registry.js';
import type { InputOptions } from './input/index.js';
import { type Progress, readEvidence } from './read.js';
import { startEngine } from './store/store.js';

export { type Case, caseOf } from './case-of.js';
export { LAYOUTS } from './ingest/layouts/index.js';

export interface CaseOptions extends InputOptions {
  /** Files, directories, archives, or `-` for standard input. */
  readonly inputs: readonly string[];
  /** Skip lines that cannot matter. Results are the same; by default on if it saves time. */
  readonly prefilter?: boolean | 'auto';
  readonly onProgress?: (progress: Progress) => void;
}

/** Reads the inputs and does the accounting. Unreadable or unknown inputs are diagnostics, not errors. */
export async function openCase(options: CaseOptions): Promise<Case> {
  // SQLite starts while the inputs are read; the store reports a failure to start.
  startEngine().catch(() => undefined);
  const found = openInputs(options.inputs, { places: PLACES, ...options });
  return caseOf(await readEvidence(found, INGESTERS, options));
}
