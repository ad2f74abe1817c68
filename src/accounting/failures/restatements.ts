// SPDX-License-Identifier: Apache-2.0
/** Failed loads that are told twice: what ran the loader says once more that it failed, without the reason. */
import type { UserLoad } from '../../model/event.js';
import { groupBy } from '../../model/groups.js';
import { ANSWERED_WITHIN } from './user-inserts.js';

export class Restatements {
  /** By module: the messages with a reason. */
  readonly #told: ReadonlyMap<string, readonly UserLoad[]>;
  /** Modules with one of them that has no time. */
  readonly #timeless: ReadonlySet<string>;
  /** By module and program: how many of them it has told again, or are too old. */
  readonly #taken = new Map<string, number>();

  constructor(inserts: readonly UserLoad[]) {
    const reasons = inserts.filter(({ errno }) => errno !== null);
    this.#told = groupBy(reasons, ({ module }) => module);
    this.#timeless = new Set(reasons.flatMap(({ module, t }) => (t === null ? [module] : [])));
  }

  /** Whether a message without a reason is about a load that another one gives the reason of: each program says so once. */
  restates({ module, tool, t }: UserLoad): boolean {
    const told = this.#told.get(module);
    if (!told) return false;
    // A post without times may say it any number of times.
    if (t === null || this.#timeless.has(module)) return true;
    const key = `${tool} ${module}`;
    let at = this.#taken.get(key) ?? 0;
    while (t - (told[at]?.t ?? t) > ANSWERED_WITHIN) at += 1;
    const next = told[at]?.t;
    const isTold = next != null && next - t <= ANSWERED_WITHIN;
    this.#taken.set(key, isTold ? at + 1 : at);
    return isTold;
  }
}
