// SPDX-License-Identifier: Apache-2.0
/** What is looked for: a module, an outcome, or a text; its calls stand out in all charts and tables. */
import { OUTCOMES } from '../chart/calls.js';
import type { BootCalls } from './calls.js';

export type Outcome = (typeof OUTCOMES)[number];

export interface Sought {
  readonly module: string | null;
  readonly outcome: Outcome | null;
  /** Part of a module's or task's name, or a pid. */
  readonly search: string;
}

const NOTHING: Sought = { module: null, outcome: null, search: '' };

/** Module names are the same with `-` and with `_`. */
const plain = (name: string): string => name.toLowerCase().replaceAll('-', '_');

export class Focus {
  readonly #listeners: (() => void)[] = [];
  sought: Sought = NOTHING;

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  set(changes: Partial<Sought>): void {
    this.sought = { ...this.sought, ...changes };
    for (const listener of this.#listeners) listener();
  }

  clear(): void {
    this.set(NOTHING);
  }

  get any(): boolean {
    const { module, outcome, search } = this.sought;
    return module !== null || outcome !== null || search !== '';
  }

  /** Whether a module is the one looked for; null where none is. */
  isModule(name: string): boolean | null {
    const { module, search } = this.sought;
    if (module !== null) return plain(name) === plain(module);
    return search === '' ? null : plain(name).includes(plain(search));
  }

  /** Tells by its index whether a call is looked for; null where nothing is. */
  test(calls: BootCalls): ((index: number) => boolean) | null {
    if (!this.any) return null;
    const { module, outcome, search } = this.sought;
    const wanted = outcome === null ? null : OUTCOMES.indexOf(outcome);
    const part = plain(search);
    return (index) => {
      const name = calls.module[index] ?? '';
      if (module !== null && plain(name) !== plain(module)) return false;
      if (wanted !== null && calls.outcome[index] !== wanted) return false;
      return (
        part === '' ||
        plain(name).includes(part) ||
        plain(calls.comm[index] ?? '').includes(part) ||
        String(calls.pid[index]) === search
      );
    };
  }
}
