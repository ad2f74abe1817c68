/** What a caller may say of how its inputs are opened. */
import type { Places } from '../model/layout.js';
import type { Limits } from './limits.js';

export interface InputOptions {
  readonly limits?: Partial<Limits>;
  /** Ids for nodes; by default 1, 2, ... */
  readonly nextId?: () => number;
  /** What `-` reads; by default the process's standard input. */
  readonly stdin?: AsyncIterable<Uint8Array>;
  /** What is known of paths beforehand: where evidence lies, and what never ends. By default, nothing. */
  readonly places?: Places;
  /** Offer every member, also those that a known layout says cannot matter. */
  readonly allMembers?: boolean;
}
