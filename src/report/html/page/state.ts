// SPDX-License-Identifier: Apache-2.0
/** The state of the page in the fragment of its address, so that a view can be passed on. */

/** Names of what is kept, in the order in which the address holds it. */
const NAMES = ['boot', 'from', 'to', 'module', 'outcome', 'search', 'query', 'params', 'sql'] as const;

export type StateValues = { readonly [name in (typeof NAMES)[number]]?: string | undefined };

/** Characters of SQL that an address carries. */
const MOST_SQL = 4000;

export class PageState {
  #values: StateValues = read();

  get values(): StateValues {
    return this.#values;
  }

  /** Changes what is named; undefined takes it out. */
  set(changes: StateValues): void {
    const sql = changes.sql !== undefined && changes.sql.length > MOST_SQL ? undefined : changes.sql;
    this.#values = { ...this.#values, ...changes, ...('sql' in changes ? { sql } : {}) };
    const words = new URLSearchParams();
    for (const name of NAMES) {
      const value = this.#values[name];
      if (value !== undefined && value !== '') words.set(name, value);
    }
    const fragment = words.toString();
    // A fragment alone names an element, which is to stay.
    if (fragment === '' && !location.hash.includes('=')) return;
    history.replaceState(null, '', `#${fragment}`);
  }

  /** Calls back where the address was changed by hand. */
  onChange(listener: () => void): void {
    window.addEventListener('hashchange', () => {
      if (!location.hash.includes('=')) return;
      this.#values = read();
      listener();
    });
  }
}

function read(): StateValues {
  const words = new URLSearchParams(location.hash.includes('=') ? location.hash.slice(1) : '');
  return Object.fromEntries(
    NAMES.flatMap((name) => {
      const value = words.get(name);
      return value === null ? [] : [[name, value]];
    }),
  );
}
