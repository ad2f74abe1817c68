// SPDX-License-Identifier: Apache-2.0
/** Small hand-made evidence: events of one source, one per line, and the model that they make. */
import { buildCase } from '../../src/accounting/build.js';
import type { CaseModel } from '../../src/accounting/model.js';
import type { Phase } from '../../src/model/counters.js';
import type { DiagnosticCode } from '../../src/model/diagnostic.js';
import type { Event, ProbeFact } from '../../src/model/event.js';
import { BOOT_CLOCK, type Source } from '../../src/model/source.js';
import { findQuery, loadQueries } from '../../src/query/library.js';
import { runQuery } from '../../src/query/run.js';
import { openStore } from '../../src/store/store.js';

/** What a test says of an event; its source and line are its place. */
type Facts = { readonly [key: string]: unknown; readonly kind: Event['kind'] };

export interface GivenSource {
  readonly path?: string;
  readonly clock?: Source['clock'];
  readonly events: readonly Facts[];
}

export interface Built {
  readonly model: CaseModel;
  readonly diagnostics: readonly { code: DiagnosticCode; detail: string }[];
}

/** The model of a case of some sources. */
export function build(...given: readonly GivenSource[]): Built {
  const diagnostics: { code: DiagnosticCode; detail: string }[] = [];
  const sources = given.map(
    ({ path, clock }, index): Source => ({
      id: index + 1,
      parent: null,
      path: path ?? `source-${index + 1}`,
      kind: 'file',
      format: 'made',
      bytes: 0,
      lines: 0,
      events: 0,
      clock: clock ?? BOOT_CLOCK,
      why: '',
      status: 'read',
    }),
  );
  const events = new Map(
    given.map(({ events: said }, index) => [
      index + 1,
      said.map(
        (event, line) => ({ t: null, ...event, source: index + 1, line: line + 1 }) as unknown as Event,
      ),
    ]),
  );
  const model = buildCase(sources, events, (_source, code, _line, detail = '') =>
    diagnostics.push({ code, detail }),
  );
  return { model, diagnostics };
}

/** A row of the query phase-waste. */
export interface PhaseRow {
  readonly boot: number;
  readonly phase: Phase;
  readonly failures: bigint | null;
  readonly duplicates: bigint | null;
  readonly bytes: bigint | null;
  readonly low: bigint;
  readonly high: bigint | null;
  readonly allocations: bigint | null;
  readonly basis: string | null;
  readonly origin: string | null;
}

const QUERIES = loadQueries();

/** What phase-waste says of a model. */
export async function phasesOf(model: CaseModel): Promise<PhaseRow[]> {
  const query = findQuery(QUERIES, 'phase-waste');
  const store = await openStore({ sources: [], events: new Map(), diagnostics: [], model }, query.needs);
  const rows = [...runQuery(store.db, query, new Map()).rows];
  store.close();
  return rows.map((row) => {
    const [boot, phase, failures, duplicates, bytes, low, high, , , allocations, basis, origin, , ...span] =
      row;
    const [duplicatesLow, duplicatesHigh] = span;
    const figures = { failures, duplicates, bytes, low, high, allocations, duplicatesLow, duplicatesHigh };
    return { boot: Number(boot), phase, ...figures, basis, origin } as unknown as PhaseRow;
  });
}

/** The stage that prints a message of that reason. */
const PHASES: Readonly<Record<string, string>> = {
  elf: 'becoming',
  vermagic: 'becoming',
  signature: 'becoming',
  'unknown-symbol': 'load',
  relocation: 'load',
  percpu: 'load',
  init: 'init',
};

/** A line of a log about a load that failed. */
export function failureLine(
  reason: string,
  module: string | null,
  message = `${reason} ${module}`,
  t: bigint | null = 5n,
) {
  const phase = PHASES[reason] ?? null;
  return {
    kind: 'load-failure' as const,
    t,
    reason,
    module,
    phase,
    errno: null,
    fails: 'always',
    names: false,
    message,
  };
}

/** Writes the records of a trace; time goes on by a millisecond each. */
export class Trace {
  readonly events: Facts[] = [];
  #t = 1_000_000_000n;

  at(ms: number): this {
    this.#t = BigInt(ms) * 1_000_000n;
    return this;
  }

