// SPDX-License-Identifier: Apache-2.0
/** Combines what was built for each boot into the model of a case. */
import type { Part } from './boots/parts.js';
import { HeldLater, type LoadsOfBoot } from './held/index.js';
import type { Boot, CaseModel, Snapshot } from './model.js';

type ListName = Exclude<
  keyof CaseModel,
  'boots' | 'snapshots' | 'remedies' | 'spans' | 'held' | 'heldCurves'
>;

export interface BootModel extends Pick<CaseModel, ListName> {
  readonly boot: Boot;
  readonly snapshots: readonly Snapshot[];
  readonly remedies: CaseModel['remedies'][number];
  /** Null without attempts. */
  readonly held: LoadsOfBoot | null;
}

/** The lists of all boots. Of thousands of boots, what else was known of each is forgotten as soon as it is built. */
export class ModelOfBoots {
  readonly boots: Boot[] = [];
  readonly #snapshots: (Snapshot & { boot: number })[] = [];
  readonly #remedies: CaseModel['remedies'][number][] = [];
  readonly #spans: CaseModel['spans'][number][] = [];
  readonly #held: LoadsOfBoot[] = [];
  readonly #lists: { readonly [Name in ListName]: CaseModel[Name][] } = {
    continued: [],
    attempts: [],
    requests: [],
    counterBytes: [],
    ledger: [],
    attribution: [],
    remainder: [],
    failures: [],
    loads: [],
    times: [],
    units: [],
    memory: [],
    memoryCounters: [],
    kernelOptions: [],
    sizes: [],
    allocationFailures: [],
    problems: [],
    advice: [],
    captures: [],
    captureSteps: [],
  };

  add(one: BootModel, parts: readonly Part[]): void {
    const { boot } = one.boot;
    this.boots.push(one.boot);
    for (const snapshot of one.snapshots) this.#snapshots.push({ ...snapshot, boot });
    this.#remedies.push(one.remedies);
    for (const { source, from } of parts) this.#spans.push({ source: source.id, from, boot });
    if (one.held) this.#held.push(one.held);
    for (const name of Object.keys(this.#lists) as ListName[]) {
      if (one[name].length > 0) (this.#lists[name] as (typeof one)[typeof name][]).push(one[name]);
    }
  }

  all(): CaseModel {
    const held = new HeldLater(this.#held);
    // A list that one boot alone has is not copied: it can be long.
    const lists = Object.entries(this.#lists).map(([name, of]) => [
      name,
      of.length === 1 ? of[0] : of.flat(),
    ]);
    return {
      boots: this.boots,
      snapshots: this.#snapshots,
      remedies: this.#remedies,
      spans: this.#spans,
      ...(Object.fromEntries(lists) as Pick<CaseModel, ListName>),
      // Worked out where a query or a report needs it.
      get held() {
        return held.rows;
      },
      get heldCurves() {
        return held.curves;
      },
    };
  }
}
