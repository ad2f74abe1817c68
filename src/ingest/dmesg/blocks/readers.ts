// SPDX-License-Identifier: Apache-2.0
/** The readers of messages that span several records. */
import type { IngestContext } from '../../ingester.js';
import type { Writer } from '../catalogue.js';
import { FtraceDump } from '../forms/ftrace-dump.js';
import type { LogFact } from '../messages/rule.js';
import type { Entry } from '../timeline.js';
import { type AllocationFact, AllocationReader } from './allocation-stacks.js';
import { AuditReader } from './audit.js';
import { LinkedInReader } from './linked-in.js';
import { StuckReader } from './stuck.js';
import { WarnReader } from './warn.js';

export class MultilineReaders {
  readonly #warns: WarnReader;
  readonly #linkedIn: LinkedInReader;
  readonly #stuck: StuckReader;
  readonly #audit: AuditReader;
  readonly #allocations: AllocationReader;
  readonly #dump: FtraceDump;

  constructor(context: IngestContext, emit: (fact: LogFact, entry: Entry) => void) {
    this.#warns = new WarnReader(emit);
    this.#linkedIn = new LinkedInReader(emit);
    this.#stuck = new StuckReader(emit);
    this.#audit = new AuditReader(emit);
    this.#allocations = new AllocationReader(emit);
    this.#dump = new FtraceDump(context);
  }

  /** True inside a dump of the trace buffer, whose records are not messages. */
  get inDump(): boolean {
    return this.#dump.open;
  }

  /** True where no message is open that emits when it ends. */
  get idle(): boolean {
    const open = this.#warns.open || this.#stuck.open || this.#linkedIn.open;
    return !open && !this.#audit.open && !this.#allocations.open;
  }

  /** Takes a failed allocation, whose stack may follow. */
  startAllocation(fact: AllocationFact, entry: Entry): void {
    this.#allocations.start(fact, entry);
  }

  /** `speaks`: the record holds a needle. */
  read(entry: Entry, writer: Writer, speaks: boolean): void {
    if (speaks || this.#audit.open) this.#audit.read(entry);
    if (writer === 'program' || (!speaks && !this.inDump && this.idle)) return;
    this.#warns.read(entry);
    this.#stuck.read(entry);
    this.#allocations.read(entry);
    this.#linkedIn.read(entry);
    this.#dump.read(entry);
  }

  flush(): void {
    this.#warns.flush();
    this.#stuck.flush();
    this.#allocations.flush();
    this.#linkedIn.flush();
    this.#audit.flush();
    this.#dump.end();
  }
}
