// SPDX-License-Identifier: Apache-2.0
/**
 * `Modules linked in: a b(O) c [last unloaded: d]` of an oops or WARN (kernel/module/main.c:print_modules). Long lists
 * continue in records that start with a space.
 */
import { moduleName } from '../../../model/module-name.js';
import type { LogFact } from '../messages/rule.js';
import type { Entry } from '../timeline.js';

type Emit = (fact: LogFact, record: Entry) => void;

const HEAD = 'Modules linked in:';
const UNLOADED = /\[last unloaded: [^\]]*\]?/;
/** ` mmc_core usbcore tulip(E) e1000` and nothing else. */
const CONTINUATION = /^(?: +[\w-]+(?:\([A-Z+-]+\))?)+ *(?:\[last unloaded: .*)?$/;
const MAX_MODULES = 10_000;

interface Open {
  readonly record: Entry;
  readonly names: string[];
}

export class LinkedInReader {
  readonly #emit: Emit;
  #open: Open | null = null;

  constructor(emit: Emit) {
    this.#emit = emit;
  }

  /** True while the list may continue. */
  get open(): boolean {
    return this.#open !== null;
  }

  read(record: Entry): void {
    // The newline that ends a list printed in pieces is a separate record.
    if (record.text === '') return;
    const open = this.#open;
    if (open && record.caller === open.record.caller) {
      if (CONTINUATION.test(record.text) && open.names.length < MAX_MODULES) {
        this.#add(open, record.text);
        return;
      }
      this.flush();
    }
    // Without timestamps, console lines may be indented.
    const text = record.text.trimStart();
    if (!text.startsWith(HEAD)) return;
    this.flush();
    const started: Open = { record, names: [] };
    this.#open = started;
    this.#add(started, text.slice(HEAD.length));
  }

  flush(): void {
    const open = this.#open;
    this.#open = null;
    if (open) this.#emit({ kind: 'modules-linked-in', modules: open.names }, open.record);
  }

  #add(open: Open, text: string): void {
    for (const word of text.replace(UNLOADED, '').split(' ')) {
      const name = word.replace(/\(.*$/, '');
      if (name !== '') open.names.push(moduleName(name));
    }
    if (text.includes('[last unloaded:')) this.flush();
  }
}
