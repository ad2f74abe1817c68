// SPDX-License-Identifier: Apache-2.0
/** A case: all inputs of one bug report, read, accounted for, and ready for queries. */
import { buildCase } from './accounting/build.js';
import type { CaseModel } from './accounting/model.js';
import { Collector, type Evidence } from './ingest/collector.js';
import type { Diagnostic, DiagnosticCode } from './model/diagnostic.js';
import type { Source } from './model/source.js';
import { ReadingLimits } from './read-limits.js';
import { endEngine } from './store/engine.js';
import { tableRows } from './store/rows.js';
import { openStore } from './store/store.js';
import type { Row } from './store/table.js';
import type { Store, Within } from './store/types.js';

/** The evidence of a case after the accounting, before it is asked. */
export interface Case {
  readonly sources: readonly Source[];
  readonly diagnostics: readonly Diagnostic[];
  readonly detections: Evidence['detections'];
  readonly model: CaseModel;
  /** The store with these tables, or all, filled on first use. */
  store(tables?: readonly string[]): Promise<Store>;
  /** The rows of each table by name, for another database. */
  rows(): Readonly<Record<string, () => Iterable<Row>>>;
  /** Frees the store's memory, for programs that open many cases; a later question fills another one. */
  close(): Promise<void>;
}

/** A log without its start loses nothing if another log has it: a rotated log, a wrapped ring buffer and the journal. */
function isContinued({ code, source }: Diagnostic, continued: readonly number[]): boolean {
  return code === 'log-beginning-missing' && source !== null && continued.includes(source);
}

function codesBySource(diagnostics: readonly Diagnostic[]): Map<number, Set<DiagnosticCode>> {
  const codes = new Map<number, Set<DiagnosticCode>>();
  for (const { source, code } of diagnostics) {
    if (source === null) continue;
    const known = codes.get(source);
    if (known) known.add(code);
    else codes.set(source, new Set([code]));
  }
  return codes;
}

/** Ends what takes too long, and with it SQLite, which may have been in its midst. */
export function queriesWithin(limits: ReadingLimits): Within {
  return (where, work) => {
    const done = limits.within(() => ({ value: work() }));
    if (done) return done.value;
    endEngine();
    throw limits.timeOver(where);
  };
}

/** Builds the case from evidence, and its results while there is time. */
export function caseOf(evidence: Evidence, limits = new ReadingLimits()): Case {
  const diagnostics = new Collector([]);
  const model = buildCase(
    evidence.sources,
    evidence.events,
    (source, code, line, detail, count) => diagnostics.diagnose(source, code, line, detail, count),
    codesBySource(evidence.diagnostics),
    limits,
  );
  const contents = {
    sources: evidence.sources,
    events: evidence.events,
    diagnostics: [
      ...evidence.diagnostics.filter((one) => !isContinued(one, model.continued)),
      ...diagnostics.evidence().diagnostics,
    ],
    model,
  };
  const within = queriesWithin(limits);
  let store: Promise<Store> | null = null;
  return {
    sources: contents.sources,
    diagnostics: contents.diagnostics,
    detections: evidence.detections,
    model,
    store: async (tables) => {
      store ??= openStore(contents, []);
      const { db, ...opened } = await store;
      within('the tables', () => opened.fill(tables));
      return { ...opened, db: { run: (sql) => db.run(sql), prepare: (sql) => db.prepare(sql), within } };
    },
    rows: () => tableRows(contents),
    close: async () => {
      const opened = store;
      store = null;
      (await opened)?.close();
    },
  };
}
