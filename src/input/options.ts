// SPDX-License-Identifier: Apache-2.0
/** What a caller may say of how its inputs are opened. */
import type { Places } from '../model/layout.js';
import type { Limits } from './limits.js';

export interface InputOptions {
  readonly limits?: Partial<Limits>;
  /** Ids for nodes; by default 1, 2, ... */
  readonly nextId?: () => number;
  /** What `-` reads; by default the process's standard input. */
  readonly stdin?: AsyncIterable<Uint8Array>;
  /** What paths tell: where evidence lies, and which files never end. By default, nothing. */
  readonly places?: Places;
  /** Read every member, even if a known layout skips it. */
  readonly allMembers?: boolean;
}
