/**
 * `Modules linked in: a b(O) c [last unloaded: d]` of an oops or WARN (kernel/module/main.c:print_modules). Long
 * lists go on in records that begin with a space.
 */
import { moduleName } from '../../model/module-name.js';
import type { Said } from './messages/rule.js';
import type { Entry } from './timeline.js';

type Emit = (said: Said, record: Entry) => void;

const HEAD = 'Modules linked in:';
const UNLOADED = /\[last unloaded: [^\]]*\]?/;
/** ` mmc_core usbcore tulip(E) e1000` and nothing else. */
const GOES_ON = /^(?: +[\w-]+(?:\([A-Z+-]+\))?)+ *(?:\[last unloaded: .*)?$/;
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

  /** True while the list may go on. */
  get open(): boolean {
    return this.#open !== null;
  }

  read(record: Entry): void {
    // The newline that ends a list printed in pieces is a record of its own.
    if (record.text === '') return;
    const open = this.#open;
    if (open && record.caller === open.record.caller) {
      if (GOES_ON.test(record.text) && open.names.length < MAX_MODULES) {
        this.#add(open, record.text);
        return;
      }
      this.flush();
    }
    // Without stamps a console's lines may be indented.
    const text = record.text.trimStart();
    if (!text.startsWith(HEAD)) return;
    this.flush();
    const begun: Open = { record, names: [] };
    this.#open = begun;
    this.#add(begun, text.slice(HEAD.length));
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
