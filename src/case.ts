/** A case: all inputs of one bug report, read, accounted for and ready to be asked. */
import { buildCase } from './accounting/build.js';
import type { CaseModel } from './accounting/model.js';
import { Collector, type Evidence } from './ingest/collector.js';
import { INGESTERS } from './ingest/registry.js';
import { type InputOptions, openInputs } from './input/index.js';
import type { Diagnostic } from './model/diagnostic.js';
import type { Source } from './model/source.js';
import { type Progress, readEvidence } from './read.js';
import { openStore, type Store, startEngine } from './store/store.js';

export interface CaseOptions extends InputOptions {
  /** Files, directories, archives, or `-` for standard input. */
  readonly inputs: readonly string[];
  readonly onProgress?: (progress: Progress) => void;
}

export interface Case {
  readonly sources: readonly Source[];
  readonly diagnostics: readonly Diagnostic[];
  readonly detections: Evidence['detections'];
  readonly model: CaseModel;
  /** The tables, filled when first asked for. */
  store(): Promise<Store>;
}

/** Reads the inputs and does the accounting. Unreadable or unknown inputs are diagnostics, not errors. */
export async function openCase(options: CaseOptions): Promise<Case> {
  // SQLite starts while the inputs are read; a failure to start is the store's to report.
  startEngine().catch(() => undefined);
  const found = openInputs(options.inputs, options);
  return caseOf(await readEvidence(found, INGESTERS, options));
}

/** The case that some evidence makes. */
export function caseOf(evidence: Evidence): Case {
  const diagnostics = new Collector([]);
  const model = buildCase(evidence.sources, evidence.events, (source, code, line, detail, count) =>
    diagnostics.diagnose(source, code, line, detail, count),
  );
  const contents = {
    sources: evidence.sources,
    events: evidence.events,
    diagnostics: [...evidence.diagnostics, ...diagnostics.evidence().diagnostics],
    model,
  };
  let store: Promise<Store> | null = null;
  return {
    sources: contents.sources,
    diagnostics: contents.diagnostics,
    detections: evidence.detections,
    model,
    store: () => {
      store ??= openStore(contents);
      return store;
    },
  };
}