  #add(pid: number, fields: Facts, comm: string | null): this {
    this.#t += 1_000_000n;
    this.events.push({ t: this.#t, pid, comm, cpu: 0, ...fields });
    return this;
  }

  finit(pid: number, flags = 0, comm: string | null = '(udev-worker)'): this {
    return this.#add(pid, { kind: 'syscall-enter', call: 'finit_module', len: null, flags }, comm);
  }

  init(pid: number, len: number, comm: string | null = '(udev-worker)'): this {
    return this.#add(pid, { kind: 'syscall-enter', call: 'init_module', len, flags: null }, comm);
  }

  exit(pid: number, ret: number, call = 'finit_module', comm: string | null = '(udev-worker)'): this {
    return this.#add(pid, { kind: 'syscall-exit', call, ret }, comm);
  }

  probe(pid: number, fact: ProbeFact, comm: string | null = '(udev-worker)'): this {
    return this.#add(pid, { kind: 'probe', event: fact.fact, fact }, comm);
  }

  read(pid: number, ret: number, file: string | null = null): this {
    return this.probe(pid, { fact: 'read', file, id: 2, ret });
  }

  charge(
    pid: number,
    phase: 'becoming' | 'load',
    module: string | null,
    image: number,
    compressed = 0,
  ): this {
    return this.probe(pid, { fact: 'charge', phase, module, image, compressed, flags: 0 });
  }

  listed(pid: number, module: string, reason: 'becoming' | 'load'): this {
    return this.probe(pid, { fact: 'duplicate', module, reason });
  }

  loaded(pid: number, module: string, comm: string | null = '(udev-worker)'): this {
    return this.#add(pid, { kind: 'module-load', module, taints: '' }, comm);
  }

  request(pid: number, requested: string, comm: string, callSite = 'asker', wait = true): this {
    return this.#add(pid, { kind: 'module-request', requested, wait, callSite }, comm);
  }

  fork(pid: number, comm: string, childPid: number): this {
    return this.#add(pid, { kind: 'fork', childPid, childComm: comm }, comm);
  }

  exec(pid: number, filename: string, comm: string | null = null): this {
    return this.#add(pid, { kind: 'exec', filename }, comm);
  }

  lost(count: number | null): this {
    this.events.push({ kind: 'lost-events', t: null, cpu: 0, count });
    return this;
  }
}

/** One reading of /sys/kernel/debug/modules, whole unless said otherwise. */
export function reading(
  counters: Readonly<Record<string, number>>,
  rows: readonly (readonly [module: string, times: number, reasons: number])[] = [],
  list: 'whole' | 'cut' | 'empty' | 'absent' = rows.length > 0 ? 'whole' : 'empty',
): Facts[] {
  return [
    { kind: 'snapshot', snapshot: 0, list, label: null },
    ...Object.entries(counters).map(([counter, value]) => ({
      kind: 'counter' as const,
      snapshot: 0,
      counter,
      value: BigInt(value),
    })),
    ...rows.map(([module, times, reasons], rank) => ({
      kind: 'duplicate-row' as const,
      snapshot: 0,
      rank,
      module,
      times,
      reasons,
    })),
  ];
}

/** All eleven counters, the ones not given 0. */
export const counters = (given: Readonly<Record<string, number>>): Record<string, number> => ({
  modcount: 0,
  failed_kreads: 0,
  failed_decompress: 0,
  failed_becoming: 0,
  failed_load_modules: 0,
  total_mod_size: 0,
  total_text_size: 0,
  invalid_kread_bytes: 0,
  invalid_decompress_bytes: 0,
  invalid_becoming_bytes: 0,
  invalid_mod_bytes: 0,
  ...given,
});

export const file = (
  module: string,
  bytes: number,
  path = `/lib/modules/6.12.0/kernel/${module}.ko`,
): Facts => ({
  kind: 'module-size',
  module,
  of: path.endsWith('.ko') ? 'file' : 'compressed-file',
  bytes,
  path,
});

/** The first lines of a log of a boot. */
export const boot = (release = '6.12.0'): Facts[] => [
  { kind: 'boot-start', t: 0n, by: 'banner', bootId: null, complete: true },
  { kind: 'kernel-version', t: 0n, release, machine: null, banner: '' },
];

/** A probe of load_module. */
export const loadModule = (
  point: 'entry' | 'return',
  image: number | null = null,
  ret: number | null = null,
): ProbeFact => ({
  fact: 'load-module',
  point,
  image,
  flags: null,
  ret,
});
