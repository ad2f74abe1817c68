// SPDX-License-Identifier: Apache-2.0
/** Opens a case from files, directories and archives on disk, or from standard input. */
import { caseOf } from './case-of.js';
import type { Input } from './disk/inputs.js';
import { openInputs } from './disk/walk.js';
import type { Ingester } from './ingest/ingester.js';
import { PLACES } from './ingest/layouts/index.js';
import { INGESTERS } from './ingest/registry.js';
import type { InputOptions } from './input/index.js';
import { type OpenedCase, withQueries } from './opened-case.js';
import type { Query } from './query/head.js';
import { type Progress, readEvidence } from './read.js';
import { ReadingLimits } from './read-limits.js';
import { startEngine } from './store/engine.js';

export { type Case, caseOf } from './case-of.js';
export { LAYOUTS } from './ingest/layouts/index.js';

/** What to read, and how. */
export interface CaseOptions extends InputOptions {
  /** Files, directories, archives, `-` for standard input, or bytes and streams with a name. */
  readonly inputs: readonly Input[];
  /** Formats of your own, besides those that modwaste knows. */
  readonly ingesters?: readonly Ingester[];
  /** Queries of your own (`parseQuery`), for `OpenedCase.query`. */
  readonly queries?: readonly Query[];
  /** Skip lines that cannot matter. Results are the same; by default on if it saves time. */
  readonly prefilter?: boolean | 'auto';
  /** Keep the formats of each source that were recognised and not chosen, in `detections`. */
  readonly explain?: boolean;
  readonly onProgress?: (progress: Progress) => void;
}

/**
 * Reads the inputs and does the accounting. Unreadable or unknown inputs are diagnostics, not errors.
 *
 * @throws TypeError where a format has the name or the priority of another.
 * @example
 * const opened = await openCase({ inputs: ['trace.txt', { name: 'dmesg.gz', bytes }] });
 * for (const { phase, bytes } of await opened.query('phase-waste')) console.log(phase, bytes);
 */
export async function openCase(options: CaseOptions): Promise<OpenedCase> {
  // SQLite starts while the inputs are read; the store reports a failure to start.
  startEngine().catch(() => undefined);
  const found = openInputs(options.inputs, { places: PLACES, ...options });
  const limits = new ReadingLimits(options.limits);
  const evidence = await readEvidence(found, withOwn(options.ingesters), options, limits);
  return withQueries(caseOf(evidence, limits), options.queries ?? []);
}

/** The known formats and the caller's; a tie between two would make detection depend on their order. */
function withOwn(own: readonly Ingester[] = []): readonly Ingester[] {
  const all = [...INGESTERS];
  for (const one of own) {
    const other = all.find(({ name, priority }) => name === one.name || priority === one.priority);
    if (other)
      throw new TypeError(`ingester ${one.name}: name or priority ${one.priority} is taken by ${other.name}`);
    all.push(one);
  }
  return all;
}
