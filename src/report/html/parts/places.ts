// SPDX-License-Identifier: Apache-2.0
/** For sums over calls: the call that cost most, as the line of evidence to look at first. */
import type { Attempt, CaseModel, Cite } from '../../../accounting/model.js';
import type { CounterName, Phase } from '../../../model/counters.js';

const requesterKey = (requester: string, comm: string | null, callSite: string | null): string =>
  JSON.stringify([requester, comm, callSite]);

/** Stands for the phase of calls whose phase is not known. */
const UNKNOWN_PHASE = '';

/** Places in the evidence of one boot, for the rows of its tables. */
export class Places {
  readonly #byPhase = new Map<string, Attempt>();
  readonly #byModule = new Map<string, Attempt>();
  readonly #byRequester = new Map<string, Attempt>();
  readonly #counters = new Map<CounterName, Cite>();
  readonly #listed = new Map<string, Cite>();
  readonly #requests = new Map<string, Cite>();
  readonly #loads = new Map<string, Cite>();
  readonly #failures = new Map<string, { readonly wasted: bigint; readonly cite: Cite }>();

  constructor(model: CaseModel, boot: number) {
    for (const attempt of model.attempts) {
      if (attempt.boot !== boot) continue;
      const { phase, module, outcome, requester, comm, callSite } = attempt;
      if (phase !== null) keep(this.#byPhase, phase, attempt);
      else if (outcome === 'duplicate' || outcome === 'failed') keep(this.#byPhase, UNKNOWN_PHASE, attempt);
      if (module !== null && outcome === 'duplicate') keep(this.#byModule, module, attempt);
      keep(this.#byRequester, requesterKey(requester, comm, callSite), attempt);
    }
    for (const { boot: of, module, wasted, cite } of model.failures) {
      if (of !== boot || module === null) continue;
      const known = this.#failures.get(module);
      if (!known || (wasted ?? 0n) > known.wasted) this.#failures.set(module, { wasted: wasted ?? 0n, cite });
    }
    const last = model.snapshots.filter((snapshot) => snapshot.boot === boot).at(-1);
    for (const [counter, { cite }] of last?.counters ?? []) this.#counters.set(counter, cite);
    for (const { module, cite } of last?.rows ?? []) if (cite) this.#listed.set(module, cite);
    for (const { boot: of, requested, cite } of model.requests) {
      if (of === boot && !this.#requests.has(requested)) this.#requests.set(requested, cite);
    }
    for (const { boot: of, module, cite } of model.loads) {
      if (of === boot && cite && !this.#loads.has(module)) this.#loads.set(module, cite);
    }
  }

  phase(phase: Phase): Cite | null {
    return this.#byPhase.get(phase)?.cite ?? null;
  }

  /** The most expensive failed call whose phase is not known. */
  unknownPhase(): Cite | null {
    return this.#byPhase.get(UNKNOWN_PHASE)?.cite ?? null;
  }

  duplicate(module: string): Cite | null {
    return this.#byModule.get(module)?.cite ?? null;
  }

  /** The most expensive failure of a module that is not a duplicate. */
  failure(module: string): Cite | null {
    return this.#failures.get(module)?.cite ?? null;
  }

  /** Row of the kernel's duplicate list. */
  listed(module: string): Cite | null {
    return this.#listed.get(module) ?? null;
  }

  requester(requester: string, comm: string | null, callSite: string | null): Cite | null {
    return this.#byRequester.get(requesterKey(requester, comm, callSite))?.cite ?? null;
  }

  counter(counter: CounterName): Cite | null {
    return this.#counters.get(counter) ?? null;
  }

  request(requested: string): Cite | null {
    return this.#requests.get(requested) ?? null;
  }

  load(module: string): Cite | null {
    return this.#loads.get(module) ?? null;
  }
}

function keep(best: Map<string, Attempt>, key: string, attempt: Attempt): void {
  const known = best.get(key);
  if (!known || attempt.wasted.low > known.wasted.low) best.set(key, attempt);
}
